"""Enums of the API: the service's own, declared to GraphQL, and those generated from the model's dimensions and
measures.
"""

from collections.abc import Iterable
from enum import Enum, StrEnum
from typing import Any

import strawberry
from strawberry.types.enum import EnumValueDefinition

from schema.access_policy import SCOPES
from schema.roles import Role
from warehouse.access import Strategy
from warehouse.audit.record import AuditKind, AuditOutcome
from warehouse.checks.declarations import CHECKS
from warehouse.model.columns import Kind
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import measures_of
from warehouse.query.local_time import Grain
from warehouse.query.ranges import Comparison
from warehouse.staging.results import RESULT_TABLES
from warehouse.tables.incoming_schemas import INCOMING

strawberry.enum(
    Role, name="Role", description="viewer < analyst < admin; `ingest` only writes, `embed` runs named operations."
)
strawberry.enum(Strategy, name="MaskStrategy", description="How a field is masked; NULL hides it.")
strawberry.enum(
    Grain, name="Grain", description="The size of a time bucket in the query's time zone; weeks start on Monday."
)
strawberry.enum(Comparison, name="Comparison", description="Which range to compare with.")
strawberry.enum(
    AuditKind,
    name="AuditKind",
    description="The kind of record: an operation, a load, an operator action, a page that checks a token, or a gap of "
    "`rows` missing records.",
)
strawberry.enum(
    AuditOutcome,
    name="AuditOutcome",
    description="How it ended: OK, an error's code, FAILED for a failed command, INTERRUPTED for work that was ended "
    "from outside, or LOST for records that are missing.",
)


@strawberry.enum(description="Missing values come last in both directions.")
class Direction(StrEnum):
    """The sort direction."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.enum(description="The length of a chart; weeks start on Monday, UTC.")
class RankingPeriod(StrEnum):
    """As stored."""

    WEEK = "WEEK"
    MONTH = "MONTH"


@strawberry.enum(description="The attribute whose values each have their own chart.")
class RankingBy(StrEnum):
    """As stored."""

    ALL = "ALL"
    GENRE = "GENRE"
    COUNTRY = "COUNTRY"
    DEVICE = "DEVICE"


@strawberry.enum(description="The measure to rank top films by, highest first.")
class TopMoviesOrder(StrEnum):
    """Measures, by slug."""

    VIEWS = "views"
    VIEWERS = "viewers"
    WATCH_HOURS = "watch_hours"
    COMPLETION_RATE = "completion_rate"
    AVERAGE_RATING = "average_rating"


@strawberry.enum(description="The fields to sort users by; masked fields sort by their masked values.")
class UserField(StrEnum):
    """Fields of the listing, by slug."""

    ID = "id"
    USERNAME = "username"
    EMAIL = "email"
    COUNTRY = "country"
    SUBSCRIPTION = "subscription"
    AGE = "age"
    GENDER = "gender"
    VIEWS = "views"
    WATCH_HOURS = "watch_hours"


@strawberry.enum(description="The fields to sort films by.")
class MovieField(StrEnum):
    """Fields of the listing, by slug."""

    ID = "id"
    TITLE = "title"
    RELEASE_DATE = "release_date"
    AVERAGE_RATING = "average_rating"
    VIEWS = "views"


@strawberry.enum(description="The fields to sort audit records by.")
class AuditField(StrEnum):
    """Fields of the listing, by slug."""

    AT = "at"
    DURATION = "duration_ms"
    ROWS = "rows"


def _from_model(name: str, description: str, values: Iterable[tuple[str, str]]) -> Any:
    """An enum of slugs, with their upper-case forms as names."""
    members: dict[str, EnumValueDefinition] = {
        slug.upper(): strawberry.enum_value(slug, description=text) for slug, text in values
    }
    made: Any = Enum(name, members)  # type: ignore[misc] # the name is an argument here
    return strawberry.enum(made, description=description)


def _groupable(fact: str, name: str) -> Any:
    """The dimensions to group by; time by its grains. Attributes are named by path, so they are another argument."""
    grains = ((f"{grain.value.lower()}", f"Local buckets of time: {_GRAINS[grain]}.") for grain in Grain)
    others = (
        (slug, one.description)
        for slug, one in DIMENSIONS.items()
        if slug in FACTS[fact].dimensions and slug not in ("time", "attribute")
    )
    return _from_model(name, f"What to group rows of `{fact}` by.", (*grains, *others))


_GRAINS = {
    Grain.QUARTER_HOUR: "quarters of an hour",
    Grain.HOUR: "hours",
    Grain.DAY: "days",
    Grain.WEEK: "weeks, from Monday",
    Grain.MONTH: "months",
    Grain.QUARTER: "quarters of a year",
    Grain.YEAR: "years",
}


def _sortable(fact: str, name: str) -> Any:
    return _from_model(
        name,
        f"What to sort rows of `{fact}` by: a dimension they are grouped by, or any measure.",
        (
            *((slug, one.description) for slug, one in DIMENSIONS.items() if slug in FACTS[fact].dimensions),
            *((one.slug, one.description) for one in measures_of(fact)),
        ),
    )


def _measured(fact: str, name: str) -> Any:
    return _from_model(name, f"Measures of `{fact}`.", ((one.slug, one.description) for one in measures_of(fact)))


LoadedTable = _from_model(
    "LoadedTable", "A table that loads bring rows of.", ((name, f"Rows of `{name}`.") for name in INCOMING)
)
QualityCheckName = _from_model(
    "QualityCheckName", "What a check measures.", ((one.slug, f"{one.label}: {one.value}.") for one in CHECKS.values())
)
ScopeName = _from_model(
    "ScopeName", "What a row scope limits.", ((name, f"The values of `{name}`.") for name in sorted(SCOPES))
)
SparkJob = _from_model(
    "SparkJob", "A job of `marquee spark`.", ((job, f"`marquee spark {job}`.") for job in RESULT_TABLES)
)
ValuedDimension = _from_model(
    "ValuedDimension",
    "The dimensions whose values are texts.",
    (
        (slug, one.description)
        for slug, one in DIMENSIONS.items()
        if one.kind is Kind.TEXT and slug != "attribute" and slug in FACTS["viewing"].dimensions
    ),
)
ViewingDimension = _groupable("viewing", "ViewingDimension")
RatingDimension = _groupable("rating", "RatingDimension")
ViewingField = _sortable("viewing", "ViewingField")
RatingField = _sortable("rating", "RatingField")
ViewingMeasure = _measured("viewing", "ViewingMeasure")
RatingMeasure = _measured("rating", "RatingMeasure")
