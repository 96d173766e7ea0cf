"""Types of experiments (A/B tests): what was tried, its results, and what a planned one needs."""

from typing import Annotated, Any

import strawberry

from schema.cache_id import cache_id
from schema.described_enums import described
from schema.enums import ExperimentMetric
from schema.scalars import DateTime, Long
from warehouse.experiments.people import Segment
from warehouse.experiments.results import (
    MOST_METRICS,
    MOST_WEEKS,
    MOST_WINDOW_DAYS,
    GuardrailVerdict,
    Verdict,
)
from warehouse.model.measures import Unit

described("The attribute of people that takes results apart.", name="ExperimentSegment")(Segment)
described(
    "What a variant's difference from the control shows, by its corrected probability.", name="ExperimentVerdict"
)(Verdict)
described("Whether a guardrail holds, by the interval that is always valid.", name="GuardrailVerdict")(GuardrailVerdict)

ExperimentId = Annotated[strawberry.ID, strawberry.argument(description="The experiment's `id` or `sourceId`.")]
Metrics = Annotated[
    Any,
    strawberry.argument(
        graphql_type=list[ExperimentMetric],
        description=f"What to compare; with guardrails, {MOST_METRICS} at most.",
    ),
]
Segments = Annotated[
    Segment | None, strawberry.argument(description="Also compare within each value of this attribute.")
]
Cuped = Annotated[
    bool, strawberry.argument(description="Take off what people's weeks before predict, to see smaller changes.")
]
WeeksBefore = Annotated[
    int, strawberry.argument(description=f"The weeks before a person's assignment that are used, 1 to {MOST_WEEKS}.")
]
WindowDays = Annotated[
    int | None,
    strawberry.argument(
        description="Count each person for so many days from their assignment, and leave out those whose days are not "
        f"over, 1 to {MOST_WINDOW_DAYS}; default: until the experiment ends."
    ),
]
Alpha = Annotated[
    float, strawberry.argument(description="The accepted probability of a false alarm; intervals hold with 1 less it.")
]
Change = Annotated[
    float, strawberry.argument(description="The relative change that the experiment should show, such as 0.02.")
]
PlannedMetric = Annotated[
    Any, strawberry.argument(graphql_type=ExperimentMetric, description="The metric that is to change.")
]
Variants = Annotated[
    int, strawberry.argument(description="The number of variants with the control, of equal shares, 2 to 20.")
]
ChosenPower = Annotated[
    float, strawberry.argument(description="The probability with which a change of that size is shown.")
]


@strawberry.input(description="A metric that must not get worse by more than a share of the control's figure.")
class GuardrailInput:
    """A non-inferiority bound."""

    metric: ExperimentMetric = strawberry.field(description="What must not get worse.")
    worst: float = strawberry.field(description="By how much of the control's figure it may get worse, 0 to 1.")


Guardrails = Annotated[
    list[GuardrailInput] | None, strawberry.argument(description="Metrics that must not get worse, and by how much.")
]


@strawberry.type(description="A variant's planned share of people.")
class ExperimentShare:
    """Part of an experiment."""

    variant: str = strawberry.field(description="The variant.")
    share: float = strawberry.field(description="The share, 0-1.")


@strawberry.type(description="An experiment: variants of something, shown to people who were assigned to them.")
class Experiment:
    """Grain: one experiment, its current version."""

    id: strawberry.ID = strawberry.field(description="The id, different from that of anything else.")
    source_id: strawberry.ID = strawberry.field(description="The source's id.")
    name: str = strawberry.field(description="What it is called.")
    start: DateTime = strawberry.field(description="When it began; earlier assignments are left out.")
    end: DateTime | None = strawberry.field(description="When it ended, or is planned to; null: until further notice.")
    control: str = strawberry.field(description="The variant that others are compared with.")
    shares: list[ExperimentShare] = strawberry.field(
        description="The planned shares of people; empty where equal shares are meant."
    )


@strawberry.type(description="An interval; both ends are in it.")
class ExperimentInterval:
    """Part of a difference."""

    low: float = strawberry.field(description="Its lower end.")
    high: float = strawberry.field(description="Its upper end.")


@strawberry.type(description="What a variant's figure differs from the control's.")
class ExperimentDifference:
    """Variant less control."""

    value: float = strawberry.field(description="The difference, in the metric's unit.")
    interval: ExperimentInterval = strawberry.field(
        description="Where the true difference lies, if results are looked at once, at a time that was planned. "
        "Welch's interval."
    )
    always_valid_interval: ExperimentInterval = strawberry.field(
        description="Where the true difference lies, however often and whenever results are looked at."
    )
    relative: float | None = strawberry.field(
        description="The difference divided by the control's figure; null where that is 0."
    )
    relative_interval: ExperimentInterval | None = strawberry.field(description="`interval`, relative.")
    relative_always_valid_interval: ExperimentInterval | None = strawberry.field(
        description="`alwaysValidInterval`, relative."
    )
    p_value: float = strawberry.field(
        description="The probability of a difference this large if there is none, for one planned look."
    )
    adjusted_p_value: float = strawberry.field(
        description="The same, corrected by Holm's method for all comparisons of the answer's metrics and variants, in "
        "`segments` for those of all segments."
    )
    variance_share: float | None = strawberry.field(
        description="The share of the variance that is left by what the weeks before predict; null without `cuped`."
    )
    verdict: Verdict = strawberry.field(description="What it shows, by `adjustedPValue`.")
    guardrail: GuardrailVerdict | None = strawberry.field(description="Whether the guardrail holds; null for metrics.")
    summary: str = strawberry.field(description="What it shows, in a sentence.")


@strawberry.type(description="One metric of one variant.")
class ExperimentFigure:
    """Grain: a metric, a variant, and a segment."""

    id: strawberry.ID = cache_id()
    variant: str = strawberry.field(description="The variant.")
    is_control: bool = strawberry.field(description="Whether others are compared with it.")
    people: Long = strawberry.field(description="The people who count, exact.")
    value: float | None = strawberry.field(
        description="The mean over these people, those who did nothing included; of a ratio, its sums divided. Null "
        "where there is nothing to divide by."
    )
    difference: ExperimentDifference | None = strawberry.field(
        description="What it differs from the control; null for the control, and where there is too little to compare."
    )


@strawberry.type(description="One metric over all variants.")
class ExperimentMetricResult:
    """Grain: a metric, and a segment."""

    id: strawberry.ID = cache_id()
    metric: ExperimentMetric = strawberry.field(description="The measure.")
    label: str = strawberry.field(description="Its name in words.")
    unit: Unit = strawberry.field(description="The unit of its figures.")
    is_ratio: bool = strawberry.field(description="Whether it is a ratio of sums; otherwise it is a mean over people.")
    segment: str | None = strawberry.field(
        description="The segment's value; null in results of everybody, and for values that are unknown or hidden."
    )
    guardrail: float | None = strawberry.field(
        description="By how much it may get worse; null for what is no guardrail."
    )
    variants: list[ExperimentFigure] = strawberry.field(description="Its figures, the control first.")


@strawberry.type(description="How many people a variant has, and should have.")
class ExperimentSpread:
    """Grain: one variant."""

    variant: str = strawberry.field(description="The variant.")
    people: Long = strawberry.field(description="The people who were assigned to it and to no other, exact.")
    expected: float | None = strawberry.field(description="How many there should be; null for what is not planned.")


@strawberry.type(description="What an experiment shows.")
class ExperimentResult:
    """Grain: one experiment with its arguments."""

    id: strawberry.ID = cache_id()
    experiment: Experiment = strawberry.field(description="What was tried.")
    spread: list[ExperimentSpread] = strawberry.field(description="How people are spread over the variants.")
    sample_ratio_p_value: float | None = strawberry.field(
        description="The probability of a spread this far from the plan by chance; null for fewer than two variants."
    )
    sample_ratio_mismatch: bool = strawberry.field(
        description="Whether that is below 0.001: then something is wrong with the assignment, and no figure can be "
        "trusted."
    )
    crossed_people: Long = strawberry.field(description="People with several variants, who are left out.")
    outside_people: Long = strawberry.field(
        description="People whose first assignment lies outside the experiment, who are left out."
    )
    too_recent_people: Long = strawberry.field(description="People whose `windowDays` are not over, who are left out.")
    metrics: list[ExperimentMetricResult] = strawberry.field(description="Metrics and guardrails, as they were asked.")
    segments: list[ExperimentMetricResult] = strawberry.field(
        description="The same for each value of `segmentBy`, in order; empty without it."
    )


@strawberry.type(description="What a planned experiment needs, by what people did in a range.")
class ExperimentPower:
    """One object."""

    id: strawberry.ID = cache_id()
    people: Long = strawberry.field(description="People who did anything in the range, exact.")
    value: float | None = strawberry.field(description="The metric over these people.")
    deviation: float | None = strawberry.field(
        description="The standard deviation of one person's figure; with `cuped`, of what the time before does not "
        "predict."
    )
    people_each: Long | None = strawberry.field(
        description="How many people each variant needs; null where it can't be told."
    )
    people_all: Long | None = strawberry.field(description="How many all variants need together.")
    detectable_change: float | None = strawberry.field(
        description="The least relative change that the people of the range show, spread over all variants."
    )
