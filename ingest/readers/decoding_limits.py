"""Limits before decoding: a few kilobytes of Parquet or Arrow may stand for gigabytes.

A dictionary, runs, views and lists of either format name one large value any number of times. So rows are decoded in
pieces, of as many rows as surely fit, and what a file says about itself must be small before it is read at all.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.problems import FileRefused
from ingest.readers.rows import Wanted
from ingest.rows.arrow_types import in_plain_type, is_list

# The most that the rows of a piece take once they are decoded, if one row does not take more.
PIECE_BYTES = 8 << 20
# The most that a file may say about its columns and row groups: reading it takes some 60 times as much memory.
METADATA_BYTES = 4 << 20
# A row group whose lists, or rows, may name one text over and over is read in batches of at least so many rows.
_LEAST_LISTS, _LEAST_TEXTS = 16, 256
# Encodings of texts as differences: the second as where they part from the one before.
_SHARED_BEGINNINGS = "DELTA_BYTE_ARRAY"
_DIFFERENCES = frozenset({"DELTA_LENGTH_BYTE_ARRAY", _SHARED_BEGINNINGS})
# Values of variable length, and others whose width Arrow does not say.
_ODD_BYTES = 16
_CONTINUATION = -1


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """An open packed file: its `schema`, and its rows in pieces of plain types, each with its first row's number."""

    schema: pa.Schema
    batches: Iterator[tuple[int, pa.RecordBatch]]


def decoded(name: str, batch: pa.RecordBatch, wanted: Wanted, first: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The wanted columns of a file's batch in pieces of plain types, the first of which begins at row `first`.

    Raises: FileRefused if they can't be decoded.
    """
    rows = max(1, PIECE_BYTES // max(1, sum(map(longest_bytes, batch.columns))))
    for start in range(0, batch.num_rows, rows):
        try:
            yield first + start, _plain(batch.slice(start, rows), wanted)
        except (pa.ArrowCapacityError, MemoryError) as error:
            what = f"row {first + start:,} is too large to be decoded"
            raise FileRefused(name, what) from error


def _plain(piece: pa.RecordBatch, wanted: Wanted) -> pa.RecordBatch:
    taken = [(place, name) for place, name in enumerate(piece.schema.names) if wanted.takes(name)]
    columns = [in_plain_type(piece.column(place)) for place, _ in taken]
    # Without columns there are rows still.
    return pa.RecordBatch.from_arrays(columns, [name for _, name in taken]) if columns else piece.select([])


def longest_bytes(column: pa.Array) -> int:
    """At least the bytes that any one row of a column takes once it is decoded."""
    kind = column.type
    if len(column) == 0:
        return 0
    if pa.types.is_dictionary(kind):
        return longest_bytes(column.dictionary)
    if pa.types.is_run_end_encoded(kind):
        return longest_bytes(column.values)
    if isinstance(kind, pa.BaseExtensionType):
        return longest_bytes(column.storage)
    if pa.types.is_struct(kind) or pa.types.is_union(kind):
        return sum(longest_bytes(column.field(place)) for place in range(kind.num_fields))
    if pa.types.is_map(kind):
        lengths = np.diff(column.offsets.to_numpy(zero_copy_only=False))
        return int(lengths.max()) * (longest_bytes(column.keys) + longest_bytes(column.items))
    if is_list(kind):
        return _most(pc.list_value_length(column)) * longest_bytes(column.values)
    if any(is_of(kind) for is_of in _TEXTS):
        if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
            column = column.cast(pa.large_binary())
        return _most(pc.binary_length(column)) + _ODD_BYTES
    return _ODD_BYTES


_TEXTS = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
)


def _most(lengths: pa.Array) -> int:
    return pc.max(lengths).as_py() or 0


def dictionaries(metadata: pq.FileMetaData) -> list[str]:
    """The columns of texts to be read as dictionaries, outside of lists and structs: so a value is decoded as often as
    a piece has it, and no sooner. Arrow can't read columns so whose texts are stored as differences."""
    schema = metadata.schema
    columns = map(schema.column, range(len(schema)))
    texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY" and "." not in column.path]
    others = {chunk.path_in_schema for chunk in _chunks(metadata) if _DIFFERENCES.intersection(chunk.encodings)}
    return [path for path in texts if path not in others]


def batch_rows(metadata: pq.FileMetaData, most: int) -> int:
    """How many rows of a Parquet file to read at once: fewer where a few bytes may name a large text over and over, in
    a column that is not read as a dictionary."""
    rows = most
    for chunk in _chunks(metadata):
        least = _least_rows(chunk)
        if least:
            rows = min(rows, max(least, _BATCH_BYTES // max(1, chunk.total_uncompressed_size)))
    return rows


def _chunks(metadata: pq.FileMetaData) -> Iterator[pq.ColumnChunkMetaData]:
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        yield from map(group.column, range(group.num_columns))


def _least_rows(chunk: pq.ColumnChunkMetaData) -> int:
    """At least so many rows of a column are read at once if it may repeat a text; 0 if it can't."""
    if "." in chunk.path_in_schema and chunk.has_dictionary_page:
        return _LEAST_LISTS
    return _LEAST_TEXTS if _SHARED_BEGINNINGS in chunk.encodings else 0


_BATCH_BYTES = 64 << 20


def check_parquet_metadata(file: pa.NativeFile, name: str) -> None:
    """Check the size of a Parquet file's footer, which the last bytes say.

    Raises: FileRefused.
    """
    size = file.size()
    if size >= 8:
        file.seek(size - 8)
        _check(name, struct.unpack("<I", file.read(4))[0], size)
        file.seek(0)


def check_arrow_metadata(file: pa.NativeFile, name: str) -> None:
    """Check the size of the Arrow message that begins where the file stands; for each before it is read.

    Raises: FileRefused.
    """
    place, size = file.tell(), file.size()
    head = bytes(file.read(8)).ljust(8, b"\0")
    file.seek(place)
    first, second = struct.unpack("<ii", head)
    _check(name, second if first == _CONTINUATION else first, size)


def _check(name: str, metadata_bytes: int, size_bytes: int) -> None:
    if METADATA_BYTES < metadata_bytes <= size_bytes:
        raise FileRefused(
            name,
            f"it has {metadata_bytes:,} bytes of metadata, and at most {METADATA_BYTES:,} are read. Write it with "
            "fewer columns or larger row groups",
        )
