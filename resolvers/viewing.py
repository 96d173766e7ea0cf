"""`viewing`: the selected dimensions are the groups, the selected measures are computed; each `rows` is a query of its
own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from resolvers.cells import Cells
from resolvers.context import Context, context_of, raw
from resolvers.filters import filter_of
from resolvers.nodes import movie_cells
from resolvers.rows import Getter, cells_of, constant, figures, group, measure, measures_in
from resolvers.selection import TYPENAME, Selected, selection_of
from schema.arguments import UTC, Range, ViewingOrders, ViewingWhere, Zone
from schema.enums import Direction
from warehouse.answer import Answer
from warehouse.calendar import Grain
from warehouse.errors import BadInput
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES, measures_of
from warehouse.question import Group, Order, Question
from warehouse.ranges import Comparison

_SLUGS = {one.slug: one.slug for one in measures_of("viewing")}


async def viewing(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    order_by: ViewingOrders = None,
    limit: int | None = None,
    compare_to: Comparison | None = None,
) -> Cells:
    """Sessions, grouped by the dimensions and counted by the measures that you select. Without a range: the last 90
    days.

    Without `limit` you get all rows, or an error when they are too many: never a silent cut.
    """
    context, selected = context_of(info), selection_of(raw(info))
    window = await context.window(range, time_zone)
    whole = Question(
        groups=(),
        measures=(),
        span=window.span,
        zone=time_zone,
        where=filter_of(where),
        before=window.before(compare_to) if compare_to else None,
    )
    cells: dict[str, Any] = {}
    plans: list[Answer] = []
    for one in selected.children:
        if one.name == "rows":
            answer = await _ask_rows(info, context, one, whole, order_by or [], limit)
            plans.append(answer)
            cells[one.key] = await _row_cells(context, one, answer)
        elif one.name == "totals":
            answer = await context.ask(raw(info), _reduced(whole, (), measures_in(one, _SLUGS)))
            plans.append(answer)
            getters = {
                each.key: measure(each.name) if each.name in MEASURES else constant(each.type_name)
                for each in one.children
            }
            cells[one.key] = cells_of(answer.rows, one.children, getters)[0]
        else:
            cells[one.key] = one.type_name
    for one in selected.children:
        if one.name == "plan":
            cells[one.key] = _plan_cells(one, plans, context)
    return Cells({one.key: cells[one.key] for one in selected.children})


def _reduced(whole: Question, groups: tuple[Group, ...], measures: tuple[str, ...], **more: Any) -> Question:
    before = whole.before if groups or more else None
    return Question(groups, measures or ("views",), whole.span, whole.zone, whole.where, before=before, **more)


def _groups(selected: Selected) -> dict[str, int]:
    """Response name → index of its group; the same dimension and grain twice is one group."""
    indexes: dict[tuple[str, Grain | None], int] = {}
    return {
        one.key: indexes.setdefault((one.name, _grain(one)), len(indexes))
        for one in selected.children
        if one.name in DIMENSIONS
    }


def _grain(one: Selected) -> Grain | None:
    return Grain(one.arguments["grain"]) if one.name == "time" else None


async def _ask_rows(
    info: strawberry.Info,
    context: Context,
    selected: Selected,
    whole: Question,
    order_by: Sequence[Any],
    limit: int | None,
) -> Answer:
    by_index = {(one.name, _grain(one)): None for one in selected.children if one.name in DIMENSIONS}
    groups = tuple(Group(name, grain) for name, grain in by_index)
    orders = tuple(_order(order, groups) for order in order_by)
    question = _reduced(whole, groups, measures_in(selected, _SLUGS), orders=orders, limit=limit)
    return await context.ask(raw(info), question)


def _order(order: Any, groups: Sequence[Group]) -> Order:
    field, descending = order.field.value, order.direction is Direction.DESC
    if field in MEASURES:
        return Order(field, descending)
    for index, one in enumerate(groups):
        if one.dimension == field:
            return Order(index, descending)
    raise BadInput(
        f"orderBy names {order.field.name}, which is not selected. Select it, or sort by a measure or a "
        "selected dimension."
    )


async def _row_cells(context: Context, selected: Selected, answer: Answer) -> list[dict[str, Any]]:
    places = _groups(selected)
    getters: dict[str, Getter] = {}
    for one in selected.children:
        if one.name == TYPENAME:
            getters[one.key] = constant(one.type_name)
        elif one.name in ("previous", "change"):
            getters[one.key] = figures(one, _SLUGS, answer.question.before is not None)
        elif one.name == "movie":
            index = places[one.key]
            films = await movie_cells(context, (row.groups[index] for row in answer.rows), one.children)
            getters[one.key] = _film(index, films)
        else:
            getters[one.key] = group(places[one.key]) if one.key in places else measure(one.name)
    return cells_of(answer.rows, selected.children, getters)


def _film(index: int, films: Mapping[int, dict[str, Any]]) -> Getter:
    return lambda row: films.get(int(row.groups[index] or 0))


def _plan_cells(selected: Selected, answers: Sequence[Answer], context: Context) -> dict[str, Any]:
    routes = [route for answer in answers for route in answer.statement.routes]
    shown = context.access.sees_figures
    rejected = {(each.rollup, each.reason.value): None for route in routes for each in route.rejected}
    plan = {
        "source": ", ".join(dict.fromkeys(route.source.table for route in routes)) or "none",
        "elapsed_ms": sum(answer.elapsed_ms for answer in answers) if shown else None,
        "sql": ";\n".join(answer.statement.sql for answer in answers) if shown else None,
    }
    cells: dict[str, Any] = {}
    for one in selected.children:
        if one.name == "rejected":
            cells[one.key] = [_rejection_cells(one, rollup, reason) for rollup, reason in rejected]
        else:
            cells[one.key] = plan.get(one.name, one.type_name) if one.name != TYPENAME else one.type_name
    return cells


def _rejection_cells(selected: Selected, rollup: str, reason: str) -> dict[str, Any]:
    values = {"rollup": rollup, "reason": reason}
    return {each.key: values.get(each.name, each.type_name) for each in selected.children}
