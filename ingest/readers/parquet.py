"""Parquet files, some rows at a time; only the wanted columns are read."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.problems import FileRefused
from ingest.readers.input_file import Source
from ingest.readers.rows import RawRows, Rows, Wanted, columnar
from ingest.readers.seekable import seekable

BATCH_ROWS = 32_768
# Read through a buffer; otherwise a file with one large row group would be held in memory.
BUFFER_BYTES = 4 << 20


@contextmanager
def open_parquet(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of a Parquet file. A compressed one is unpacked to a temporary file, because the footer is at the end.

    Raises: FileRefused, also while the rows are read.
    """
    with seekable(source) as file:
        try:
            parquet = pq.ParquetFile(file, buffer_size=BUFFER_BYTES)
        except (pa.ArrowInvalid, OSError) as error:
            raise _damaged(source, error) from error
        with parquet:
            names = parquet.schema_arrow.names
            source.refuse_repeated(names)
            yield Rows(frozenset(names), _batches(source, parquet, wanted))


def _batches(source: Source, parquet: pq.ParquetFile, wanted: Wanted) -> Iterator[RawRows]:
    names = parquet.schema_arrow.names
    columns = names if wanted.rest else [name for name in names if name in wanted.columns]
    first, total = 1, max(1, parquet.metadata.num_rows)
    batches = parquet.iter_batches(BATCH_ROWS, columns=columns)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowInvalid, OSError) as error:
            raise _damaged(source, error) from error
        if batch is None:
            return
        yield columnar(batch, wanted, np.arange(first, first + batch.num_rows, dtype=np.int64))
        first += batch.num_rows
        source.read_bytes = source.size_bytes * (first - 1) // total


def _damaged(source: Source, error: Exception) -> FileRefused:
    return FileRefused(source.name, f"it is cut off, damaged or not Parquet: {str(error).splitlines()[0]}")
