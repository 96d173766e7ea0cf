"""`plan`: the source of an answer, why others were not used, and for unscoped admins its cost and SQL."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from resolvers.selection import TYPENAME, Selected
from warehouse.query.answer import Answer

# Measured by running the statement again, so only on request.
COSTS = frozenset({"rows_read", "bytes_read"})


async def explain(
    answer: Answer, shows_figures: bool, measure: Callable[[], Awaitable[tuple[int, int]]] | None
) -> dict[str, Any]:
    """The plan of an answer by field; costs and SQL are None unless the asker may see them.

    `measure` runs the statement to count the rows and bytes it reads, if requested.
    """
    statement = answer.statement
    plan: dict[str, Any] = {
        "source": ", ".join(answer.sources),
        "rejected": {each.rollup: each.reason.value for route in reversed(statement.routes) for each in route.rejected},
        "pieces": list(answer.pieces),
        "elapsed_ms": answer.timings.engine if shows_figures else None,
        "timings": asdict(answer.timings) if shows_figures else None,
        "rows_read": None,
        "bytes_read": None,
        "sql": statement.sql if shows_figures else None,
    }
    if shows_figures and measure:
        plan["rows_read"], plan["bytes_read"] = await measure()
    return plan


def plan_cells(selected: Selected, plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan shaped by its selection."""
    cells: dict[str, Any] = {}
    for one in selected.children:
        if one.name == TYPENAME:
            cells[one.key] = one.type_name
        elif one.name == "rejected":
            cells[one.key] = [_rejection_cells(one, rollup, reason) for rollup, reason in plan["rejected"].items()]
        elif one.name == "timings" and plan.get("timings"):
            cells[one.key] = {each.key: plan["timings"].get(each.name, each.type_name) for each in one.children}
        else:
            cells[one.key] = plan.get(one.name)
    return cells


def _rejection_cells(selected: Selected, rollup: str, reason: str) -> dict[str, Any]:
    values = {"rollup": rollup, "reason": reason}
    return {each.key: values.get(each.name, each.type_name) for each in selected.children}
