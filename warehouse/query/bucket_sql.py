"""SQL for buckets, hours and weekdays in a time zone, computed from boundaries that are passed as parameters.
Where they lie is computed by `local_time`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from warehouse.errors import BadInput
from warehouse.model.time_steps import HALF_HOUR_S, Step
from warehouse.query.comparison import Past, Place, labels_beside, places
from warehouse.query.local_time import Grain, Piece, Range, Segment, buckets_of, pieces, segments
from warehouse.query.parameters import Parameters

_INSTANT = "toUInt32(start_time)"
_FIRST = "toUInt32(first_start)"
_DAY_S = 86_400
# The most hours or days to move one by one.
_MOST_MOVED = 20_000
# The ordinal of a row outside all buckets. This never happens, and an answer with it is refused.
UNPLACED = 2**32 - 1


@dataclass(frozen=True)
class Cuts:
    """Constraints on pieces of time: none may contain one of `instants`, and each must have one of `steps`."""

    instants: tuple[int, ...] = ()
    steps: tuple[Step, ...] = tuple(Step)


@dataclass(frozen=True)
class Clock:
    """One range in one zone. The generated SQL reads a source's `start_time`."""

    zone: str
    span: Range

    @cached_property
    def segments(self) -> list[Segment]:
        """The parts of the range with a constant UTC offset."""
        return segments(self.zone, self.span)

    @property
    def beside_time(self) -> "Clock":
        """The clock for other dimensions in a row that also has `time`."""
        return self

    def buckets(self, grain: Grain, most: int) -> list[int]:
        """First instants of the range's buckets, in order.

        Raises: BadInput if there are more than `most`.
        """
        return buckets_of(_pieces(self.zone, self.span, grain, most))

    def ordinal_sql(self, grain: Grain, parameters: Parameters, most: int) -> str:
        """SQL of the ordinal, from 0, of a row's bucket; `UNPLACED` outside all buckets."""
        found = self.places(grain, most)
        step_s = _even_step_s(found, self.span.end)
        if step_s is not None:
            first = parameters.add(found[0].start, "UInt32")
            return f"toUInt32(intDiv({_INSTANT} - {first}, {parameters.add(step_s, 'UInt32')}))"
        return _placed_sql([(place.start, place.ordinal) for place in found], parameters)

    def bucket_start_sql(self, grain: Grain | None, parameters: Parameters, most: int) -> str:
        """SQL of the start of a row's bucket; without a grain, the range's start."""
        if grain is None:
            return f"toDateTime({parameters.add(self.span.start, 'UInt32')}, 'UTC')"
        begins = [(place.start, place.bucket) for place in self.places(grain, most)]
        return f"toDateTime({_placed_sql(begins, parameters)}, 'UTC')"

    def is_new_sql(self, grain: Grain | None, parameters: Parameters, most: int) -> str:
        """SQL of whether `first_start`, which is never after the row, is in the row's bucket; without a grain, in the
        range."""
        begins = f"first_start >= {self.bucket_start_sql(grain, parameters, most)}"
        found = [] if grain is None else self.places(grain, most)
        if all(before.ordinal <= after.ordinal for before, after in pairwise(found)):
            return begins
        # TRICKY: if a clock goes back over midnight, the previous day resumes after the next one has begun.
        ordinals = [(place.start, place.ordinal) for place in found]
        first, own = (_placed_sql(ordinals, parameters, instant) for instant in (_FIRST, _INSTANT))
        return f"if({_FIRST} < {parameters.add(found[0].start, 'UInt32')}, {begins}, {first} = {own})"

    def places(self, grain: Grain, most: int) -> Sequence[Place]:
        """The bucket of each instant of the range, in order.

        Raises: BadInput if there are more than `most` buckets.
        """
        found = _pieces(self.zone, self.span, grain, most)
        order = {bucket: ordinal for ordinal, bucket in enumerate(buckets_of(found))}
        return [Place(piece.start, order[piece.bucket], piece.bucket) for piece in found]

    def since_release_sql(self, parameters: Parameters) -> str:
        """SQL of the number of local days from a film's release to a row."""
        return f"(toInt32(intDiv({self._local(parameters)}, {_DAY_S})) - toInt32(release_date))"

    def hour_sql(self, parameters: Parameters) -> str:
        """SQL of the local hour of day, 0-23."""
        return f"toUInt8(intDiv({self._local(parameters)}, 3600) % 24)"

    def weekday_sql(self, parameters: Parameters) -> str:
        """SQL of the local day of the week, 1 (Monday) to 7; 1970-01-01 was a Thursday."""
        return f"toUInt8((intDiv({self._local(parameters)}, {_DAY_S}) + 3) % 7 + 1)"

    def cuts(self, dimension: str, grain: Grain | None, most: int, has_half_hours: bool = False) -> Cuts:
        """Where pieces of time must end so that no stored row spans two values of a clock dimension. A piece is one
        row, or one row per half-hour of the UTC day.
        """
        if dimension == "time":
            assert grain is not None
            return Cuts(tuple(place.start for place in self.places(grain, most)))
        if dimension == "hour_of_day" and has_half_hours:
            on_grid = all(one.offset_s % HALF_HOUR_S == 0 for one in self.segments)
            return Cuts(tuple(change.start for change in self.segments[1:]), tuple(Step) if on_grid else ())
        longest = Step.HOUR if dimension == "hour_of_day" else Step.DAY
        changes = [change.start for change in self.segments[1:]] + [change.offset_s for change in self.segments]
        fitting = (step for step in Step if step >= longest)
        return Cuts((), tuple(s for s in fitting if all(change % s.shortest_s == 0 for change in changes)))

    def _local(self, parameters: Parameters) -> str:
        """SQL of local seconds since 1970."""
        offsets = [segment.offset_s for segment in self.segments]
        if len(offsets) == 1:
            return f"(toInt64({_INSTANT}) + {parameters.add(offsets[0], 'Int64')})"
        starts = parameters.add([segment.start for segment in self.segments], "Array(UInt32)")
        shifts = parameters.add(offsets, "Array(Int64)")
        return f"(toInt64({_INSTANT}) + transform(roundDown({_INSTANT}, {starts}), {starts}, {shifts}, toInt64(0)))"


@dataclass(frozen=True)
class PastClock(Clock):
    """The clock of a comparison range: its instants belong to the buckets of the range `now`."""

    span: Past
    now: Range

    @property
    def beside_time(self) -> "Clock":
        """Hours and weekdays are those of the bucket that a row is moved to."""
        return MovedClock(self.zone, self.span, self.now)

    def places(self, grain: Grain, most: int) -> Sequence[Place]:
        """The bucket of the later range for each instant of the past, in the order of the past."""
        _pieces(self.zone, self.now, grain, most)
        return places(self.zone, self.now, self.span, grain)


@dataclass(frozen=True)
class MovedClock(PastClock):
    """The clock of a comparison range, with the hours and weekdays of the buckets that its rows are moved to."""

    def hour_sql(self, parameters: Parameters) -> str:
        """SQL of the local hour of day, 0-23, of the hour that a row is moved to."""
        return f"toUInt8({_placed_sql([(start, own.hour) for start, own in self._own(Grain.HOUR)], parameters)})"

    def weekday_sql(self, parameters: Parameters) -> str:
        """SQL of the weekday, 1 (Monday) to 7, of the day that a row is moved to."""
        return f"toUInt8({_placed_sql([(start, own.isoweekday()) for start, own in self._own(Grain.DAY)], parameters)})"

    def cuts(self, dimension: str, grain: Grain | None, most: int, has_half_hours: bool = False) -> Cuts:
        """Where pieces of time must end so that no stored row spans two values of a clock dimension."""
        moved = {"hour_of_day": Grain.HOUR, "day_of_week": Grain.DAY}.get(dimension)
        if moved is None:
            return super().cuts(dimension, grain, most, has_half_hours)
        return Cuts(tuple(start for start, _ in self._own(moved)))

    def _own(self, grain: Grain) -> Sequence[tuple[int, datetime]]:
        _pieces(self.zone, self.now, grain, _MOST_MOVED)
        return labels_beside(self.zone, self.now, self.span, grain)


def _pieces(zone: str, span: Range, grain: Grain, most: int) -> tuple[Piece, ...]:
    shortest = {Grain.QUARTER_HOUR: 900, Grain.HOUR: 3600}.get(grain, _DAY_S)
    if (span.end - span.start) // shortest > most * (1 if grain in {Grain.QUARTER_HOUR, Grain.HOUR} else 400):
        raise BadInput(
            f"The range has more than {most} buckets of {grain.value}. Ask for a shorter range or a coarser grain."
        )
    found = pieces(zone, span, grain)
    if len(found) > most:
        raise BadInput(
            f"The range has {len(found)} buckets of {grain.value}, at most {most} are allowed. Use a coarser grain."
        )
    return found


def _placed_sql(found: Sequence[tuple[int, int]], parameters: Parameters, instant: str = _INSTANT) -> str:
    """SQL of the value in effect at an instant, given each value's start; the instant is never before the first."""
    starts = parameters.add([start for start, _ in found], "Array(UInt32)")
    values = parameters.add([value for _, value in found], "Array(UInt32)")
    return f"transform(roundDown({instant}, {starts}), {starts}, {values}, toUInt32({UNPLACED}))"


def _even_step_s(found: Sequence[Place], end: int) -> int | None:
    """The length of contiguous buckets of equal length, so that a division finds the bucket; else None. The range's
    `end` may cut the last bucket short, but not come after it.
    """
    if len(found) < 2 or any(place.start != place.bucket or place.ordinal != at for at, place in enumerate(found)):
        return None
    step_s = found[1].start - found[0].start
    edges = [*(place.start for place in found), max(end, found[-1].start + step_s)]
    return step_s if all(after - before == step_s for before, after in pairwise(edges)) else None
