"""How many people an experiment needs to show a change, and which change some people can show."""

import math
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.errors import BadInput
from warehouse.experiments.figures import Figure, figure_of
from warehouse.experiments.metrics import Metric
from warehouse.experiments.moments import Moments
from warehouse.experiments.sums import (
    added_sql,
    columns_of,
    either_side_sql,
    moments_of,
    needs_of,
    products_of,
    totals_sql,
)
from warehouse.model.facts import FACTS
from warehouse.query.local_time import Range
from warehouse.query.masked_source import fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader

MOST_VARIANTS = 20


@dataclass(frozen=True)
class Plan:
    """An experiment to plan: `change` is the relative change of a metric that it should show with a probability of
    `power`, where none is shown with a probability of `alpha` that there is none. People are spread evenly over
    `variants`.
    """

    metric: Metric
    change: float
    variants: int = 2
    power: float = 0.8
    alpha: float = 0.05
    cuped: bool = True

    def check(self) -> None:
        """Raises: BadInput for what is out of bounds."""
        if not 0.0001 <= abs(self.change) <= 10:
            raise BadInput(
                f"change is {self.change}, expected a share such as 0.02, of 0.0001 to 10 in either direction."
            )
        if not 2 <= self.variants <= MOST_VARIANTS:
            raise BadInput(f"variants is {self.variants}, expected 2 to {MOST_VARIANTS}.")
        for name, value in (("power", self.power), ("alpha", self.alpha)):
            if not 0.0001 <= value <= 0.9999:
                raise BadInput(f"{name} is {value}, expected a probability from 0.0001 to 0.9999.")
        if self.alpha >= self.power:
            raise BadInput(f"power is {self.power}, expected more than alpha, {self.alpha}.")


@dataclass(frozen=True)
class Power:
    """What a plan needs, by what people did in a range: how many did anything, the metric's `value` over them in its
    unit, its `deviation` for one person, and that which is left when the time before is used.

    `people_each` are needed in each variant. `detectable` is the relative change that the people of the range can show,
    spread over all variants. None where the figure is 0 or does not vary.
    """

    people: int
    value: float | None
    deviation: float | None
    people_each: int | None
    detectable: float | None


def power_of(reader: Reader, plan: Plan, span: Range, access: Access, as_of: int | None = None) -> Power:
    """The power of a plan by the people with a session or rating in a range; the same time before it is what CUPED
    uses. Nobody is told to those who may not know of so few.
    """
    plan.check()
    moments = _baseline(reader, plan.metric, span, access, as_of)
    figure = figure_of(moments, plan.metric.top, plan.metric.bottom) if access.told(moments.people) else None
    if figure is None:
        return Power(access.told(moments.people), None, None, None, None)
    value = figure.value / plan.metric.units
    deviation = math.sqrt(_variance(figure, plan.cuped) * figure.people) / plan.metric.units
    if not value or not deviation:
        return Power(figure.people, value, deviation, None, None)
    scale = deviation / abs(value)
    return Power(
        figure.people,
        value,
        deviation,
        people_needed(abs(plan.change) / scale, plan.alpha, plan.power),
        detectable_effect(figure.people / plan.variants, plan.alpha, plan.power) * scale,
    )


def people_needed(effect: float, alpha: float, power: float) -> int:
    """How many people each of two variants needs to show an effect, in standard deviations, two-sided."""
    from statsmodels.stats.power import TTestIndPower

    needed = TTestIndPower().solve_power(effect_size=effect, alpha=alpha, power=power, ratio=1.0)
    return max(math.ceil(float(needed)), 2)


def detectable_effect(people: float, alpha: float, power: float) -> float:
    """The least effect, in standard deviations, that so many people in each of two variants show, two-sided."""
    from statsmodels.stats.power import TTestIndPower

    return float(TTestIndPower().solve_power(nobs1=max(people, 2.0), alpha=alpha, power=power, ratio=1.0))


def _variance(figure: Figure, cuped: bool) -> float:
    if not cuped or not figure.before_variance:
        return figure.variance
    return max(figure.variance - figure.covariance**2 / figure.before_variance, 0.0)


def _baseline(reader: Reader, metric: Metric, span: Range, access: Access, as_of: int | None) -> Moments:
    """The moments of everybody with a row in the range."""
    parameters = Parameters()
    columns, products = columns_of([metric]), products_of([metric])
    source = read(fact_source(FACTS[metric.fact], as_of), needs_of([metric]), access, parameters)
    start, end = parameters.add(span.start, "UInt32"), parameters.add(span.end, "UInt32")
    first = parameters.add(max(2 * span.start - span.end, 0), "UInt32")
    by_person = (
        f"SELECT user_key, toUInt32(start_time) >= {start} AS is_after, "
        f"{added_sql([metric], f'toUInt32(first_start) >= {start}')} FROM {source} "
        f"WHERE start_time >= toDateTime({first}, 'UTC') AND start_time < toDateTime({end}, 'UTC') "
        "GROUP BY user_key, is_after"
    )
    sql = (
        f"SELECT count(), {totals_sql(columns, products)} FROM (SELECT user_key, {either_side_sql([metric])} "
        f"FROM ({by_person}) GROUP BY user_key HAVING max(is_after))"
    )
    row = reader.engine.query(sql, parameters.values).rows[0]
    return moments_of(row[0], row[1:], columns, products)
