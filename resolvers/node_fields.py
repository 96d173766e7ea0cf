"""Fields of films and users that are questions of their own: similar films, ratings, a trend; sessions,
recommendations, habits and churn risk.

They are resolved by the executor, each with its own refusal, below `movie`, `user`, `node` and `nodes`. Elsewhere films
and users are shaped as cells, and these fields are refused.
"""

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.tools import create_type
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField

from resolvers.cells import Cells
from resolvers.context import Context, context_of, note_ages
from resolvers.nodes import PageOf, connection_of
from resolvers.null_arguments import NullIsDefault
from resolvers.panels import daily_trends
from resolvers.permission import check_permitted
from resolvers.spark_results import rows_of_records
from resolvers.strawberry_internals import raw
from schema.arguments import UTC, After, Before, First, Last, Most, Range, Zone
from schema.directives import semantic_non_null
from schema.inputs import IdFilter, ViewingFilter
from schema.nodes import Connection, Movie, Rating, Session, User
from schema.panels import DailyTrend
from schema.spark_results import ChurnRisk, Recommendation, SimilarMovie, ViewingPattern
from warehouse.query.listing import REVIEW_LIST, SESSION_LIST
from warehouse.query.question import Condition
from warehouse.spark_results import churn, patterns
from warehouse.spark_results import recommendations as recommended
from warehouse.spark_results.patterns import PatternBy

Film = strawberry.Parent[Any]
Person = strawberry.Parent[Any]


async def similar(root: Film, info: strawberry.Info, limit: Most = 20) -> Cells:
    """The films most similar to it, as `similarMovies`."""
    context = _asked(info, "similarMovies")
    await note_ages(context, raw(info), "recommendations")
    found = await context.work(
        lambda: recommended.similar_movies(context.warehouse.engine, root.source_id, limit, context.access)
    )
    return await rows_of_records(info, found, root.id)


async def ratings(
    root: Film,
    info: strawberry.Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Cells:
    """Its ratings, one page at a time."""
    _asked(info, "ratings")
    of_film = Condition("movie_key", "among", (root.key,))
    return await connection_of(info, REVIEW_LIST, PageOf(first, after, last, before), of_film)


async def trend(root: Film, info: strawberry.Info, range: Range = None, time_zone: Zone = UTC) -> Cells:
    """Its viewing on every local day of the range, as `dailyTrends`."""
    check_permitted(context_of(info), "dailyTrends")
    where = ViewingFilter(movie=IdFilter(eq=root.id))
    return await daily_trends(info, range=range, time_zone=time_zone, where=where)


async def sessions(
    root: Person,
    info: strawberry.Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Cells:
    """The user's sessions, newest first, one page at a time."""
    _asked(info, "user")
    of_user = Condition("user_key", "among", (root.key,))
    return await connection_of(info, SESSION_LIST, PageOf(first, after, last, before), of_user)


async def given_ratings(
    root: Person,
    info: strawberry.Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Cells:
    """The ratings that the user gave, one page at a time."""
    _asked(info, "ratings")
    of_user = Condition("user_key", "among", (root.key,))
    return await connection_of(info, REVIEW_LIST, PageOf(first, after, last, before), of_user)


async def recommendations(root: Person, info: strawberry.Info, limit: Most = 20) -> Cells:
    """What the user may like next, as the query `recommendations`."""
    context = _asked(info, "recommendations")
    await note_ages(context, raw(info), "recommendations")
    found = await context.work(
        lambda: recommended.recommendations(context.warehouse.engine, root.source_id, limit, context.access)
    )
    return await rows_of_records(info, found, root.id)


async def habits(root: Person, info: strawberry.Info) -> Cells:
    """How the user watches, as `viewingPatterns`; null without sessions, or before the job has run."""
    context = _asked(info, "viewingPatterns")
    await note_ages(context, raw(info), "patterns")
    found = await context.work(
        lambda: patterns.patterns(context.warehouse.engine, PatternBy.ALL, root.source_id, context.access)
    )
    return await _first_of(info, found, root.id)


async def churn_risk(root: Person, info: strawberry.Info) -> Cells:
    """Whether the user may not come back, as the query `churnRisk`; null if the user was not active."""
    context = _asked(info, "churnRisk")
    await note_ages(context, raw(info), "churn")
    found = await context.work(
        lambda: churn.churn_risk(context.warehouse.engine, 1, context.access, user_id=root.source_id)
    )
    return await _first_of(info, found, root.id)


def _asked(info: strawberry.Info, name: str) -> Context:
    """The context for a question that a root field asks too, counted as one of the request's.

    Raises: Forbidden; TooExpensive.
    """
    context = context_of(info)
    check_permitted(context, name)
    context.admit()
    return context


async def _first_of(info: strawberry.Info, records: Any, parent: str) -> Cells:
    cells = await rows_of_records(info, records, parent)
    return Cells(cells.shape[0] if isinstance(cells.shape, list) and cells.shape else None)


def _field(resolver: Callable[..., Any], name: str, graphql_type: Any, is_there: bool = True) -> StrawberryField:
    """A field whose description is the resolver's docstring; `is_there` unless it is refused."""
    field: StrawberryField = strawberry.field(
        resolver=resolver,
        name=name,
        graphql_type=graphql_type | None,
        description=" ".join((resolver.__doc__ or "").split()),
        directives=semantic_non_null() if is_there else (),
        extensions=[NullIsDefault()],
    )
    return field


def _extend(of: Any, *fields: StrawberryField) -> None:
    extra = get_object_definition(create_type(f"{of.__name__}Graph", list(fields)), strict=True)
    get_object_definition(of, strict=True).fields.extend(extra.fields)


_extend(
    Movie,
    _field(similar, "similar", list[SimilarMovie]),
    _field(ratings, "ratings", Connection[Rating]),
    _field(trend, "trend", list[DailyTrend]),
)
_extend(
    User,
    _field(sessions, "sessions", Connection[Session]),
    _field(given_ratings, "ratings", Connection[Rating]),
    _field(recommendations, "recommendations", list[Recommendation]),
    _field(habits, "patterns", ViewingPattern, is_there=False),
    _field(churn_risk, "churnRisk", ChurnRisk, is_there=False),
)
