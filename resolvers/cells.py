"""Cells: answers already shaped by the selection, which GraphQL's executor passes through unchanged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

Shape = dict[str, Any] | Sequence[dict[str, Any] | None] | None


@dataclass(frozen=True, slots=True)
class Cells:
    """JSON keyed by response name: the complete selection, in its order."""

    shape: Shape


class CellsExecutor(StrawberryGraphQLCoreExecutionContext):
    """An executor that treats cells as complete, so rows have no cost per cell."""

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
