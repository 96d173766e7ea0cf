"""Local time, row by row: wall clocks of the pinned `tzdata`, and the buckets that a grain cuts them into.

Instants are seconds since 1970, wall times naive datetimes. Nothing here knows a question.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

EPOCH = datetime.fromisoformat("1970-01-01")
MIDNIGHT = datetime.min.time()
DAY_S = 86_400
# Between changes of any clock lie weeks: none hides between two looks.
LOOK_S = 6 * 3600
STEPS_S = {"QUARTER_HOUR": 900, "HOUR": 3600}


@dataclass(frozen=True)
class Stretch:
    """A time `[start, end)` in which the clock is not changed; `offset` is local less UTC, in seconds."""

    start: int
    end: int
    offset: int


@dataclass(frozen=True)
class Bucket:
    """One bucket: the wall time that it is labelled with, floored to its grain; which time this label comes, from 0;
    and its first instant, wherever a range begins.
    """

    label: datetime
    occurrence: int
    start: int


@cache
def clock_of(zone: str) -> "Clock":
    """The clock of an IANA zone; what it finds out is kept."""
    return Clock(zone)


@cache
def all_zones() -> tuple[str, ...]:
    """The names of all IANA zones."""
    return tuple(resources.files("tzdata").joinpath("zones").read_text().split())


class Clock:
    """The wall clock of a zone."""

    def __init__(self, zone: str) -> None:
        self.zone = _read(zone)
        self._changes: dict[int, list[tuple[int, int]]] = {}
        self._runs: dict[tuple[int, datetime], list[tuple[int, int]]] = {}
        self._first: dict[date, int] = {}

    def offset(self, at: int) -> int:
        """How far the clock is ahead of UTC at an instant."""
        found = datetime.fromtimestamp(at, self.zone).utcoffset()
        assert found is not None
        return round(found.total_seconds())

    def local(self, at: int) -> datetime:
        """The wall time at an instant."""
        return datetime.fromtimestamp(at, self.zone).replace(tzinfo=None, fold=0)

    def text(self, at: int) -> str:
        """The wall time at an instant, with its offset, as the API writes it: that of UTC is `Z`."""
        return datetime.fromtimestamp(at, self.zone).isoformat().replace("+00:00", "Z")

    def stretches(self, start: int, end: int) -> list[Stretch]:
        """The stretches of a time, cut at its ends."""
        found = []
        at, offset = start, self.offset(start)
        for change, after in self._changes_in(start, end):
            found.append(Stretch(at, change, offset))
            at, offset = change, after
        return [*found, Stretch(at, end, offset)]

    def first_instant(self, day: date) -> int:
        """When a local date begins: the first instant whose wall time is not before its midnight."""
        if day not in self._first:
            self._first[day] = self._reached(datetime.combine(day, MIDNIGHT))
        return self._first[day]

    def instant(self, wall: datetime, second: bool = False) -> int:
        """When the clock shows a wall time: the end of the gap where it never does, the second time if asked."""
        sought = _seconds(wall)
        found = [
            sought - one.offset
            for one in self.stretches(sought - 3 * DAY_S, sought + 3 * DAY_S)
            if one.start <= sought - one.offset < one.end
        ]
        if not found:
            return self._reached(wall)
        return found[-1] if second else found[0]

    def is_second(self, at: int) -> bool:
        """Whether the clock shows at an instant what it has shown before."""
        return self.instant(self.local(at)) != at

    def bucket(self, at: int, grain: str) -> Bucket:
        """The bucket of an instant."""
        if grain not in STEPS_S:
            return self.day_bucket(floor_day(self.local(at).date(), grain))
        label = _floor_seconds(self.local(at), STEPS_S[grain])
        for occurrence, (start, end) in enumerate(self._runs_of(label, STEPS_S[grain])):
            if start <= at < end:
                return Bucket(label, occurrence, start)
        raise AssertionError((at, grain, label))

    def start_of(self, label: datetime, occurrence: int, grain: str) -> int:
        """When an hour or quarter begins: the end of the gap where it never comes."""
        runs = self._runs_of(label, STEPS_S[grain])
        return runs[min(occurrence, len(runs) - 1)][0] if runs else self._reached(label)

    def day_bucket(self, label: date) -> Bucket:
        """The bucket of a day or longer that begins with a local date."""
        return Bucket(datetime.combine(label, MIDNIGHT), 0, self.first_instant(label))

    def buckets(self, start: int, end: int, grain: str) -> list[Bucket]:
        """All buckets of which `[start, end)` has a part, in their order."""
        found: set[Bucket] = set()
        for one in self.stretches(start, end):
            first, last = EPOCH + timedelta(seconds=one.start + one.offset), one.end + one.offset - 1
            if grain in STEPS_S:
                step = STEPS_S[grain]
                walls = range(_seconds(_floor_seconds(first, step)), last + 1, step)
                found |= {self.bucket(max(one.start, wall - one.offset), grain) for wall in walls}
            else:
                until = (EPOCH + timedelta(seconds=last)).date()
                found |= {self.day_bucket(label) for label in _labels(first.date(), until, grain)}
        return sorted(found, key=lambda bucket: bucket.start)

    def days(self, start: int, end: int) -> list[date]:
        """All local dates of which `[start, end)` has a part."""
        return [bucket.label.date() for bucket in self.buckets(start, end, "DAY")]

    def _reached(self, wall: datetime) -> int:
        sought = _seconds(wall)
        for one in self.stretches(sought - 3 * DAY_S, sought + 3 * DAY_S):
            at = max(one.start, sought - one.offset)
            if at < one.end:
                return at
        raise AssertionError(wall)

    def _runs_of(self, label: datetime, step: int) -> list[tuple[int, int]]:
        """The times `[start, end)` at which the clock shows an hour or quarter: two where it was set back into it."""
        if (step, label) not in self._runs:
            self._runs[step, label] = self._find_runs(_seconds(label), step)
        return self._runs[step, label]

    def _find_runs(self, sought: int, step: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        before: Stretch | None = None
        for one in self.stretches(sought - 3 * DAY_S, sought + 3 * DAY_S):
            start, end = max(one.start, sought - one.offset), min(one.end, sought + step - one.offset)
            if start < end:
                set_ahead = before is not None and before.offset < one.offset
                if found and found[-1][1] == start and set_ahead:
                    start = found.pop()[0]
                found.append((start, end))
            before = one
        return found

    def _changes_in(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for year in range((EPOCH + timedelta(seconds=start)).year, (EPOCH + timedelta(seconds=end)).year + 1):
            if year not in self._changes:
                self._changes[year] = self._find_changes(year)
            yield from (found for found in self._changes[year] if start < found[0] < end)

    def _find_changes(self, year: int) -> list[tuple[int, int]]:
        found = []
        low, high = (_seconds(datetime.combine(date(one, 1, 1), MIDNIGHT)) for one in (year, year + 1))
        for look in range(low + LOOK_S, high + 1, LOOK_S):
            if self.offset(low) != self.offset(look):
                found.append((self._change_between(low, look), self.offset(look)))
            low = look
        return found

    def _change_between(self, low: int, high: int) -> int:
        before = self.offset(low)
        while high - low > 1:
            middle = (low + high) // 2
            if self.offset(middle) == before:
                low = middle
            else:
                high = middle
        return high


def floor_day(day: date, grain: str) -> date:
    """The first date of the day, week, month, quarter or year that a date is in; weeks start on Monday."""
    if grain == "WEEK":
        return day - timedelta(days=day.weekday())
    if grain == "MONTH":
        return day.replace(day=1)
    if grain == "QUARTER":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if grain == "YEAR":
        return day.replace(month=1, day=1)
    assert grain == "DAY", grain
    return day


def next_day(day: date, grain: str) -> date:
    """The first date of the unit after the one that begins with `day`."""
    length = {"DAY": 1, "WEEK": 7, "MONTH": 31, "QUARTER": 92, "YEAR": 366}[grain]
    return floor_day(day + timedelta(days=length), grain)


def as_instant(text: str) -> int:
    """The instant that a text with an offset, or `Z`, names."""
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp())


def _labels(first: date, last: date, grain: str) -> Iterator[date]:
    label = floor_day(first, grain)
    while label <= last:
        yield label
        label = next_day(label, grain)


def _seconds(wall: datetime) -> int:
    return round((wall - EPOCH).total_seconds())


def _floor_seconds(wall: datetime, step: int) -> datetime:
    return EPOCH + timedelta(seconds=_seconds(wall) // step * step)


def _read(zone: str) -> ZoneInfo:
    # The machine may have rules of its own, older ones: those of the package count.
    with resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, zone)
