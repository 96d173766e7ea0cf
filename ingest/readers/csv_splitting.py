"""Cutting CSV into pieces of whole records, and whether a piece is as RFC 4180 has it, so that Arrow can read it."""

import numpy as np
import numpy.typing as npt

from ingest.readers.lines import count

BLOCK_BYTES = 4 << 20


def last_end(text: bytes, newline: bytes, quote: bytes | None) -> int:
    """The end of the last record, if all quotes pair: of the last line up to which there is an even number of them; 0
    if there is none.
    """
    if quote is None:
        return text.rfind(newline) + 1
    quotes, end = count(text, quote), len(text)
    while (at := text.rfind(newline, 0, end)) >= 0:
        quotes -= text.count(quote, at, end)
        if quotes % 2 == 0:
            return at + 1
        end = at
    return 0


def is_regular(text: bytes, newline: bytes, delimiter: bytes, quote: bytes | None) -> bool:
    """Whether each quote opens a cell, closes one, or is doubled, and no carriage return stands alone."""
    signs = np.frombuffer(text, dtype=np.uint8)
    if newline == b"\n" and b"\r" in text:
        returns = np.flatnonzero(signs == ord("\r"))
        if not (returns + 1 < len(signs)).all() or not (signs[returns + 1] == ord("\n")).all():
            return False
    places = np.flatnonzero(signs == ord(quote)) if quote else signs[:0]
    if len(places) == 0:
        return True
    if len(places) % 2:
        return False
    opens, closes = places[::2], places[1::2]
    ends = np.frombuffer(delimiter + b"\r\n", dtype=np.uint8)
    doubled = opens[1:] == closes[:-1] + 1
    begun = (opens == 0) | np.isin(signs[opens - 1], ends) | np.append(False, doubled)
    ended = (closes == len(signs) - 1) | np.append(doubled, False)
    ended |= np.isin(signs[np.minimum(closes + 1, len(signs) - 1)], ends)
    return bool(begun.all() and ended.all())


def first_lines(text: bytes, newline: bytes, records: int, quote: bytes | None) -> npt.NDArray[np.int64]:
    """The line of the text where each of its records begins, (records,), from 0."""
    if count(text, newline) + (not text.endswith(newline)) == records:
        return np.arange(records, dtype=np.int64)
    signs = np.frombuffer(text, dtype=np.uint8)
    ends = np.append(np.flatnonzero(signs == ord(newline)), len(signs))
    starts = np.append(0, ends[:-1] + 1)
    quotes = np.flatnonzero(signs == ord(quote)) if quote else ends[:0]
    quoted = np.searchsorted(quotes, starts) % 2 == 1
    lengths = ends - starts
    blank = (lengths == 0) | ((lengths == 1) & (signs[np.minimum(starts, len(signs) - 1)] == ord("\r")))
    return np.flatnonzero(~quoted & ~blank)
