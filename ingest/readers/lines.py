"""Counting the lines of a text. A row of two bytes takes as much memory as any other once it is read, so blocks are
bounded by their lines as well as by their bytes.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

# More than a block of ordinary rows has.
BLOCK_LINES = 1 << 17


def count(text: bytes, sign: bytes) -> int:
    """The number of occurrences of a byte; much faster than `bytes.count` if there are many."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == ord(sign)))


def places(text: bytes, sign: bytes) -> npt.NDArray[np.int64]:
    """Where a byte occurs, in order."""
    return np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord(sign))


def longer_line(text: bytes, newline: bytes, most: int) -> int | None:
    """Where the first line of more than `most` bytes begins, its end not counted; None if there is none."""
    start = 0
    while len(text) - start > most:
        end = text.rfind(newline, start, start + most + 1)
        if end < 0:
            return start
        start = end + 1
    return None


def beginnings(text: bytes, newline: bytes, lines: int) -> Iterator[bytes]:
    """The first so many lines of a text, then twice as many and so on; at last the whole."""
    ends = places(text, newline) if count(text, newline) > lines else ()
    while lines < len(ends):
        yield text[: int(ends[lines - 1]) + 1]
        lines *= 2
    yield text
