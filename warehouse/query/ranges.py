"""Resolve what a person asks for (`last 30 days`, two local dates, two instants) to instants and the range before."""

from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.described_enum import DescribedEnum
from warehouse.errors import BadInput
from warehouse.query import instants
from warehouse.query.comparison import Past, Shift, past_of
from warehouse.query.local_time import EARLIEST, LATEST, Range, day_start, local_day, shift_back

DEFAULT_LAST = "P90D"


class Comparison(DescribedEnum):
    """Which range to compare with."""

    PREVIOUS_PERIOD = (
        "PREVIOUS_PERIOD",
        "The time just before the range: as many months if it is whole months, otherwise as many days or seconds.",
    )
    PREVIOUS_YEAR = "PREVIOUS_YEAR", "The same range a year earlier."


@dataclass(frozen=True)
class Window:
    """A range in a zone; `is_of_days` where local dates were its ends."""

    span: Range
    zone: str
    is_of_days: bool = False

    def before(self, comparison: Comparison) -> Past:
        """The range to compare with, and how far it lies back: a year, or for the period before as many months where
        the range is whole local months, else as many local days where it was made of dates, else as many seconds."""
        return past_of(self.zone, self.span, self._shift(comparison))

    def _shift(self, comparison: Comparison) -> Shift:
        if comparison is Comparison.PREVIOUS_YEAR:
            return Shift(months=12)
        months = self._whole_months()
        if months:
            return Shift(months=months)
        if self.is_of_days:
            # Of the instants, not as it was written: a date that the zone skipped is where the next one begins.
            start, end = (local_day(self.zone, edge) for edge in (self.span.start, self.span.end))
            return Shift(days=(end - start).days)
        return Shift(seconds=self.span.end - self.span.start)

    def _whole_months(self) -> int:
        """How many local months the range is made of; 0 where it begins or ends within one."""
        edges = [(edge, local_day(self.zone, edge)) for edge in (self.span.start, self.span.end)]
        if any(day.day != 1 or day_start(self.zone, day) != edge for edge, day in edges):
            return 0
        (_, start), (_, end) = edges
        return (end.year - start.year) * 12 + end.month - start.month


def last(duration: str, zone_name: str, newest: int) -> Window:
    """Local calendar time that ends with the local day of `newest`, an instant."""
    end = local_day(zone_name, newest) + timedelta(days=1)
    start = shift_back(end, duration)
    return Window(_of_days(zone_name, start, end), zone_name, is_of_days=True)


def between(start: str, end: str, zone_name: str) -> Window:
    """From one moment to another, the second excluded; each is an instant or a local date.

    Raises: BadInput when one can't be read, or lies outside 1990 to 2100, or they are in the wrong order.
    """
    days = (_day(start), _day(end))
    if days[0] is not None and days[1] is not None:
        return Window(_of_days(zone_name, days[0], days[1]), zone_name, is_of_days=True)
    edges = [day_start(zone_name, day) if day else _instant(text) for day, text in zip(days, (start, end), strict=True)]
    return Window(Range(edges[0], edges[1]), zone_name)


def _of_days(zone_name: str, start: date, end: date) -> Range:
    for day in (start, end):
        if not EARLIEST.date() <= day <= LATEST.date():
            raise BadInput(f"{day} is outside the years 1990 to 2100.")
    return Range(day_start(zone_name, start), day_start(zone_name, end))


def _day(text: str) -> date | None:
    return instants.day_of(text) if instants.is_day(text) else None


def _instant(text: str) -> int:
    return int(instants.instant_of(text).timestamp())
