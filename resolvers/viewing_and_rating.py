"""`viewing` and `rating`: a range of sessions or ratings, whose `rows`, `totals` and `plan` are each asked by their own
arguments. The selection only picks measures, and those of `by`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import strawberry

from resolvers.cache_ids import Identity
from resolvers.cells import Cells
from resolvers.context import Context, context_of
from resolvers.explain import plan_cells
from resolvers.filters import filter_of
from resolvers.nodes import FILM_ID, movie_cells, without_id
from resolvers.row_getters import Getter, cells_of, constant, figures, group, measure, measures_in
from resolvers.rows_arguments import checked, groups_of, order_of, top_of
from resolvers.selection import TYPENAME, Selected, selection_of
from resolvers.strawberry_internals import raw
from resolvers.unknown_values import note_filter
from schema.arguments import UTC, AsOf, Compare, Range, RatingWhere, ViewingWhere, Zone
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES, measures_of
from warehouse.query import instants
from warehouse.query.answer import Answer
from warehouse.query.question import AllOf, Filter, OrderByMeasure, Question, conditions_of
from warehouse.query.ranges import Comparison

# Row fields that need the row's id, or may.
_WITH_ID = frozenset({"id", "previous", "change"})

Films = Mapping[int, Mapping[str, Any]]


async def viewing(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    compare_to: Compare = None,
    as_of: AsOf = None,
) -> "Grouped":
    """Sessions of a range: `rows` groups them by any dimensions and computes any measures, `totals` counts all."""
    return await _grouped(info, "viewing", range, time_zone, where, compare_to, as_of)


async def rating(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: RatingWhere = None,
    compare_to: Compare = None,
    as_of: AsOf = None,
) -> "Grouped":
    """Ratings, by the time they were given: `rows` groups them by any dimensions and computes any measures, `totals`
    counts all.
    """
    return await _grouped(info, "rating", range, time_zone, where, compare_to, as_of)


@dataclass(frozen=True)
class RowsAsked:
    """The arguments of `rows`, as Strawberry gives them."""

    by: Sequence[Any] | None
    attributes: Sequence[str] | None
    where: Any
    having: Any
    order_by: Sequence[Any] | None
    limit: int | None
    top: Any
    fill: bool


@dataclass(frozen=True)
class Grouped:
    """What `viewing` and `rating` are asked about. `whole` is the question without groups and measures; `asked` are the
    questions that are asked in this request, so that equal ones are answered once.
    """

    context: Context
    fact: str
    whole: Question
    identity: Identity
    asked: dict[Question, "asyncio.Task[Answer]"] = field(default_factory=dict)

    @property
    def names(self) -> Mapping[str, str]:
        """API field → measure."""
        return {one.slug: one.slug for one in measures_of(self.fact)}

    def narrowed(self, where: Any) -> Filter | None:
        """The filter of `viewing` and one more."""
        outer, inner = self.whole.where, filter_of(where)
        return AllOf((outer, inner)) if outer and inner else outer or inner

    def question(self, asked: RowsAsked) -> Question:
        """The question of `rows`, without measures."""
        groups = groups_of(asked.by or (), asked.attributes or ())
        orders = tuple(order_of(order, groups) for order in asked.order_by or ())
        having = filter_of(asked.having, "having")
        ranked = (order.measure for order in orders if isinstance(order, OrderByMeasure))
        top = top_of(asked.top, groups)
        named = (*ranked, *(condition.dimension for condition in conditions_of(having)), *((top.by,) if top else ()))
        return replace(
            self.whole,
            groups=groups,
            where=self.narrowed(asked.where),
            having=having,
            orders=orders,
            limit=asked.limit,
            top=top,
            fill=asked.fill,
            # Arguments decide which groups are rows: another fact adds its own if one names a measure of it.
            rows_of=tuple(dict.fromkeys((self.fact, *(MEASURES[slug].fact for slug in named)))),
        )

    def measured(self, measures: Sequence[str]) -> tuple[str, ...]:
        """The measures in the model's order, so that equal questions are equal; at least one."""
        return tuple(slug for slug in self.names if slug in measures) or (next(iter(self.names)),)

    async def answer(self, info: strawberry.Info, question: Question) -> Answer:
        """The answer to a question, asked once in a request."""
        if question not in self.asked:
            self.asked[question] = asyncio.ensure_future(self.context.answer(raw(info), question))
        return await self.asked[question]


async def _grouped(
    info: strawberry.Info,
    fact: str,
    range: Range,
    zone: str,
    where: Any,
    compare_to: Comparison | None,
    as_of: str | None,
) -> Grouped:
    context = context_of(info)
    load = await context.load_as_of(as_of, zone)
    window = await context.window(range, zone, as_of=load)
    tested = filter_of(where)
    past = window.before(compare_to) if compare_to else None
    whole = Question((), (), window.span, zone, tested, before=past, as_of=load)
    await note_filter(context, raw(info), tested, load)
    # The load's number would tell of loads out of scope, so the moment stands for it.
    moment = None if as_of is None else instants.moment_of(as_of, zone)
    return Grouped(context, fact, whole, Identity(fact, window.span, zone, tested, compare_to, moment))


async def rows_of(info: strawberry.Info, request: Grouped, asked: RowsAsked) -> Cells:
    """One row per group, shaped by the selection."""
    question = request.question(asked)
    await note_filter(request.context, raw(info), filter_of(asked.where), question.as_of)
    selected = selection_of(raw(info))
    wanted = {one.key: checked(one, question.groups) for one in selected.children if one.name in DIMENSIONS}
    question = replace(question, measures=request.measured(measures_in(selected, request.names)))
    answer = await request.answer(info, question)
    films = {one.key: await _films(request.context, one, answer) for one in selected.children if one.name == "movie"}
    if not films and any(one.name in _WITH_ID for one in selected.children):
        films[FILM_ID.key] = await _films(request.context, FILM_ID, answer)
    identity = _identities(request, question, next(iter(films.values()), {}))
    getters: dict[str, Getter] = {}
    for one in selected.children:
        match one.name:
            case "__typename":
                getters[one.key] = constant(one.type_name)
            case "id":
                getters[one.key] = identity
            case "previous" | "change":
                getters[one.key] = figures(one, request.names, question.before is not None, identity)
            case "is_others":
                getters[one.key] = lambda row: row.is_others
            case "movie":
                getters[one.key] = _film(wanted[one.key], films[one.key])
            case name:
                getters[one.key] = group(wanted[one.key]) if name in DIMENSIONS else measure(name)
    return Cells(cells_of(answer.rows, selected.children, getters))


def _identities(request: Grouped, question: Question, films: Films) -> Getter:
    """A getter of a row's id. Order, limit and `having` only choose rows, so they are not part of it."""
    asked = Identity(request.identity.of("row"), question.where, question.groups, question.top)
    movies = [index for index, one in enumerate(question.groups) if one.dimension == "movie"]

    def get(row: Any) -> str:
        values = list(row.groups)
        for index in movies:
            film = films.get(int(values[index])) if values[index] is not None else None
            values[index] = film and film[FILM_ID.key]
        return asked.of(tuple(values), row.is_others)

    return get


async def _films(context: Context, selected: Selected, answer: Answer) -> Films:
    """The films of all rows by key: what is selected of them, and their ids."""
    place = next((index for index, one in enumerate(answer.question.groups) if one.dimension == "movie"), None)
    if place is None:
        return {}
    keys = [row.groups[place] for row in answer.rows if row.groups[place] is not None]
    return await movie_cells(context, keys, (*selected.children, FILM_ID), answer.question.as_of)


def _film(index: int, films: Films) -> Getter:
    def get(row: Any) -> Any:
        film = None if row.groups[index] is None else films.get(int(row.groups[index]))
        return None if film is None else without_id(film)

    return get


async def totals_of(info: strawberry.Info, request: Grouped, where: Any) -> Cells:
    """Measures over all filtered rows, shaped by the selection."""
    await note_filter(request.context, raw(info), filter_of(where), request.whole.as_of)
    selected = selection_of(raw(info))
    measures = request.measured(measures_in(selected, request.names))
    question = replace(request.whole, measures=measures, where=request.narrowed(where), before=None)
    answer = await request.answer(info, question)
    identity = request.identity.of("totals", question.where)
    getters = {
        one.key: constant(one.type_name)
        if one.name == TYPENAME
        else constant(identity)
        if one.name == "id"
        else measure(one.name)
        for one in selected.children
    }
    return Cells(cells_of(answer.rows, selected.children, getters)[0])


async def plan_of(info: strawberry.Info, request: Grouped, asked: RowsAsked, measures: Sequence[Any]) -> Cells:
    """How rows are computed, shaped by the selection."""
    chosen = request.measured([one.value for one in measures])
    question = replace(request.question(asked), measures=chosen)
    selected = selection_of(raw(info))
    answer = await request.answer(info, question)
    plan = await request.context.explain(answer, [one.name for one in selected.children])
    identity = request.identity.of("plan", replace(question, as_of=None))
    return Cells(plan_cells(selected, {**plan, "id": identity}))
