"""A question, whichever interface it comes from: groups, measures, a time range, filters, order, limit, comparison."""

from collections.abc import Iterator
from dataclasses import dataclass

from warehouse.model.measures import AGGREGATES, MEASURES, measures_of
from warehouse.query.comparison import Past
from warehouse.query.local_time import Grain, Range


@dataclass(frozen=True)
class Group:
    """One dimension to group by; `grain` is for `time`, `path` for `attribute`."""

    dimension: str
    grain: Grain | None = None
    path: str | None = None


@dataclass(frozen=True)
class OrderByMeasure:
    """Sort by a measure, by its slug; nulls come last."""

    measure: str
    descending: bool = False


@dataclass(frozen=True)
class OrderByGroup:
    """Sort by the group of an index; nulls come last."""

    group: int
    descending: bool = False


OrderBy = OrderByMeasure | OrderByGroup


@dataclass(frozen=True)
class Condition:
    """A test of a dimension: `eq`, `gt`, `gte`, `lt`, `lte` with one value, `in` with several, `has` for lists,
    `contains` and `starts_with` for parts of texts, `is_null` with whether nothing may be known, `among` for dense
    keys of films, `on_days` for the days in UTC of an instant.
    """

    dimension: str
    operator: str
    value: str | int | float | tuple[str, ...] | tuple[int, ...]
    path: str | None = None


@dataclass(frozen=True)
class AllOf:
    """True where every part is; without parts, always."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class AnyOf:
    """True where one part is; without parts, never."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class Not:
    """True where the part is false."""

    part: "Filter"


Filter = Condition | AllOf | AnyOf | Not


def conditions_of(where: Filter | None) -> Iterator[Condition]:
    """All tests in a filter."""
    match where:
        case Condition():
            yield where
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from conditions_of(part)
        case Not(part):
            yield from conditions_of(part)
        case None:
            return


EVERYTHING, NOTHING = AllOf(()), AnyOf(())


def as_far_as(where: Filter | None, dimensions: frozenset[str], negated: bool = False) -> Filter | None:
    """The part of a filter that a fact with only these dimensions can evaluate: a test of another dimension never
    narrows the rows. `negated` is true under an odd number of `not`s."""
    match where:
        case Condition(dimension):
            return where if dimension in dimensions else NOTHING if negated else EVERYTHING
        case AllOf(parts) | AnyOf(parts):
            kept = (as_far_as(part, dimensions, negated) for part in parts)
            return type(where)(tuple(part for part in kept if part is not None))
        case Not(part):
            inner = as_far_as(part, dimensions, not negated)
            assert inner is not None
            return Not(inner)
        case None:
            return None


@dataclass(frozen=True)
class Top:
    """Keep only the `n` values of one group with the most of a measure over the whole range; a missing value counts as
    a value. The rest become one row, or are left out if `others` is false."""

    group: int
    n: int
    by: str
    others: bool = True


@dataclass(frozen=True)
class Question:
    """What is asked. `measures` may be of several facts: each is counted by its own rows, and joined on the groups.

    `before` is the range's past: its values stand beside the first one's, each in the bucket that it is moved to.
    Without `orders`, rows come in the groups' ascending order. `limit` cuts; None means all, up to the asker's cap.
    `having` tests measures of the rows (its dimensions are measures' slugs). `fill` gives every time bucket a row, for
    each combination of the other groups that has one. `as_of` is the last load that counts, None the present.
    `rows_of` are the facts whose groups are the rows: measures of other facts stand beside them and add none. Without
    it, every fact with a measure adds its groups.
    """

    groups: tuple[Group, ...]
    measures: tuple[str, ...]
    span: Range
    zone: str = "UTC"
    where: Filter | None = None
    orders: tuple[OrderBy, ...] = ()
    limit: int | None = None
    before: Past | None = None
    having: Filter | None = None
    fill: bool = False
    top: Top | None = None
    as_of: int | None = None
    rows_of: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts whose measures are asked for, the first measure's first."""
        return tuple(dict.fromkeys(MEASURES[slug].fact for slug in self.needed)) or ("viewing",)

    @property
    def asked(self) -> tuple[str, ...]:
        """The measures that are asked for, sorted by or tested."""
        sorted_by = (order.measure for order in self.orders if isinstance(order, OrderByMeasure))
        tested = (condition.dimension for condition in conditions_of(self.having))
        return tuple(dict.fromkeys((*self.measures, *sorted_by, *tested)))

    @property
    def needed(self) -> tuple[str, ...]:
        """`asked`, and a measure of each fact in `rows_of` of which none is asked, because its groups are needed."""
        asked = self.asked
        known = {MEASURES[slug].fact for slug in asked}
        unknown = [fact for fact in self.rows_of if self.groups and fact not in known]
        return (*asked, *(measures_of(fact)[0].slug for fact in unknown))

    @property
    def adds_rows(self) -> frozenset[str]:
        """The facts whose groups are rows."""
        return frozenset(self.rows_of or self.facts)

    @property
    def is_bounded(self) -> bool:
        """Whether rows outside of its ranges change nothing of the answer. Earlier ones do where somebody's first
        session counts.
        """
        aggregates = {aggregate for slug in self.needed for aggregate in MEASURES[slug].aggregates}
        return not any("first_start" in AGGREGATES[aggregate].needs for aggregate in aggregates)
