"""One form for columns of all readers: a plain type, no binary texts, and null for an empty text."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.rows.arrow_types import in_plain_type
from ingest.value_kinds.value_kind import Found, mask, nothing


def plain(column: pa.Array | pa.ChunkedArray) -> Found:
    """The column in its plain form. Texts that are not UTF-8 are bad, and null in `values`."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    column = in_plain_type(column)
    bad = nothing(len(column))
    if pa.types.is_binary(column.type):
        try:
            column = column.cast(pa.string())
        except pa.ArrowInvalid:
            texts = list(_decoded(column))
            bad = np.asarray([text is None for text in texts]) & ~mask(column.is_null())
            column = pa.array(texts, pa.string())
    if pa.types.is_string(column.type):
        empty = pc.equal(pc.binary_length(column), 0)
        if pc.any(empty).as_py():
            column = pc.if_else(empty, pa.scalar(None, pa.string()), column)
    return Found(column, bad)


def _decoded(column: pa.Array) -> Iterator[str | None]:
    for value in column.to_pylist():
        try:
            yield None if value is None else value.decode()
        except UnicodeDecodeError:
            yield None
