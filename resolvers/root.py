"""The root: every root field bound to its resolver, and the schema that holds them."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from resolvers import nodes, panels, rankings, viewer, viewing
from resolvers.cells import CellsExecutor
from resolvers.notes import Notes
from schema.nodes import Movie, MovieConnection, Ranking, RatingConnection, User, UserConnection
from schema.panels import CountryPanel, DailyTrend, Dashboard, DevicePanel, GenrePanel, HourlyTrend, TopMovie
from schema.scalars import SCALARS
from schema.viewer import Viewer
from schema.viewing import Viewing


def _described(resolver):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """A root field whose description is its resolver's docstring."""
    return strawberry.field(resolver=resolver, description=" ".join((resolver.__doc__ or "").split()))


@strawberry.type(description="Everything that can be asked.")
class Query:
    """Panels for the common questions, `viewing` for all others, and lists."""

    viewer: Viewer = _described(viewer.viewer)
    dashboard: Dashboard = _described(panels.dashboard)  # type: ignore[valid-type]
    daily_trends: list[DailyTrend] = _described(panels.daily_trends)  # type: ignore[valid-type]
    hourly_trends: list[HourlyTrend] = _described(panels.hourly_trends)  # type: ignore[valid-type]
    genres: list[GenrePanel] = _described(panels.genres)  # type: ignore[valid-type]
    devices: list[DevicePanel] = _described(panels.devices)  # type: ignore[valid-type]
    countries: list[CountryPanel] = _described(panels.countries)  # type: ignore[valid-type]
    top_movies: list[TopMovie] = _described(panels.top_movies)  # type: ignore[valid-type]
    viewing: Viewing = _described(viewing.viewing)  # type: ignore[valid-type]
    users: UserConnection = _described(nodes.users)
    movies: MovieConnection = _described(nodes.movies)
    ratings: RatingConnection = _described(nodes.ratings)
    user: User | None = _described(nodes.user)
    movie: Movie | None = _described(nodes.movie)
    rankings: list[Ranking] = _described(rankings.rankings)


class Schema(strawberry.Schema):
    """Strawberry's schema, which leaves the logging of errors to who answers: users' mistakes are no news."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing."""


def build_schema() -> Schema:
    """The schema that the server, the command line and the tests execute."""
    return Schema(
        query=Query,
        extensions=[Notes],
        execution_context_class=CellsExecutor,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
