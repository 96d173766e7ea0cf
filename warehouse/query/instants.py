"""Moments as people write them: the only parser of dates and instants, within one range.

Python accepts more than people mean (`2026-W10-1`, `20261123T10`), and its versions differ (`T24:00`). So patterns
decide what a date or an instant is, and `datetime` only whether that day and time exist.
"""

import re
from datetime import UTC, date, datetime

from warehouse.errors import BadInput
from warehouse.query.local_time import EARLIEST, LATEST, day_start

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
_INSTANT = re.compile(rf"{_DATE.pattern}[Tt ]{_TIME}([Zz]|[+-][0-9]{{2}}(:?[0-9]{{2}})?)?")
# Error messages quote a refused text up to this length.
_LONGEST_QUOTED = 40
BOUNDS = f"the years {EARLIEST.year} to {LATEST.year}"


def day_of(text: str) -> date:
    """A date, 1990-01-01 to 2100-01-01.

    Raises: BadInput.
    """
    if not _DATE.fullmatch(text):
        raise BadInput(f"{_quoted(text)} is not a date. Use the form 2026-11-23.")
    return _inside(_day(text), text)


def day_or_month_of(text: str) -> date:
    """A date, or the first day of a month: `2026-11`.

    Raises: BadInput.
    """
    if _MONTH.fullmatch(text):
        return _inside(_day(f"{text}-01"), text)
    if not _DATE.fullmatch(text):
        raise BadInput(f"{_quoted(text)} is neither a date nor a month. Use the form 2026-11-23 or 2026-11.")
    return _inside(_day(text), text)


def is_day(text: str) -> bool:
    """Whether a text has the form of a date; `day_of` checks that the day exists and is in range."""
    return _DATE.fullmatch(text) is not None


def instant_of(text: str, offset_free_in_utc: bool = False) -> datetime:
    """An instant in UTC, to the microsecond, 1990-01-01 to 2100-01-01 both included; one without an offset is UTC's
    where the caller says so.

    Raises: BadInput.
    """
    if not _INSTANT.fullmatch(text):
        raise BadInput(
            f"{_quoted(text)} is neither a date nor an instant. Use a date (2026-11-23) or an instant "
            f"(2026-11-23T10:00:00Z), in {BOUNDS}."
        )
    try:
        instant = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise _no_such(text) from error
    # Newer versions of Python read 24:00 as the next day.
    if text[11:13] == "24":
        raise _no_such(text)
    if instant.tzinfo is None:
        if not offset_free_in_utc:
            raise BadInput(f"{text!r} has no offset. Add Z or an offset such as +02:00, or use a date.")
        instant = instant.replace(tzinfo=UTC)
    # Compared before the conversion to UTC, which would overflow at the ends of datetime's range.
    if not EARLIEST <= instant <= LATEST:
        raise _outside(text)
    return instant.astimezone(UTC)


def moment_of(text: str, zone_name: str) -> datetime:
    """An instant, or the first instant of a local date, in UTC.

    Raises: BadInput, also for an unknown time zone.
    """
    if not is_day(text):
        return instant_of(text)
    return datetime.fromtimestamp(day_start(zone_name, day_of(text)), UTC)


def check_moment(text: str) -> None:
    """Raises: BadInput for what is neither a date nor an instant in range."""
    if is_day(text):
        day_of(text)
    else:
        instant_of(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _no_such(text) from error


def _inside(day: date, text: str) -> date:
    if not EARLIEST.date() <= day <= LATEST.date():
        raise _outside(text)
    return day


def _no_such(text: str) -> BadInput:
    return BadInput(
        f"{text!r} does not exist: there is no such day or time. Months end with their last day, days at 23:59:59, "
        "offsets at 23:59, and leap seconds are not counted."
    )


def _outside(text: str) -> BadInput:
    return BadInput(f"{text!r} is outside {BOUNDS}.")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}…")
