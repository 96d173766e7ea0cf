"""The interface of all kinds of values, and the masks that they share."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]
UNITS_PER_S = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A column in the warehouse's type, and a mask of values that could not be read; both have the shape (rows,).

    An unreadable value may be null or anything else in `values`.
    """

    values: pa.Array
    bad: Mask


class Kind(Protocol):
    """One kind of value."""

    @property
    def expected(self) -> str:
        """What a cell may hold: the end of the sentence "expected ..."."""

    def takes(self, kind: pa.DataType) -> bool:
        """Whether it reads columns of that plain type, in which all other values would be bad."""

    def read(self, column: pa.Array) -> Found:
        """The column's values. Nulls stay null and are not bad; texts are UTF-8 and not empty (see `plain`)."""


def nothing(count: int) -> Mask:
    """A mask (count,) of all false."""
    return np.zeros(count, dtype=np.bool_)


def nulls(column: pa.Array) -> Mask:
    """A mask of the column's nulls."""
    return mask(column.is_null()) if column.null_count else nothing(len(column))


def mask(column: pa.BooleanArray) -> Mask:
    """An Arrow mask as NumPy's; null counts as false."""
    if column.null_count:
        column = column.fill_null(False)
    true: Mask = column.to_numpy(zero_copy_only=False)
    return true


def unreadable(column: pa.Array, arrow: pa.DataType) -> Found:
    """The result for a column of a wrong type: every value is bad."""
    return Found(pa.nulls(len(column), arrow), ~nulls(column))


def is_number(kind: pa.DataType) -> bool:
    """Whether values of the type are numbers; booleans are not."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_text(column: pa.Array) -> bool:
    """Whether the column holds texts, in the form that `plain` returns."""
    return bool(pa.types.is_string(column.type))


def trimmed(column: pa.StringArray) -> pa.StringArray:
    """The texts without white space around them."""
    return pc.utf8_trim_whitespace(column)
