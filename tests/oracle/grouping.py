"""`viewing` and `rating`: the rows and totals of a fact, grouped by arguments and counted as selected."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from tests.oracle.clock import Bucket
from tests.oracle.facts import Row, Seen
from tests.oracle.filters import has, tested
from tests.oracle.measures import MEASURES, change, figure
from tests.oracle.nodes import movie_node
from tests.oracle.ordering import OTHERS, ordered
from tests.oracle.question_rows import Asked, Dimension, dimensions_of, shown_by
from tests.oracle.selections import Cell, below, cells, key, names, of_field
from tests.oracle.top import top_of

Key = tuple[Any, ...]


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
    totals = asked.group(asked.now, asked.catalogue)
    return {
        key(one): Grouped(asked, one).answer()
        if one["name"] == "rows"
        else {key(inner): figure(inner["name"], totals) for inner in cells(one)}
        for one in cells(question)
    }


class Grouped:
    """One `rows` of a question."""

    def __init__(self, asked: Asked, one: Cell) -> None:
        self.asked, self.args, self.selected = asked, one.get("args", {}), cells(one)
        selected = self.selected
        self.dimensions = dimensions_of(self.args)
        self.times = [place for place, one in enumerate(self.dimensions) if one.name == "time"]
        orders = [of_field(one["field"]) for one in self.args.get("orderBy") or ()]
        self.compared = names(below(selected, "previous") + below(selected, "change"))
        wanted = {*names(selected), *self.compared, *orders, *tested(self.args.get("having"))}
        self.measures = wanted & MEASURES.keys()
        # Films that nobody watched are rows only where an argument names their number.
        ranked = of_field(self.args.get("top", {}).get("by", ""))
        self.lists_catalogue = "catalogueTitles" in {*orders, ranked, *tested(self.args.get("having"))}

    def answer(self) -> list[dict[str, Any]]:
        """The rows of the answer."""
        groups = self._groups()
        if self.args.get("fill"):
            self._fill(groups)
        for counted in groups.values():
            self._count(counted)
        found = [counted for counted in groups.values() if has(self.args.get("having"), counted.figures)]
        answered = ordered(found, self._order())[: self.args.get("limit")]
        return [{key(one): self._cell(counted, one) for one in self.selected} for counted in answered]

    def _groups(self) -> dict[Key, Counted]:
        groups: dict[Key, Counted] = {} if self.dimensions else {(): Counted(())}
        top = top_of(self.asked, self.args.get("top"), self.dimensions)

        def grouped(rows: Iterable[Row], value: Callable[[Dimension, Row], Any]) -> Iterable[tuple[Counted, Row]]:
            for row in rows:
                found: Key | None = tuple(value(one, row) for one in self.dimensions)
                if top and found:
                    found = top.apply(found)
                if found is not None:
                    yield groups.setdefault(found, Counted(found)), row

        for counted, row in grouped(self.asked.now, self.asked.value):
            counted.now.append(row)
        for counted, row in grouped(self.asked.past, self._past_value):
            counted.past.append(row)
        watched = frozenset(groups)
        counts_catalogue = self.lists_catalogue or "catalogueTitles" in self.measures
        for counted, row in grouped(self.asked.catalogue if counts_catalogue else (), self.asked.value):
            counted.catalogue.append(row)
        return groups if self.lists_catalogue else {value: groups[value] for value in watched}

    def _past_value(self, one: Dimension, row: Row) -> Any:
        return self.asked.past_value(one, row, beside_time=bool(self.times))

    def _fill(self, groups: dict[Key, Counted]) -> None:
        """Give every bucket a row, for each of the other groups that has one."""
        (place,) = self.times
        buckets = self.asked.buckets(self.dimensions[place].argument)
        others = {(found[:place], found[place + 1 :]) for found in groups}
        if len(self.dimensions) == 1:
            others = {((), ())}
        for (before, after), bucket in product(others, buckets):
            found = (*before, bucket, *after)
            groups.setdefault(found, Counted(found))

    def _count(self, counted: Counted) -> None:
        # Of several buckets the row is what they have in common, which begins with the latest.
        start = max((counted.key[place].start for place in self.times), default=None)
        now = self.asked.group(counted.now, counted.catalogue, start)
        counted.figures.update((name, figure(name, now)) for name in self.measures)
        comparison = self.asked.comparison
        if comparison:
            starts = (comparison.start(counted.key[place], self.dimensions[place].argument) for place in self.times)
            start = max(starts, default=comparison.past.start.at)
            past = self.asked.group(counted.past, counted.catalogue, start)
            counted.before.update((name, figure(name, past)) for name in self.compared)

    def _order(self) -> list[tuple[Callable[[Counted], Any], bool]]:
        keys = []
        for order in self.args.get("orderBy") or ():
            name, descends = of_field(order["field"]), order.get("direction", "ASC") == "DESC"
            if name in MEASURES:
                keys.append((_by_figure(name), descends))
            else:
                place = next(at for at, one in enumerate(self.dimensions) if one.name == name)
                keys.append((_by_key(place), descends))
        keys += [(_by_key(place), False) for place in range(len(self.dimensions))]
        return [*keys, (lambda counted: OTHERS in counted.key, False)]

    def _cell(self, counted: Counted, one: Cell) -> Any:
        name = one["name"]
        if name in MEASURES:
            return counted.figures[name]
        if name in ("previous", "change"):
            return self._compared(counted, one) if self.asked.comparison else None
        if name == "isOthers":
            return OTHERS in counted.key
        value = counted.key[shown_by(one, self.dimensions)]
        if value is None or value is OTHERS:
            return None
        if isinstance(value, Bucket):
            return self.asked.seen.clock.text(value.start)
        return movie_node(value, cells(one), self.asked.seen) if name == "movie" else value

    def _compared(self, counted: Counted, one: Cell) -> dict[str, Any]:
        now, before = counted.figures, counted.before
        if one["name"] == "previous":
            return {key(inner): before[inner["name"]] for inner in cells(one)}
        return {key(inner): change(now[inner["name"]], before[inner["name"]]) for inner in cells(one)}


def _by_figure(name: str) -> Callable[[Counted], Any]:
    return lambda counted: counted.figures[name]


def _by_key(place: int) -> Callable[[Counted], Any]:
    return lambda counted: counted.key[place]
