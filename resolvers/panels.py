"""The panels: common questions with fixed groups, compiled the same way as `viewing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import strawberry

from resolvers.cache_ids import Identity
from resolvers.cells import Cells
from resolvers.context import Context, context_of
from resolvers.filters import filter_of
from resolvers.nodes import FILM_ID, movie_cells, without_id
from resolvers.row_getters import Getter, cells_of, constant, figures, group, measure, measures_in
from resolvers.selection import TYPENAME, Selected, selection_of
from resolvers.strawberry_internals import raw
from resolvers.unknown_values import note_filter
from schema.arguments import UTC, Compare, Limit, Most, Range, ViewingWhere, Zone
from schema.enums import TopMoviesOrder
from schema.panels import DASHBOARD_MEASURES
from warehouse.errors import BadInput
from warehouse.model.measures import MEASURES
from warehouse.query import ranges
from warehouse.query.answer import Row, filled
from warehouse.query.bucket_sql import Clock
from warehouse.query.local_time import Grain, iso
from warehouse.query.question import Group, OrderByMeasure, Question
from warehouse.query.ranges import Window

Days = Annotated[
    int | None, strawberry.argument(description="The number of days up to the newest; instead of `range`.")
]
RankedBy = Annotated[TopMoviesOrder, strawberry.argument(description="The measure that ranks them.")]

MOST_DAYS = 3660
HOURS = range(24)
# Most panels use the measures' own names.
OWN_NAMES = {slug: slug for slug in MEASURES}
_FIRST = group(0)
# The facts whose groups are rows, whatever is selected: a country with users is one even if nobody watched.
_ROWS_OF: Mapping[str, tuple[str, ...]] = {
    "country": ("viewing", "user"),
    "genre": ("viewing", "rating"),
    "movie": ("viewing", "rating"),
}


@dataclass(frozen=True)
class PanelRequest:
    """The resolved arguments that all panels share."""

    context: Context
    selected: Selected
    window: Window
    where: Any
    identity: Identity

    def measures(self, names: Mapping[str, str] = OWN_NAMES) -> tuple[str, ...]:
        """The measures needed for the selection; `names` maps API fields to measures."""
        return measures_in(self.selected, names)

    def question(self, groups: Sequence[Group], measures: Sequence[str], **more: Any) -> Question:
        """A question with this panel's arguments."""
        return Question(tuple(groups), tuple(measures), self.window.span, self.window.zone, self.where, **more)

    def cells(self, rows: Sequence[Row], own: Mapping[str, Getter], key: Getter = _FIRST) -> Cells:
        """Rows as cells; `own` has the getters of fields other than measures, and `key` gives what identifies a row."""
        getters: dict[str, Getter] = {}
        for one in self.selected.children:
            if one.name == TYPENAME:
                getters[one.key] = constant(one.type_name)
            elif one.name == "id":
                getters[one.key] = lambda row: self.identity.of(key(row))
            else:
                getters[one.key] = own[one.name] if one.name in own else measure(one.name)
        return Cells(cells_of(rows, self.selected.children, getters))


async def request_of(
    info: strawberry.Info, range: Range, zone: str, where: Any, default: str = ranges.DEFAULT_LAST
) -> PanelRequest:
    """The arguments that all panels share, resolved; `default` is the range of a question without one."""
    context = context_of(info)
    window, tested = await context.window(range, zone, default), filter_of(where)
    await note_filter(context, raw(info), tested)
    selected = selection_of(raw(info))
    return PanelRequest(context, selected, window, tested, Identity(selected.name, window.span, zone, tested))


async def dashboard(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
    compare_to: Compare = None,
) -> Cells:
    """Key figures of a range. Filters on users and films apply to `users` and `averageRating`; filters on sessions
    do not.
    """
    request = await request_of(info, range, time_zone, where)
    before = request.window.before(compare_to) if compare_to else None
    # If only __typename is selected, the question still needs a measure.
    measures = request.measures(DASHBOARD_MEASURES) or ("views",)
    answer = await request.context.answer(raw(info), request.question((), measures, before=before))
    identity = constant(request.identity.of(compare_to))
    own: dict[str, Getter] = {name: measure(slug) for name, slug in DASHBOARD_MEASURES.items()} | {"id": identity}
    getters = {
        one.key: figures(one, DASHBOARD_MEASURES, before is not None, identity)
        if one.name in ("previous", "change")
        else own.get(one.name, constant(one.type_name))
        for one in request.selected.children
    }
    return Cells(cells_of(answer.rows, request.selected.children, getters)[0])


async def daily_trends(
    info: strawberry.Info,
    days: Days = None,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
) -> Cells:
    """Every local day of the range, including days without sessions. Give `days` or `range`, not both; default 90
    days."""
    if days is not None and range is not None:
        raise BadInput("Give `days` or `range`, not both.", "days")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadInput(f"days is {days}; allowed are 1 to {MOST_DAYS}.", "days")
    request = await request_of(info, range, time_zone, where, f"P{days}D" if days else ranges.DEFAULT_LAST)
    question = request.question([Group("time", Grain.DAY)], request.measures() or ("views",))
    answer = await request.context.answer(raw(info), question)
    buckets = Clock(request.window.zone, request.window.span).buckets(Grain.DAY, request.context.access.max_buckets)
    rows = filled(answer, [iso(bucket, request.window.zone) for bucket in buckets])
    return request.cells(rows, {"day": lambda row: str(row.groups[0])[:10]})


async def hourly_trends(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
) -> Cells:
    """24 rows, one per local hour of the day, over all days of the range."""
    request = await request_of(info, range, time_zone, where)
    answer = await request.context.answer(
        raw(info), request.question([Group("hour_of_day")], request.measures() or ("views",))
    )
    return request.cells(filled(answer, list(HOURS)), {"hour": group(0)})


async def genres(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
) -> Cells:
    """Genres, most views first."""
    return await _by_views(info, "genre", range, time_zone, where)


async def devices(
    info: strawberry.Info,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
) -> Cells:
    """Device types, most views first."""
    return await _by_views(info, "device", range, time_zone, where)


async def countries(
    info: strawberry.Info,
    limit: Limit = None,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
) -> Cells:
    """Countries, most views first. `users` are registered; `viewers` were active in the range."""
    return await _by_views(info, "country", range, time_zone, where, limit)


async def _by_views(
    info: strawberry.Info, dimension: str, range: Range, zone: str, where: Any, limit: int | None = None
) -> Cells:
    request = await request_of(info, range, zone, where)
    question = request.question(
        [Group(dimension)],
        request.measures(),
        orders=(OrderByMeasure("views", descending=True),),
        rows_of=_ROWS_OF.get(dimension, ("viewing",)),
    )
    return request.cells(await own_rows(info, request, question, limit), {dimension: group(0)})


async def own_rows(info: strawberry.Info, request: PanelRequest, question: Question, limit: int | None) -> list[Row]:
    """The first rows that have a value. That of folded groups has none, and panels could not tell it from unknown."""
    access = request.context.access
    if limit is not None and access.minimum_group:
        question = replace(question, limit=min(limit + 1, access.max_rows))
    else:
        question = replace(question, limit=limit)
    answer = await request.context.answer(raw(info), question)
    return [row for row in answer.rows if not row.is_others][:limit]


async def top_movies(
    info: strawberry.Info,
    limit: Most = 10,
    order_by: RankedBy = TopMoviesOrder.VIEWS,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
) -> Cells:
    """The top films by a measure in the range; ties are sorted by title, then id."""
    request = await request_of(info, range, time_zone, where)
    order = OrderByMeasure(order_by.value, descending=True)
    question = request.question([Group("movie")], request.measures(), orders=(order,), rows_of=_ROWS_OF["movie"])
    rows = await own_rows(info, request, question, limit)
    ranks = {row.groups[0]: index for index, row in enumerate(rows, start=1)}
    films = await movie_cells(request.context, ranks, (*request.selected.within("movie"), FILM_ID))
    own: dict[str, Getter] = {
        "rank": lambda row: ranks[row.groups[0]],
        "movie": lambda row: without_id(films[int(row.groups[0] or 0)]),
    }
    return request.cells(rows, own, key=lambda row: (order_by.value, films[int(row.groups[0] or 0)][FILM_ID.key]))
