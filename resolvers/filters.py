"""Converts filter inputs to the warehouse's filters."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from schema.inputs import MovieFilter, UserFilter
from schema.limits.rules import BOUNDS
from schema.node_ids import source_id
from warehouse.errors import BadInput, naming
from warehouse.model.countries import country_code
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Not

# Names of tests that differ in the warehouse, and those that are the complement of another.
_OPERATORS = {"in_": "in"}
_COMPLEMENTS = {"ne": "eq", "not_in": "in"}
_OWN_IDS: Mapping[Any, str] = {MovieFilter: "Movie", UserFilter: "User"}
# Tests whose values are whole values, of which countries have a form.
_WHOLE = frozenset({"eq", "in"})


def filter_of(where: Any | None, name: str = "where") -> Filter | None:
    """The filter of an input object, or None if there is none; `name` is its name in errors.

    Null is the same as absent, everywhere in it.

    Raises: BadInput for more than 200 conditions, a list that is too long, or a malformed country.
    """
    if where is None or where is UNSET:
        return None
    left = [BOUNDS.conditions]
    with naming(name):
        return _filter(where, name, left)


def _filter(where: Any, path: str, left: list[int]) -> Filter:
    parts: list[Filter] = []
    for field in fields(where):
        value = getattr(where, field.name)
        name = f"{path}.{field.name.rstrip('_')}"
        if value is UNSET or value is None:
            continue
        if field.name in ("and_", "or_"):
            _check_length(value, name)
            inner = tuple(_filter(each, f"{name}[{index}]", left) for index, each in enumerate(value))
            parts.append(AllOf(inner) if field.name == "and_" else AnyOf(inner))
        elif field.name == "not_":
            parts.append(Not(_filter(value, name, left)))
        else:
            parts.extend(_tests(field.name, value, name, left, _ids_of(field.name, where)))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _check_length(values: list[Any], path: str) -> None:
    if len(values) > BOUNDS.list_values:
        raise BadInput(f"{path} lists {len(values):,} values; allowed are {BOUNDS.list_values:,}. Send fewer.")


def _ids_of(dimension: str, where: Any) -> str | None:
    """The type whose ids a condition tests, if it does."""
    return "Movie" if dimension == "movie" else _OWN_IDS.get(type(where)) if dimension == "id" else None


def _tests(dimension: str, tests: Any, path: str, left: list[int], ids_of: str | None) -> list[Filter]:
    found: list[Filter] = []
    attribute = getattr(tests, "path", None)
    for field in fields(tests):
        value = getattr(tests, field.name)
        if field.name == "path" or value is UNSET or value is None:
            continue
        left[0] -= 1
        if left[0] < 0:
            raise BadInput(f"The filter has more than {BOUNDS.conditions} conditions. Use `in` for lists of values.")
        if isinstance(value, list):
            _check_length(value, f"{path}.{to_camel_case(field.name.rstrip('_'))}")
        operator = _COMPLEMENTS.get(field.name) or _OPERATORS.get(field.name, field.name)
        test = Condition(dimension, operator, _compared(dimension, operator, value, ids_of), attribute)
        # The complement holds where nothing is known, too.
        found.append(Not(test) if field.name in _COMPLEMENTS else test)
    return found


def _compared(dimension: str, operator: str, value: Any, ids_of: str | None) -> Any:
    """A test's value: hashable, countries in stored form, ids as the source has them."""
    if isinstance(value, list):
        return tuple(_compared(dimension, operator, each, ids_of) for each in value)
    if ids_of is not None:
        return source_id(ids_of, value)
    return country_code(value) if dimension == "country" and operator in _WHOLE else value
