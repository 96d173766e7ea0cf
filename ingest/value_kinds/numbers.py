"""Numbers: whole ones, and decimals stored as whole units.

A decimal is rounded to its unit half away from zero, exactly: 0.00005 minutes is one ten-thousandth, 0.00004999 none. A
binary float stands for the shortest decimal that reads back as it, so that a file gives the same rows as CSV and as
Parquet. Ranges are tested before rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.value_kinds.value_kind import Found, Mask, is_number, is_text, mask, nothing, nulls, trimmed, unreadable

NUMBER_PATTERN = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
# So close to a half that a product of floats can't decide on which side the decimal lies.
NEARLY_HALF = 1e-5


@dataclass(frozen=True)
class Scaled:
    """A decimal from `low` to `high`, inclusive, stored in the type `arrow` in units of `10 ** -digits`."""

    low: float
    high: float
    digits: int
    arrow: pa.DataType
    what: str = "a number"

    @cached_property
    def expected(self) -> str:
        """What a cell may hold."""
        return f"{self.what} from {self.low:g} to {self.high:g}"

    def takes(self, kind: pa.DataType) -> bool:
        """Numbers and texts."""
        return is_number(kind) or pa.types.is_string(kind)

    def read(self, column: pa.Array) -> Found:
        """The decimals in whole units."""
        numbers = floats(column)
        if numbers is None:
            return unreadable(column, self.arrow)
        values, bad, exact = numbers
        missing = nulls(column)
        bad = bad | (~((values >= self.low) & (values <= self.high)) & ~missing)
        units = self._units(np.where(bad | missing, self.low, values), exact, ~(bad | missing))
        return Found(pa.array(units, mask=missing).cast(self.arrow), bad)

    def _units(
        self, values: npt.NDArray[np.float64], exact: Callable[[int], Decimal], good: Mask
    ) -> npt.NDArray[np.int64]:
        scaled = values * 10.0**self.digits
        floor = np.floor(scaled)
        units = np.floor(scaled + 0.5).astype(np.int64)
        for row in np.flatnonzero(good & (np.abs(scaled - floor - 0.5) < NEARLY_HALF)).tolist():
            units[row] = int(exact(row).scaleb(self.digits).to_integral_value(ROUND_HALF_UP))
        return units


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`, inclusive; 3.0 counts as one, because data frames write them so."""

    low: int
    high: int
    arrow: pa.DataType

    @cached_property
    def expected(self) -> str:
        """What a cell may hold."""
        return f"a whole number from {self.low} to {self.high}"

    def takes(self, kind: pa.DataType) -> bool:
        """Numbers and texts."""
        return is_number(kind) or pa.types.is_string(kind)

    def read(self, column: pa.Array) -> Found:
        """The numbers."""
        numbers = floats(column)
        if numbers is None:
            return unreadable(column, self.arrow)
        values, bad, _ = numbers
        missing = nulls(column)
        whole = (values >= self.low) & (values <= self.high) & (values == np.floor(values))
        bad = bad | (~whole & ~missing)
        kept = np.where(bad | missing, self.low, values).astype(np.int64)
        return Found(pa.array(kept, mask=missing).cast(self.arrow), bad)


def floats(column: pa.Array) -> tuple[npt.NDArray[np.float64], Mask, Callable[[int], Decimal]] | None:
    """A column's numbers as floats, a mask of cells that are not numbers, and a function for a row's exact decimal.

    None for a column that is neither numbers nor texts.
    """
    if pa.types.is_float32(column.type) or pa.types.is_float16(column.type):
        # Widening would turn 1439.9 into 1439.9000244, so the shortest decimal is used.
        column = column.cast(pa.float32()).cast(pa.string())
    if is_text(column):
        return _parsed(trimmed(column))
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or pa.types.is_decimal(column.type)):
        return None
    values = _numpy(pc.cast(column, pa.float64(), safe=False))
    return values, nothing(len(column)), lambda row: Decimal(str(column[row].as_py()))


def _parsed(texts: pa.StringArray) -> tuple[npt.NDArray[np.float64], Mask, Callable[[int], Decimal]]:
    bad = nothing(len(texts))
    readable = texts
    try:
        parsed = texts.cast(pa.float64())
    except pa.ArrowInvalid:
        numeric = pc.match_substring_regex(texts, NUMBER_PATTERN)
        bad = ~mask(numeric) & ~nulls(texts)
        readable = pc.if_else(numeric, texts, pa.scalar(None, pa.string()))
        parsed = readable.cast(pa.float64())
    return _numpy(parsed), bad, lambda row: Decimal(readable[row].as_py())


def _numpy(column: pa.DoubleArray) -> npt.NDArray[np.float64]:
    """Null becomes NaN, which lies in no range."""
    values: npt.NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return values
