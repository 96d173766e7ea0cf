"""A question of `viewing` or `rating`: the rows that it is about, now and in the past, and what they are grouped by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.oracle.clock import Bucket
from tests.oracle.comparison import Comparison
from tests.oracle.facts import Row, Seen
from tests.oracle.filters import passes
from tests.oracle.measures import Group
from tests.oracle.ranges import Span, read_range
from tests.oracle.selections import Cell, of_field

GRAINS = ("QUARTER_HOUR", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")


@dataclass(frozen=True)
class Dimension:
    """A dimension, with its argument: the grain of `time`, the path of `attribute`."""

    name: str
    argument: str = ""


def dimensions_of(args: Mapping[str, Any]) -> list[Dimension]:
    """What the arguments of `rows` group by, each once: those of `by`, and then the attributes."""
    by = [Dimension("time", name) if name in GRAINS else Dimension(of_field(name)) for name in args.get("by") or ()]
    return list(dict.fromkeys([*by, *(Dimension("attribute", path) for path in args.get("attributes") or ())]))


def shown_by(one: Cell, dimensions: Sequence[Dimension]) -> int:
    """The place of the dimension that a cell shows; `time` without a grain shows the only one."""
    argument = one.get("args", {}).get("grain") or one.get("args", {}).get("path")
    return next(
        place
        for place, known in enumerate(dimensions)
        if known.name == one["name"] and argument in (None, known.argument)
    )


class Asked:
    """One question of a fact."""

    def __init__(self, question: Cell, seen: Seen) -> None:
        self.fact, self.args, self.seen = question["name"], question.get("args", {}), seen
        self.span = read_range(self.args.get("range"), seen.clock, seen.newest())
        kind = self.args.get("compareTo")
        self.comparison = Comparison(kind, self.span, seen.clock) if kind else None

    @cached_property
    def now(self) -> list[Row]:
        """The rows of the range that pass the filter."""
        return self._within(self.span)

    @cached_property
    def past(self) -> list[Row]:
        """The rows of the past range that pass the filter; none without a comparison."""
        return self._within(self.comparison.past) if self.comparison else []

    @cached_property
    def catalogue(self) -> list[Row]:
        """The films that pass the filter as far as films know it."""
        return [row for row in self.seen.rows("catalogue") if self._passes("catalogue", row)]

    def buckets(self, grain: str) -> list[Bucket]:
        """All buckets of the range."""
        return self.seen.clock.buckets(self.span.start.at, self.span.end.at, grain)

    def group(self, rows: Sequence[Row], catalogue: Sequence[Row], start: int | None = None) -> Group:
        """Rows as what is counted; who came before `start`, or before the range, is not new."""
        return Group(rows, catalogue, self._first, self.span.start.at if start is None else start)

    def value(self, one: Dimension, row: Row) -> Any:
        """What a row of now has in a dimension."""
        if one.name == "time":
            return self.seen.clock.bucket(row.at, one.argument)
        return self.seen.value(one.name, row, one.argument)

    def past_value(self, one: Dimension, row: Row, beside_time: bool) -> Any:
        """What a row of the past has in a dimension: beside `time` the clock is that of the bucket it is moved to."""
        assert self.comparison is not None
        if one.name == "time":
            return self.comparison.bucket(row.at, one.argument)
        if beside_time and one.name == "hourOfDay":
            return self.comparison.bucket(row.at, "HOUR").label.hour
        if beside_time and one.name == "dayOfWeek":
            return self.comparison.bucket(row.at, "DAY").label.isoweekday()
        return self.value(one, row)

    @cached_property
    def _first(self) -> Mapping[int, int]:
        return self.seen.first_sessions()

    def _within(self, span: Span) -> list[Row]:
        return [row for row in self.seen.rows(self.fact) if row.at in span and self._passes(self.fact, row)]

    def _passes(self, fact: str, row: Row) -> bool:
        return passes(self.args.get("where"), fact, row, self.seen)
