"""The insights' types: who came back, how far, how many at once, how sticky, how smooth."""

from enum import StrEnum
from typing import Annotated

import strawberry

from schema.scalars import Date, Long
from warehouse.insights.playback_quality import QualityBy
from warehouse.insights.retention import MOST_PERIODS
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES

strawberry.enum(QualityBy, name="QualityBy", description="Whose values playback quality is compared by.")


@strawberry.enum(description="The length of a cohort and of the periods after it; weeks start on Monday.")
class CohortGrain(StrEnum):
    """Grains of the calendar, by name."""

    WEEK = "WEEK"
    MONTH = "MONTH"


Periods = Annotated[
    int, strawberry.argument(description=f"How many periods after the cohort's own, 1 to {MOST_PERIODS}.")
]
By = Annotated[QualityBy, strawberry.argument(description="One row per value of this.")]


@strawberry.type(description="How many of a cohort came back in one of the periods after it.")
class CohortReturn:
    """Grain: one following period of one cohort."""

    period: int = strawberry.field(description="So many weeks or months after the cohort's: 1 is the next one.")
    start: Date = strawberry.field(description="The period's first local day.")
    viewers: Long | None = strawberry.field(
        description="Distinct people of the cohort with a session in the period, exact; null until it is over."
    )
    share: float | None = strawberry.field(
        description="`viewers` over the cohort's, 0-1; null until the period is over, and where the cohort is empty."
    )


@strawberry.type(description="The people whose first session ever that you may see is in one local week or month.")
class Cohort:
    """Grain: one week or month."""

    start: Date = strawberry.field(description="The first local day.")
    viewers: Long = strawberry.field(description="How many they are: `newViewers` of that week or month, exact.")
    complete: bool = strawberry.field(description="Whether the week or month is over; until then more can join.")
    returns: list[CohortReturn] = strawberry.field(description="The following periods, the next one first.")


@strawberry.type(description="Sessions that reached a share of the film.")
class FunnelStep:
    """Grain: one step."""

    reached: float = strawberry.field(description="The share, 0-1; 0 is the start.")
    views: Long = strawberry.field(description="Sessions that came so far or farther.")
    viewers: Long = strawberry.field(description="Distinct users with such a session, exact.")
    share: float | None = strawberry.field(
        description="`views` over the sessions that started, 0-1; null where nothing started."
    )


@strawberry.type(description="How far sessions come: each step holds those of the next one.")
class CompletionFunnel:
    """One object."""

    steps: list[FunnelStep] = strawberry.field(description="Started, 25, 50, 75 and 90 % of the film, in this order.")
    unknown_views: Long = strawberry.field(
        description="Sessions that do not say how far they came: they count as started, and for no further step."
    )


@strawberry.type(description="One time bucket, and its fullest moment.")
class ConcurrencyPeak:
    """Grain: one bucket."""

    time: str = strawberry.field(description=DIMENSIONS["time"].description)
    peak_viewers: Long = strawberry.field(
        description="The most people who watched at one moment, exact; somebody with several screens counts once."
    )


@strawberry.type(description="One local day, and how many of a month's viewers came on it.")
class StickyDay:
    """Grain: one day."""

    day: Date = strawberry.field(description="The local date.")
    daily_viewers: Long = strawberry.field(description="Distinct users with a session on the day, exact.")
    monthly_viewers: Long = strawberry.field(
        description="Distinct users with a session in the 30 local days that end with it, exact."
    )
    stickiness: float | None = strawberry.field(
        description="Daily over monthly viewers, 0-1; null where nobody came in 30 days."
    )


_OVER = "over sessions that say how often they buffered; null where none does."


@strawberry.type(description="Playback quality of the sessions with one value.")
class QualityRow:
    """Grain: one device, country or picture quality."""

    value: str | None = strawberry.field(
        description="The value; null where nothing is known, and where your role does not see it."
    )
    views: Long = strawberry.field(description=MEASURES["views"].description)
    buffering_per_view: float | None = strawberry.field(description=MEASURES["buffering_per_view"].description)
    buffered_share: float | None = strawberry.field(
        description=f"The share of sessions with at least one interruption, 0-1, {_OVER}"
    )
    buffering_p50: Long | None = strawberry.field(
        description=f"Interruptions of the median session by nearest rank, {_OVER}"
    )
    buffering_p95: Long | None = strawberry.field(
        description=f"Interruptions per session, 95th percentile by nearest rank, {_OVER}"
    )
    buffering_p99: Long | None = strawberry.field(
        description=f"Interruptions per session, 99th percentile by nearest rank, {_OVER}"
    )
