"""Arrow files and streams (IPC), a batch at a time; the first bytes say which of the two it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from ingest.problems import FileRefused
from ingest.readers.input_file import Source
from ingest.readers.rows import RawRows, Rows, Wanted, columnar
from ingest.readers.seekable import seekable

FILE_MAGIC = b"ARROW1"
STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"
# The errors that damaged bytes can cause.
FAULTS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OSError, EOFError)


@contextmanager
def open_arrow(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of an Arrow file or stream.

    Raises: FileRefused, also while the rows are read.
    """
    with seekable(source) as file:
        is_file = bytes(file.read(len(FILE_MAGIC))) == FILE_MAGIC
        if not is_file:
            _require_end(source, file)
        file.seek(0)
        try:
            opened = ipc.open_file(file) if is_file else ipc.open_stream(file)
        except FAULTS as error:
            raise _damaged(source, error) from error
        source.refuse_repeated(opened.schema.names)
        yield Rows(frozenset(opened.schema.names), _batches(source, opened, is_file, wanted))


def _batches(
    source: Source, opened: ipc.RecordBatchFileReader | ipc.RecordBatchStreamReader, is_file: bool, wanted: Wanted
) -> Iterator[RawRows]:
    first = 1
    try:
        for batch in map(opened.get_batch, range(opened.num_record_batches)) if is_file else opened:
            batch.validate(full=True)
            yield columnar(batch, wanted, np.arange(first, first + batch.num_rows, dtype=np.int64))
            first += batch.num_rows
    except FAULTS as error:
        raise _damaged(source, error) from error


def _require_end(source: Source, file: pa.NativeFile) -> None:
    """A stream that is cut between two batches reads as complete, except that the end mark is missing."""
    file.seek(max(0, file.size() - len(STREAM_END)))
    if bytes(file.read()) != STREAM_END:
        raise FileRefused(source.name, "it is cut off: the mark at the end of an Arrow stream is missing")


def _damaged(source: Source, error: Exception) -> FileRefused:
    return FileRefused(source.name, f"it is cut off, damaged or not Arrow: {str(error).splitlines()[0]}")
