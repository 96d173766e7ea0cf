"""Arrow files and streams (IPC), a batch at a time; the first bytes say which of the two it is.

Streams may follow one another in a file, as if their rows were of one. Files may not: only the last could be read.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
from pyarrow import ipc

from ingest.problems import FileRefused
from ingest.readable_names import shown
from ingest.readers.arrow_index import FILE_MAGIC, blocks_of
from ingest.readers.decoding_errors import DECODING_ERRORS, first_line, refusing_damage
from ingest.readers.decoding_limits import Pieces, check_arrow_metadata, decoded
from ingest.readers.input_file import Source
from ingest.readers.joined_files import refuse_joined
from ingest.readers.rows import Wanted
from ingest.readers.seekable import seekable

STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"


@contextmanager
def open_arrow(source: Source, wanted: Wanted) -> Iterator[Pieces]:
    """The rows of an Arrow file or stream.

    Raises: FileRefused, also while the rows are read.
    """
    with seekable(source) as file:
        is_file = bytes(file.read(len(FILE_MAGIC))) == FILE_MAGIC
        with refusing_damage(source):
            if is_file:
                refuse_joined(source, file, FILE_MAGIC + b"\0\0", ipc.open_file)
                blocks_of(file, source.name)
            else:
                _require_end(source, file)
            file.seek(0)
            if not is_file:
                check_arrow_metadata(file, source.name)
            opened = ipc.open_file(file) if is_file else ipc.open_stream(file)
            names = opened.schema.names
        source.refuse_repeated(names)
        batches = _of_file(opened) if is_file else _of_streams(source, file, opened)
        yield Pieces(opened.schema, _rows(source, batches, wanted))


def _rows(source: Source, batches: Iterator[pa.RecordBatch], wanted: Wanted) -> Iterator[tuple[int, pa.RecordBatch]]:
    first = 1
    with refusing_damage(source):
        for batch in batches:
            _validate(source, batch)
            yield from decoded(source.name, batch, wanted, first)
            first += batch.num_rows


def _of_file(opened: ipc.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
    yield from map(opened.get_batch, range(opened.num_record_batches))


def _of_streams(source: Source, file: pa.NativeFile, opened: ipc.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    """The batches of the first stream, and of those that follow it to the end of the file.

    Raises: FileRefused for a stream with other columns.
    """
    schema = opened.schema
    yield from opened
    while file.tell() < file.size():
        check_arrow_metadata(file, source.name)
        opened = ipc.open_stream(file)
        if not opened.schema.equals(schema):
            raise FileRefused(source.name, "it is several Arrow streams in one, whose columns differ")
        yield from opened


def _validate(source: Source, batch: pa.RecordBatch) -> None:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.validate(full=True)
        except DECODING_ERRORS as error:
            raise FileRefused(source.name, f"its column {shown(name)} is damaged: {first_line(error)}") from error


def _require_end(source: Source, file: pa.NativeFile) -> None:
    """A stream that is cut between two batches reads as complete, except that the end mark is missing."""
    file.seek(max(0, file.size() - len(STREAM_END)))
    if bytes(file.read()) != STREAM_END:
        reason = "it is cut off, or something follows it: the mark at the end of an Arrow stream is missing"
        raise FileRefused(source.name, reason)
