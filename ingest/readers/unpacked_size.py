"""The unpacked size of a file's rows, read before unpacking them: a few kilobytes may hold gigabytes. What receives the
file (`server/http/bodies.py`) compares it with the limit.

An Arrow message says in its metadata where its buffers are; the first bytes of a compressed buffer say its unpacked
size. pyarrow does not expose the metadata, so the few needed fields are parsed here. Source: Message.fbs of Apache
Arrow, format version 1.5.
"""

import struct
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from ingest.files.file_format import FileFormat
from ingest.readers.arrow_index import FILE_MAGIC, blocks_of, piece
from ingest.readers.decoding_errors import DECODING_ERRORS
from ingest.readers.decoding_limits import check_arrow_metadata, check_parquet_metadata
from ingest.readers.flat_buffer import FlatBuffer

_BODY = "the body"
# Field numbers of the tables Message, DictionaryBatch and RecordBatch.
_HEADER_TYPE, _HEADER = 1, 2
_DICTIONARY_ROWS = 1
_LENGTH, _BUFFERS, _COMPRESSION = 0, 2, 3
# Types of a message's header.
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
# A buffer: where it is, and its bytes; a compressed one begins with its unpacked size.
_BUFFER, _UNPACKED = struct.Struct("<qq"), struct.Struct("<q")
# The bytes for a row's number, whatever else the row has.
_ROW_BYTES = 8


def unpacked_bytes(path: Path, form: FileFormat) -> int:
    """The unpacked bytes of the largest piece of a file's rows: a batch, or a column of a row group; 0 for text
    formats. For a damaged file only the pieces before the damage count: the reader gets no further, and reports it.

    Raises: FileRefused for too much metadata, and for an index that names bytes twice.
    """
    if form not in (FileFormat.ARROW, FileFormat.PARQUET):
        return 0
    largest = 0
    try:
        for size in _of_arrow(path) if form is FileFormat.ARROW else _of_parquet(path):
            largest = max(largest, size)
    except DECODING_ERRORS:
        return largest
    return largest


def _of_parquet(path: Path) -> Iterator[int]:
    with pa.OSFile(str(path)) as file:
        check_parquet_metadata(file, _BODY)
        metadata = pq.read_metadata(file)
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for place in range(group.num_columns):
            yield group.column(place).total_uncompressed_size


def _of_arrow(path: Path) -> Iterator[int]:
    with pa.OSFile(str(path)) as file:
        is_file = bytes(file.read(len(FILE_MAGIC))) == FILE_MAGIC
        file.seek(0)
        for message in _of_index(file) if is_file else _of_streams(file):
            yield from _of_message(message)


def _of_streams(file: pa.NativeFile) -> Iterator[ipc.Message]:
    """The messages of all streams in a file, one behind the other."""
    while file.tell() < file.size():
        messages = ipc.MessageReader.open_stream(file)
        try:
            while True:
                check_arrow_metadata(file, _BODY)
                yield messages.read_next_message()
        except StopIteration:
            continue


def _of_index(file: pa.NativeFile) -> Iterator[ipc.Message]:
    """The messages that the index at the end of an Arrow file names: they are read, wherever they stand."""
    for start, size_bytes in blocks_of(file, _BODY):
        yield ipc.read_message(pa.py_buffer(piece(file, start, size_bytes)))


def _of_message(message: ipc.Message) -> Iterator[int]:
    """What a message's rows take by their number, and, ever more, what its buffers do."""
    metadata, body = FlatBuffer(memoryview(message.metadata)), message.body
    kind = metadata.number(metadata.root, _HEADER_TYPE, "B")
    if kind not in (_DICTIONARY_BATCH, _RECORD_BATCH):
        return
    batch = metadata.pointed(metadata.root, _HEADER)
    if kind == _DICTIONARY_BATCH:
        batch = metadata.pointed(batch, _DICTIONARY_ROWS)
    yield metadata.number(batch, _LENGTH, "q") * _ROW_BYTES
    if body is None:
        return
    yield body.size
    if metadata.has(batch, _COMPRESSION):
        buffers = metadata.structs(metadata.pointed(batch, _BUFFERS), _BUFFER)
        yield from accumulate(_unpacked(buffers, memoryview(body)))


def _unpacked(buffers: Iterator[tuple[int, ...]], body: memoryview) -> Iterator[int]:
    """What each compressed buffer says; one that is not compressed after all says -1."""
    for start, size in buffers:
        if size:
            (said,) = _UNPACKED.unpack_from(body, start)
            yield size if said < 0 else said
