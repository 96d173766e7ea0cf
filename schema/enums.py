"""Enums of the API: the service's own, declared to GraphQL, and those generated from the model's dimensions and
measures.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any

import strawberry
from strawberry.types.enum import EnumValueDefinition

from schema.access_policy import SCOPES
from schema.described_enums import described
from schema.roles import Role
from warehouse.access import Strategy
from warehouse.audit.record import AuditKind, AuditOutcome
from warehouse.checks.declarations import CHECKS
from warehouse.described_enum import DescribedEnum
from warehouse.experiments.metrics import METRICS
from warehouse.model.columns import Kind
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES, Unit, measures_of
from warehouse.query.local_time import Grain
from warehouse.query.ranges import Comparison
from warehouse.staging.results import RESULT_TABLES
from warehouse.tables.incoming_schemas import INCOMING

described("viewer < analyst < admin; `ingest` only writes, `embed` runs named operations.", name="Role")(Role)
described("How a field is masked: what is shown instead of its value.", name="MaskStrategy")(Strategy)
described("The size of a time bucket in the query's time zone; weeks start on Monday.", name="Grain")(Grain)
described("Which range to compare with.", name="Comparison")(Comparison)
described(
    "The kind of record.",
    name="AuditKind",
)(AuditKind)
described(
    "How it ended: OK, the code of an error, or what commands and missing records have instead.",
    name="AuditOutcome",
)(AuditOutcome)
described("The unit of a measure's values.", name="MeasureUnit")(Unit)


@described("Missing values come last in both directions.")
class Direction(DescribedEnum):
    """The sort direction."""

    ASC = "ASC", "Lowest, earliest or first in the alphabet first."
    DESC = "DESC", "Highest, latest or last in the alphabet first."


@described("The length of a chart; weeks start on Monday, UTC.")
class RankingPeriod(DescribedEnum):
    """As stored."""

    WEEK = "WEEK", "Weeks, from Monday."
    MONTH = "MONTH", "Calendar months."


@described("The attribute whose values each have their own chart.")
class RankingBy(DescribedEnum):
    """As stored."""

    ALL = "ALL", "One chart of all sessions."
    GENRE = "GENRE", "A chart for each genre."
    COUNTRY = "COUNTRY", "A chart for each country of users."
    DEVICE = "DEVICE", "A chart for each kind of device."


@described("The measure to rank top films by, highest first.")
class TopMoviesOrder(DescribedEnum):
    """Measures, by slug."""

    VIEWS = "views", MEASURES["views"].description
    VIEWERS = "viewers", MEASURES["viewers"].description
    WATCH_HOURS = "watch_hours", MEASURES["watch_hours"].description
    COMPLETION_RATE = "completion_rate", MEASURES["completion_rate"].description
    AVERAGE_RATING = "average_rating", MEASURES["average_rating"].description


@described("The fields to sort users by; masked fields sort by their masked values.")
class UserField(DescribedEnum):
    """Fields of the listing, by slug."""

    ID = "id", "The source's id."
    USERNAME = "username", "The name."
    EMAIL = "email", "The mail address."
    COUNTRY = "country", "The country's code."
    SUBSCRIPTION = "subscription", "The plan."
    AGE = "age", "Years, or the band."
    GENDER = "gender", "The gender, as given."
    VIEWS = "views", "How many sessions they had."
    WATCH_HOURS = "watch_hours", "How many hours they watched."


@described("The fields to sort films by.")
class MovieField(DescribedEnum):
    """Fields of the listing, by slug."""

    ID = "id", "The source's id."
    TITLE = "title", "The title."
    RELEASE_DATE = "release_date", "The day of release."
    AVERAGE_RATING = "average_rating", "The mean of the ratings."
    VIEWS = "views", "How many sessions it had."


@described("The fields to sort audit records by.")
class AuditField(DescribedEnum):
    """Fields of the listing, by slug."""

    AT = "at", "When it began."
    DURATION = "duration_ms", "How long it took."
    ROWS = "rows", "How many rows it returned or loaded."


def _from_model(name: str, description: str, values: Iterable[tuple[str, str]]) -> Any:
    """An enum of slugs, with their upper-case forms as names."""
    members: dict[str, EnumValueDefinition] = {
        slug.upper(): strawberry.enum_value(slug, description=text) for slug, text in values
    }
    made: Any = Enum(name, members)  # type: ignore[misc] # the name is an argument here
    return strawberry.enum(made, description=description)


def _groupable(fact: str, name: str) -> Any:
    """The dimensions to group by; time by its grains. Attributes are named by path, so they are another argument."""
    grains = ((grain.value.lower(), grain.description) for grain in Grain)
    others = (
        (slug, one.description)
        for slug, one in DIMENSIONS.items()
        if slug in FACTS[fact].dimensions and slug not in ("time", "attribute")
    )
    return _from_model(name, f"What to group rows of `{fact}` by.", (*grains, *others))


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
ExperimentMetric = _from_model(
    "ExperimentMetric",
    "A measure that experiments compare: as a mean over people, or as a ratio of sums.",
    ((one.slug, one.measure.description) for one in METRICS.values()),
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
