"""Routing: the smallest rollup that answers exactly, else the facts; and for each other rollup the reason it can't."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from warehouse.access import Access
from warehouse.model.dimensions import CLOCK_DIMENSIONS, DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.bucket_sql import Clock
from warehouse.query.question import Filter, Group, conditions_of
from warehouse.query.source import Source, fact_source, rollup_source


class Reason(StrEnum):
    """Why a rollup does not serve."""

    MEASURE_NOT_STORED = "MEASURE_NOT_STORED"
    DIMENSION_NOT_STORED = "DIMENSION_NOT_STORED"
    FILTER_NOT_STORED = "FILTER_NOT_STORED"
    SCOPE_NOT_STORED = "SCOPE_NOT_STORED"
    AS_OF = "AS_OF"
    STEP_TOO_COARSE = "STEP_TOO_COARSE"
    LARGER = "LARGER"


@dataclass(frozen=True)
class Rejection:
    """One rollup that was looked at and not used."""

    rollup: str
    reason: Reason


@dataclass(frozen=True)
class Leg:
    """One fact over one range: the part of a question that one subquery answers."""

    fact: str
    groups: tuple[Group, ...]
    measures: tuple[str, ...]
    where: Filter | None
    clock: Clock
    as_of: int | None = None


@dataclass(frozen=True)
class Route:
    """The source that serves a leg, and why the others do not."""

    source: Source
    rejected: tuple[Rejection, ...]


def condition_column(dimension: str, operator: str) -> str:
    """The source column that a test reads: `has` looks into a film's whole list of genres."""
    return "genres" if dimension == "genre" and operator == "has" else DIMENSIONS[dimension].column


def route(leg: Leg, access: Access, rollups: Sequence[Rollup] = ROLLUPS) -> Route:
    """Choose the source of a leg among `rollups` and the facts: the same, whatever rows there are."""
    fact = FACTS[leg.fact]
    if fact.slug != "viewing":
        return Route(fact_source(fact, leg.as_of), ())
    fitting: list[Rollup] = []
    rejected = []
    for rollup in rollups:
        reason = _reason(rollup, leg, access)
        if reason:
            rejected.append(Rejection(rollup.name, reason))
        else:
            fitting.append(rollup)
    if not fitting:
        return Route(fact_source(fact, leg.as_of), tuple(rejected))
    best = min(fitting, key=lambda rollup: rollup.rows_a_day)
    rejected.extend(Rejection(rollup.name, Reason.LARGER) for rollup in fitting if rollup is not best)
    return Route(rollup_source(best), tuple(rejected))


def _reason(rollup: Rollup, leg: Leg, access: Access) -> Reason | None:
    if leg.as_of is not None:
        return Reason.AS_OF
    columns = rollup_source(rollup).columns
    tests = list(conditions_of(leg.where))
    if any(not set(MEASURES[slug].aggregates) <= set(rollup.aggregates) for slug in leg.measures):
        return Reason.MEASURE_NOT_STORED
    if any(DIMENSIONS[group.dimension].column not in columns for group in leg.groups):
        return Reason.DIMENSION_NOT_STORED
    if any(condition_column(test.dimension, test.operator) not in columns for test in tests):
        return Reason.FILTER_NOT_STORED
    if any(slug not in columns for slug in access.scope):
        return Reason.SCOPE_NOT_STORED
    span, step = leg.clock.span, rollup.step_s
    clocks = {(group.dimension, group.grain) for group in leg.groups if group.dimension in CLOCK_DIMENSIONS}
    clocks |= {(test.dimension, None) for test in tests if test.dimension in CLOCK_DIMENSIONS}
    on_step = span.start % step == 0 and span.end % step == 0
    if not on_step or not all(
        leg.clock.is_on_step(step, dimension, grain, access.max_buckets) for dimension, grain in clocks
    ):
        return Reason.STEP_TOO_COARSE
    return None
