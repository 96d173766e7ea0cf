"""The time that a report is about: as the address of a page has it, and as a question's parameter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import BadInput
from warehouse.query.local_time import shift_back

DURATIONS = ("P1D", "P7D", "P28D", "P90D")
CALENDAR = ("yesterday", "this-month", "last-month", "this-year")
DEFAULT_RANGE = "P28D"
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
_HINT = f"Use {', '.join((*DURATIONS, *CALENDAR))}, or days, both included: 2026-05-01..2026-05-31."


@dataclass(frozen=True)
class ReportRange:
    """A duration that ends with the newest data, calendar time around the day of the report, or local days, the last
    one included. The client's `view/view.ts` has the same ones, with calendar time around the day of the newest data.
    """

    name: str = ""
    days: tuple[date, date] | None = None

    def resolved(self, today: date, newest: date | None) -> "ReportRange":
        """The same as days. `today` is the local day that the report is of, around which calendar time lies, so that it
        is what its reader calls it also where no data came; durations end with `newest`, the day of the newest data, or
        with `today` where there is none.
        """
        if self.days is not None:
            return self
        if self.name in CALENDAR:
            first, end = _calendar(self.name, today)
        else:
            end = (newest or today) + timedelta(days=1)
            first = shift_back(end, self.name)
        return ReportRange(self.name, (first, end - timedelta(days=1)))

    @property
    def text(self) -> str:
        """The range as it was written, and which days that is."""
        if self.days is None:
            return self.name
        first, last = (day.isoformat() for day in self.days)
        days = first if first == last else f"{first} to {last}"
        return f"{self.name}, {days}" if self.name else days

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of a page's address."""
        if self.days is None:
            return {"range": self.name}
        first, last = self.days
        return {"from": first.isoformat(), "through": last.isoformat()}

    @property
    def time_range(self) -> Mapping[str, str]:
        """A `TimeRange`, whose `to` is excluded, of a resolved range."""
        if self.days is None:
            return {"last": self.name}
        first, last = self.days
        return {"from": first.isoformat(), "to": (last + timedelta(days=1)).isoformat()}


def parse_range(text: str) -> ReportRange:
    """A range as people write it.

    Raises: BadInput naming what can be written.
    """
    if text in DURATIONS or text in CALENDAR:
        return ReportRange(name=text)
    found = _DAYS.fullmatch(text)
    try:
        first, last = map(date.fromisoformat, found.groups()) if found else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or last < first:
        raise BadInput(f"The range is {text[:60]!r}. {_HINT}", "range")
    return ReportRange(days=(first, last))


def _calendar(name: str, today: date) -> tuple[date, date]:
    month = today.replace(day=1)
    match name:
        case "yesterday":
            return today - timedelta(days=1), today
        case "this-month":
            return month, (month + timedelta(days=31)).replace(day=1)
        case "last-month":
            return (month - timedelta(days=1)).replace(day=1), month
        case _:
            return today.replace(month=1, day=1), date(today.year + 1, 1, 1)
