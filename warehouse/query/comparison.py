"""Comparisons: the timeline is shifted, then the same question is asked.

The boundaries of a range's buckets are moved back in local wall time; a bucket's past is what lies between its own
moved boundaries. So the past of all buckets is the past of the range, each instant of it once.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from warehouse.query.local_time import (
    Grain,
    Piece,
    Range,
    add_months,
    day_start,
    first_instant,
    floor,
    instant_at,
    local_time,
)
from warehouse.query.local_time import pieces as pieces_of

_LONG = frozenset({Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR})
# A bucket's local start, and 1 where the clock shows it for the second time.
_Label = tuple[datetime, int]


@dataclass(frozen=True)
class Shift:
    """How far a timeline is moved back: by calendar months or days in local wall time, else by seconds."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def is_local(self) -> bool:
        """Whether wall time is moved, not instants."""
        return not self.seconds

    def moved(self, local: datetime) -> datetime:
        """A local time moved back. A date that its month lacks becomes the first of the next month, at midnight."""
        if self.days:
            return local - timedelta(days=self.days)
        back = add_months(local, -self.months)
        if back.day == local.day:
            return back
        return add_months(back.replace(day=1, hour=0, minute=0, second=0, microsecond=0), 1)


@dataclass(frozen=True)
class Past(Range):
    """The range that stands beside an asked one, and the shift that leads to it. Before 1970 it is empty."""

    shift: Shift = Shift()


@dataclass(frozen=True)
class Place:
    """Instants of the past from `start` on belong to the bucket of `ordinal`, whose own past begins at `bucket`."""

    start: int
    ordinal: int
    bucket: int


def past_of(zone_name: str, span: Range, shift: Shift) -> Past:
    """The range that a shift leads to."""
    start, end = (_moved_instant(zone_name, edge, shift) for edge in (span.start, span.end))
    # No session is so old: without any instants the question could not be asked.
    start = max(start, 0)
    return Past(start, max(end, start + 1), shift)


# As for the pieces of a range: one question asks for the same places many times.
@lru_cache(maxsize=32)
def places(zone_name: str, span: Range, past: Past, grain: Grain) -> tuple[Place, ...]:
    """Which bucket of a range each instant of its past belongs to, in the order of the past."""
    own = pieces_of(zone_name, span, grain)
    ordinals = {bucket: ordinal for ordinal, bucket in enumerate(dict.fromkeys(piece.bucket for piece in own))}
    if not past.shift.is_local:
        back = past.shift.seconds
        return tuple(Place(max(piece.start - back, 0), ordinals[piece.bucket], piece.bucket - back) for piece in own)
    labels = _labels(zone_name, list(ordinals), grain)
    begin = [(past.shift.moved(local), fold) for local, fold in labels]
    # Of buckets that begin at once in the past the last one has it: the others are days that the past lacks.
    order = sorted(range(len(begin)), key=lambda ordinal: (begin[ordinal], ordinal))
    known = [begin[ordinal] for ordinal in order]
    found = pieces_of(zone_name, past, Grain.DAY if grain in _LONG else grain)
    placed: list[Place] = []
    for piece, label in zip(found, _labels_of_pieces(zone_name, found, grain), strict=True):
        ordinal = order[max(bisect_right(known, label) - 1, 0)]
        if not placed or placed[-1].ordinal != ordinal:
            placed.append(Place(piece.start, ordinal, max(instant_at(zone_name, *begin[ordinal]), 0)))
    return tuple(placed)


def labels_beside(zone_name: str, span: Range, past: Past, grain: Grain) -> tuple[tuple[int, datetime], ...]:
    """The local start of the own bucket that each instant of the past, from the first element on, is moved to."""
    own = list(dict.fromkeys(piece.bucket for piece in pieces_of(zone_name, span, grain)))
    starts = [floor(local_time(zone_name, bucket), grain) for bucket in own]
    return tuple((place.start, starts[place.ordinal]) for place in places(zone_name, span, past, grain))


def _moved_instant(zone_name: str, instant: int, shift: Shift) -> int:
    if not shift.is_local:
        return instant - shift.seconds
    local = local_time(zone_name, instant)
    if instant == day_start(zone_name, local.date()):
        # The day is moved, though its midnight may not exist, or exist twice.
        return first_instant(zone_name, shift.moved(floor(local, Grain.DAY)))
    return instant_at(zone_name, shift.moved(local), local.fold)


def _labels_of_pieces(zone_name: str, found: Sequence[Piece], grain: Grain) -> list[_Label]:
    """The labels of the past's own pieces: local dates for days and longer buckets."""
    return _labels(zone_name, [piece.bucket for piece in found], Grain.DAY if grain in _LONG else grain)


def _labels(zone_name: str, buckets: Sequence[int], grain: Grain) -> list[_Label]:
    labels: list[_Label] = []
    day = None
    for bucket in buckets:
        local = local_time(zone_name, bucket)
        label = (floor(local, grain), 0 if grain in _LONG else local.fold)
        if local.date() != day:
            day = local.date()
            # Where midnight is skipped, the day's first bucket stands for it.
            if bucket == day_start(zone_name, day):
                label = (floor(local, Grain.DAY if grain not in _LONG else grain), 0)
        labels.append(label)
    return labels
