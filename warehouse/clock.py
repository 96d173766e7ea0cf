"""The clock in SQL: buckets, hours and weekdays of a zone, computed by boundaries that travel as parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from warehouse.calendar import Grain, Piece, Range, Segment, pieces, segments
from warehouse.errors import BadInput
from warehouse.parameters import Parameters

_INSTANT = "toUInt32(start_time)"
_DAY_S = 86_400


@dataclass(frozen=True)
class Clock:
    """One range in one zone; SQL made here reads a source's `start_time`."""

    zone: str
    span: Range

    @cached_property
    def segments(self) -> list[Segment]:
        """The stretches of constant offset in the range."""
        return segments(self.zone, self.span)

    def buckets(self, grain: Grain, most: int) -> list[int]:
        """First instants of the range's buckets, in order.

        Raises: BadInput when they are more than `most`.
        """
        return list(dict.fromkeys(piece.bucket for piece in self._pieces(grain, most)))

    def ordinal_sql(self, grain: Grain, parameters: Parameters, most: int) -> str:
        """SQL of the ordinal, from 0, of the bucket a row is in."""
        found = self._pieces(grain, most)
        step_s = _even_step_s(found, self.span.end)
        if step_s is not None:
            first = parameters.add(found[0].start, "UInt32")
            return f"toUInt32(intDiv({_INSTANT} - {first}, {parameters.add(step_s, 'UInt32')}))"
        order = {bucket: ordinal for ordinal, bucket in enumerate(dict.fromkeys(piece.bucket for piece in found))}
        starts = parameters.add([piece.start for piece in found], "Array(UInt32)")
        ordinals = parameters.add([order[piece.bucket] for piece in found], "Array(UInt32)")
        return f"transform(roundDown({_INSTANT}, {starts}), {starts}, {ordinals}, toUInt32(0))"

    def bucket_start_sql(self, grain: Grain | None, parameters: Parameters, most: int) -> str:
        """SQL of the instant at which a row's bucket begins; without a grain, the range's start."""
        if grain is None:
            return f"toDateTime({parameters.add(self.span.start, 'UInt32')}, 'UTC')"
        found = self._pieces(grain, most)
        starts = parameters.add([piece.start for piece in found], "Array(UInt32)")
        buckets = parameters.add([piece.bucket for piece in found], "Array(UInt32)")
        return f"toDateTime(transform(roundDown({_INSTANT}, {starts}), {starts}, {buckets}, toUInt32(0)), 'UTC')"

    def since_release_sql(self, parameters: Parameters) -> str:
        """SQL of the local days from a film's release to a row."""
        return f"(toInt32(intDiv({self._local(parameters)}, {_DAY_S})) - toInt32(release_date))"

    def hour_sql(self, parameters: Parameters) -> str:
        """SQL of the local hour of day, 0-23."""
        return f"toUInt8(intDiv({self._local(parameters)}, 3600) % 24)"

    def weekday_sql(self, parameters: Parameters) -> str:
        """SQL of the local day of the week, 1 (Monday) to 7; 1970-01-01 was a Thursday."""
        return f"toUInt8((intDiv({self._local(parameters)}, {_DAY_S}) + 3) % 7 + 1)"

    def is_on_step(self, step_s: int, dimension: str, grain: Grain | None, most: int) -> bool:
        """Whether rows of `step_s` seconds never straddle two of a clock dimension's values."""
        if dimension == "time":
            assert grain is not None
            return all(piece.start % step_s == 0 for piece in self._pieces(grain, most))
        unit = 3600 if dimension == "hour_of_day" else _DAY_S
        changes_on_step = all(change.start % step_s == 0 for change in self.segments[1:])
        return unit % step_s == 0 and changes_on_step and all(change.offset_s % step_s == 0 for change in self.segments)

    def _pieces(self, grain: Grain, most: int) -> tuple[Piece, ...]:
        shortest = {Grain.QUARTER_HOUR: 900, Grain.HOUR: 3600}.get(grain, _DAY_S)
        if (self.span.end - self.span.start) // shortest > most * (
            1 if grain in {Grain.QUARTER_HOUR, Grain.HOUR} else 400
        ):
            raise BadInput(
                f"The range has more than {most} buckets of {grain.value}. Ask for a shorter range or a coarser grain."
            )
        found = pieces(self.zone, self.span, grain)
        if len(found) > most:
            raise BadInput(
                f"The range has {len(found)} buckets of {grain.value}, at most {most} are answered. Use a "
                "coarser grain."
            )
        return found

    def _local(self, parameters: Parameters) -> str:
        """SQL of local seconds since 1970."""
        offsets = [segment.offset_s for segment in self.segments]
        if len(offsets) == 1:
            return f"(toInt64({_INSTANT}) + {parameters.add(offsets[0], 'Int64')})"
        starts = parameters.add([segment.start for segment in self.segments], "Array(UInt32)")
        shifts = parameters.add(offsets, "Array(Int64)")
        return f"(toInt64({_INSTANT}) + transform(roundDown({_INSTANT}, {starts}), {starts}, {shifts}, toInt64(0)))"


def _even_step_s(found: Sequence[Piece], end: int) -> int | None:
    """The length of buckets that are all as long and follow each other, which a division tells apart; else None. The
    range's `end` may cut the last one short, but not come after it."""
    if len(found) < 2 or any(piece.start != piece.bucket for piece in found):
        return None
    step_s = found[1].start - found[0].start
    edges = [*(piece.start for piece in found), max(end, found[-1].start + step_s)]
    return step_s if all(after - before == step_s for before, after in pairwise(edges)) else None
