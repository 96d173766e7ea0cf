"""CSV record by record, for what Arrow can't read: quotes that people forgot to double, carriage returns within cells,
escapes, long delimiters, and text that is not UTF-8.

A cell that begins with a quote ends at the quote before a delimiter or the end of the line. Where another quote stands
in between that is neither doubled nor escaped (`"Swing it" magistern`), the cell is what stands there, quotes and all,
to the next delimiter; if all inner quotes have a backslash (`"The \\"Best\\" Film"`), it is read by it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.readers.csv_block import Found, Layout, Torn
from ingest.readers.csv_quotes import ClosingQuotes, Quoting
from ingest.readers.rows import Wanted

BACKSLASH = b"\\"


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its cells, and where it ends, with its line end."""

    cells: list[bytes]
    end: int


class UnclosedQuote(Exception):
    """The text ends in a cell whose quote is never closed; `args` is where that begins."""


class Scanner:
    """Reads records of one layout."""

    def __init__(self, layout: Layout) -> None:
        delimiter, quote, escape = layout.delimiter, layout.quote, layout.escape
        ends = re.escape(delimiter[:1])
        newline = re.escape(layout.newline)
        # One at the very end stands for itself.
        escaped = b"" if escape is None else re.escape(escape) + rb"(?:[\s\S]|\Z)|"
        inner = b"" if escape is None else re.escape(escape)
        other = b"" if len(delimiter) == 1 else rb"(?!" + re.escape(delimiter) + b")" + ends + b"|"
        self._bare = re.compile(b"(?:" + escaped + other + b"[^" + ends + newline + inner + b"])*+")
        self._delimiter, self._newline, self._escape = delimiter, layout.newline, escape
        self._quote = quote
        self._ways = (
            []
            if quote is None
            else [Quoting(quote, escape, is_doubled=True), Quoting(quote, BACKSLASH, is_doubled=False, stops=b"\r\n")]
        )
        self._meant = b"" if escape is None else bytes({*delimiter, *(quote or b""), *escape, *b"\r\n"})

    def records(self, text: bytes, *, is_last: bool) -> Iterator[Record]:
        """The records of a text, which begins with one; without `is_last` only those whose end is there.

        Raises: UnclosedQuote.
        """
        at, closings = 0, [ClosingQuotes(way, text) for way in self._ways]
        while at < len(text):
            record = self._record(text, at, closings, is_last)
            if record is None:
                return
            yield record
            at = record.end

    def _record(self, text: bytes, at: int, closings: Sequence[ClosingQuotes], is_last: bool) -> Record | None:
        cells: list[bytes] = []
        while True:
            found = self._cell(text, at, closings, is_last)
            if found is None:
                return None
            cell, at = found
            if text.startswith(self._delimiter, at):
                cells.append(cell)
                at += len(self._delimiter)
                continue
            end = self._line_end(text, at)
            if end is None and not is_last:
                return None
            cells.append(cell)
            return Record(cells, at if end is None else end)

    def _cell(self, text: bytes, at: int, closings: Sequence[ClosingQuotes], is_last: bool) -> tuple[bytes, int] | None:
        """A cell and where it ends; None if that can't be told yet."""
        if self._quote is not None and text.startswith(self._quote, at):
            quoted, backslashed = closings
            end = quoted.of(at)
            if end is None:
                if is_last:
                    raise UnclosedQuote(at)
                return None
            if self._is_end(text, end + 1):
                return self._unescaped(text[at + 1 : end].replace(self._quote * 2, self._quote)), end + 1
            end = backslashed.of(at)
            if end is not None and self._is_end(text, end + 1) and BACKSLASH + self._quote in text[at + 1 : end]:
                return re.sub(rb"\\([\\" + re.escape(self._quote) + rb"])", rb"\1", text[at + 1 : end]), end + 1
        bare = self._bare.match(text, at)
        assert bare is not None, "it matches nothing, too"
        end = bare.end()
        # The carriage return of the line's end is not part of the cell.
        if self._newline == b"\n" and text[end : end + 1] == b"\n" and text[at:end].endswith(b"\r"):
            end -= 1
        return self._unescaped(text[at:end]), end

    def _unescaped(self, cell: bytes) -> bytes:
        """Without escapes before signs that would mean something; others, such as of `\\N`, stay."""
        if self._escape is None or self._escape not in cell:
            return cell
        pattern = re.escape(self._escape) + b"([" + re.escape(self._meant) + b"])"
        return re.sub(pattern, rb"\1", cell)

    def _is_end(self, text: bytes, at: int) -> bool:
        is_over = at >= len(text)
        return is_over or text.startswith(self._delimiter, at) or self._line_end(text, at) is not None

    def _line_end(self, text: bytes, at: int) -> int | None:
        """The place after the line end there; None if there is none."""
        if text.startswith(self._newline, at):
            return at + len(self._newline)
        return at + 2 if self._newline == b"\n" and text.startswith(b"\r\n", at) else None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A record, its text, and the line where it begins."""

    line: int
    record: Record
    text: bytes

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.record.end


def numbered(layout: Layout, text: bytes, line: int, *, is_last: bool) -> Iterator[Numbered]:
    """The records of a text whose first line has the number `line`, without blank ones.

    Raises: UnclosedQuote.
    """
    at = 0
    for record in Scanner(layout).records(text, is_last=is_last):
        whole = text[at : record.end]
        if not (len(record.cells) == 1 and not whole.strip(b"\r\n")):
            yield Numbered(line, record, whole)
        line += whole.count(layout.newline)
        at = record.end


def columns_of(layout: Layout, records: list[Numbered], wanted: Wanted) -> Found:
    """The records as columns; of cells beyond the header the empty ones don't count."""
    width = len(layout.header)
    whole = [one for one in records if _fits(one.record.cells, width)]
    torn = [
        Torn(one.line, len(one.record.cells), _shown(one.text), one is records[-1])
        for one in records
        if not _fits(one.record.cells, width)
    ]
    columns = {
        name: pa.array([one.record.cells[place] or None for one in whole], pa.binary())
        for place, name in enumerate(layout.header)
        if wanted.takes(name)
    }
    return Found(pa.record_batch(columns), np.asarray([one.line for one in whole], dtype=np.int64), torn)


def _fits(cells: list[bytes], width: int) -> bool:
    return len(cells) >= width and not any(cells[width:])


def _shown(text: bytes) -> str:
    return text.rstrip(b"\r\n").decode(errors="backslashreplace")
