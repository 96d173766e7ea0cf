"""Types of the insights: retention, completion funnel, concurrency, stickiness and playback quality."""

from typing import Annotated

import strawberry

from schema.cache_id import cache_id
from schema.described_enums import described
from schema.scalars import Date, DateTime, Long
from warehouse.described_enum import DescribedEnum
from warehouse.insights.playback_quality import QualityBy
from warehouse.insights.retention import MOST_PERIODS
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES

described("The attribute to compare playback quality by.", name="QualityBy")(QualityBy)


@described("The length of a cohort and of the periods after it; weeks start on Monday.")
class CohortGrain(DescribedEnum):
    """Calendar grains by name."""

    WEEK = "WEEK", "Weeks, from Monday."
    MONTH = "MONTH", "Months."


Periods = Annotated[
    int, strawberry.argument(description=f"The number of periods after the cohort's own, 1 to {MOST_PERIODS}.")
]
By = Annotated[QualityBy, strawberry.argument(description="One row per value of this.")]


@strawberry.type(description="How many people of a cohort came back in one later period.")
class CohortReturn:
    """Grain: one later period of one cohort."""

    id: strawberry.ID = cache_id()
    period: int = strawberry.field(
        description="The number of weeks or months after the cohort's own; 1 is the next one."
    )
    start: Date = strawberry.field(description="The period's first local day.")
    viewers: Long | None = strawberry.field(
        description="Distinct people of the cohort with a session in the period, exact; null until the period is over."
    )
    share: float | None = strawberry.field(
        description="`viewers` divided by the cohort's, 0-1; null until the period is over, or if the cohort is empty."
    )


@strawberry.type(description="The people whose first session ever (that you may see) is in one local week or month.")
class Cohort:
    """Grain: one week or month."""

    id: strawberry.ID = cache_id()
    start: Date = strawberry.field(description="The first local day.")
    viewers: Long = strawberry.field(description="The size of the cohort, exact: `newViewers` of that week or month.")
    complete: bool = strawberry.field(description="Whether the week or month is over; until then people can join.")
    returns: list[CohortReturn] = strawberry.field(description="The later periods in order.")


@strawberry.type(description="Sessions that reached a share of the film.")
class FunnelStep:
    """Grain: one step."""

    id: strawberry.ID = cache_id()
    reached: float = strawberry.field(description="The share, 0-1; 0 is the start.")
    views: Long = strawberry.field(description="Sessions that got at least this far.")
    viewers: Long = strawberry.field(description="Distinct users with such a session, exact.")
    share: float | None = strawberry.field(
        description="`views` divided by the started sessions, 0-1; null if none started."
    )


@strawberry.type(description="How far sessions get; each step includes the sessions of the next.")
class CompletionFunnel:
    """One object."""

    id: strawberry.ID = cache_id()
    steps: list[FunnelStep] = strawberry.field(description="Start, 25, 50, 75 and 90 % of the film, in this order.")
    unknown_views: Long = strawberry.field(
        description="Sessions without a known completion; they only count as started."
    )


@strawberry.type(description="One time bucket with its peak.")
class ConcurrencyPeak:
    """Grain: one bucket."""

    id: strawberry.ID = cache_id()
    time: DateTime = strawberry.field(description=DIMENSIONS["time"].description)
    peak_viewers: Long = strawberry.field(
        description="The most people watching at one moment, exact; a person with several screens counts once."
    )


@strawberry.type(description="One local day with its daily and monthly viewers.")
class StickyDay:
    """Grain: one day."""

    id: strawberry.ID = cache_id()
    day: Date = strawberry.field(description="The local date.")
    daily_viewers: Long = strawberry.field(description="Distinct users with a session on the day, exact.")
    monthly_viewers: Long = strawberry.field(
        description="Distinct users with a session in the 30 local days up to this one, exact."
    )
    stickiness: float | None = strawberry.field(
        description="Daily viewers divided by monthly viewers, 0-1; null if there were none in 30 days."
    )


_OVER = "over sessions with known buffering; null if there are none."


@strawberry.type(description="Playback quality of the sessions with one value of the attribute.")
class QualityRow:
    """Grain: one device, country or picture quality."""

    id: strawberry.ID = cache_id()
    value: str | None = strawberry.field(description="The value; null if unknown, or hidden from your role.")
    views: Long = strawberry.field(description=MEASURES["views"].description)
    buffering_per_view: float | None = strawberry.field(description=MEASURES["buffering_per_view"].description)
    buffered_share: float | None = strawberry.field(
        description=f"The share of sessions with at least one interruption, 0-1, {_OVER}"
    )
    buffering_p50: Long | None = strawberry.field(
        description=f"Interruptions per session, median by nearest rank, {_OVER}"
    )
    buffering_p95: Long | None = strawberry.field(
        description=f"Interruptions per session, 95th percentile by nearest rank, {_OVER}"
    )
    buffering_p99: Long | None = strawberry.field(
        description=f"Interruptions per session, 99th percentile by nearest rank, {_OVER}"
    )
