"""Films, users and ratings as nodes of Relay connections, and the places of film charts."""

import strawberry

from schema.directives import masked
from schema.scalars import Date, Long


@strawberry.type(description="A film.")
class Movie:
    """Grain: one film, its newest known attributes."""

    id: strawberry.ID = strawberry.field(description="The source's id, unchanged.")
    title: str
    genre: str = strawberry.field(description="The first genre, or `Unknown`.")
    genres: list[str]
    duration: int | None = strawberry.field(description="Minutes.")
    release_date: Date | None
    director: str | None
    average_rating: float | None = strawberry.field(description="Mean of all ratings, 0.5-5.")
    views: Long = strawberry.field(description="Sessions ever.")


@strawberry.type(description="A user; masked fields are shown as your role may see them.")
class User:
    """Grain: one user, the newest known attributes."""

    id: strawberry.ID = strawberry.field(description="The source's id, unchanged.")
    username: str | None = strawberry.field(directives=masked("users.username"))
    email: str | None = strawberry.field(directives=masked("users.email"))
    country: str = strawberry.field(description="ISO 3166 alpha-2, or `Unknown`.")
    subscription: str
    age: str | None = strawberry.field(
        directives=masked("users.age"), description="Years, or where masked a band such as `25-34`."
    )
    gender: str | None = strawberry.field(directives=masked("users.gender"))
    views: Long = strawberry.field(description="Sessions ever.")
    watch_hours: float = strawberry.field(description="Hours watched ever.")


@strawberry.type(description="A rating of a film.")
class Rating:
    """Grain: one rating."""

    id: strawberry.ID = strawberry.field(description="The source's id, unchanged.")
    movie: Movie
    rating: float = strawberry.field(description="0.5-5.")
    review_text: str | None = strawberry.field(directives=masked("ratings.review_text"))
    rating_date: str = strawberry.field(description="ISO 8601, UTC.")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's."""

    has_next_page: bool
    has_previous_page: bool = strawberry.field(description="Whether the page was asked with `after`.")
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="A film in a list.")
class MovieEdge:
    """Relay's."""

    cursor: str
    node: Movie


@strawberry.type(description="A page of films.")
class MovieConnection:
    """Relay's."""

    edges: list[MovieEdge]
    page_info: PageInfo
    total_count: Long = strawberry.field(description="Films in the whole list.")


@strawberry.type(description="A user in a list.")
class UserEdge:
    """Relay's."""

    cursor: str
    node: User


@strawberry.type(description="A page of users.")
class UserConnection:
    """Relay's."""

    edges: list[UserEdge]
    page_info: PageInfo
    total_count: Long = strawberry.field(description="Users in the whole list.")


@strawberry.type(description="A rating in a list.")
class RatingEdge:
    """Relay's."""

    cursor: str
    node: Rating


@strawberry.type(description="A page of ratings.")
class RatingConnection:
    """Relay's."""

    edges: list[RatingEdge]
    page_info: PageInfo
    total_count: Long = strawberry.field(description="Ratings in the whole list.")


@strawberry.type(description="A film's place in a chart.")
class Ranking:
    """Grain: one film in one chart."""

    start: Date = strawberry.field(description="The period's first day, UTC; weeks start on Monday.")
    rank: int = strawberry.field(description="1 is the most viewed; equal views share a rank.")
    previous_rank: int | None = strawberry.field(
        description="The rank in the period right before; null where it is new."
    )
    movie: Movie
    views: Long = strawberry.field(description="Sessions in the period.")
