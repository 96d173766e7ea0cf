"""What stands beside a range: the past one, and the own bucket that a row of the past belongs to.

The timeline is shifted, then the same question is asked: a bucket's past lies between its own moved boundaries.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.clock import MIDNIGHT, STEPS_S, Bucket, Clock
from tests.oracle.ranges import End, Span


@dataclass(frozen=True)
class Shift:
    """By how much the timeline is moved: one of the three."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def wall(self, wall: datetime) -> datetime:
        """A wall time, moved back; what the month lacks becomes the first of the next one, 00:00."""
        if not self.months:
            return wall - timedelta(days=self.days)
        months = wall.year * 12 + wall.month - 1 - self.months
        try:
            return wall.replace(year=months // 12, month=months % 12 + 1)
        except ValueError:
            return datetime.combine(date((months + 1) // 12, (months + 1) % 12 + 1, 1), MIDNIGHT)

    def day(self, day: date) -> date:
        """A date, moved back."""
        return self.wall(datetime.combine(day, MIDNIGHT)).date()


def shift_of(kind: str, span: Span, clock: Clock) -> Shift:
    """How far back a comparison lies."""
    if kind == "PREVIOUS_YEAR":
        return Shift(months=12)
    first, last = (clock.local(end.at).date() for end in (span.start, span.end))
    if all(end.at == clock.first_instant(day.replace(day=1)) for end, day in ((span.start, first), (span.end, last))):
        return Shift(months=(last.year - first.year) * 12 + last.month - first.month)
    if span.start.day is not None and span.end.day is not None:
        return Shift(days=(span.end.day - span.start.day).days)
    return Shift(seconds=span.end.at - span.start.at)


class Comparison:
    """A range, and what it is compared to."""

    def __init__(self, kind: str, span: Span, clock: Clock) -> None:
        self.span, self.clock = span, clock
        self.shift = shift_of(kind, span, clock)
        self.past = Span(self._moved(span.start), self._moved(span.end))
        self._cut: dict[str, tuple[list[Bucket], list[tuple[datetime, int]]]] = {}

    def _moved(self, end: End) -> End:
        if self.shift.seconds:
            return End(end.at - self.shift.seconds)
        if end.day is not None:
            day = self.shift.day(end.day)
            return End(self.clock.first_instant(day), day)
        wall = self.clock.local(end.at)
        if end.at == self.clock.first_instant(wall.date()):
            wall = datetime.combine(wall.date(), MIDNIGHT)
        wall = self.shift.wall(wall)
        return End(self.clock.instant(wall, self.clock.is_second(end.at)))

    def bucket(self, at: int, grain: str) -> Bucket:
        """The own bucket that an instant of the past belongs to."""
        if self.shift.seconds:
            return self.clock.bucket(at + self.shift.seconds, grain)
        buckets, boundaries = self._boundaries(grain)
        own = self.clock.bucket(at, grain if grain in STEPS_S else "DAY")
        return buckets[max(0, bisect_right(boundaries, (own.label, own.occurrence)) - 1)]

    def start(self, bucket: Bucket, grain: str) -> int:
        """When a bucket begins in the past: where its own start is moved to, also where the range cuts it."""
        if self.shift.seconds:
            return bucket.start - self.shift.seconds
        wall = self.shift.wall(_label(bucket, self.clock, grain))
        if grain not in STEPS_S:
            return self.clock.first_instant(wall.date())
        return self.clock.start_of(wall, bucket.occurrence, grain)

    def _boundaries(self, grain: str) -> tuple[list[Bucket], list[tuple[datetime, int]]]:
        """The own buckets and where they begin in the past, both in the order of the past."""
        if grain not in self._cut:
            buckets = self.clock.buckets(self.span.start.at, self.span.end.at, grain)
            moved = sorted(
                (((self.shift.wall(_label(one, self.clock, grain)), one.occurrence), one) for one in buckets),
                key=lambda pair: (pair[0], pair[1].label, pair[1].occurrence),
            )
            self._cut[grain] = [bucket for _, bucket in moved], [boundary for boundary, _ in moved]
        return self._cut[grain]


def _label(bucket: Bucket, clock: Clock, grain: str) -> datetime:
    """The label that counts: 00:00 of a day that begins later, for the bucket that it begins with."""
    day = bucket.label.date()
    if grain in STEPS_S and bucket.start == clock.first_instant(day):
        return datetime.combine(day, MIDNIGHT)
    return bucket.label
