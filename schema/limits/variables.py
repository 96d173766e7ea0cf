"""The variables of a request: how many values they may hold, and how deep; whoever reads them later may recurse."""

from collections.abc import Iterable, Mapping
from typing import Any

from schema.limits.rules import BOUNDS
from warehouse.errors import BadInput


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raises: BadInput for more values, or deeper ones, than a request may hold."""
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
