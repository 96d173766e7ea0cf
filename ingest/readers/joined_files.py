"""Files with the index at the end that were joined to one (`cat a.parquet b.parquet`): only the last would be read, and
at the places of the first. They are refused.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from ingest.problems import FileRefused
from ingest.readers.decoding_errors import DECODING_ERRORS
from ingest.readers.input_file import Source

BLOCK_BYTES = 16 << 20


def refuse_joined(source: Source, file: pa.NativeFile, begins: bytes, open_: Callable[[pa.NativeFile], Any]) -> None:
    """Refuse a file that is several in one. Each begins with `begins`, whose last bytes but zeros it also ends with;
    `open_` opens one.

    Raises: FileRefused.
    """
    ends = begins.rstrip(b"\0")
    for place in _places(file, ends + begins):
        end = place + len(ends)
        try:
            open_(pa.BufferReader(file.read_at(end, 0)))
        except DECODING_ERRORS:
            continue  # the two marks are part of a value
        reason = f"it is several {source.format.label} files in one, the first of {end:,} bytes. Load them one by one"
        raise FileRefused(source.name, reason)


def _places(file: pa.NativeFile, sought: bytes) -> Iterator[int]:
    """Where some bytes are in a file, read block by block."""
    start, size = 0, file.size()
    while start < size:
        block = bytes(file.read_at(min(BLOCK_BYTES + len(sought), size - start), start))
        place = block.find(sought)
        while 0 <= place < BLOCK_BYTES:
            yield start + place
            place = block.find(sought, place + 1)
        start += BLOCK_BYTES
