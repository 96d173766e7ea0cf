"""Input types: ranges, filters and sort orders."""

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
    description="Either `last`, which ends with the local day of the newest data you may see, or `from` and `to`; `to` "
    "is excluded."
)
class TimeRange:
    """Resolved in the query's time zone."""

    last: Duration | None = None
    from_: Moment | None = strawberry.field(name="from", default=None)
    to: Moment | None = None


@strawberry.input(description="String conditions, combined with AND.")
class StringFilter:
    """Exact comparison."""

    eq: str | None = UNSET
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Conditions on a whole number, combined with AND.")
class IntFilter:
    """`gte` includes its bound, `lt` excludes it."""

    eq: int | None = UNSET
    in_: list[int] | None = strawberry.field(name="in", default=UNSET)
    gte: int | None = UNSET
    lt: int | None = UNSET


@strawberry.input(description="Conditions on an id, combined with AND.")
class IdFilter:
    """A malformed id matches nothing."""

    eq: strawberry.ID | None = UNSET
    in_: list[strawberry.ID] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Conditions on an instant, combined with AND. A date means its start in UTC.")
class MomentFilter:
    """`gte` includes its bound, `lt` excludes it."""

    gte: Moment | None = UNSET
    lt: Moment | None = UNSET


@strawberry.input(description="Conditions on a list of strings.")
class ListFilter:
    """Exact comparison with each string in the list."""

    has: str | None = UNSET


@strawberry.input(description="Conditions on the kind of an audit record, combined with AND.")
class AuditKindFilter:
    """Exact comparison."""

    eq: AuditKind | None = UNSET
    in_: list[AuditKind] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Conditions on a film's genres: `eq` and `in` on the first one, `has` on any.")
class GenreFilter:
    """Combined with AND."""

    eq: str | None = UNSET
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)
    has: str | None = UNSET


@strawberry.input(
    description="Conditions on the attribute at a path, compared as text: `4.2` matches the number too, `true` the "
    "boolean, and `Unknown` a missing attribute."
)
class AttributeFilter:
    """Combined with AND."""

    path: str
    eq: str | None = UNSET
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(description="Conditions on a measure, combined with AND. A missing value matches none.")
class NumberFilter:
    """`gte` includes its bound, `lt` excludes it."""

    eq: float | None = UNSET
    gte: float | None = UNSET
    lt: float | None = UNSET


def _combined(name: str, description: str, tests: dict[str, Any]) -> Any:
    """A filter type: conditions on named dimensions, and `and`, `or`, `not` of the type itself."""
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
    "Which sessions to include. Conditions are combined with AND; masked fields are compared by their masked values, "
    "and `Unknown` matches null.",
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
    "Which ratings to include. Conditions are combined with AND; masked fields are compared by their masked values, "
    "and `Unknown` matches null.",
    {"movie": IdFilter, **_OF_MOVIE, "days_since_release": IntFilter, **_OF_USER, **_OF_CLOCK},
)
UserFilter = _combined(
    "UserFilter",
    "Which users to list; masked fields are compared by their masked values. For country, subscription, age band and "
    "gender `Unknown` matches null.",
    {"id": IdFilter, "username": StringFilter, "email": StringFilter, **_OF_USER},
)
MovieFilter = _combined(
    "MovieFilter",
    "Which films to list. For genre and director `Unknown` matches null.",
    {"id": IdFilter, "title": StringFilter, **_OF_MOVIE},
)
AuditFilter = _combined(
    "AuditFilter",
    "Which audit records to list.",
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
        "duration_ms": NumberFilter,
        "rows": NumberFilter,
    },
)


ViewingHaving = _combined(
    "ViewingHaving",
    "Which rows to return, by their measures.",
    {one.slug: NumberFilter for one in measures_of("viewing")},
)
RatingHaving = _combined(
    "RatingHaving",
    "Which rows to return, by their measures.",
    {one.slug: NumberFilter for one in measures_of("rating")},
)


def _top(name: str, measure: Any) -> Any:
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": "The top values of a dimension.",
        "__annotations__": {"n": int, "by": measure, "others": bool},
        "others": strawberry.field(default=True, description="Whether to add one row for all other values."),
    }
    return strawberry.input(
        type(name, (), namespace),
        description="Keep the `n` values with the highest measure over the range, of the first dimension of `by` "
        "that is not time.",
    )


ViewingTop = _top("ViewingTop", ViewingMeasure)
RatingTop = _top("RatingTop", RatingMeasure)


def _order(name: str, field: Any, of_attributes: bool = False) -> Any:
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": "One sort key.",
        "__annotations__": {"field": field, "direction": Direction},
        "direction": Direction.ASC,
    }
    if of_attributes:
        namespace["__annotations__"]["path"] = str | None
        namespace["path"] = strawberry.field(
            default=UNSET, description="With ATTRIBUTE: which of `attributes`; by default the first."
        )
    return strawberry.input(
        type(name, (), namespace), description="One sort key; the order of equal rows is always the same."
    )


ViewingOrder = _order("ViewingOrder", ViewingField, of_attributes=True)
RatingOrder = _order("RatingOrder", RatingField)
UserOrder = _order("UserOrder", UserField)
MovieOrder = _order("MovieOrder", MovieField)
AuditOrder = _order("AuditOrder", AuditField)
