"""Ids: unsigned 64-bit numbers and UUIDs, as `warehouse.ids` keeps them, and other texts hashed to UUIDs."""

import uuid
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.value_kinds.value_kind import Found, Mask, is_number, is_text, mask, nothing, nulls, trimmed, unreadable
from warehouse.ids import ID_TYPE, NUMBER_HALF, from_numbers, from_text

# Above it a float no longer tells neighbouring numbers apart.
EXACT_FLOATS = 2.0**53


NAMESPACE = uuid.UUID("6d617271-7565-8565-8964-730000000000")
"""Under which other texts become UUIDs of version 5: never to be changed, or known rows would come as new ones."""


@dataclass(frozen=True, slots=True)
class Id:
    """An id of the source's own."""

    expected: str = "a whole number from 0 to 18446744073709551615, or a UUID"

    def takes(self, kind: pa.DataType) -> bool:
        """Numbers, texts, UUIDs and 16 bytes."""
        return is_number(kind) or pa.types.is_string(kind) or kind == ID_TYPE or isinstance(kind, pa.UuidType)

    def read(self, column: pa.Array) -> Found:
        """Numbers and UUIDs in any of the types that files keep them in."""
        if isinstance(column.type, pa.UuidType):
            column = column.storage
        if pa.types.is_integer(column.type):
            return _numbers(column, nothing(len(column)))
        if pa.types.is_floating(column.type):
            return _floats(column.cast(pa.float64()))
        if column.type == ID_TYPE:
            return _uuids(column)
        if pa.types.is_decimal(column.type):
            # A whole number with zeros after its point is one: databases export NUMBER(20, 2) so.
            column = pc.replace_substring_regex(column.cast(pa.string()), r"\.0*$", "")
        return _texts(trimmed(column)) if is_text(column) else unreadable(column, ID_TYPE)


@dataclass(frozen=True, slots=True)
class HashedId:
    """An id of the source, or any other text, which always becomes the same UUID of version 5."""

    expected: str = "an id: a number, or a text in UTF-8 without NUL characters"

    def takes(self, kind: pa.DataType) -> bool:
        """What `Id` takes."""
        return Id().takes(kind)

    def read(self, column: pa.Array) -> Found:
        """Numbers and UUIDs unchanged, other texts stripped and hashed."""
        found = Id().read(column)
        if not is_text(column):
            return found
        texts = trimmed(column)
        hashed = pc.and_(
            pa.array(found.bad), pc.and_(pc.invert(pc.match_substring(texts, "\0")), pc.not_equal(texts, ""))
        )
        named = mask(hashed)
        if not named.any():
            return found
        keys = found.values.to_pylist()
        for row in np.flatnonzero(named).tolist():
            keys[row] = uuid.UUID(hashed_id(texts[row].as_py())).bytes[::-1]
        return Found(pa.array(keys, ID_TYPE), found.bad & ~named)


def hashed_id(text: str) -> str:
    """The UUID of version 5 that a text becomes, as the warehouse writes it."""
    return str(uuid.uuid5(NAMESPACE, text))


def _numbers(column: pa.Array, bad: Mask) -> Found:
    if pa.types.is_signed_integer(column.type):
        bad = bad | mask(pc.less(column, 0))
    numbers = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint64)
    return Found(_with_nulls(from_numbers(numbers), nulls(column)), bad)


def _floats(column: pa.DoubleArray) -> Found:
    """Whole numbers that a spreadsheet, or a data frame with missing values, turned into floats."""
    values = column.fill_null(0).to_numpy(zero_copy_only=False)
    bad = ~((values >= 0) & (values < EXACT_FLOATS) & (values == np.floor(values)))
    numbers = pa.array(np.where(bad, 0, values).astype(np.uint64), mask=nulls(column))
    return _numbers(numbers, bad)


def _uuids(column: pa.FixedSizeBinaryArray) -> Found:
    """UUIDs from Parquet, which is big-endian; the key is little-endian."""
    missing = nulls(column)
    filled = column.fill_null(bytes(16))
    start = filled.offset * 16
    octets = np.frombuffer(filled.buffers()[1], dtype=np.uint8)[start : start + len(filled) * 16].reshape(-1, 16)
    keys = np.ascontiguousarray(octets[:, ::-1])
    array = pa.FixedSizeBinaryArray.from_buffers(ID_TYPE, len(keys), [None, pa.py_buffer(keys)])
    return Found(_with_nulls(array, missing), keys.view("<u8")[:, 1] == NUMBER_HALF)


def _texts(column: pa.StringArray) -> Found:
    if pc.all(pc.utf8_is_decimal(column)).as_py():
        # Beyond 64 bits, or digits of another script: the slow way finds which.
        with suppress(pa.ArrowInvalid):
            return _numbers(column.cast(pa.uint64()), nothing(len(column)))
    missing = nulls(column)
    keys, invalid = from_text(column)
    return Found(_with_nulls(keys, missing), invalid & ~missing)


def _with_nulls(keys: pa.FixedSizeBinaryArray, missing: Mask) -> pa.FixedSizeBinaryArray:
    return pc.if_else(pa.array(missing), pa.scalar(None, ID_TYPE), keys) if missing.any() else keys
