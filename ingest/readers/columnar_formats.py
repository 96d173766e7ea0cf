"""Packed formats, Parquet and Arrow: rows in pieces of plain types, decoded here or by a process of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.readers.arrow import open_arrow
from ingest.readers.decoding_limits import Pieces
from ingest.readers.input_file import Source
from ingest.readers.parquet import open_parquet
from ingest.readers.rows import RawRows, Rows, Wanted, columnar, types_of

COLUMNAR_FORMATS: Mapping[FileFormat, Callable[[Source, Wanted], AbstractContextManager[Pieces]]] = MappingProxyType(
    {FileFormat.PARQUET: open_parquet, FileFormat.ARROW: open_arrow}
)


def open_pieces(source: Source, wanted: Wanted) -> AbstractContextManager[Pieces]:
    """The wanted columns of a packed file, open within `with`.

    Raises: FileRefused, on entering and while the rows are read.
    """
    return COLUMNAR_FORMATS[source.format](source, wanted)


@contextmanager
def open_packed(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of a packed file, decoded in this process.

    Raises: FileRefused, also while the rows are read.
    """
    with open_pieces(source, wanted) as found:
        yield rows_of(source, found, wanted)


def rows_of(source: Source, found: Pieces, wanted: Wanted) -> Rows:
    """The pieces as a reader's rows."""
    batches = (_raw(source, first, piece, wanted) for first, piece in found.batches)
    return Rows(frozenset(found.schema.names), batches, types_of(found.schema))


def _raw(source: Source, first: int, piece: pa.RecordBatch, wanted: Wanted) -> RawRows:
    numbers = np.arange(first, first + piece.num_rows, dtype=np.int64)
    try:
        return columnar(piece, wanted, numbers)
    except (pa.ArrowCapacityError, MemoryError) as error:
        raise FileRefused(source.name, f"row {first:,} is too large to be decoded") from error
