"""Calendar dates in ISO 8601; for a time, the date in its own zone. Other forms (`--dates`) are converted before, by
`rows/profile_conversion.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.value_kinds.value_kind import UNITS_PER_S, Found, Mask, is_text, mask, nothing, nulls, trimmed, unreadable

# What the engine's Date32 holds.
EARLIEST, LATEST = date(1900, 1, 1), date(2299, 12, 31)

DAY_S = 86_400
_FAR_DAYS = 1_000_000


@dataclass(frozen=True, slots=True)
class Date:
    """A date from 1900 to 2299."""

    expected: str = "a date such as 1999-03-31, from 1900 to 2299"

    def takes(self, kind: pa.DataType) -> bool:
        """Texts, dates and timestamps of a known zone."""
        return pa.types.is_string(kind) or pa.types.is_date(kind) or _is_placed(kind)

    def read(self, column: pa.Array) -> Found:
        """The dates."""
        bad = nothing(len(column))
        if is_text(column):
            dates, bad = _from_texts(trimmed(column))
        elif pa.types.is_date(column.type):
            dates = column.cast(pa.date32())
        elif pa.types.is_timestamp(column.type):
            dates = _from_timestamps(pc.local_timestamp(column) if column.type.tz else column)
        else:
            return unreadable(column, pa.date32())
        inside = pc.and_(pc.greater_equal(dates, pa.scalar(EARLIEST)), pc.less_equal(dates, pa.scalar(LATEST)))
        return Found(dates, (bad | ~mask(inside)) & ~nulls(column))


def _is_placed(kind: pa.DataType) -> bool:
    """Whether it is a timestamp, in UTC, in a known zone or in none."""
    if not pa.types.is_timestamp(kind):
        return False
    try:
        pc.local_timestamp(pa.array([0], kind)) if kind.tz else None
    except pa.ArrowInvalid:
        return False
    return True


def _from_timestamps(column: pa.TimestampArray) -> pa.Date32Array:
    """The days; one beyond what a date can be stays beyond what is accepted."""
    counts = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    days = np.clip(counts // (UNITS_PER_S[column.type.unit] * DAY_S), -_FAR_DAYS, _FAR_DAYS)
    return pa.array(days.astype(np.int32), pa.int32(), mask=nulls(column)).cast(pa.date32())


def _from_texts(column: pa.StringArray) -> tuple[pa.Date32Array, Mask]:
    try:
        return column.cast(pa.date32()), nothing(len(column))
    except pa.ArrowInvalid:
        dates = [_parse(text) for text in column.to_pylist()]
        return pa.array(dates, pa.date32()), np.asarray([found is None for found in dates])


def _parse(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None
