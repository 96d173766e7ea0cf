"""Routing: chooses the rollup that answers exactly at the lowest cost, with facts for the edges of the range, or else
the facts alone; gives the reason for each rejected rollup.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.described_enum import DescribedEnum
from warehouse.model.dimensions import CLOCK_DIMENSIONS, DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES, SETS
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.bucket_sql import Clock, Cuts
from warehouse.query.masked_source import Source, fact_source, rollup_source
from warehouse.query.minimum_group import PEOPLE, VIEWERS
from warehouse.query.question import Filter, Group, conditions_of
from warehouse.query.range_cover import Cover, cover

# Costs in units of reading one session, measured on 10 M sessions. The session density is a typical figure, because the
# real one would reveal rows that the asker may not see.
_SESSIONS_A_SECOND = 1
_ROW, _MEMBER, _LARGEST_SET = 50, 1 / 13, 20_000


class Reason(DescribedEnum):
    """Why a rollup was not used."""

    MEASURE_NOT_STORED = "MEASURE_NOT_STORED", "It stores too little for one of the measures."
    DIMENSION_NOT_STORED = "DIMENSION_NOT_STORED", "It does not store a dimension that rows are grouped by."
    FILTER_NOT_STORED = "FILTER_NOT_STORED", "It does not store a dimension that the filter tests."
    SCOPE_NOT_STORED = "SCOPE_NOT_STORED", "It does not store a column of your row scope."
    AS_OF = "AS_OF", "It holds the present only, and the question is of an earlier load."
    STEP_TOO_COARSE = "STEP_TOO_COARSE", "Its pieces of time do not fit the range, the buckets or the time zone."
    LARGER = "LARGER", "It could have answered, but reading it takes longer than what was read."
    STALE = "STALE", "It is being rebuilt, or has yet to be."
    MINIMUM_GROUP = (
        "MINIMUM_GROUP",
        "Your role has a minimum group size, and whether groups of people reach it is only known from sessions.",
    )


@dataclass(frozen=True)
class Rejection:
    """One rollup that was considered but not used."""

    rollup: str
    reason: Reason


@dataclass(frozen=True)
class Leg:
    """One fact over one range: the part of a question for one subquery."""

    fact: str
    groups: tuple[Group, ...]
    measures: tuple[str, ...]
    where: Filter | None
    clock: Clock
    as_of: int | None = None


@dataclass(frozen=True)
class Route:
    """The source of a leg, and why others were rejected. For a rollup, `cover` has the pieces to read, and the edges of
    the range that are read from the facts.
    """

    source: Source
    rejected: tuple[Rejection, ...]
    cover: Cover | None = None


def condition_column(dimension: str, operator: str) -> str:
    """The source column of a condition: `has` reads a film's whole list of genres."""
    return "genres" if dimension == "genre" and operator == "has" else DIMENSIONS[dimension].column


def route(leg: Leg, access: Access, rollups: Sequence[Rollup] = ROLLUPS) -> Route:
    """Choose the source of a leg among `rollups`, those that are filled, and the facts. The choice does not depend on
    the stored rows."""
    fact = FACTS[leg.fact]
    if fact.slug != "viewing":
        return Route(fact_source(fact, leg.as_of), ())
    covers: dict[Rollup, Cover] = {}
    rejected = [Rejection(rollup.name, Reason.STALE) for rollup in ROLLUPS if rollup not in rollups]
    for rollup in rollups:
        reason = _reason(rollup, leg, access)
        if reason is None:
            covers[rollup] = _cover(rollup, leg, _cuts(leg, access, rollup.has_half_hours))
            reason = None if covers[rollup].runs else Reason.STEP_TOO_COARSE
        if reason is not None:
            covers.pop(rollup, None)
            rejected.append(Rejection(rollup.name, reason))
    has_sets = access.minimum_group > 0 or any(SETS & set(MEASURES[slug].aggregates) for slug in leg.measures)
    costs = {rollup: _cost(rollup, found, has_sets) for rollup, found in covers.items()}
    best = min(costs, key=lambda rollup: costs[rollup], default=None)
    if best and costs[best] > _facts_cost(leg.clock.span.end - leg.clock.span.start):
        best = None
    rejected.extend(Rejection(rollup.name, Reason.LARGER) for rollup in covers if rollup is not best)
    if best is None:
        return Route(fact_source(fact, leg.as_of), tuple(rejected))
    return Route(rollup_source(best), tuple(rejected), covers[best])


def _reason(rollup: Rollup, leg: Leg, access: Access) -> Reason | None:
    if leg.as_of is not None:
        return Reason.AS_OF
    columns = rollup_source(rollup).columns
    tests = list(conditions_of(leg.where))
    needed = {aggregate for slug in leg.measures for aggregate in MEASURES[slug].aggregates}
    if access.minimum_group:
        needed.add(VIEWERS.slug)
        if PEOPLE & {*(group.dimension for group in leg.groups), *(test.dimension for test in tests)}:
            return Reason.MINIMUM_GROUP
    if not needed <= set(rollup.aggregates):
        return Reason.MEASURE_NOT_STORED
    if any(DIMENSIONS[group.dimension].column not in columns for group in leg.groups):
        return Reason.DIMENSION_NOT_STORED
    if any(condition_column(test.dimension, test.operator) not in columns for test in tests):
        return Reason.FILTER_NOT_STORED
    if any(slug not in columns for slug in access.scope):
        return Reason.SCOPE_NOT_STORED
    return None


def _cuts(leg: Leg, access: Access, has_half_hours: bool) -> list[Cuts]:
    """The constraints of a leg's clock dimensions on pieces of time."""
    grouped = leg.clock.beside_time if any(group.grain for group in leg.groups) else leg.clock
    cuts = [
        (leg.clock if group.grain else grouped).cuts(group.dimension, group.grain, access.max_buckets, has_half_hours)
        for group in leg.groups
        if group.dimension in CLOCK_DIMENSIONS
    ]
    tested = {test.dimension for test in conditions_of(leg.where)} & CLOCK_DIMENSIONS
    return cuts + [leg.clock.cuts(dimension, None, access.max_buckets, has_half_hours) for dimension in sorted(tested)]


def _cover(rollup: Rollup, leg: Leg, cuts: Sequence[Cuts]) -> Cover:
    steps = [step for step in rollup.steps if all(step in one.steps for one in cuts)]
    return cover(leg.clock.span, {instant for one in cuts for instant in one.instants}, steps)


def _cost(rollup: Rollup, found: Cover, has_sets: bool) -> float:
    """The cost of reading a cover, in sessions."""
    cost = _facts_cost(found.edge_s)
    for step, pieces in found.pieces.items():
        members = min(_facts_cost(step.shortest_s) / rollup.groups, _LARGEST_SET) if has_sets else 0
        cost += pieces * rollup.groups * (_ROW + members * _MEMBER)
    return cost


def _facts_cost(seconds: int) -> float:
    return seconds * _SESSIONS_A_SECOND
