"""Experiments (A/B tests): which there are, what one shows, and what a planned one needs."""

from collections.abc import Iterator, Mapping, Sequence

import strawberry

import warehouse.experiments.experiment as stored
from resolvers.cache_ids import Identity
from resolvers.context import Context, context_of, path_of
from resolvers.experiment_sentences import sentence
from resolvers.selection import selection_of
from resolvers.strawberry_internals import raw
from schema.arguments import UTC, AsOf, Range, Zone
from schema.enums import ExperimentMetric
from schema.experiments import (
    Alpha,
    Change,
    ChosenPower,
    Cuped,
    Experiment,
    ExperimentDifference,
    ExperimentFigure,
    ExperimentId,
    ExperimentInterval,
    ExperimentMetricResult,
    ExperimentPower,
    ExperimentResult,
    ExperimentShare,
    ExperimentSpread,
    Guardrails,
    Metrics,
    PlannedMetric,
    Segments,
    Variants,
    WeeksBefore,
    WindowDays,
)
from schema.node_ids import node_id
from schema.scalars import DateTime, Long
from warehouse.experiments.comparison import Interval
from warehouse.experiments.metrics import METRICS, Metric
from warehouse.experiments.power import Plan, power_of
from warehouse.experiments.results import MetricResult, Request, Results, VariantFigure, results
from warehouse.model.facts import FACTS
from warehouse.query.local_time import Range as Span
from warehouse.query.local_time import iso

_TYPE = "Experiment"
_ASSIGNMENTS = "assignments"


async def experiments(info: strawberry.Info, as_of: AsOf = None) -> list[Experiment]:
    """All experiments, the one that began last first."""
    context = context_of(info)
    load = await context.load_as_of(as_of, UTC)
    found = await context.work(
        lambda: stored.experiments(context.warehouse.reader, context.access, load), path_of(raw(info))
    )
    return [_shown(one) for one in found]


async def experiment(
    info: strawberry.Info,
    id: ExperimentId,
    metrics: Metrics,
    guardrails: Guardrails = None,
    segment_by: Segments = None,
    cuped: Cuped = True,
    weeks_before: WeeksBefore = 4,
    window_days: WindowDays = None,
    alpha: Alpha = 0.05,
    as_of: AsOf = None,
) -> ExperimentResult | None:
    """What an experiment shows: for each metric every variant's exact figure, and what it differs from the control's.
    Null where there is no such experiment. A person counts with their first assignment; people with several variants
    are left out.
    """
    context = context_of(info)
    context.admit()
    load = await context.load_as_of(as_of, UTC)
    worst = {one.metric.value: one.worst for one in guardrails or ()}
    slugs = tuple(dict.fromkeys(one.value for one in metrics))
    request = Request(slugs, worst, segment_by, cuped, weeks_before, window_days, alpha, load)

    def computed() -> Results | None:
        reader, access = context.warehouse.reader, context.access
        found = stored.experiment_of(reader, id.removeprefix(node_id(_TYPE, "")), access, load)
        return None if found is None else results(reader, found, request, access)

    found = await context.work(computed, path_of(raw(info)))
    if found is None:
        return None
    _note(context, info, found, request)
    asked = selection_of(raw(info))
    return _result(found, alpha, Identity(asked.name, sorted(asked.arguments.items())))


async def experiment_power(
    info: strawberry.Info,
    metric: PlannedMetric,
    change: Change,
    range: Range = None,
    time_zone: Zone = UTC,
    variants: Variants = 2,
    power: ChosenPower = 0.8,
    alpha: Alpha = 0.05,
    cuped: Cuped = True,
    as_of: AsOf = None,
) -> ExperimentPower:
    """How many people a planned experiment needs to show a change of a metric, if people behave as they did in the
    range, and which change the people of the range can show. Choose a range as long as the experiment.
    """
    context = context_of(info)
    context.admit()
    load = await context.load_as_of(as_of, time_zone)
    window = await context.window(range, time_zone, as_of=load)
    plan = Plan(METRICS[metric.value], change, variants, power, alpha, cuped)
    found = await context.work(
        lambda: power_of(context.warehouse.reader, plan, window.span, context.access, load), path_of(raw(info))
    )
    context.note(raw(info), window.span, time_zone, (FACTS[plan.metric.fact].table,))
    asked = selection_of(raw(info))
    return ExperimentPower(
        id=strawberry.ID(Identity(asked.name, sorted(asked.arguments.items()), window.span).of()),
        people=Long(found.people),
        value=found.value,
        deviation=found.deviation,
        people_each=None if found.people_each is None else Long(found.people_each),
        people_all=None if found.people_each is None else Long(found.people_each * variants),
        detectable_change=found.detectable,
    )


def _note(context: Context, info: strawberry.Info, found: Results, request: Request) -> None:
    """Note the time that counts: from the weeks before the first assignments to the end, or to now."""
    experiment = found.experiment
    newest = context.warehouse.reader.newest(context.access, request.as_of) or experiment.start
    end = max(min(experiment.end or newest + 1, newest + 1), experiment.start + 1)
    tables = sorted({FACTS[metric.fact].table for metric in request.asked})
    context.note(raw(info), Span(experiment.start, end), UTC, (_ASSIGNMENTS, *tables))["unbounded"] = True


def _shown(one: stored.Experiment) -> Experiment:
    total = sum(one.shares.values())
    return Experiment(
        id=strawberry.ID(node_id(_TYPE, one.id)),
        source_id=strawberry.ID(one.id),
        name=one.name,
        start=DateTime(iso(one.start, "UTC")),
        end=None if one.end is None else DateTime(iso(one.end, "UTC")),
        control=one.control,
        shares=[ExperimentShare(variant=name, share=weight / total) for name, weight in one.shares.items()],
    )


def _result(found: Results, alpha: float, whole: Identity) -> ExperimentResult:
    ratio = found.ratio
    return ExperimentResult(
        id=strawberry.ID(whole.of()),
        experiment=_shown(found.experiment),
        spread=list(_spread(found.spread, ratio.expected if ratio else {})),
        sample_ratio_p_value=ratio.p_value if ratio else None,
        sample_ratio_mismatch=bool(ratio and ratio.is_suspicious),
        crossed_people=Long(found.crossed),
        outside_people=Long(found.outside),
        too_recent_people=Long(found.too_recent),
        metrics=_metrics(found.metrics, "metrics", found.experiment.control, alpha, whole),
        segments=_metrics(found.segments, "segments", found.experiment.control, alpha, whole),
    )


def _spread(people: Mapping[str, int], expected: Mapping[str, float]) -> Iterator[ExperimentSpread]:
    for name in dict.fromkeys([*expected, *people]):
        yield ExperimentSpread(variant=name, people=Long(people.get(name, 0)), expected=expected.get(name))


def _metrics(
    found: Sequence[MetricResult], part: str, control: str, alpha: float, whole: Identity
) -> list[ExperimentMetricResult]:
    return [
        ExperimentMetricResult(
            id=strawberry.ID(whole.of(part, one.metric.slug, one.segment)),
            metric=ExperimentMetric(one.metric.slug),
            label=one.metric.measure.label,
            unit=one.metric.measure.unit,
            is_ratio=one.metric.bottom is not None,
            segment=one.segment,
            guardrail=one.guardrail,
            variants=[
                ExperimentFigure(
                    id=strawberry.ID(whole.of(part, one.metric.slug, one.segment, row.variant)),
                    variant=row.variant,
                    is_control=row.variant == control,
                    people=Long(row.people),
                    value=row.value,
                    difference=_difference(one.metric, row, alpha),
                )
                for row in one.variants
            ],
        )
        for one in found
    ]


def _difference(metric: Metric, row: VariantFigure, alpha: float) -> ExperimentDifference | None:
    found = row.difference
    if found is None:
        return None
    assert row.adjusted_p_value is not None, "every difference is corrected"
    assert row.verdict is not None, "every difference is judged"
    return ExperimentDifference(
        value=found.value / metric.units,
        interval=_interval(found.interval.scaled(1 / metric.units)),
        always_valid_interval=_interval(found.always_valid.scaled(1 / metric.units)),
        relative=found.relative,
        relative_interval=None if found.relative_interval is None else _interval(found.relative_interval),
        relative_always_valid_interval=(
            None if found.relative_always_valid is None else _interval(found.relative_always_valid)
        ),
        p_value=found.p_value,
        adjusted_p_value=row.adjusted_p_value,
        variance_share=found.variance_share,
        verdict=row.verdict,
        guardrail=row.guardrail,
        summary=sentence(metric, row, alpha),
    )


def _interval(found: Interval) -> ExperimentInterval:
    return ExperimentInterval(low=found.low, high=found.high)
