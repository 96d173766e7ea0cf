"""The index at the end of an Arrow file, which says where its batches are. A few bytes of it may name one batch any
number of times, so it is checked before a batch is read.

pyarrow does not expose it. Source: File.fbs of Apache Arrow, format version 1.5.
"""

import struct
from collections.abc import Iterator

import pyarrow as pa

from ingest.problems import FileRefused
from ingest.readers.decoding_limits import METADATA_BYTES
from ingest.readers.flat_buffer import FlatBuffer

FILE_MAGIC = b"ARROW1"
# Field numbers of the table Footer.
_DICTIONARIES, _RECORD_BATCHES = 2, 3
# Where a message is, the bytes of its metadata, and of its body.
_BLOCK = struct.Struct("<qi4xq")
# The size of the index, which stands between it and the mark of the end.
_SIZE = struct.Struct("<i")


def blocks_of(file: pa.NativeFile, name: str) -> list[tuple[int, int]]:
    """Where the messages are that the index of a file names, and their bytes; `name` is the file's in refusals.

    Raises: FileRefused for an index that is too large or has bytes read again; struct.error for a damaged one.
    """
    end = file.size() - len(FILE_MAGIC) - _SIZE.size
    (size,) = _SIZE.unpack(piece(file, end, _SIZE.size))
    if METADATA_BYTES < size <= file.size():
        raise FileRefused(name, f"its index has {size:,} bytes, and at most {METADATA_BYTES:,} are read")
    blocks = list(_blocks(FlatBuffer(memoryview(piece(file, end - size, size)))))
    _refuse_overlapping(blocks, name)
    return blocks


def piece(file: pa.NativeFile, start: int, size: int) -> bytes:
    """Bytes of a file, checked against its size first: reading would allocate memory for bytes that do not exist.

    Raises: struct.error if they are not in the file.
    """
    if not 0 <= start <= start + size <= file.size():
        raise struct.error("the index points out of the file")
    return bytes(file.read_at(size, start))


def _blocks(index: FlatBuffer) -> Iterator[tuple[int, int]]:
    for field in (_DICTIONARIES, _RECORD_BATCHES):
        if index.has(index.root, field):
            for start, metadata_bytes, body_bytes in index.structs(index.pointed(index.root, field), _BLOCK):
                yield start, metadata_bytes + body_bytes


def _refuse_overlapping(blocks: list[tuple[int, int]], name: str) -> None:
    end = 0
    for start, size_bytes in sorted(blocks):
        if start < end or size_bytes < 0:
            raise FileRefused(name, "its index names a batch twice, or batches that overlap")
        end = start + size_bytes
