"""One id of the values of several columns, as a profile's `ids` says: the UUID of their JSON list.

Values are taken a few rows at a time and hashed in pieces, so that what is made on the way stays small, however long a
value is.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from hashlib import sha1

import pyarrow as pa

from ingest.quarantine.original_rows import found_in, shown
from ingest.value_kinds.ids import NAMESPACE, hashed_id
from ingest.value_kinds.plain_columns import plain

# Rows whose values are Python's at once, and characters that are written as JSON at once.
ROWS, CHARACTERS = 4_096, 65_536


def joined_ids(columns: Sequence[pa.Array]) -> pa.Array:
    """One id of several columns, always the same for the same values; missing where one of them is."""
    starts = range(0, len(columns[0]), ROWS)
    pieces = [_of_rows([column.slice(start, ROWS) for column in columns]) for start in starts]
    return pa.concat_arrays(pieces) if pieces else pa.array([], pa.string())


def _of_rows(columns: Sequence[pa.Array]) -> pa.Array:
    rows = zip(*(found_in(plain(column).values) for column in columns), strict=True)
    return pa.array([None if None in row else joined_id(row) for row in rows], pa.string())


def joined_id(values: Sequence[object]) -> str:
    """The UUID of version 5 of a JSON list of texts."""
    texts = [shown(one).strip() for one in values]
    if sum(map(len, texts)) <= CHARACTERS:
        return hashed_id(json.dumps(texts, ensure_ascii=False))
    # As `uuid.uuid5` makes it, which wants the whole text.
    digest = sha1(NAMESPACE.bytes, usedforsecurity=False)
    for piece in _json(texts):
        digest.update(piece.encode())
    return str(uuid.UUID(bytes=digest.digest()[:16], version=5))


def _json(texts: Sequence[str]) -> Iterator[str]:
    """The pieces of a JSON list of texts, as `json.dumps` writes it."""
    for number, text in enumerate(texts):
        yield ', "' if number else '["'
        for start in range(0, len(text), CHARACTERS):
            yield json.dumps(text[start : start + CHARACTERS], ensure_ascii=False)[1:-1]
        yield '"'
    yield "]"
