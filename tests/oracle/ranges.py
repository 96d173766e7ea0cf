"""What a `range` argument means: `[start, end)`, and how its ends were written."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from time import time
from typing import Any

from tests.oracle.clock import Clock, as_instant

DEFAULT = {"last": "P90D"}


@dataclass(frozen=True)
class End:
    """One end of a range; `day` where it was written as a local date."""

    at: int
    day: date | None = None


@dataclass(frozen=True)
class Span:
    """A time `[start, end)`."""

    start: End
    end: End

    def __contains__(self, at: int) -> bool:
        return self.start.at <= at < self.end.at


def read_range(asked: Mapping[str, Any] | None, clock: Clock, newest: int | None) -> Span:
    """The time of a `range` argument; `newest` is the newest session that the asker may see; without one, today."""
    asked = asked or DEFAULT
    if "last" not in asked:
        return Span(read_end(asked["from"], clock), read_end(asked["to"], clock))
    end = clock.local(int(time()) if newest is None else newest).date() + timedelta(days=1)
    start = back(end, asked["last"])
    return Span(End(clock.first_instant(start), start), End(clock.first_instant(end), end))


def read_end(text: str, clock: Clock) -> End:
    """A moment of the API: a local date, or an instant."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        # A date that the zone skipped is where the next one begins.
        at = clock.first_instant(date.fromisoformat(text))
        return End(at, clock.local(at).date())
    return End(as_instant(text))


def back(day: date, duration: str) -> date:
    """A date less whole days, weeks, months or years; the last day of a month that is too short."""
    found = re.fullmatch(r"P(\d+)([DWMY])", duration)
    assert found, duration
    count, unit = int(found[1]), found[2]
    if unit in "DW":
        return day - timedelta(days=count * (7 if unit == "W" else 1))
    months = day.year * 12 + day.month - 1 - count * (12 if unit == "Y" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
