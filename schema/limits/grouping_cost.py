"""What a statement weighs: whether rollups can serve it or the sessions must be read, and how much is made of them.

All of it is read off the model: which rollup stores which dimensions and aggregates, and what aggregates are made of.
The weights are fitted by `python -m tests.cost_sweep`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from strawberry.utils.str_converters import to_camel_case, to_snake_case

from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import AGGREGATES, MEASURES
from warehouse.model.rollups import ROLLUPS
from warehouse.query.masked_source import rollup_source

# A set is merged, and an aggregate that no rollup stores is computed from sessions.
_SET, _UNSTORED, _MOST_MEASURES = 0.5, 0.6, 2.5
# Each group but the first splits the rows that a statement sorts and keeps, one of many values more.
_FEW, _MANY, _MOST_GROUPS = 0.35, 1.0, 6.0
_MANY_VALUES = frozenset({"time", "movie", "director", "days_since_release", "attribute"})
# Reading sessions at all, and a quarter of them once; ratings are as many fewer.
_BEGIN, _QUARTER, _RATINGS = 25.0, 30.0, 0.1
# A quarter's days or hours apart, of a rollup that has other dimensions too.
_APART = 25.0
# A quarter of buckets of time, each of which has boundaries and is summed for itself; and as many as an answer has.
_BUCKETS = {"QUARTER_HOUR": 360.0, "HOUR": 90.0, "DAY": 12.0}
_MOST_BUCKETS = 420.0
_SUM = "SimpleAggregateFunction"
# Dimensions of the clock: whole pieces of time have one value of `time`, but not of these.
_FINE = frozenset({"hour_of_day", "days_since_release"})
_NESTED = ("and", "or", "not")
_STORED = [(frozenset(rollup_source(one).columns), frozenset(one.aggregates)) for one in ROLLUPS]
_GRAINS = frozenset({"QUARTER_HOUR", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})


@dataclass(frozen=True)
class Reading:
    """What one statement groups by, filters by and computes, whether it is about the past, and what its buckets of time
    cost for each quarter."""

    groups: tuple[str, ...]
    tested: frozenset[str]
    aggregates: frozenset[str]
    past: bool = False
    of_buckets: float = 0.0

    @property
    def needs_sessions(self) -> bool:
        """Whether no rollup has all of it, or only in so fine pieces that sessions are as cheap."""
        dimensions = {name for name in (*self.groups, *self.tested) if name != "time"}
        if self.past or (_FINE & dimensions and (len(dimensions) > 1 or "days_since_release" in dimensions)):
            return True
        columns = {DIMENSIONS[name].column for name in dimensions if name in DIMENSIONS}
        return not any(columns <= stored and self.aggregates <= kept for stored, kept in _STORED)

    @property
    def weight(self) -> float:
        """How many times one sum over all rows it costs."""
        measures = min(sum(map(_weight_of, self.aggregates)), _MOST_MEASURES)
        groups = sorted(_MANY if name in _MANY_VALUES else _FEW for name in self.groups)
        return (1 + measures) * (1 + min(sum(groups[1:]), _MOST_GROUPS))

    def cost(self, base: int, quarters: float, of_ratings: bool = False) -> float:
        """The cost of reading so many quarters; `base` is that of any statement."""
        if of_ratings:
            return base + _BEGIN / 2 + _RATINGS * _QUARTER * quarters * self.weight
        if not self.needs_sessions:
            is_apart = "time" in self.groups and len({*self.groups, *self.tested}) > 1
            of_time = 0.0 if is_apart else min(self.of_buckets * quarters, _MOST_BUCKETS)
            return (base + is_apart * _APART * quarters) * self.weight + of_time
        return base + _BEGIN + _QUARTER * quarters * self.weight


def aggregates_of(names: Iterable[str]) -> frozenset[str]:
    """The aggregates of sessions that the measures among these fields are made of. Other tables are small."""
    return frozenset[str]().union(*(_NEEDS.get(name, ()) for name in names))


def dimensions_of(values: Iterable[Any]) -> tuple[str, ...]:
    """The dimensions that values of `by` name."""
    return tuple("time" if str(value) in _GRAINS else str(value).lower() for value in values)


def buckets_of(values: Iterable[Any]) -> float:
    """What the buckets of the finest grain that values of `by` name cost for each quarter."""
    return max((_BUCKETS.get(str(value), 0.0) for value in values), default=0.0)


def tested_by(where: Any) -> frozenset[str]:
    """The dimensions that a filter tests."""
    if isinstance(where, list):
        return frozenset[str]().union(*map(tested_by, where))
    if not isinstance(where, Mapping):
        return frozenset()
    inner = (tested_by(where[name]) for name in _NESTED if name in where)
    return frozenset(to_snake_case(str(name)) for name in where if name not in _NESTED).union(*inner)


def _weight_of(aggregate: str) -> float:
    stored_as = AGGREGATES[aggregate].stored_as
    return _UNSTORED if not stored_as else 0.0 if stored_as.startswith(_SUM) else _SET


_NEEDS = {
    to_camel_case(one.slug): frozenset(one.aggregates if one.fact == "viewing" else ()) for one in MEASURES.values()
}
# Old names of the dashboard's.
_NEEDS |= {"activeUsers": _NEEDS["viewers"], "totalViews": _NEEDS["views"]}
