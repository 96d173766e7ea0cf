"""Cutting CSV into blocks of whole records. A line ends a record if the quotes up to its end are balanced."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.problems import FileRefused
from ingest.readers.input_file import Source

BLOCK_BYTES = 4 << 20
LONGEST_RECORD_BYTES = 64 << 20
QUOTE = b'"'


def whole_records(source: Source, stream: pa.NativeFile, newline: bytes, line: int) -> Iterator[bytes]:
    """The bytes in blocks of whole records, the first of which begins in `line`.

    Raises: FileRefused for a record that is too long, or an unclosed quote at the end of the file.
    """
    begun = b""
    while read := source.take(stream, BLOCK_BYTES):
        begun += read
        end = _last_end(begun, newline)
        if end:
            yield begun[:end]
            line += count(begun[:end], newline)
            begun = begun[end:]
        elif len(begun) > LONGEST_RECORD_BYTES:
            size, open_quote = LONGEST_RECORD_BYTES >> 20, " (is a quote opened and never closed?)"
            reason = f"the row that begins in line {line:,} is longer than {size} MiB"
            raise FileRefused(source.name, reason + (open_quote if count(begun, QUOTE) % 2 else ""))
    if count(begun, QUOTE) % 2:
        raise FileRefused(
            source.name, f"it ends inside a quoted text, in or after line {line:,}: a quote is opened and never closed"
        )
    if begun:
        yield begun


def _last_end(text: bytes, newline: bytes) -> int:
    """The end of the last whole record; 0 if there is none."""
    quotes, end = count(text, QUOTE), len(text)
    while (at := text.rfind(newline, 0, end)) >= 0:
        quotes -= text.count(QUOTE, at, end)
        if quotes % 2 == 0:
            return at + 1
        end = at
    return 0


def count(text: bytes, sign: bytes) -> int:
    """The number of occurrences of a byte; much faster than `bytes.count` if there are many."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == ord(sign)))


def first_lines(text: bytes, newline: bytes, records: int) -> npt.NDArray[np.int64]:
    """The line of the text where each of its records begins, (records,), from 0."""
    if count(text, newline) + (not text.endswith(newline)) == records:
        return np.arange(records, dtype=np.int64)
    signs = np.frombuffer(text, dtype=np.uint8)
    ends = np.append(np.flatnonzero(signs == ord(newline)), len(signs))
    starts = np.append(0, ends[:-1] + 1)
    quoted = np.searchsorted(np.flatnonzero(signs == ord(QUOTE)), starts) % 2 == 1
    lengths = ends - starts
    blank = (lengths == 0) | ((lengths == 1) & (signs[np.minimum(starts, len(signs) - 1)] == ord("\r")))
    found = np.flatnonzero(~quoted & ~blank)
    # Quotes inside an unquoted cell do not pair. Where that makes records ambiguous, they are counted one by one.
    return found if len(found) == records else np.arange(records, dtype=np.int64)
