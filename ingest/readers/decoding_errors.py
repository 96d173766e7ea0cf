"""The errors that damaged bytes of Arrow and Parquet can cause: impossible sizes or places, names that are no text."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from ingest.problems import FileRefused
from ingest.readers.input_file import Source

DECODING_ERRORS = (pa.ArrowException, OSError, EOFError, MemoryError, UnicodeDecodeError, struct.error)


@contextmanager
def refusing_damage(source: Source) -> Iterator[None]:
    """Refuse a file whose bytes can't be decoded.

    Raises: FileRefused.
    """
    try:
        yield
    except DECODING_ERRORS as error:
        what = f"it is cut off, damaged or not {source.format.label}: {first_line(error)}"
        raise FileRefused(source.name, what) from error


def first_line(error: Exception) -> str:
    """What an error says first, cut."""
    said = str(error).splitlines() or [type(error).__name__]
    return said[0][:200]
