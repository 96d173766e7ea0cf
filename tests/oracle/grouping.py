"""`viewing` and `rating`: the rows and totals of a fact, grouped and counted as selected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from tests.oracle.clock import Bucket
from tests.oracle.comparison import Comparison
from tests.oracle.facts import CLOCK, KNOWS, Row, Seen
from tests.oracle.filters import has, passes, tested
from tests.oracle.measures import MEASURES, Group, change, figure
from tests.oracle.nodes import movie_node
from tests.oracle.ordering import OTHERS, ordered
from tests.oracle.ranges import Span, read_range
from tests.oracle.selections import Cell, below, cells, key, names, of_field

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Dimension:
    """A selected dimension, with its argument: the grain of `time`, the path of `attribute`."""

    name: str
    argument: str | None = None

    @staticmethod
    def of(one: Cell) -> "Dimension":
        """The dimension of a cell."""
        args = one.get("args", {})
        if one["name"] == "time":
            return Dimension("time", args.get("grain", "DAY"))
        return Dimension(one["name"], args.get("path"))


@dataclass
class Counted:
    """One group: its rows now, those of the past, and the films that the catalogue has of it."""

    key: Key
    now: list[Row] = field(default_factory=list)
    past: list[Row] = field(default_factory=list)
    catalogue: list[Row] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)


def answer_grouped(question: Cell, seen: Seen) -> dict[str, Any]:
    """The answer of `viewing` or `rating`."""
    asked = Asked(question, seen)
    return {
        key(one): asked.rows(cells(one)) if one["name"] == "rows" else asked.totals(cells(one))
        for one in cells(question)
    }


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
        """The rows of the past range that pass the filter."""
        return self._within(self.comparison.past) if self.comparison else []

    @cached_property
    def catalogue(self) -> list[Row]:
        """The films that pass the filter as far as films know it."""
        return [row for row in self.seen.rows("catalogue") if self._passes("catalogue", row)]

    @cached_property
    def first(self) -> Mapping[int, int]:
        """First sessions."""
        return self.seen.first_sessions()

    def _within(self, span: Span) -> list[Row]:
        return [row for row in self.seen.rows(self.fact) if row.at in span and self._passes(self.fact, row)]

    def _passes(self, fact: str, row: Row) -> bool:
        return passes(self.args.get("where"), fact, row, self.seen)

    def totals(self, selected: Sequence[Cell]) -> dict[str, Any]:
        """Figures over all filtered rows of the range."""
        group = self._group(self.now, self.catalogue, self.span.start.at)
        return {key(one): figure(one["name"], group) for one in selected}

    def _group(self, rows: Sequence[Row], catalogue: Sequence[Row], start: int) -> Group:
        return Group(rows, catalogue, self.first, start)

    def rows(self, selected: Sequence[Cell]) -> list[dict[str, Any]]:
        """One row a group."""
        grouped = Grouped(self, selected)
        return [grouped.cells_of(counted, selected) for counted in grouped.answered()]


class Grouped:
    """One `rows` of a question."""

    def __init__(self, asked: Asked, selected: Sequence[Cell]) -> None:
        self.asked, self.seen, self.args = asked, asked.seen, asked.args
        self.dimensions = list(dict.fromkeys(Dimension.of(one) for one in selected if one["name"] in KNOWS[asked.fact]))
        orders = (of_field(one["field"]) for one in self.args.get("orderBy") or ())
        self.before = names(below(selected, "previous") + below(selected, "change"))
        wanted = {*names(selected), *self.before}
        self.measures = [name for name in {*wanted, *orders, *tested(self.args.get("having"))} if name in MEASURES]

    def answered(self) -> list[Counted]:
        """The groups that are answered, in their order."""
        groups = self._groups()
        if self.args.get("fill"):
            self._fill(groups)
        found = list(groups.values())
        for counted in found:
            self._count(counted)
        found = [counted for counted in found if has(self.args.get("having"), counted.figures)]
        return self._ordered(found)[: self.args.get("limit")]

    def cells_of(self, counted: Counted, selected: Sequence[Cell]) -> dict[str, Any]:
        """A group as a row of the answer."""
        return {key(one): self._cell(counted, one) for one in selected}

    def _cell(self, counted: Counted, one: Cell) -> Any:
        name = one["name"]
        if name == "isOthers":
            return OTHERS in counted.key
        if name in MEASURES:
            return counted.figures[name]
        if name in ("previous", "change") and not self.asked.comparison:
            return None
        if name == "previous":
            return {key(inner): counted.before[inner["name"]] for inner in cells(one)}
        if name == "change":
            return {
                key(inner): change(counted.figures[inner["name"]], counted.before[inner["name"]])
                for inner in cells(one)
            }
        value = counted.key[self.dimensions.index(Dimension.of(one))]
        if value is None or value is OTHERS:
            return None
        if isinstance(value, Bucket):
            return self.seen.clock.text(value.start)
        return movie_node(value, cells(one), self.seen) if name == "movie" else value

    def _groups(self) -> dict[Key, Counted]:
        groups: dict[Key, Counted] = {} if self.dimensions else {(): Counted(())}
        kept = self._kept()
        for key_, row in self._keyed(self.asked.now, None, kept):
            groups.setdefault(key_, Counted(key_)).now.append(row)
        if self.asked.comparison:
            for key_, row in self._keyed(self.asked.past, self.asked.comparison, kept):
                groups.setdefault(key_, Counted(key_)).past.append(row)
        if "catalogueTitles" in self.measures:
            for key_, row in self._keyed(self.asked.catalogue, None, kept):
                groups.setdefault(key_, Counted(key_)).catalogue.append(row)
        return groups

    def _keyed(
        self, rows: Iterable[Row], comparison: Comparison | None, kept: tuple[int, set[Any]] | None
    ) -> Iterable[tuple[Key, Row]]:
        others = self.args["top"].get("others", True) if kept else True
        for row in rows:
            found = [self._value(one, row, comparison) for one in self.dimensions]
            if kept and found[kept[0]] not in kept[1]:
                if not others:
                    continue
                found[kept[0]] = OTHERS
            yield tuple(found), row

    def _value(self, one: Dimension, row: Row, comparison: Comparison | None) -> Any:
        clock = self.seen.clock
        if one.name == "time":
            assert one.argument is not None
            return comparison.bucket(row.at, one.argument) if comparison else clock.bucket(row.at, one.argument)
        if comparison and one.name in CLOCK and any(other.name == "time" for other in self.dimensions):
            if one.name == "hourOfDay":
                return comparison.bucket(row.at, "HOUR").label.hour
            return comparison.bucket(row.at, "DAY").label.isoweekday()
        return self.seen.value(one.name, row, one.argument)

    def _kept(self) -> tuple[int, set[Any]] | None:
        """The place of the dimension that `top` is of, and the values that it keeps."""
        top = self.args.get("top")
        if not top:
            return None
        place = next(at for at, one in enumerate(self.dimensions) if one.name not in CLOCK)
        dimension, by = self.dimensions[place], of_field(top["by"])
        groups: dict[Any, Counted] = {}
        for row in self.asked.now:
            value = self._value(dimension, row, None)
            groups.setdefault(value, Counted((value,))).now.append(row)
        if by == "catalogueTitles" or "catalogueTitles" in self.measures:
            for row in self.asked.catalogue:
                value = self._value(dimension, row, None)
                groups.setdefault(value, Counted((value,))).catalogue.append(row)
        start = self.asked.span.start.at

        def rank(counted: Counted) -> Any:
            return figure(by, self.asked._group(counted.now, counted.catalogue, start))

        best = ordered(groups.values(), [(rank, True), (lambda counted: counted.key[0], False)])
        return place, {counted.key[0] for counted in best[: top["n"]]}

    def _fill(self, groups: dict[Key, Counted]) -> None:
        place = next(at for at, one in enumerate(self.dimensions) if one.name == "time")
        grain = self.dimensions[place].argument
        assert grain is not None
        span = self.asked.span
        buckets = self.seen.clock.buckets(span.start.at, span.end.at, grain)
        rests = {(found[:place], found[place + 1 :]) for found in groups}
        if len(self.dimensions) == 1:
            rests = {((), ())}
        for (before, after), bucket in product(rests, buckets):
            found = (*before, bucket, *after)
            groups.setdefault(found, Counted(found))

    def _count(self, counted: Counted) -> None:
        place = next((at for at, one in enumerate(self.dimensions) if one.name == "time"), None)
        start = self.asked.span.start.at if place is None else counted.key[place].start
        now = self.asked._group(counted.now, counted.catalogue, start)
        counted.figures.update((name, figure(name, now)) for name in self.measures)
        comparison = self.asked.comparison
        if comparison is None:
            return
        start = comparison.past.start.at
        if place is not None and counted.past and {"newViewers", "returningViewers"} & set(self.before):
            grain = self.dimensions[place].argument
            assert grain is not None
            start = comparison.start(counted.key[place], grain)
        past = self.asked._group(counted.past, counted.catalogue, start)
        counted.before.update((name, figure(name, past)) for name in self.before)

    def _ordered(self, found: list[Counted]) -> list[Counted]:
        keys: list[Any] = []
        for order in self.args.get("orderBy") or ():
            name, descends = of_field(order["field"]), order.get("direction", "ASC") == "DESC"
            if name in MEASURES:
                keys.append((_by_figure(name), descends))
            else:
                place = next(at for at, one in enumerate(self.dimensions) if one.name == name)
                keys.append((_by_key(place), descends))
        keys += [(_by_key(place), False) for place in range(len(self.dimensions))]
        keys.append((lambda counted: OTHERS in counted.key, False))
        return ordered(found, keys)


def _by_figure(name: str) -> Any:
    return lambda counted: counted.figures[name]


def _by_key(place: int) -> Any:
    return lambda counted: counted.key[place]
