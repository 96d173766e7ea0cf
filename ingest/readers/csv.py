"""CSV files as people write them. Cells stay bytes until validation reads them.

Pieces that are as RFC 4180 has them, whatever the delimiter, are read by Arrow; others record by record. A row's number
is the line where it begins; the header is line 1. Blank lines are skipped.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa

from ingest.problems import FileRefused, Problem, Reason
from ingest.readers import csv_splitting
from ingest.readers.csv_block import Found, Layout, Torn, read_block
from ingest.readers.csv_header import Header, read_header
from ingest.readers.csv_records import Numbered, UnclosedQuote, columns_of, numbered
from ingest.readers.csv_splitting import is_regular, last_end
from ingest.readers.encodings import Bytes
from ingest.readers.input_file import Source
from ingest.readers.lines import BLOCK_LINES, beginnings, count, places
from ingest.readers.rows import RawRows, Rows, Wanted, columnar
from ingest.readers.utf8 import is_utf8

# What DOS put at the end of a text.
END_MARK = b"\x1a"


@contextmanager
def open_csv(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of a CSV file; an empty cell is a missing value.

    Raises: FileRefused, also while the rows are read.
    """
    header = read_header(source, wanted)
    with source.stream() as stream:
        source.take(stream, header.size_bytes)
        yield Rows(frozenset(header.layout.header), _batches(source, stream, header, wanted))


def _batches(source: Source, stream: Bytes, header: Header, wanted: Wanted) -> Iterator[RawRows]:
    layout, line, begun, is_last = header.layout, 1 + header.lines, b"", False
    while not is_last:
        read = source.take(stream, csv_splitting.BLOCK_BYTES)
        is_last = not read
        begun = begun.removesuffix(END_MARK) if is_last else begun + read
        is_read = False
        while not is_read:
            found, text, end = _next_block(source, layout, begun, line, is_last, wanted)
            if found is not None and (len(found.numbers) or found.torn):
                _refuse_longer(source, layout, begun[:end], line, found)
                yield _rows(source, layout, found, wanted, ends_a_line=begun[:end].endswith((b"\n", b"\r")))
            line += count(begun[:end], layout.newline)
            is_read, begun = len(text) == len(begun), begun[end:]
        if len(begun) > source.longest_record_bytes:
            raise _too_long(source, layout, begun, line)


def _next_block(
    source: Source, layout: Layout, begun: bytes, line: int, is_last: bool, wanted: Wanted
) -> tuple[Found | None, bytes, int]:
    """The records of a beginning of the text, that beginning, and where they end; as few lines as hold a record."""
    for text in beginnings(begun, layout.newline, BLOCK_LINES):
        is_end = is_last and len(text) == len(begun)
        end = len(text) if is_end else last_end(text, layout.newline, layout.quote)
        found, end = _found(source, layout, text, line, end, is_end, wanted)
        if end:
            break
    return found, text, end


def _found(
    source: Source, layout: Layout, text: bytes, line: int, end: int, is_last: bool, wanted: Wanted
) -> tuple[Found | None, int]:
    """The records at the beginning of a text, and where they end; `end` is where they do if all quotes pair."""
    piece = text[:end]
    if piece and _is_for_arrow(layout, piece):
        try:
            found = None if piece.isspace() else read_block(layout, piece, line, wanted)
        except pa.ArrowInvalid as error:
            reason = f"at or after line {line:,}: {str(error).splitlines()[0][:200]}"
            raise FileRefused(source.name, reason) from error
        # Cells beyond the header may be empty ones, which don't count.
        if found is None or all(torn.cells < len(layout.header) for torn in found.torn):
            return found, end
    return _one_by_one(source, layout, text, line, is_last, wanted)


def _is_for_arrow(layout: Layout, piece: bytes) -> bool:
    is_plain = layout.escape is None and len(layout.delimiter) == 1
    return is_plain and is_regular(piece, layout.newline, layout.delimiter, layout.quote) and is_utf8(piece)


def _one_by_one(
    source: Source, layout: Layout, text: bytes, line: int, is_last: bool, wanted: Wanted
) -> tuple[Found, int]:
    records: list[Numbered] = []
    end = 0
    try:
        records.extend(numbered(layout, text, line, is_last=is_last))
    except UnclosedQuote as unclosed:
        opened = line + text[: unclosed.args[0]].count(layout.newline)
        reason = f"it ends inside a quoted text: in line {opened:,} a quote is opened and never closed"
        raise FileRefused(source.name, reason) from unclosed
    if is_last:
        end = len(text)
    elif records:
        end = records[-1].end
    return columns_of(layout, records, wanted), end


def _rows(source: Source, layout: Layout, found: Found, wanted: Wanted, *, ends_a_line: bool) -> RawRows:
    problems = tuple(_problem(torn, len(layout.header)) for torn in found.torn)
    if any(torn.is_last and torn.cells < len(layout.header) for torn in found.torn) and not ends_a_line:
        raise FileRefused(source.name, f"it is cut off in {problems[-1].place}: {problems[-1].sentence}")
    return columnar(found.batch, wanted, found.numbers, problems, "line")


def _problem(torn: Torn, expected: int) -> Problem:
    sentence = f"it has {torn.cells} cells, expected {expected}"
    return Problem("line", torn.line, Reason.BAD_ROW, sentence, torn.text)


def _refuse_longer(source: Source, layout: Layout, records: bytes, line: int, found: Found) -> None:
    """Raises: FileRefused for a record that is too long: what is made of it takes many times its bytes."""
    most = source.longest_record_bytes
    if len(records) <= most:
        return
    lines = np.sort([*found.numbers.tolist(), *(torn.line for torn in found.torn)])
    starts = np.append(0, places(records, layout.newline) + 1)[lines - line]
    ends = np.append(starts[1:], len(records))
    for place in np.flatnonzero(ends - starts > most).tolist():
        # Blank lines behind it are not its own.
        if len(records[starts[place] : ends[place]].rstrip(b"\r\n")) > most:
            raise source.too_long(f"the row that begins in line {int(lines[place]):,}")


def _too_long(source: Source, layout: Layout, begun: bytes, line: int) -> FileRefused:
    refusal = source.too_long(f"the row that begins in line {line:,}")
    is_open = layout.quote is not None and count(begun, layout.quote) % 2
    return FileRefused(source.name, f"{refusal.reason} (is a quote opened and never closed?)") if is_open else refusal
