"""Cells: answers already shaped by the selection, which GraphQL's executor passes through unchanged."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

Shape = dict[str, Any] | list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Cells:
    """JSON keyed by response name: the complete selection, in its order."""

    shape: Shape


class CellsExecutor(StrawberryGraphQLCoreExecutionContext):
    """An executor that treats cells as complete, so rows have no cost per cell. Root fields run at the same time; if
    several fail, the first in the document is told, whichever fails first.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._root_fields: list[asyncio.Event] = []

    def execute_field(self, parent_type, source, field_details_list, path, position_context):  # type: ignore[no-untyped-def]
        """Execute a field; a root field fails only after those before it have ended."""
        found = super().execute_field(parent_type, source, field_details_list, path, position_context)
        if path.prev is not None or not self.is_awaitable(found):
            return found
        before, ended = tuple(self._root_fields), asyncio.Event()
        self._root_fields.append(ended)
        return _failing_in_turn(found, before, ended)

    def complete_value(  # type: ignore[no-untyped-def]
        self,
        return_type,
        field_details_list,
        info,
        path,
        result,
        position_context,
    ):
        """Complete a value; cells are returned as they are."""
        if type(result) is Cells:
            return result.shape
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


async def _failing_in_turn(field: Awaitable[Any], before: Sequence[asyncio.Event], ended: asyncio.Event) -> Any:
    try:
        return await field
    except Exception:
        for one in before:
            await one.wait()
        raise
    finally:
        ended.set()
