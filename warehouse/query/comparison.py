"""Comparisons: the same question on a shifted timeline.

The boundaries of a range's buckets are moved back in local wall time, and a bucket's past lies between its own moved
boundaries. So the pasts of all buckets cover the past of the range, each instant once. Which range is
compared, such as the period before, is decided in `ranges.py`.
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
    buckets_of,
    day_start,
    first_instant,
    floor,
    instant_at,
    local_time,
)
from warehouse.query.local_time import pieces as pieces_of

_LONG = frozenset({Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR})
# A bucket's local start, and 1 if the clock shows it for the second time.
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
        """A local time, moved back. A date that does not exist in its month becomes midnight of the next month's first
        day."""
        if self.days:
            return local - timedelta(days=self.days)
        back = add_months(local, -self.months)
        if back.day == local.day:
            return back
        return add_months(back.replace(day=1, hour=0, minute=0, second=0, microsecond=0), 1)


@dataclass(frozen=True)
class Past(Range):
    """The range to compare with, and the shift that leads to it. It is empty before 1970, and where none of the range's
    days exist in the past."""

    shift: Shift = Shift()

    def __post_init__(self) -> None:
        """Unlike a range from a request, it may be empty."""
        assert self.start <= self.end


@dataclass(frozen=True)
class Place:
    """Instants of the past from `start` on belong to the bucket of `ordinal`, whose own past begins at `bucket`."""

    start: int
    ordinal: int
    bucket: int


def past_of(zone_name: str, span: Range, shift: Shift) -> Past:
    """The range moved back by a shift."""
    start, end = (_moved_instant(zone_name, edge, shift) for edge in (span.start, span.end))
    # No session is that old.
    start = max(start, 0)
    return Past(start, max(end, start), shift)


# Cached like the pieces of a range: one question asks for the same places many times.
@lru_cache(maxsize=32)
def places(zone_name: str, span: Range, past: Past, grain: Grain) -> tuple[Place, ...]:
    """Which bucket of a range each instant of its past belongs to, in the order of the past."""
    own = pieces_of(zone_name, span, grain)
    ordinals = {bucket: ordinal for ordinal, bucket in enumerate(buckets_of(own))}
    if not past.shift.is_local:
        back = past.shift.seconds
        return tuple(Place(max(piece.start - back, 0), ordinals[piece.bucket], piece.bucket - back) for piece in own)
    labels = _own_labels(zone_name, list(ordinals), grain)
    begin = [(past.shift.moved(local), fold) for local, fold in labels]
    # If several buckets begin at the same instant in the past, the last one gets it: the others are days that the past
    # lacks.
    order = sorted(range(len(begin)), key=lambda ordinal: (begin[ordinal], ordinal))
    known = [begin[ordinal] for ordinal in order]
    # An empty past has one place, too: no instant falls into it, but the SQL needs one.
    span_of_past = Range(past.start, max(past.end, past.start + 1))
    found = pieces_of(zone_name, span_of_past, Grain.DAY if grain in _LONG else grain)
    placed: list[Place] = []
    for piece, label in zip(found, _labels_of_pieces(zone_name, found, grain), strict=True):
        ordinal = order[max(bisect_right(known, label) - 1, 0)]
        if not placed or placed[-1].ordinal != ordinal:
            placed.append(Place(piece.start, ordinal, max(instant_at(zone_name, *begin[ordinal]), 0)))
    return tuple(placed)


def labels_beside(zone_name: str, span: Range, past: Past, grain: Grain) -> tuple[tuple[int, datetime], ...]:
    """Pairs of an instant of the past, and the local start of the bucket that instants from then on are moved to."""
    own = buckets_of(pieces_of(zone_name, span, grain))
    starts = [floor(local_time(zone_name, bucket), grain) for bucket in own]
    return tuple((place.start, starts[place.ordinal]) for place in places(zone_name, span, past, grain))


def _moved_instant(zone_name: str, instant: int, shift: Shift) -> int:
    if not shift.is_local:
        return instant - shift.seconds
    local = local_time(zone_name, instant)
    if instant == day_start(zone_name, local.date()):
        # The date is moved, because its midnight may not exist, or exist twice.
        return first_instant(zone_name, shift.moved(floor(local, Grain.DAY)))
    return instant_at(zone_name, shift.moved(local), local.fold)


def _labels_of_pieces(zone_name: str, found: Sequence[Piece], grain: Grain) -> list[_Label]:
    """The labels of the past's own pieces: local dates for days and longer buckets."""
    return [_label(zone_name, piece.bucket, Grain.DAY if grain in _LONG else grain) for piece in found]


def _own_labels(zone_name: str, buckets: Sequence[int], grain: Grain) -> list[_Label]:
    """The labels of a range's buckets. Where midnight is skipped, the day's first bucket stands for it."""
    labels: list[_Label] = []
    day = None
    for bucket in buckets:
        label = _label(zone_name, bucket, grain)
        if label[0].date() != day:
            day = label[0].date()
            if grain not in _LONG and bucket == day_start(zone_name, day):
                label = (floor(label[0], Grain.DAY), 0)
        labels.append(label)
    return labels


def _label(zone_name: str, bucket: int, grain: Grain) -> _Label:
    local = local_time(zone_name, bucket)
    return floor(local, grain), 0 if grain in _LONG else local.fold
