"""How large rows are that lie packed in a file, told before they are unpacked: a few kilobytes may hold gigabytes.

An Arrow message says in its metadata where its buffers are and, in the first bytes of a compressed one, how large it
will be. The metadata is a FlatBuffer; pyarrow reads it and shows it to nobody, so the five fields that this takes are
found here. Source: Message.fbs of Apache Arrow, format version 1.5, and the FlatBuffers binary format.
"""

import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from ingest.readers.source import Format

# Fields of the tables Message, DictionaryBatch and RecordBatch, by their place.
_HEADER_TYPE, _HEADER = 1, 2
_DICTIONARY_ROWS = 1
_LENGTH, _BUFFERS, _COMPRESSION = 0, 2, 3
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
_BUFFER_BYTES = 16
# What a row's number takes, whatever else it has or lacks.
_ROW_BYTES = 8
_FILE_MAGIC = b"ARROW1"


def unpacked_bytes(path: Path, form: Format) -> int:
    """The bytes that the largest piece of a file's rows says to take, unpacked; 0 for texts, which are no larger than
    they look, and for a file that can't be read: whoever reads it says why. A piece is a batch, or a column of a row
    group.
    """
    try:
        if form == "arrow":
            return _of_arrow(path)
        return _of_parquet(path) if form == "parquet" else 0
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OSError, EOFError, struct.error):
        return 0


def _of_parquet(path: Path) -> int:
    metadata = pq.read_metadata(path)
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    return max(
        (group.column(place).total_uncompressed_size for group in groups for place in range(group.num_columns)),
        default=0,
    )


def _of_arrow(path: Path) -> int:
    with pa.OSFile(str(path)) as file:
        # A file is a stream between a mark and an index.
        file.seek(8 if bytes(file.read(len(_FILE_MAGIC))) == _FILE_MAGIC else 0)
        return max(map(_of_message, ipc.MessageReader.open_stream(file)), default=0)


def _of_message(message: ipc.Message) -> int:
    metadata, body = memoryview(message.metadata), message.body
    root = _followed(metadata, 0)
    kind = _field(metadata, root, _HEADER_TYPE, "B")
    if kind not in (_DICTIONARY_BATCH, _RECORD_BATCH):
        return 0
    batch = _pointed(metadata, root, _HEADER)
    if kind == _DICTIONARY_BATCH:
        batch = _pointed(metadata, batch, _DICTIONARY_ROWS)
    rows = _field(metadata, batch, _LENGTH, "q") * _ROW_BYTES
    if body is None or not _place(metadata, batch, _COMPRESSION):
        return max(rows, body.size if body else 0)
    return max(rows, _unpacked(metadata, _pointed(metadata, batch, _BUFFERS), memoryview(body)))


def _unpacked(metadata: memoryview, buffers: int, body: memoryview) -> int:
    """The sum of what compressed buffers say; one that is not compressed after all says -1."""
    total = 0
    for number in range(_read(metadata, buffers, "I")):
        start, size = struct.unpack_from("<qq", metadata, buffers + 4 + number * _BUFFER_BYTES)
        if size:
            said = _read(body, start, "q")
            total += size if said < 0 else said
    return total


def _place(metadata: memoryview, table: int, field: int) -> int:
    """Where a field of a table is; 0 where it is left out. The table points back at a list of its fields' places."""
    fields = table - _read(metadata, table, "i")
    entry = 4 + 2 * field
    offset = _read(metadata, fields + entry, "H") if entry < _read(metadata, fields, "H") else 0
    return table + offset if offset else 0


def _field(metadata: memoryview, table: int, field: int, kind: str) -> int:
    place = _place(metadata, table, field)
    return _read(metadata, place, kind) if place else 0


def _pointed(metadata: memoryview, table: int, field: int) -> int:
    """Where a field that is a table or a list begins."""
    place = _place(metadata, table, field)
    if not place:
        raise struct.error("a message lacks its rows")
    return _followed(metadata, place)


def _followed(metadata: memoryview, place: int) -> int:
    return place + _read(metadata, place, "I")


def _read(content: memoryview, place: int, kind: str) -> int:
    (found,) = struct.unpack_from(f"<{kind}", content, place)
    return int(found)
