"""`viewing` and `rating`: groups by the selected dimensions and computes the selected measures; each `rows` is a
separate query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import strawberry

from resolvers.cells import Cells
from resolvers.context import Context, context_of
from resolvers.explain import NO_PLAN, plan_cells
from resolvers.filters import filter_of
from resolvers.nodes import movie_cells
from resolvers.rows import Getter, cells_of, constant, figures, group, measure, measures_in
from resolvers.selection import TYPENAME, Selected, selection_of
from resolvers.strawberry_internals import raw
from resolvers.unmatched import note_filter
from schema.arguments import (
    UTC,
    AsOf,
    Fill,
    Limit,
    Range,
    RatingOrders,
    RatingTests,
    RatingTops,
    RatingWhere,
    ViewingOrders,
    ViewingTests,
    ViewingTops,
    ViewingWhere,
    Zone,
)
from schema.enums import Direction
from warehouse.errors import BadInput
from warehouse.model.dimensions import CLOCK_DIMENSIONS, DIMENSIONS
from warehouse.model.measures import MEASURES, measures_of
from warehouse.query.answer import Answer
from warehouse.query.local_time import Grain
from warehouse.query.question import (
    Condition,
    Filter,
    Group,
    OrderBy,
    OrderByGroup,
    OrderByMeasure,
    Question,
    Top,
    conditions_of,
)
from warehouse.query.ranges import Comparison


async def viewing(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    having: ViewingTests = None,
    order_by: ViewingOrders = None,
    limit: Limit = None,
    top: ViewingTops = None,
    fill: Fill = False,
    compare_to: Comparison | None = None,
    as_of: AsOf = None,
) -> Cells:
    """Sessions, grouped by the dimensions and aggregated by the measures that you select."""
    request = await _request_of(
        info, "viewing", range, time_zone, where, having, order_by, limit, top, fill, compare_to, as_of
    )
    return await _answered(info, request)


async def rating(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: RatingWhere = None,
    having: RatingTests = None,
    order_by: RatingOrders = None,
    limit: Limit = None,
    top: RatingTops = None,
    fill: Fill = False,
    compare_to: Comparison | None = None,
    as_of: AsOf = None,
) -> Cells:
    """Ratings, by the time they were given, grouped by the dimensions and aggregated by the measures that you
    select."""
    request = await _request_of(
        info, "rating", range, time_zone, where, having, order_by, limit, top, fill, compare_to, as_of
    )
    return await _answered(info, request)


@dataclass(frozen=True)
class GroupedRequest:
    """The resolved arguments; `whole` is the question without the selection of `rows` and `totals`."""

    context: Context
    whole: Question
    names: Mapping[str, str]
    order_by: Sequence[Any]
    top: Any


async def _request_of(
    info: strawberry.Info,
    fact: str,
    range: Range,
    zone: str,
    where: Any,
    having: Any,
    order_by: Any,
    limit: int | None,
    top: Any,
    fill: bool,
    compare_to: Comparison | None,
    as_of: str | None,
) -> GroupedRequest:
    context = context_of(info)
    load = await context.load_as_of(as_of, zone)
    window = await context.window(range, zone, as_of=load)
    whole = Question(
        groups=(),
        measures=(),
        span=window.span,
        zone=zone,
        where=filter_of(where),
        having=filter_of(having, "having"),
        limit=limit,
        before=window.before(compare_to) if compare_to else None,
        fill=fill,
        as_of=load,
    )
    await note_filter(context, raw(info), whole.where, load)
    return GroupedRequest(context, whole, {one.slug: one.slug for one in measures_of(fact)}, order_by or (), top)


async def _answered(info: strawberry.Info, request: GroupedRequest) -> Cells:
    selected = selection_of(raw(info))
    cells: dict[str, Any] = {}
    answers: list[Answer] = []
    for one in selected.children:
        if one.name == "rows":
            answers.append(await _rows_answer(info, request, one))
            cells[one.key] = await _row_cells(request, one, answers[-1])
        elif one.name == "totals":
            cells[one.key] = await _total_cells(info, request, one)
        elif one.name == TYPENAME:
            cells[one.key] = one.type_name
    for one in selected.children:
        if one.name == "plan":
            fields = [each.name for each in one.children]
            cells[one.key] = plan_cells(one, await request.context.explain(answers[0], fields) if answers else NO_PLAN)
    return Cells({one.key: cells[one.key] for one in selected.children})


async def _rows_answer(info: strawberry.Info, request: GroupedRequest, selected: Selected) -> Answer:
    groups = tuple(dict.fromkeys(_group(one) for one in selected.children if one.name in DIMENSIONS))
    measures = measures_in(selected, request.names)
    having = request.whole.having
    _check_having(having, measures)
    question = replace(
        request.whole,
        groups=groups,
        measures=measures or (next(iter(request.names)),),
        orders=tuple(_order(order, groups) for order in request.order_by),
        top=_top(request.top, groups),
    )
    return await request.context.answer(raw(info), question, selected.key)


async def _total_cells(info: strawberry.Info, request: GroupedRequest, selected: Selected) -> dict[str, Any]:
    """Measures over all filtered rows, without comparison, `having`, `top` or `limit`."""
    measures = measures_in(selected, request.names) or (next(iter(request.names)),)
    whole = replace(request.whole, measures=measures, having=None, limit=None, before=None, fill=False)
    answer = await request.context.answer(raw(info), whole, selected.key)
    getters = {
        one.key: measure(one.name) if one.name in MEASURES else constant(one.type_name) for one in selected.children
    }
    return cells_of(answer.rows, selected.children, getters)[0]


def _group(one: Selected) -> Group:
    return Group(
        one.name,
        Grain(one.arguments["grain"]) if one.name == "time" else None,
        str(one.arguments["path"]) if one.name == "attribute" else None,
    )


def _check_having(having: Filter | None, measures: Sequence[str]) -> None:
    for condition in conditions_of(having):
        assert isinstance(condition, Condition)
        if condition.dimension not in measures:
            raise BadInput(
                f"having uses {condition.dimension}, which is not selected. Select it, or use one of: "
                f"{', '.join(measures) or 'none is selected'}."
            )


def _order(order: Any, groups: Sequence[Group]) -> OrderBy:
    field, descending = order.field.value, order.direction is Direction.DESC
    if field in MEASURES:
        return OrderByMeasure(field, descending)
    for index, one in enumerate(groups):
        if one.dimension == field:
            return OrderByGroup(index, descending)
    raise BadInput(
        f"orderBy names {order.field.name}, which is not selected. "
        "Select it, or sort by a measure or a selected dimension."
    )


def _top(top: Any, groups: Sequence[Group]) -> Top | None:
    if top is None:
        return None
    for index, one in enumerate(groups):
        if one.dimension not in CLOCK_DIMENSIONS:
            return Top(index, top.n, top.by.value, top.others)
    raise BadInput("top needs a selected dimension other than time: genre, country, movie, ...")


async def _row_cells(request: GroupedRequest, selected: Selected, answer: Answer) -> list[dict[str, Any]]:
    places = {each: index for index, each in enumerate(answer.question.groups)}
    getters: dict[str, Getter] = {}
    for one in selected.children:
        if one.name == TYPENAME:
            getters[one.key] = constant(one.type_name)
        elif one.name in ("previous", "change"):
            getters[one.key] = figures(one, request.names, answer.question.before is not None)
        elif one.name == "is_others":
            getters[one.key] = lambda row: row.is_others
        elif one.name == "movie":
            getters[one.key] = await _film(request.context, one, places[_group(one)], answer)
        else:
            getters[one.key] = group(places[_group(one)]) if one.name in DIMENSIONS else measure(one.name)
    return cells_of(answer.rows, selected.children, getters)


async def _film(context: Context, selected: Selected, index: int, answer: Answer) -> Getter:
    keys = [row.groups[index] for row in answer.rows if row.groups[index] is not None]
    films = await movie_cells(context, keys, selected.children, answer.question.as_of)
    return lambda row: None if row.groups[index] is None else films.get(int(row.groups[index] or 0))
