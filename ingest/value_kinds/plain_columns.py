"""One form for columns of all readers: a plain type, no binary texts, and null for an empty text."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.rows.arrow_types import in_plain_type, is_list
from ingest.value_kinds.value_kind import Found, Mask, mask, nothing


def plain(column: pa.Array | pa.ChunkedArray) -> Found:
    """The column in its plain form. Texts that are not UTF-8 are bad, and null in `values`."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    column = in_plain_type(column)
    bad = nothing(len(column))
    if pa.types.is_string(column.type):
        # Parquet's texts are read unchecked.
        column = column.cast(pa.binary())
    if pa.types.is_binary(column.type):
        try:
            column = column.cast(pa.string())
        except pa.ArrowInvalid:
            texts = list(_decoded(column))
            bad = np.asarray([text is None for text in texts]) & ~mask(column.is_null())
            column = pa.array(texts, pa.string())
    elif is_list(column.type):
        column, bad = _valid(column)
    if pa.types.is_string(column.type):
        empty = pc.equal(pc.binary_length(column), 0)
        if pc.any(empty).as_py():
            column = pc.if_else(empty, pa.scalar(None, pa.string()), column)
    return Found(column, bad)


def _valid(column: pa.Array) -> tuple[pa.Array, Mask]:
    """The column of lists without those in which a text is not UTF-8, and which these are."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        bad = np.asarray([not _is_valid(column.take(pa.array([row]))) for row in range(len(column))])
        return pc.if_else(pa.array(bad), pa.scalar(None, column.type), column), bad
    return column, nothing(len(column))


def _is_valid(column: pa.Array) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _decoded(column: pa.Array) -> Iterator[str | None]:
    for value in column.to_pylist():
        try:
            yield None if value is None else value.decode()
        except UnicodeDecodeError:
            yield None
