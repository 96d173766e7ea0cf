"""Inputs: ranges, filters and orders as the API takes them."""

from typing import Any, Optional

import strawberry
from strawberry import UNSET

from schema.enums import (
    AuditField,
    Direction,
    MovieField,
    RatingField,
    RatingMeasure,
    UserField,
    ViewingField,
    ViewingMeasure,
)
from schema.scalars import Duration, Moment
from warehouse.audit.record import AuditKind
from warehouse.model.measures import measures_of


@strawberry.input(
    description="Either `last`, which ends with the local day of the newest data that you may see, "
    "or `from` and `to`; `to` is excluded."
)
class TimeRange:
    """Resolved in the query's time zone."""

    last: Duration | None = None
    from_: Moment | None = strawberry.field(name="from", default=None)
    to: Moment | None = None


@strawberry.input(description="Tests of a text; all that are given must hold.")
class StringFilter:
    """Exact comparison."""

    eq: str | None = UNSET
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Tests of a whole number; all that are given must hold.")
class IntFilter:
    """`gte` includes its bound, `lt` excludes it."""

    eq: int | None = UNSET
    in_: list[int] | None = strawberry.field(name="in", default=UNSET)
    gte: int | None = UNSET
    lt: int | None = UNSET


@strawberry.input(description="Tests of an id; all that are given must hold.")
class IdFilter:
    """A text that is no id matches nothing."""

    eq: strawberry.ID | None = UNSET
    in_: list[strawberry.ID] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Tests of an instant; a date is its start in UTC. All that are given must hold.")
class MomentFilter:
    """`gte` includes its bound, `lt` excludes it."""

    gte: Moment | None = UNSET
    lt: Moment | None = UNSET


@strawberry.input(description="Tests of a list of texts.")
class ListFilter:
    """Exact comparison with each of its texts."""

    has: str | None = UNSET


@strawberry.input(description="Tests of what an audit record is of; all that are given must hold.")
class AuditKindFilter:
    """Exact comparison."""

    eq: AuditKind | None = UNSET
    in_: list[AuditKind] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Tests of a film's genres: `eq` and `in` of the first one, `has` of any.")
class GenreFilter:
    """All that are given must hold."""

    eq: str | None = UNSET
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)
    has: str | None = UNSET


@strawberry.input(
    description="Tests of what a client sent under a path, as text: `4.2` finds the number too, `true` the boolean; "
    "`Unknown` where it sent nothing."
)
class AttributeFilter:
    """All that are given must hold."""

    path: str
    eq: str | None = UNSET
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Tests of a measure; all that are given must hold. A missing value passes none.")
class NumberFilter:
    """`gte` includes its bound, `lt` excludes it."""

    eq: float | None = UNSET
    gte: float | None = UNSET
    lt: float | None = UNSET


def _combined(name: str, description: str, tests: dict[str, Any]) -> Any:
    """A filter type: tests of named dimensions, and `and`, `or`, `not` of the type itself."""
    namespace: dict[str, Any] = {"__module__": __name__, "__doc__": description, "__annotations__": {}}
    for keyword, kind in (("and", Optional[list[name]]), ("or", Optional[list[name]]), ("not", Optional[name])):  # type: ignore[valid-type]  # noqa: UP045
        namespace[f"{keyword}_"] = strawberry.field(name=keyword, default=UNSET)
        namespace["__annotations__"][f"{keyword}_"] = kind
    for slug, kind in tests.items():
        namespace[slug] = UNSET
        namespace["__annotations__"][slug] = Optional[kind]  # noqa: UP045
    return strawberry.input(type(name, (), namespace), description=description)


_OF_MOVIE = {"genre": GenreFilter, "director": StringFilter, "release_year": IntFilter}
_OF_CLOCK = {"hour_of_day": IntFilter, "day_of_week": IntFilter}
_OF_USER = {"country": StringFilter, "subscription": StringFilter, "age_band": StringFilter, "gender": StringFilter}

ViewingFilter = _combined(
    "ViewingFilter",
    "Which sessions count. All tests that are given must hold; masked fields are compared as you see "
    "them, and `Unknown` is a text that is null.",
    {
        "movie": IdFilter,
        **_OF_MOVIE,
        "days_since_release": IntFilter,
        "device": StringFilter,
        "quality": StringFilter,
        **_OF_USER,
        "attribute": AttributeFilter,
        **_OF_CLOCK,
    },
)
RatingFilter = _combined(
    "RatingFilter",
    "Which ratings count. All tests that are given must hold; masked fields are compared as you see "
    "them, and `Unknown` is a text that is null.",
    {"movie": IdFilter, **_OF_MOVIE, "days_since_release": IntFilter, **_OF_USER, **_OF_CLOCK},
)
UserFilter = _combined(
    "UserFilter",
    "Which users are listed; masked fields are compared as you see them. Of country, subscription, age band and gender "
    "`Unknown` is null.",
    {"id": IdFilter, "username": StringFilter, "email": StringFilter, **_OF_USER},
)
MovieFilter = _combined(
    "MovieFilter",
    "Which films are listed. Of genre and director `Unknown` is null.",
    {"id": IdFilter, "title": StringFilter, **_OF_MOVIE},
)
AuditFilter = _combined(
    "AuditFilter",
    "Which audit records are listed.",
    {
        "at": MomentFilter,
        "kind": AuditKindFilter,
        "subject": StringFilter,
        "token_id": StringFilter,
        "operation": StringFilter,
        "fields": ListFilter,
        "document_hash": StringFilter,
        "unmasked": ListFilter,
        "outcome": StringFilter,
        "address": StringFilter,
    },
)


ViewingHaving = _combined(
    "ViewingHaving",
    "Which rows are answered, by their measures.",
    {one.slug: NumberFilter for one in measures_of("viewing")},
)
RatingHaving = _combined(
    "RatingHaving",
    "Which rows are answered, by their measures.",
    {one.slug: NumberFilter for one in measures_of("rating")},
)


def _top(name: str, measure: Any) -> Any:
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": "Top values of a dimension.",
        "__annotations__": {"n": int, "by": measure, "others": bool},
        "others": strawberry.field(default=True, description="Whether all other values are one row, or left out."),
    }
    return strawberry.input(
        type(name, (), namespace),
        description="Keep the `n` values with the most of a measure over the range, of the first selected dimension "
        "that is not the clock's.",
    )


ViewingTop = _top("ViewingTop", ViewingMeasure)
RatingTop = _top("RatingTop", RatingMeasure)


def _order(name: str, field: Any) -> Any:
    namespace = {
        "__module__": __name__,
        "__doc__": "One sort key.",
        "__annotations__": {"field": field, "direction": Direction},
        "direction": Direction.ASC,
    }
    return strawberry.input(type(name, (), namespace), description="One sort key; equal rows keep one fixed order.")


ViewingOrder = _order("ViewingOrder", ViewingField)
RatingOrder = _order("RatingOrder", RatingField)
UserOrder = _order("UserOrder", UserField)
MovieOrder = _order("MovieOrder", MovieField)
AuditOrder = _order("AuditOrder", AuditField)
