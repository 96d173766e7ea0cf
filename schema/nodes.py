"""Films, users and ratings as nodes of the graph and of Relay's connections, and entries of film charts."""

from typing import Generic, TypeVar

import strawberry

from schema.cache_id import cache_id
from schema.directives import masked
from schema.scalars import Date, DateTime, Long

Row = TypeVar("Row")
SOURCE_ID = "The source's own id, unchanged; unique among those of this type."
OWN_ID = "The id without the type's name, as addresses of pages and the command line have it."


@strawberry.interface(description="Anything that `node` can find again by its `id`.")
class Node:
    """Relay's. An id is the type's name and the source's id, `Movie:1`; clients need not read it."""

    id: strawberry.ID = strawberry.field(description="The id, unique among all types.")


@strawberry.type(description="A film.")
class Movie(Node):
    """Grain: one film, with its newest attributes."""

    source_id: strawberry.ID = strawberry.field(description=SOURCE_ID)
    title: str = strawberry.field(description="The title.")
    genre: str | None = strawberry.field(description="The first genre.")
    genres: list[str] = strawberry.field(description="All genres, in the source's order.")
    duration: int | None = strawberry.field(description="Minutes.")
    release_date: Date | None = strawberry.field(description="The day of its release.")
    director: str | None = strawberry.field(description="The director.")
    average_rating: float | None = strawberry.field(description="The mean of all ratings, 0.5-5.")
    views: Long = strawberry.field(description="Sessions ever.")


@strawberry.type(description="A user; fields may be masked for your role.")
class User(Node):
    """Grain: one user, with the newest attributes."""

    source_id: strawberry.ID = strawberry.field(description=SOURCE_ID)
    username: str | None = strawberry.field(directives=masked("users.username"), description="The name.")
    email: str | None = strawberry.field(directives=masked("users.email"), description="The mail address.")
    country: str | None = strawberry.field(description="ISO 3166 alpha-2.")
    subscription: str | None = strawberry.field(description="The plan.")
    age: str | None = strawberry.field(
        directives=masked("users.age"), description="Years, or if masked a band such as `25-34`."
    )
    gender: str | None = strawberry.field(directives=masked("users.gender"), description="As given.")
    views: Long = strawberry.field(description="Sessions ever.")
    watch_hours: float = strawberry.field(description="Total hours watched.")


@strawberry.type(description="A rating of a film.")
class Rating(Node):
    """Grain: one rating."""

    source_id: strawberry.ID = strawberry.field(description=SOURCE_ID)
    movie: Movie = strawberry.field(description="The film.")
    rating: float = strawberry.field(description="0.5-5.")
    review_text: str | None = strawberry.field(
        directives=masked("ratings.review_text"), description="What was written."
    )
    rating_date: DateTime = strawberry.field(description="When it was given, UTC.")


@strawberry.type(description="A session: one user watched one film.")
class Session(Node):
    """Grain: one session."""

    source_id: strawberry.ID = strawberry.field(description=SOURCE_ID)
    user: User = strawberry.field(description="Who watched.")
    movie: Movie = strawberry.field(description="What was watched.")
    start_time: DateTime = strawberry.field(description="When it began, UTC.")
    watch_minutes: float = strawberry.field(description="Minutes watched.")
    completion: float | None = strawberry.field(description="The share of the film that was watched, 0-1.")
    device: str | None = strawberry.field(description="The kind of device.")
    quality: str | None = strawberry.field(description="The picture's quality.")
    buffering_count: int | None = strawberry.field(description="Buffering interruptions.")


@strawberry.type(description="The page's position in its list.")
class PageInfo:
    """Relay's."""

    has_next_page: bool = strawberry.field(
        description="Whether rows follow; of the `last` rows whether they were requested with `before`."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether rows come before; of the `first` rows whether they were requested with `after`."
    )
    start_cursor: str | None = strawberry.field(description="The first row's cursor, for `before`.")
    end_cursor: str | None = strawberry.field(description="The last row's cursor, for `after`.")


@strawberry.type(description="One row of a list.")
class Edge(Generic[Row]):
    """Relay's edge; `MovieEdge`, `UserEdge`, ... in the schema."""

    cursor: str = strawberry.field(description="Its place in this list and order, for `after` and `before`.")
    node: Row = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Row]):
    """Relay's connection; `MovieConnection`, `UserConnection`, ... in the schema."""

    nodes: list[Row] = strawberry.field(description="The rows.")
    edges: list[Edge[Row]] = strawberry.field(description="The rows with their cursors.")
    page_info: PageInfo = strawberry.field(description="The page's position in the list.")
    total_count: Long = strawberry.field(description="Rows in the whole list.")


@strawberry.type(description="A film's place in a chart.")
class Ranking:
    """Grain: one film in one chart."""

    id: strawberry.ID = cache_id()
    start: Date = strawberry.field(description="The period's first day, UTC; weeks start on Monday.")
    rank: int = strawberry.field(description="1 is the most viewed; equal views share a rank.")
    previous_rank: int | None = strawberry.field(
        description="The rank in the previous period; null if the film is new."
    )
    dense_rank: int = strawberry.field(description="Like `rank`, but without gaps after shared ranks.")
    peak_rank: int = strawberry.field(description="The film's best rank so far in charts of this kind.")
    periods_on_chart: int = strawberry.field(description="The number of periods on the chart so far.")
    movie: Movie = strawberry.field(description="The film.")
    views: Long = strawberry.field(description="Sessions in the period.")
