"""The time that a report is about: as the address of a page has it, and as a question's parameter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import BadInput

DURATIONS = ("P1D", "P7D", "P28D", "P90D")
CALENDAR = ("yesterday", "this-month", "last-month", "this-year")
DEFAULT_RANGE = "P28D"
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
_HINT = f"Use {', '.join((*DURATIONS, *CALENDAR))}, or days, both included: 2026-05-01..2026-05-31."


@dataclass(frozen=True)
class ReportRange:
    """A duration that ends with the newest data, calendar time that holds the newest day, or local days, the last one
    included; the client's `view/view.ts` and `view/calendarRange.ts` have the same ones.
    """

    name: str = ""
    days: tuple[date, date] | None = None

    def resolved(self, newest: date | None) -> "ReportRange":
        """The same with calendar time as days; `newest` is the local day of the newest data.

        Raises: BadInput for calendar time without data.
        """
        if self.name not in CALENDAR:
            return self
        if newest is None:
            raise BadInput(f"There is no data yet, so {self.name} is no time. Name days: 2026-05-01..2026-05-31.")
        first, end = _calendar(self.name, newest)
        return ReportRange(days=(first, end - timedelta(days=1)))

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


def _calendar(name: str, newest: date) -> tuple[date, date]:
    month = newest.replace(day=1)
    match name:
        case "yesterday":
            return newest - timedelta(days=1), newest
        case "this-month":
            return month, (month + timedelta(days=31)).replace(day=1)
        case "last-month":
            return (month - timedelta(days=1)).replace(day=1), month
        case _:
            return newest.replace(month=1, day=1), date(newest.year + 1, 1, 1)
