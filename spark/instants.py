"""Times of session files as whole seconds since 1970, by the rules of `marquee ingest load`.

ISO 8601 as Python reads it, in UTC where no zone is named; or a number of seconds or, from a size on, milliseconds.
Fractions of a second are cut off. Spark's own cast reads other forms: it refuses `2026-03-02T12:00Z` and an offset of
19 hours, and takes `12:00:00 UTC`. What can't be read is refused where rows are checked.
"""

import math
import re
from datetime import UTC, datetime

import pyarrow as pa

MILLISECONDS_FROM = 1e11
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_WHITE = " \t\r\n"


def as_seconds(texts: pa.StringArray) -> pa.StringArray:
    """The texts of a column: digits of seconds, and `no time` for what is none."""
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        # The whole column at once where its texts have one form.
        try:
            micros = texts.cast(kind).cast(pa.int64())
        except pa.ArrowInvalid:
            continue
        return pa.array([None if one is None else str(one // 1_000_000) for one in micros.to_pylist()], pa.string())
    return pa.array([None if text is None else _seconds(text) for text in texts.to_pylist()], pa.string())


def _seconds(text: str) -> str:
    told = text.strip(_WHITE)
    if _NUMBER.fullmatch(told):
        number = float(told)
        seconds = number / 1_000 if abs(number) >= MILLISECONDS_FROM else number
        # Beyond a float's exact integers it is not a time in any unit.
        return str(math.floor(seconds)) if abs(seconds) < 2.0**53 else "no time"
    try:
        parsed = datetime.fromisoformat(told)
    except ValueError:
        return "no time"
    return str(int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() // 1))
