"""Instants: ISO 8601 times, epoch seconds or milliseconds, as whole seconds of UTC.

A time without a zone is UTC; a date alone is its midnight. Fractions of a second are cut off. Numbers from
100,000,000,000 on are milliseconds: as seconds they would lie beyond the year 5000.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.value_kinds.numbers import NUMBER_PATTERN, floats
from ingest.value_kinds.value_kind import UNITS_PER_S, Found, Mask, is_text, mask, nothing, nulls, trimmed, unreadable
from warehouse.tables.incoming_schemas import INSTANT

EARLIEST_S = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
MILLISECONDS_FROM = 1e11
Seconds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant from 1990 to `now_s`, the present in epoch seconds, both allowed."""

    now_s: int
    expected: str = "a time from 1990 to now, in ISO 8601 or as epoch seconds or milliseconds"

    def takes(self, kind: pa.DataType) -> bool:
        """Texts, timestamps, dates and numbers."""
        return _reader(kind) is not None

    def read(self, column: pa.Array) -> Found:
        """The instants, cut to the second."""
        reader = _reader(column.type)
        if reader is None:
            return unreadable(column, INSTANT)
        missing = nulls(column)
        seconds, bad = reader(trimmed(column) if is_text(column) else column)
        bad = (bad | (seconds < EARLIEST_S) | (seconds > self.now_s)) & ~missing
        return Found(pa.array(seconds, mask=missing | bad).cast(INSTANT), bad)


def _reader(kind: pa.DataType) -> Callable[[pa.Array], tuple[Seconds, Mask]] | None:
    if pa.types.is_string(kind):
        return _from_texts
    if pa.types.is_timestamp(kind):
        return _from_timestamps
    if pa.types.is_date(kind):
        return lambda column: _from_timestamps(column.cast(pa.timestamp("s")))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _from_numbers
    return None


def _from_timestamps(column: pa.TimestampArray) -> tuple[Seconds, Mask]:
    counts: Seconds = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return counts // UNITS_PER_S[column.type.unit], nothing(len(column))


def _from_numbers(column: pa.Array) -> tuple[Seconds, Mask]:
    numbers = floats(column)
    if numbers is None:
        raise TypeError(f"{column.type} is not a number")
    values, bad, _ = numbers
    in_seconds = np.where(np.abs(values) >= MILLISECONDS_FROM, values / 1_000, values)
    # Beyond a float's exact integers or not finite: not a time in any unit.
    bad = bad | ~(np.abs(in_seconds) < 2.0**53)
    return np.floor(np.where(bad, 0, in_seconds)).astype(np.int64), bad


def _from_texts(column: pa.StringArray) -> tuple[Seconds, Mask]:
    """The whole column at once if all its texts have one form, else text by text."""
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            return _from_timestamps(column.cast(kind))
        except pa.ArrowInvalid:
            continue
    if pc.all(pc.match_substring_regex(column, NUMBER_PATTERN)).as_py():
        return _from_numbers(column)
    return _one_by_one(column)


def _one_by_one(column: pa.StringArray) -> tuple[Seconds, Mask]:
    seconds = np.zeros(len(column), dtype=np.int64)
    bad = nothing(len(column))
    numeric = mask(pc.match_substring_regex(column, NUMBER_PATTERN))
    if numeric.any():
        numbers, unreadable_numbers = _from_numbers(column.filter(pa.array(numeric)))
        seconds[numeric], bad[numeric] = numbers, unreadable_numbers
    for row in np.flatnonzero(~numeric & ~nulls(column)).tolist():
        parsed = _parse(column[row].as_py())
        bad[row] = parsed is None
        seconds[row] = parsed or 0
    return seconds, bad


def _parse(text: str) -> int | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() // 1)
