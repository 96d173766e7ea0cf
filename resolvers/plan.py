"""`plan`: which source served an answer, why the others did not, and for unscoped admins what it cost and its SQL."""

from typing import TYPE_CHECKING, Any

from resolvers.selection import TYPENAME, Selected
from warehouse.query.answer import Answer

if TYPE_CHECKING:
    from resolvers.context import Context

# Measured by running the statement once more: only where they are asked for.
COSTS = frozenset({"rows_read", "bytes_read"})


async def explain(context: "Context", answer: Answer, wanted: frozenset[str]) -> dict[str, Any]:
    """The plan of an answer, by field; figures and SQL are None but for unscoped admins.

    Of COSTS only those in `wanted` are measured.
    """
    shown = context.access.sees_figures
    statement = answer.statement
    plan: dict[str, Any] = {
        "source": ", ".join(answer.sources),
        "rejected": {each.rollup: each.reason.value for route in reversed(statement.routes) for each in route.rejected},
        "elapsed_ms": answer.elapsed_ms if shown else None,
        "rows_read": None,
        "bytes_read": None,
        "sql": statement.sql if shown else None,
    }
    if shown and wanted & COSTS:
        engine = context.warehouse.engine
        plan["rows_read"], plan["bytes_read"] = await context.work(
            lambda: engine.cost(statement.sql, statement.parameters)
        )
    return plan


async def plan_cells(context: "Context", selected: Selected, answer: Answer | None) -> dict[str, Any]:
    """The plan of an answer as its selection asks; without an answer, nothing served."""
    plan: dict[str, Any] = {"source": "none", "rejected": {}}
    if answer is not None:
        plan = await explain(context, answer, frozenset(one.name for one in selected.children))
    cells: dict[str, Any] = {}
    for one in selected.children:
        if one.name == TYPENAME:
            cells[one.key] = one.type_name
        elif one.name == "rejected":
            cells[one.key] = [_rejection_cells(one, rollup, reason) for rollup, reason in plan["rejected"].items()]
        else:
            cells[one.key] = plan.get(one.name)
    return cells


def _rejection_cells(selected: Selected, rollup: str, reason: str) -> dict[str, Any]:
    values = {"rollup": rollup, "reason": reason}
    return {each.key: values.get(each.name, each.type_name) for each in selected.children}
