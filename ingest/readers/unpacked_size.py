"""The unpacked size of a file's rows, read before unpacking them: a few kilobytes may hold gigabytes. What receives the
file (`server/http/bodies.py`) compares it with the limit.

An Arrow message says in its metadata where its buffers are; the first bytes of a compressed buffer say its unpacked
size. The metadata is a FlatBuffer, which pyarrow does not expose, so the few needed fields are parsed here. Source:
Message.fbs and File.fbs of Apache Arrow, format version 1.5, and the FlatBuffers binary format.
"""

import struct
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.readers.arrow import FILE_MAGIC
from ingest.readers.decoding_errors import DECODING_ERRORS
from ingest.readers.decoding_limits import METADATA_BYTES, check_arrow_metadata, check_parquet_metadata

_BODY = "the body"
# Field numbers of the tables Message, DictionaryBatch, RecordBatch and Footer.
_HEADER_TYPE, _HEADER = 1, 2
_DICTIONARY_ROWS = 1
_LENGTH, _BUFFERS, _COMPRESSION = 0, 2, 3
_DICTIONARIES, _RECORD_BATCHES = 2, 3
# Types of a message's header.
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
# A buffer: where it is, and its bytes. A message in a file's index: where it is, bytes of its metadata and of its body.
_BUFFER, _BLOCK = struct.Struct("<qq"), struct.Struct("<qi4xq")
_COUNT_BYTES = 4
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
    except (*DECODING_ERRORS, struct.error):
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
    end = file.size() - len(FILE_MAGIC) - _COUNT_BYTES
    size = _read(memoryview(_piece(file, end, _COUNT_BYTES)), 0, "i")
    if METADATA_BYTES < size <= file.size():
        raise FileRefused(_BODY, f"its index has {size:,} bytes, and at most {METADATA_BYTES:,} are read")
    index = memoryview(_piece(file, end - size, size))
    blocks = list(_blocks(index))
    _refuse_overlapping(blocks)
    for start, size_bytes in blocks:
        yield ipc.read_message(pa.py_buffer(_piece(file, start, size_bytes)))


def _blocks(index: memoryview) -> Iterator[tuple[int, int]]:
    """Where the messages of an index begin, and their bytes."""
    root = _followed(index, 0)
    for field in (_DICTIONARIES, _RECORD_BATCHES):
        if _place(index, root, field):
            for start, metadata_bytes, body_bytes in _structs(index, _pointed(index, root, field), _BLOCK):
                yield start, metadata_bytes + body_bytes


def _refuse_overlapping(blocks: list[tuple[int, int]]) -> None:
    """Raises: FileRefused for an index that has bytes read again: a few of it may stand for any number of batches."""
    end = 0
    for start, size_bytes in sorted(blocks):
        if start < end or size_bytes < 0:
            raise FileRefused(_BODY, "its index names a batch twice, or batches that overlap")
        end = start + size_bytes


def _piece(file: pa.NativeFile, start: int, size: int) -> bytes:
    """Bytes of a file, checked against its size first: reading would allocate memory for bytes that do not exist."""
    if not 0 <= start <= start + size <= file.size():
        raise struct.error("the index points out of the file")
    return bytes(file.read_at(size, start))


def _of_message(message: ipc.Message) -> Iterator[int]:
    """What a message's rows take by their number, and, ever more, what its buffers do."""
    metadata, body = memoryview(message.metadata), message.body
    root = _followed(metadata, 0)
    kind = _field(metadata, root, _HEADER_TYPE, "B")
    if kind not in (_DICTIONARY_BATCH, _RECORD_BATCH):
        return
    batch = _pointed(metadata, root, _HEADER)
    if kind == _DICTIONARY_BATCH:
        batch = _pointed(metadata, batch, _DICTIONARY_ROWS)
    yield _field(metadata, batch, _LENGTH, "q") * _ROW_BYTES
    if body is None:
        return
    yield body.size
    if _place(metadata, batch, _COMPRESSION):
        yield from accumulate(_unpacked(metadata, _pointed(metadata, batch, _BUFFERS), memoryview(body)))


def _unpacked(metadata: memoryview, buffers: int, body: memoryview) -> Iterator[int]:
    """What each compressed buffer says; one that is not compressed after all says -1."""
    for start, size in _structs(metadata, buffers, _BUFFER):
        if size:
            said = _read(body, start, "q")
            yield size if said < 0 else said


def _structs(content: memoryview, list_: int, shape: struct.Struct) -> Iterator[tuple[int, ...]]:
    for number in range(_read(content, list_, "I")):
        yield shape.unpack_from(content, list_ + _COUNT_BYTES + number * shape.size)


def _place(metadata: memoryview, table: int, field: int) -> int:
    """The position of a table's field; 0 if it is absent. The table points back at a list of its fields' positions."""
    fields = table - _read(metadata, table, "i")
    entry = 4 + 2 * field
    offset = _read(metadata, fields + entry, "H") if entry < _read(metadata, fields, "H") else 0
    return table + offset if offset else 0


def _field(metadata: memoryview, table: int, field: int, kind: str) -> int:
    place = _place(metadata, table, field)
    return _read(metadata, place, kind) if place else 0


def _pointed(metadata: memoryview, table: int, field: int) -> int:
    """The start of a field that is a table or a list."""
    place = _place(metadata, table, field)
    if not place:
        raise struct.error("a message lacks its rows")
    return _followed(metadata, place)


def _followed(metadata: memoryview, place: int) -> int:
    return place + _read(metadata, place, "I")


def _read(content: memoryview, place: int, kind: str) -> int:
    (found,) = struct.unpack_from(f"<{kind}", content, place)
    return int(found)
