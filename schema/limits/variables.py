"""Limits the number and depth of values in a request's variables, because later code may recurse into them."""

from collections.abc import Iterable, Mapping
from typing import Any

from schema.limits.rules import BOUNDS
from warehouse.errors import BadInput


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raises: BadInput for too many values, or too deep nesting."""
    level: list[Any] = [variables]
    values = depth = 0
    while level:
        values += len(level)
        depth += 1
        if values > BOUNDS.values:
            raise BadInput(f"The variables hold more than {BOUNDS.values:,} values. Send several requests.")
        if depth > BOUNDS.nesting:
            raise BadInput(f"The variables nest deeper than {BOUNDS.nesting} levels. Send flatter ones.")
        level = [one for value in level for one in _held(value)]


def _held(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
