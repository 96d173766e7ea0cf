"""Converts filter inputs to the warehouse's filters."""

from dataclasses import fields
from typing import Any

from strawberry import UNSET

from schema.limits.rules import BOUNDS
from warehouse.errors import BadInput
from warehouse.model.countries import country_code
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Not

_OPERATORS = {"eq": "eq", "in_": "in", "gte": "gte", "lt": "lt", "has": "has"}


def filter_of(where: Any | None, name: str = "where") -> Filter | None:
    """The filter of an input object, or None if there is none; `name` is its name in errors.

    Raises: BadInput for a null condition, more than 200 conditions, a list that is too long, or a malformed country.
    """
    if where is None or where is UNSET:
        return None
    left = [BOUNDS.conditions]
    return _filter(where, name, left)


def _filter(where: Any, path: str, left: list[int]) -> Filter:
    parts: list[Filter] = []
    for field in fields(where):
        value = getattr(where, field.name)
        name = f"{path}.{field.name.rstrip('_')}"
        if value is UNSET:
            continue
        if value is None:
            raise BadInput(f"{name} is null. Leave it out, or give it a value.")
        if field.name in ("and_", "or_"):
            _check_length(value, name)
            inner = tuple(_filter(each, f"{name}[{index}]", left) for index, each in enumerate(value))
            parts.append(AllOf(inner) if field.name == "and_" else AnyOf(inner))
        elif field.name == "not_":
            parts.append(Not(_filter(value, name, left)))
        else:
            parts.extend(_tests(field.name, value, name, left))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _check_length(values: list[Any], path: str) -> None:
    if len(values) > BOUNDS.list_values:
        raise BadInput(f"{path} lists {len(values):,} values; allowed are {BOUNDS.list_values:,}. Send fewer.")


def _tests(dimension: str, tests: Any, path: str, left: list[int]) -> list[Filter]:
    found: list[Filter] = []
    attribute = getattr(tests, "path", None)
    for field in fields(tests):
        if field.name == "path":
            continue
        value = getattr(tests, field.name)
        if value is UNSET:
            continue
        if value is None:
            raise BadInput(f"{path}.{field.name.rstrip('_')} is null. Leave it out, or give it a value.")
        if isinstance(value, list):
            _check_length(value, f"{path}.in")
        if dimension == "country":
            value = [country_code(each) for each in value] if isinstance(value, list) else country_code(value)
        left[0] -= 1
        if left[0] < 0:
            raise BadInput(f"The filter has more than {BOUNDS.conditions} conditions. Use `in` for lists of values.")
        found.append(
            Condition(dimension, _OPERATORS[field.name], tuple(value) if isinstance(value, list) else value, attribute)
        )
    return found
