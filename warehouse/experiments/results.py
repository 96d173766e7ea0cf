"""The results of an experiment: each variant's figures, what they differ from the control's, and what can be said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from warehouse.access import Access
from warehouse.described_enum import DescribedEnum
from warehouse.errors import BadInput
from warehouse.experiments.comparison import Difference, Interval, compared
from warehouse.experiments.experiment import Experiment
from warehouse.experiments.figures import figure_of, value_of
from warehouse.experiments.metrics import METRICS, Metric
from warehouse.experiments.moments import Moments
from warehouse.experiments.people import Assigned, Segment, Standing, Trial, assigned
from warehouse.experiments.sample_ratio import SampleRatio, sample_ratio
from warehouse.experiments.sums import Cell, sums
from warehouse.query.reader import Reader

MOST_WEEKS, MOST_WINDOW_DAYS, MOST_METRICS = 52, 366, 20
LEAST_ALPHA, MOST_ALPHA = 0.0001, 0.5


class Verdict(DescribedEnum):
    """What a metric's difference shows: that the variant does better or worse than the control, or neither."""

    BETTER = "BETTER", "The variant does better than the control."
    WORSE = "WORSE", "The variant does worse than the control."
    UNCLEAR = "UNCLEAR", "No difference is shown; there may be one."


class GuardrailVerdict(DescribedEnum):
    """Whether a guardrail holds, is broken, or can't be told yet."""

    HOLDS = "HOLDS", "It did not get worse by more than the bound."
    BROKEN = "BROKEN", "It got worse by more than the bound."
    UNCLEAR = "UNCLEAR", "Neither can be told yet."


@dataclass(frozen=True)
class Request:
    """What is asked of an experiment. `guardrails` are metrics that must not get worse by more than a share of the
    control's figure. With `cuped`, `before_weeks` are used to sharpen differences.
    """

    metrics: tuple[str, ...]
    guardrails: Mapping[str, float]
    segment: Segment | None = None
    cuped: bool = True
    before_weeks: int = 4
    window_days: int | None = None
    alpha: float = 0.05
    as_of: int | None = None

    def check(self) -> None:
        """Raises: BadInput for what is out of bounds."""
        if not 1 <= len(self.metrics) + len(self.guardrails) <= MOST_METRICS:
            raise BadInput(f"An experiment is asked for 1 to {MOST_METRICS} metrics and guardrails.")
        if not LEAST_ALPHA <= self.alpha <= MOST_ALPHA:
            raise BadInput(f"alpha is {self.alpha}, expected {LEAST_ALPHA} to {MOST_ALPHA}.")
        if not 1 <= self.before_weeks <= MOST_WEEKS:
            raise BadInput(f"weeksBefore is {self.before_weeks}, expected 1 to {MOST_WEEKS}.")
        if self.window_days is not None and not 1 <= self.window_days <= MOST_WINDOW_DAYS:
            raise BadInput(f"windowDays is {self.window_days}, expected 1 to {MOST_WINDOW_DAYS}.")
        for slug, worst in self.guardrails.items():
            if not 0 <= worst <= 1:
                raise BadInput(f"The guardrail {slug} may get worse by {worst}, expected a share from 0 to 1.")

    @property
    def asked(self) -> tuple[Metric, ...]:
        """The metrics and guardrails, each once."""
        return tuple(METRICS[slug] for slug in dict.fromkeys((*self.metrics, *self.guardrails)))


@dataclass(frozen=True)
class VariantFigure:
    """One metric of one variant, in the metric's unit, and its difference from the control's; `difference` is None for
    the control, and where there is too little to compare. `adjusted_p_value` is corrected for all comparisons of its
    kind: those of the whole, or those of segments.
    """

    variant: str
    people: int
    value: float | None
    difference: Difference | None = None
    adjusted_p_value: float | None = None
    verdict: Verdict | None = None
    guardrail: GuardrailVerdict | None = None


@dataclass(frozen=True)
class MetricResult:
    """One metric over all variants, the control first; `segment` is the value of the attribute that is asked for, None
    in results of the whole, and for people without a known value."""

    metric: Metric
    segment: str | None
    guardrail: float | None
    variants: Sequence[VariantFigure]


@dataclass(frozen=True)
class Results:
    """What an experiment shows. `spread` are people by variant as they were assigned."""

    experiment: Experiment
    assigned: Assigned
    spread: Mapping[str, int]
    ratio: SampleRatio | None
    metrics: Sequence[MetricResult]
    segments: Sequence[MetricResult]

    @property
    def crossed(self) -> int:
        """People who were shown more than one variant."""
        return self.assigned.left_out(Standing.CROSSED)

    @property
    def outside(self) -> int:
        """People whose first assignment lies outside the experiment."""
        return self.assigned.left_out(Standing.OUTSIDE)

    @property
    def too_recent(self) -> int:
        """People whose days are not over."""
        return self.assigned.left_out(Standing.TOO_RECENT)


def results(reader: Reader, experiment: Experiment, request: Request, access: Access) -> Results:
    """The results of one experiment, of one state of the data if the caller sees to it.

    Raises: BadInput for what is out of bounds, Forbidden if the asker's scope can't be applied to assignments, and
    TooExpensive for too many segments.
    """
    request.check()
    newest = reader.newest(access, request.as_of) or 0
    trial = Trial(experiment, request.window_days, 7 * request.before_weeks, newest, request.as_of)
    who = assigned(reader, trial, access)
    spread = dict(who.spread)
    return Results(
        experiment,
        who,
        spread,
        sample_ratio(spread, experiment.shares),
        _compared(reader, trial, request, None, access),
        _compared(reader, trial, request, request.segment, access) if request.segment else (),
    )


def _compared(
    reader: Reader, trial: Trial, request: Request, segment: Segment | None, access: Access
) -> Sequence[MetricResult]:
    """The results of all metrics, corrected for all their comparisons together."""
    found: dict[str, Mapping[Cell, Moments]] = {}
    by_fact = sorted(request.asked, key=lambda metric: metric.fact)
    for _, grouped in groupby(by_fact, key=lambda metric: metric.fact):
        metrics = tuple(grouped)
        cells = sums(reader, trial, metrics, segment, access)
        found |= {metric.slug: cells for metric in metrics}
    plain = [
        _of_metric(metric, value, found[metric.slug], trial.experiment.control, request)
        for metric in request.asked
        for value in sorted({cell.segment for cell in found[metric.slug]}, key=lambda one: (one is None, one or ""))
    ]
    return _judged(plain, request.alpha)


def _of_metric(
    metric: Metric, value: str | None, cells: Mapping[Cell, Moments], control: str, request: Request
) -> MetricResult:
    there = {cell.variant: moments for cell, moments in cells.items() if cell.segment == value}
    reference = figure_of(there[control], metric.top, metric.bottom) if control in there else None
    rows = []
    for name in sorted(there, key=lambda name: (name != control, name)):
        shown = value_of(there[name], metric.top, metric.bottom)
        difference = None
        own = None if name == control else figure_of(there[name], metric.top, metric.bottom)
        if own is not None and reference is not None:
            difference = compared(own, reference, request.alpha, request.cuped)
        rows.append(
            VariantFigure(name, there[name].people, None if shown is None else shown / metric.units, difference)
        )
    return MetricResult(metric, value, request.guardrails.get(metric.slug), rows)


def _judged(found: Sequence[MetricResult], alpha: float) -> Sequence[MetricResult]:
    """The same with corrected probabilities, by Holm's method, and verdicts."""
    from statsmodels.stats.multitest import multipletests

    differences = [row.difference for one in found for row in one.variants if row.difference is not None]
    if not differences:
        return found
    corrected = iter(multipletests([one.p_value for one in differences], alpha, "holm")[1].tolist())
    return [
        MetricResult(
            one.metric,
            one.segment,
            one.guardrail,
            [
                row if row.difference is None else _with_verdict(one, row, row.difference, next(corrected), alpha)
                for row in one.variants
            ],
        )
        for one in found
    ]


def _with_verdict(
    result: MetricResult, row: VariantFigure, difference: Difference, adjusted: float, alpha: float
) -> VariantFigure:
    verdict = Verdict.UNCLEAR
    if adjusted < alpha:
        verdict = Verdict.BETTER if difference.value * result.metric.is_better > 0 else Verdict.WORSE
    return VariantFigure(
        row.variant,
        row.people,
        row.value,
        difference,
        adjusted,
        verdict,
        None if result.guardrail is None else guardrail_of(difference, result.metric.is_better, result.guardrail),
    )


def guardrail_of(difference: Difference, is_better: int, worst: float) -> GuardrailVerdict:
    """Whether a metric got worse by less than `worst`, a share of the control's figure. Guardrails are watched all the
    time, so the interval that is always valid decides: they hold if all of it is within the bound, and are broken if
    none of it is.
    """
    found = difference.relative_always_valid
    if found is None:
        return GuardrailVerdict.UNCLEAR
    harm = Interval(-found.high, -found.low) if is_better > 0 else found
    if harm.high <= worst:
        return GuardrailVerdict.HOLDS
    return GuardrailVerdict.BROKEN if harm.low > worst else GuardrailVerdict.UNCLEAR
