"""Local time: ranges and buckets of any IANA zone as instants, in seconds since 1970 UTC.

The boundaries come from Python's `zoneinfo` with the pinned package `tzdata`, and are sent to the engine as parameters:
the engine's zone functions are wrong after half-hour changes, and its zone data may be of another version.
"""

import re
import zoneinfo
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from warehouse.described_enum import DescribedEnum
from warehouse.errors import BadInput

# TRICKY: without this, zoneinfo prefers the machine's own zone data, which may be older or newer.
zoneinfo.reset_tzpath(to=())

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_PROBE_S = 3 * 3600
_UTC_OFFSET = "+00:00"
_DURATION = re.compile(r"P([1-9][0-9]{0,3})([DWMY])")


class Grain(DescribedEnum):
    """The size of a time bucket, in local calendar units."""

    QUARTER_HOUR = "QUARTER_HOUR", "Local quarters of an hour."
    HOUR = "HOUR", "Local hours."
    DAY = "DAY", "Local days, from midnight."
    WEEK = "WEEK", "Local weeks, from Monday."
    MONTH = "MONTH", "Local months."
    QUARTER = "QUARTER", "Local quarters of a year, from January."
    YEAR = "YEAR", "Local years, from January."


_SHORT = {Grain.QUARTER_HOUR: 900, Grain.HOUR: 3600}
# The longest that a bucket can be, plus a day: how far back the first bucket may begin.
_REACH_DAYS = {
    Grain.QUARTER_HOUR: 1,
    Grain.HOUR: 1,
    Grain.DAY: 2,
    Grain.WEEK: 8,
    Grain.MONTH: 32,
    Grain.QUARTER: 93,
    Grain.YEAR: 367,
}


@dataclass(frozen=True)
class Range:
    """Instants [start, end), in whole seconds since 1970 UTC."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise BadInput(
                f"The range ends ({iso(self.end, 'UTC')}) before it starts ({iso(self.start, 'UTC')}). `to` "
                "must be after `from`."
            )


@dataclass(frozen=True)
class Segment:
    """A stretch of constant offset from UTC: instants from `start`, local time is UTC plus `offset_s`."""

    start: int
    offset_s: int


@dataclass(frozen=True)
class Piece:
    """Instants from `start` on belong to the bucket that begins at `bucket`."""

    start: int
    bucket: int


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name.

    Raises: BadInput for an unknown name.
    """
    if name not in _zone_names():
        raise BadInput(
            f"There is no time zone {name!r}. Use an IANA name such as UTC, Europe/Berlin or America/New_York.",
            "timeZone",
        )
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def segments(zone_name: str, span: Range) -> list[Segment]:
    """The stretches of constant offset that cover a range; the first begins at the range's start."""
    place = zone(zone_name)
    found = [Segment(span.start, _offset(place, span.start))]
    first, last = datetime.fromtimestamp(span.start, UTC).year, datetime.fromtimestamp(span.end, UTC).year
    for year in range(first, last + 1):
        found.extend(segment for segment in _changes(zone_name, year) if span.start < segment.start < span.end)
    return found


@lru_cache(maxsize=4096)
def _changes(zone_name: str, year: int) -> tuple[Segment, ...]:
    """The changes of the clock in one UTC year, found by probing: zoneinfo does not list them."""
    place = zone(zone_name)
    begin = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp())
    found = []
    before = _offset(place, begin - 1)
    for probe in (*range(begin, end, _PROBE_S), end - 1):
        after = _offset(place, probe)
        if after != before:
            low, high = probe - _PROBE_S, probe
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(place, middle) == before else (low, middle)
            found.append(Segment(high, after))
            before = after
    return tuple(found)


def _offset(place: ZoneInfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, place).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


# Cached, because one question asks for the same pieces many times: for each candidate rollup, for its SQL, for its
# rows. The cache is small, because a long range has thousands of quarter-hours.
@lru_cache(maxsize=32)
def pieces(zone_name: str, span: Range, grain: Grain) -> tuple[Piece, ...]:
    """Which bucket each instant of a range is in, in order.

    A bucket is named by its first instant, which may lie before the range. Days and longer buckets are one bucket even
    where the clock goes back over their start; hours and quarters that repeat stay two.
    """
    begin = max(span.start - _REACH_DAYS[grain] * 86_400, 0)
    starts: dict[datetime, int] = {}
    found: list[Piece] = []
    edges = segments(zone_name, Range(begin, span.end))
    for segment, following in zip(edges, [*edges[1:], None], strict=True):
        until = following.start if following else span.end
        if grain in _SHORT:
            starts = {}
        for instant, label in _local_buckets(segment, until, grain):
            bucket = starts.setdefault(label, instant)
            if not found or found[-1].bucket != bucket:
                found.append(Piece(instant, bucket))
    first = bisect_right(found, span.start, key=lambda piece: piece.start) - 1
    return tuple(found[first:])


def buckets_of(found: Iterable[Piece]) -> list[int]:
    """The first instants of the buckets of some pieces, in order. Pieces are in another order where a range begins in a
    day that the day before returns after.
    """
    return sorted({piece.bucket for piece in found})


def _local_buckets(segment: Segment, until: int, grain: Grain) -> Iterator[tuple[int, datetime]]:
    """(first instant, local name) of each bucket within one stretch of constant offset."""
    instant = segment.start
    while instant < until:
        label = floor(_naive(instant + segment.offset_s), grain)
        yield instant, label
        instant = _seconds(_next(label, grain)) - segment.offset_s


def floor(local: datetime, grain: Grain) -> datetime:
    """The local start of the bucket that a naive local time is in. Weeks start on Monday."""
    if grain in _SHORT:
        return _naive(_seconds(local) // _SHORT[grain] * _SHORT[grain])
    start = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match grain:
        case Grain.WEEK:
            return start - timedelta(days=start.weekday())
        case Grain.MONTH:
            return start.replace(day=1)
        case Grain.QUARTER:
            return start.replace(month=(start.month - 1) // 3 * 3 + 1, day=1)
        case Grain.YEAR:
            return start.replace(month=1, day=1)
        case _:
            return start


def _next(label: datetime, grain: Grain) -> datetime:
    match grain:
        case Grain.QUARTER_HOUR | Grain.HOUR:
            return label + timedelta(seconds=_SHORT[grain])
        case Grain.DAY:
            return label + timedelta(days=1)
        case Grain.WEEK:
            return label + timedelta(days=7)
        case Grain.MONTH:
            return add_months(label, 1)
        case Grain.QUARTER:
            return add_months(label, 3)
        case Grain.YEAR:
            return add_months(label, 12)


def add_months(local: datetime, months: int) -> datetime:
    """The same day and time some months later (or, negative, earlier); a day that the month lacks becomes its last."""
    month = local.year * 12 + local.month - 1 + months
    year, month = divmod(month, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return local.replace(year=year, month=month + 1, day=min(local.day, last))


def day_start(zone_name: str, day: date) -> int:
    """The first instant of a local date: after a gap over midnight, the gap's end.

    A date that a zone skipped whole (Apia's 2011-12-30) begins where the next one does.
    """
    return first_instant(zone_name, midnight(day))


def day_end(zone_name: str, day: date) -> int:
    """The instant after the last one of a local date: where the clock goes back over midnight, a date returns after the
    next one has begun (St John's 2001-10-27)."""
    start, next_start = day_start(zone_name, day), day_start(zone_name, day + timedelta(days=1))
    found = pieces(zone_name, Range(start, next_start + 86_400), Grain.DAY) if start < next_start else ()
    ends = [later.start for piece, later in pairwise(found) if piece.bucket == start]
    return max([next_start, *ends])


def first_instant(zone_name: str, local: datetime) -> int:
    """The first instant at which the clock shows a naive local time; the end of the gap for one that it skipped. Not
    before 1970, where instants begin."""
    wanted = _seconds(local)
    if wanted < 3 * 86_400:
        return max(wanted - _offset(zone(zone_name), 0), 0)
    around = Range(wanted - 3 * 86_400, wanted + 3 * 86_400)
    edges = segments(zone_name, around)
    for segment, following in zip(edges, [*edges[1:], None], strict=True):
        instant = max(wanted - segment.offset_s, segment.start)
        if following is None or instant < following.start:
            return instant
    raise AssertionError("the last segment has no end")


def instant_at(zone_name: str, local: datetime, fold: int) -> int:
    """The instant of a naive local time; with `fold` 1 the second one, where the clock shows it twice."""
    second = int(local.replace(tzinfo=zone(zone_name), fold=1).timestamp()) if fold else -1
    if second >= 0 and datetime.fromtimestamp(second, zone(zone_name)).replace(tzinfo=None) == local:
        return second
    return first_instant(zone_name, local)


def local_time(zone_name: str, instant: int) -> datetime:
    """What the clock shows at an instant: naive, `fold` 1 where it shows it for the second time."""
    return datetime.fromtimestamp(instant, zone(zone_name)).replace(tzinfo=None)


def midnight(day: date) -> datetime:
    """The naive start of a date."""
    return datetime.combine(day, datetime.min.time())


def local_day(zone_name: str, instant: int) -> date:
    """The local date of an instant."""
    return datetime.fromtimestamp(instant, zone(zone_name)).date()


def shift_back(day: date, duration: str) -> date:
    """A date, a whole calendar duration earlier: `P30D`, `P12W`, `P3M`, `P1Y`.

    Raises: BadInput when the duration is of another form or reaches before 1990.
    """
    match = _DURATION.fullmatch(duration)
    if not match:
        raise BadInput(f"{duration!r} is not a duration. Use whole days, weeks, months or years: P30D, P12W, P3M, P1Y.")
    count, unit = int(match[1]), match[2]
    try:
        if unit in "DW":
            shifted = day - timedelta(days=count * (7 if unit == "W" else 1))
        else:
            shifted = add_months(midnight(day), -count * (12 if unit == "Y" else 1)).date()
    except (OverflowError, ValueError):
        shifted = date.min
    return max(shifted, EARLIEST.date())


def iso(instant: int, zone_name: str) -> str:
    """An instant with the zone's offset, as every instant is written."""
    return instant_text(datetime.fromtimestamp(instant, ZoneInfo(zone_name)))


def instant_text(instant: datetime, to: str = "auto") -> str:
    """The one form of instants, RFC 3339: `2026-11-23T10:00:00Z`, and where it is a local time
    `2026-11-23T11:00:00+01:00`. One without an offset is UTC's.

    to: the last part that is written, as `datetime.isoformat` names it; as many digits as there are by default.
    """
    text = instant.replace(tzinfo=instant.tzinfo or UTC).isoformat(timespec=to)
    return f"{text.removesuffix(_UTC_OFFSET)}Z" if text.endswith(_UTC_OFFSET) else text


def _naive(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _seconds(local: datetime) -> int:
    return int(local.replace(tzinfo=UTC).timestamp())
