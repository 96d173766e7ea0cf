"""Covers: splits a range of time into a rollup's longest stored pieces, and edges that are read from the facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from warehouse.model.time_steps import Step
from warehouse.query.local_time import Range
from warehouse.query.parameters import Parameters

# Up to so many conditions, or listed pieces, the engine plans a statement fastest.
_MOST_CONDITIONS, _MOST_LISTED = 8, 200


@dataclass(frozen=True)
class Run:
    """Consecutive pieces of one step in [start, end), in seconds since 1970."""

    step: Step
    start: int
    end: int

    @property
    def count(self) -> int:
        """The number of pieces. Steps up to a day are not enumerated: a century has millions of quarter-hours."""
        if self.step >= Step.DAY:
            return (self.end - self.start) // self.step.shortest_s
        return len(self.starts)

    @property
    def starts(self) -> list[int]:
        """The start of each piece."""
        found = [self.start]
        while (following := self.step.next(found[-1])) < self.end:
            found.append(following)
        return found


@dataclass(frozen=True)
class Cover:
    """Covers each instant of a range exactly once: by a piece in `runs`, or by an edge [start, end)."""

    runs: tuple[Run, ...]
    edges: tuple[tuple[int, int], ...]

    @property
    def pieces(self) -> dict[Step, int]:
        """The number of pieces of each step, longest step first."""
        found: dict[Step, int] = {}
        for run in sorted(self.runs, key=lambda run: run.step):
            found[run.step] = found.get(run.step, 0) + run.count
        return found

    @property
    def edge_s(self) -> int:
        """The seconds to read from the facts."""
        return sum(end - start for start, end in self.edges)

    def pieces_sql(self, parameters: Parameters) -> str:
        """SQL of whether a rollup's row is in one of the pieces."""
        if sum(run.count for run in self.runs) <= _MOST_LISTED:
            listed = ", ".join(f"({run.step.value}, {start})" for run in self.runs for start in run.starts)
            return f"(step, bucket) IN ({listed})"
        if len(self.runs) <= _MOST_CONDITIONS:
            tests = [f"step = {run.step.value} AND bucket >= {run.start} AND bucket < {run.end}" for run in self.runs]
        else:
            starts: dict[Step, list[int]] = {}
            for run in self.runs:
                starts.setdefault(run.step, []).extend(run.starts)
            tests = [
                f"step = {step.value} AND bucket IN {parameters.add(found, 'Array(DateTime)')}"
                for step, found in starts.items()
            ]
        return f"({' OR '.join(tests)})"

    def edges_sql(self, parameters: Parameters) -> str:
        """SQL of whether a fact's row is in one of the edges."""
        if len(self.edges) <= _MOST_CONDITIONS:
            return _inside_sql(self.edges, parameters)
        bounds = parameters.add([bound for edge in self.edges for bound in edge], "Array(UInt32)")
        inside = parameters.add([flag for _ in self.edges for flag in (1, 0)], "Array(UInt8)")
        whole = _inside_sql([(self.edges[0][0], self.edges[-1][1])], parameters)
        return f"{whole} AND transform(roundDown(toUInt32(start_time), {bounds}), {bounds}, {inside}, toUInt8(0))"


def cover(span: Range, cuts: Iterable[int], steps: Sequence[Step]) -> Cover:
    """Cover a range with pieces of `steps`, given in any order; no piece contains a cut."""
    inner = sorted({cut for cut in cuts if span.start < cut < span.end})
    left = [pair for pair in pairwise([span.start, *inner, span.end]) if pair[0] < pair[1]]
    runs: list[Run] = []
    for step in sorted(steps):
        found, left = _taken(step, left)
        runs += found
    return Cover(tuple(runs), tuple(_joined(left)))


def _taken(step: Step, stretches: Sequence[tuple[int, int]]) -> tuple[list[Run], list[tuple[int, int]]]:
    """The runs of one step within some stretches of time, and the remaining stretches."""
    runs: list[Run] = []
    left = []
    for start, end in stretches:
        first, last = (step.ceil(start), step.floor(end)) if end - start >= step.shortest_s else (end, end)
        if first >= last:
            left.append((start, end))
            continue
        if runs and runs[-1].end == first:
            runs[-1] = Run(step, runs[-1].start, last)
        else:
            runs.append(Run(step, first, last))
        left += [pair for pair in ((start, first), (last, end)) if pair[0] < pair[1]]
    return runs, left


def _joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in stretches:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _inside_sql(stretches: Sequence[tuple[int, int]], parameters: Parameters) -> str:
    tests = []
    for start, end in stretches:
        after, before = parameters.add(start, "UInt32"), parameters.add(end, "UInt32")
        tests.append(f"start_time >= toDateTime({after}, 'UTC') AND start_time < toDateTime({before}, 'UTC')")
    return f"({' OR '.join(tests)})"
