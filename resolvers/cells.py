"""Cells: answers shaped by the selection already, so that GraphQL's executor passes them through as they are."""

from dataclasses import dataclass
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

Shape = dict[str, Any] | list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Cells:
    """JSON keyed by response name: what the selection asked for, complete, in its order."""

    shape: Shape


class CellsExecutor(StrawberryGraphQLCoreExecutionContext):
    """An executor that takes cells as complete: rows of plain leaves cost nothing per cell."""

    def complete_value(  # type: ignore[no-untyped-def]
        self,
        return_type,
        field_details_list,
        info,
        path,
        result,
        position_context,
    ):
        """Complete a value, cells without looking into them."""
        if type(result) is Cells:
            return result.shape
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)
