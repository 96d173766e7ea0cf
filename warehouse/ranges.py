"""From what a person asks for (`last 30 days`, two local dates, two instants) to instants, and to the range before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from warehouse import moments
from warehouse.calendar import EARLIEST, LATEST, Range, add_months, day_start, local_day, shift_back, zone
from warehouse.errors import BadInput

DEFAULT_LAST = "P90D"


class Comparison(StrEnum):
    """Which range stands beside the asked one."""

    PREVIOUS_PERIOD = "PREVIOUS_PERIOD"
    PREVIOUS_YEAR = "PREVIOUS_YEAR"


@dataclass(frozen=True)
class Window:
    """A range in a zone, remembering the local dates and the duration it was made of, where it was."""

    span: Range
    zone: str
    days: tuple[date, date] | None = None
    duration: str | None = None

    def before(self, comparison: Comparison) -> Range:
        """The range to compare with: as many local days (or seconds) right before, or the same a year earlier."""
        if self.days is None:
            return self._instants_before(comparison)
        start, end = self.days
        if comparison is Comparison.PREVIOUS_YEAR:
            return _of_days(self.zone, shift_back(start, "P1Y"), shift_back(end, "P1Y"))
        first = shift_back(start, self.duration) if self.duration else start - (end - start)
        return _of_days(self.zone, first, start)

    def _instants_before(self, comparison: Comparison) -> Range:
        if comparison is Comparison.PREVIOUS_PERIOD:
            return Range(2 * self.span.start - self.span.end, self.span.start)
        place = zone(self.zone)
        start, end = (
            add_months(datetime.fromtimestamp(edge, place), -12).timestamp()
            for edge in (self.span.start, self.span.end)
        )
        return Range(int(start), int(end))


def last(duration: str, zone_name: str, newest: int) -> Window:
    """Local calendar time that ends with the local day of `newest`, an instant."""
    end = local_day(zone_name, newest) + timedelta(days=1)
    start = shift_back(end, duration)
    return Window(_of_days(zone_name, start, end), zone_name, (start, end), duration)


def between(start: str, end: str, zone_name: str) -> Window:
    """From one moment to another, the second excluded; each is an instant or a local date.

    Raises: BadInput when one can't be read, or lies outside 1990 to 2100, or they are in the wrong order.
    """
    days = (_day(start), _day(end))
    if days[0] is not None and days[1] is not None:
        return Window(_of_days(zone_name, days[0], days[1]), zone_name, (days[0], days[1]))
    edges = [day_start(zone_name, day) if day else _instant(text) for day, text in zip(days, (start, end), strict=True)]
    return Window(Range(edges[0], edges[1]), zone_name)


def _of_days(zone_name: str, start: date, end: date) -> Range:
    for day in (start, end):
        if not EARLIEST.date() <= day <= LATEST.date():
            raise BadInput(f"{day} is outside the years 1990 to 2100.")
    return Range(day_start(zone_name, start), day_start(zone_name, end))


def _day(text: str) -> date | None:
    return moments.day_of(text) if moments.is_day(text) else None


def _instant(text: str) -> int:
    return int(moments.instant_of(text).timestamp())
