"""`plan`: which source served an answer, why the others did not, and for admins what it cost."""

from typing import Any

from resolvers.context import Context
from resolvers.selection import TYPENAME, Selected
from warehouse.answer import Answer, rows_to_read


async def plan_cells(context: Context, selected: Selected, answer: Answer | None) -> dict[str, Any]:
    """The plan of an answer as its selection asks; figures and SQL are None but for unscoped admins."""
    shown = context.access.sees_figures and answer is not None
    routes = answer.statement.routes if answer else ()
    rejected = {each.rollup: each.reason.value for route in reversed(routes) for each in route.rejected}
    plan: dict[str, Any] = {
        "source": ", ".join(answer.sources) if answer else "none",
        "elapsed_ms": answer.elapsed_ms if shown and answer else None,
        "sql": answer.statement.sql if shown and answer else None,
    }
    cells: dict[str, Any] = {}
    for one in selected.children:
        if one.name == TYPENAME:
            cells[one.key] = one.type_name
        elif one.name == "rejected":
            cells[one.key] = [_rejection_cells(one, rollup, reason) for rollup, reason in rejected.items()]
        elif one.name == "rows_read":
            cells[one.key] = await _rows_read(context, answer) if shown and answer else None
        else:
            cells[one.key] = plan[one.name]
    return cells


async def _rows_read(context: Context, answer: Answer) -> int:
    return await context.work(lambda: rows_to_read(context.warehouse, answer.statement))


def _rejection_cells(selected: Selected, rollup: str, reason: str) -> dict[str, Any]:
    values = {"rollup": rollup, "reason": reason}
    return {each.key: values.get(each.name, each.type_name) for each in selected.children}
