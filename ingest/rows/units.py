"""Units in which files give numbers, and how they become the contract's."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType

WATCHED, LENGTH, COMPLETION, RATING = "watch_duration_minutes", "duration", "completion_rate", "rating"
_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-5]?[0-9]):([0-5]?[0-9](?:\.[0-9]+)?)")
_DURATIONS = frozenset({WATCHED, LENGTH})
_STARS = 5
_LONGEST, _MOST_DIGITS = 64, 18


@dataclass(frozen=True, slots=True)
class Unit:
    """The columns that may be in a unit, and the function that converts a text; None if it can't."""

    columns: frozenset[str]
    convert: Callable[[str], Decimal | None]


def converted(column: str, unit: str, text: str) -> str:
    """A text in the contract's unit; the text itself if it is none of the file's."""
    number = UNITS[unit].convert(text.strip())
    if number is None:
        return text
    if column == LENGTH:
        number = number.to_integral_value(ROUND_HALF_UP)
    return format(number, "f")


def _times(numerator: int, denominator: int) -> Callable[[str], Decimal | None]:
    def convert(text: str) -> Decimal | None:
        number = _number(text)
        return None if number is None else number * numerator / denominator

    return convert


def _number(text: str) -> Decimal | None:
    if len(text) > _LONGEST or not text.isascii() or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # Written out, 1e999999 would take a megabyte.
    return number if number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS else None


def _percent(text: str) -> Decimal | None:
    number = _number(text.removesuffix("%").rstrip())
    return None if number is None else number.scaleb(-2)


def _clock(text: str) -> Decimal | None:
    """Hours, minutes and seconds, or minutes and seconds."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = found.groups()
    return Decimal(hours or 0) * 60 + Decimal(minutes) + Decimal(seconds) / 60


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "seconds": Unit(_DURATIONS, _times(1, 60)),
        "hours": Unit(_DURATIONS, _times(60, 1)),
        "milliseconds": Unit(_DURATIONS, _times(1, 60_000)),
        "hh:mm:ss": Unit(_DURATIONS, _clock),
        "percent": Unit(frozenset({COMPLETION}), _percent),
        "of 10": Unit(frozenset({RATING}), _times(_STARS, 10)),
        "of 100": Unit(frozenset({RATING}), _times(_STARS, 100)),
    }
)
