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
from schema.scalars import DateTime, Duration, Moment
from warehouse.audit.record import AuditKind, AuditOutcome
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES, measures_of


@strawberry.input(
    description="Either `last`, which ends with the local day of the newest data you may see, or with today where you "
    "may see none; or `from` and `to`; `to` is excluded."
)
class TimeRange:
    """Resolved in the query's time zone."""

    last: Duration | None = strawberry.field(default=None, description="The number of calendar units: `P30D`.")
    from_: Moment | None = strawberry.field(name="from", default=None, description="The start.")
    to: Moment | None = strawberry.field(default=None, description="The end, excluded.")


def _test(description: str, name: str | None = None) -> Any:
    """A condition that may be left out; null is the same."""
    return strawberry.field(name=name, default=UNSET, description=description)


_EQ, _NE = "Equal to it.", "Not equal to it; missing values match."
_IN, _NOT_IN = "Equal to one of them.", "Equal to none of them; missing values match."
_GT, _GTE, _LT, _LTE = "Greater.", "Greater or equal.", "Less.", "Less or equal."
_CONTAINS = "Contains it, ignoring case and accents."
_STARTS = "Starts with it, ignoring case and accents."
_IS_NULL = "Whether the value is missing: true for only those rows, false for all others."
_COMBINED = "combined with AND. Missing values match only `ne`, `notIn` and `isNull`"


@strawberry.input(description=f"Conditions on a text, {_COMBINED}.")
class StringFilter:
    """`eq` and `in` compare exactly."""

    eq: str | None = _test(_EQ)
    ne: str | None = _test(_NE)
    in_: list[str] | None = _test(_IN, "in")
    not_in: list[str] | None = _test(_NOT_IN)
    contains: str | None = _test(_CONTAINS)
    starts_with: str | None = _test(_STARTS)
    is_null: bool | None = _test(_IS_NULL)


@strawberry.input(description=f"Conditions on a whole number, {_COMBINED}.")
class IntFilter:
    """Any bounds."""

    eq: int | None = _test(_EQ)
    ne: int | None = _test(_NE)
    in_: list[int] | None = _test(_IN, "in")
    not_in: list[int] | None = _test(_NOT_IN)
    gt: int | None = _test(_GT)
    gte: int | None = _test(_GTE)
    lt: int | None = _test(_LT)
    lte: int | None = _test(_LTE)
    is_null: bool | None = _test(_IS_NULL)


@strawberry.input(description="Conditions on an id, combined with AND.")
class IdFilter:
    """A malformed id matches nothing."""

    eq: strawberry.ID | None = _test(_EQ)
    ne: strawberry.ID | None = _test("Not equal to it.")
    in_: list[strawberry.ID] | None = _test(_IN, "in")
    not_in: list[strawberry.ID] | None = _test("Equal to none of them.")


@strawberry.input(description="Conditions on an instant, combined with AND.")
class DateTimeFilter:
    """Any bounds."""

    gt: DateTime | None = _test("Later.")
    gte: DateTime | None = _test("Then or later.")
    lt: DateTime | None = _test("Earlier.")
    lte: DateTime | None = _test("Then or earlier.")


@strawberry.input(description="Conditions on a list of texts.")
class ListFilter:
    """Exact comparison with each text in the list."""

    has: str | None = _test("At least one text of the list is equal to it.")


@strawberry.input(description="Conditions on the kind of an audit record, combined with AND.")
class AuditKindFilter:
    """Exact comparison."""

    eq: AuditKind | None = _test(_EQ)
    ne: AuditKind | None = _test("Not equal to it.")
    in_: list[AuditKind] | None = _test(_IN, "in")
    not_in: list[AuditKind] | None = _test("Equal to none of them.")


@strawberry.input(description="Conditions on the outcome of an audit record, combined with AND.")
class AuditOutcomeFilter:
    """Exact comparison."""

    eq: AuditOutcome | None = _test(_EQ)
    ne: AuditOutcome | None = _test("Not equal to it.")
    in_: list[AuditOutcome] | None = _test(_IN, "in")
    not_in: list[AuditOutcome] | None = _test("Equal to none of them.")


@strawberry.input(
    description=f"Conditions on a film's genres, {_COMBINED}. They test the first genre, and `has` any of them."
)
class GenreFilter:
    """`eq` and `in` compare exactly."""

    eq: str | None = _test(_EQ)
    ne: str | None = _test(_NE)
    in_: list[str] | None = _test(_IN, "in")
    not_in: list[str] | None = _test(_NOT_IN)
    has: str | None = _test("At least one of the film's genres is equal to it.")
    contains: str | None = _test(_CONTAINS)
    starts_with: str | None = _test(_STARTS)
    is_null: bool | None = _test(_IS_NULL)


@strawberry.input(
    description=f"Conditions on the attribute at a path, {_COMBINED}. Values are compared as text: `4.2` matches the "
    "number too, `true` the boolean, and `Unknown` a missing attribute."
)
class AttributeFilter:
    """`eq` and `in` compare exactly."""

    path: str = strawberry.field(
        description="The attribute's name as sent, with dots between nested names: `app.version`."
    )
    eq: str | None = _test(_EQ)
    ne: str | None = _test(_NE)
    in_: list[str] | None = _test(_IN, "in")
    not_in: list[str] | None = _test(_NOT_IN)
    contains: str | None = _test(_CONTAINS)
    starts_with: str | None = _test(_STARTS)
    is_null: bool | None = _test(_IS_NULL)


@strawberry.input(description=f"Conditions on a measure, {_COMBINED}.")
class NumberFilter:
    """Any bounds."""

    eq: float | None = _test(_EQ)
    ne: float | None = _test(_NE)
    gt: float | None = _test(_GT)
    gte: float | None = _test(_GTE)
    lt: float | None = _test(_LT)
    lte: float | None = _test(_LTE)
    is_null: bool | None = _test(_IS_NULL)


def _combined(name: str, description: str, tests: dict[str, Any]) -> Any:
    """A filter type: conditions on named dimensions, and `and`, `or`, `not` of the type itself."""
    namespace: dict[str, Any] = {"__module__": __name__, "__doc__": description, "__annotations__": {}}
    for keyword, kind, text in (
        ("and", Optional[list[name]], "Every one of these matches."),  # type: ignore[valid-type]  # noqa: UP045
        ("or", Optional[list[name]], "One of these matches."),  # type: ignore[valid-type]  # noqa: UP045
        ("not", Optional[name], "This does not match."),  # noqa: UP045
    ):
        namespace[f"{keyword}_"] = _test(text, keyword)
        namespace["__annotations__"][f"{keyword}_"] = kind
    for slug, kind in tests.items():
        namespace[slug] = _test(_tested(slug))
        namespace["__annotations__"][slug] = Optional[kind]  # noqa: UP045
    return strawberry.input(type(name, (), namespace), description=description)


# What is tested, where the model does not say it.
_TESTED = {
    "id": "The id, ours or the source's.",
    "username": "The name, as you see it.",
    "email": "The mail address, as you see it.",
    "title": "The title.",
    "at": "When it began.",
    "kind": "The kind of record.",
    "subject": "The token's subject.",
    "token_id": "The token's id.",
    "operation": "The operation's name.",
    "fields": "The root fields.",
    "document_hash": "SHA-256 of the document's text, in hex.",
    "unmasked": "The columns that were read in clear.",
    "outcome": "The outcome.",
    "address": "The network address.",
    "duration_ms": "Its milliseconds.",
    "rows": "Its rows.",
}


def _tested(slug: str) -> str:
    known = MEASURES.get(slug) or DIMENSIONS.get(slug)
    return known.description if known else _TESTED[slug]


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
        "at": DateTimeFilter,
        "kind": AuditKindFilter,
        "subject": StringFilter,
        "token_id": StringFilter,
        "operation": StringFilter,
        "fields": ListFilter,
        "document_hash": StringFilter,
        "unmasked": ListFilter,
        "outcome": AuditOutcomeFilter,
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
        "__annotations__": {"n": int, "by": measure, "others": bool | None},
        "n": strawberry.field(description="How many values, 1 or more."),
        "by": strawberry.field(description="The measure that ranks them."),
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
        "__annotations__": {"field": field, "direction": Direction | None},
        "field": strawberry.field(description="What to sort by."),
        "direction": strawberry.field(default=Direction.ASC, description="The direction; missing values come last."),
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
