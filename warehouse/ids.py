"""Ids of the source: 64-bit numbers and UUIDs side by side in one 128-bit key, shown to the world unchanged.

A number `n` is stored as `(2^64 - 1) << 64 | n`, a UUID as its own 128-bit value. The two can't collide: only the
reserved Max UUID has a high half of all ones, and it is refused.
"""

import re
import uuid
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ID_TYPE = pa.binary(16)
NUMBER_HALF = 2**64 - 1
_NUMBER = re.compile(r"[0-9]{1,20}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
# Finds what may be ids in a text, for the engine and for Python.
IN_TEXT = rf"{_UUID.pattern}|{_NUMBER.pattern}"


def from_numbers(numbers: npt.NDArray[np.uint64]) -> pa.FixedSizeBinaryArray:
    """Number ids, shape (n,), as 16-byte little-endian keys, shape (n,)."""
    halves = np.empty((len(numbers), 2), dtype="<u8")
    halves[:, 0] = numbers
    halves[:, 1] = NUMBER_HALF
    return pa.FixedSizeBinaryArray.from_buffers(ID_TYPE, len(numbers), [None, pa.py_buffer(halves)])


def from_text(texts: pa.StringArray | Sequence[str | None]) -> tuple[pa.FixedSizeBinaryArray, npt.NDArray[np.bool_]]:
    """Ids as written, shape (n,), as keys and a mask, both (n,). The mask is true where a text is not an id; its key is
    zero.
    """
    written = texts.to_pylist() if isinstance(texts, pa.Array) else texts
    keys = [None if text is None else parse(text) for text in written]
    invalid = np.fromiter((key is None for key in keys), dtype=bool, count=len(keys))
    data = b"".join((key or 0).to_bytes(16, "little") for key in keys)
    return pa.FixedSizeBinaryArray.from_buffers(ID_TYPE, len(keys), [None, pa.py_buffer(data)]), invalid


def parse(text: str) -> int | None:
    """The key of one id as written, or None where the text is neither a 64-bit number nor a UUID."""
    if _NUMBER.fullmatch(text):
        number = int(text)
        return NUMBER_HALF << 64 | number if number <= NUMBER_HALF else None
    if _UUID.fullmatch(text):
        value = uuid.UUID(text).int
        return value if value >> 64 != NUMBER_HALF else None
    return None


def to_text(key: int) -> str:
    """A key as its source wrote it: decimal digits, or a lower-case UUID."""
    return str(key & NUMBER_HALF) if key >> 64 == NUMBER_HALF else str(uuid.UUID(int=key))


def to_text_sql(column: str) -> str:
    """SQL that turns a UInt128 column into the id's text."""
    return (
        f"if(bitShiftRight({column}, 64) = {NUMBER_HALF}, toString(bitAnd({column}, toUInt128({NUMBER_HALF}))), "
        f"toString(UUIDNumToString(reverse(reinterpretAsFixedString({column})))))"
    )


def from_text_sql(text: str) -> str:
    """SQL that turns an id's text, as `to_text_sql` wrote it, into the UInt128 key."""
    return (
        f"if(position({text}, '-') = 0, bitOr(bitShiftLeft(toUInt128({NUMBER_HALF}), 64), "
        f"toUInt128(toUInt64OrZero({text}))), reinterpretAsUInt128(reverse(UUIDStringToNum({text}))))"
    )
