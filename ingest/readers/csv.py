"""CSV files with a header, as in RFC 4180 except for the delimiter. Cells stay bytes until validation reads them.

A row's number is the line where it begins; the header is line 1. Blank lines are skipped.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from ingest.problems import FileRefused, Problem, Reason
from ingest.readers.csv_block import Block, Torn, read_block
from ingest.readers.csv_cut import count, whole_records
from ingest.readers.csv_records import read_records
from ingest.readers.input_file import BYTE_ORDER_MARK, Source
from ingest.readers.rows import RawRows, Rows, Wanted, columnar
from ingest.readers.utf8 import is_utf8


@contextmanager
def open_csv(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of a CSV file; an empty cell is a missing value.

    Raises: FileRefused, also while the rows are read.
    """
    header = _header(source)
    with source.stream() as stream:
        source.take(stream, header.size_bytes)
        yield Rows(frozenset(header.names), _batches(source, stream, header, wanted))


@dataclass(frozen=True, slots=True)
class _Header:
    """The column names, the line ending, and the number of bytes before the first row."""

    names: list[str]
    newline: bytes
    size_bytes: int
    lines: int


def _header(source: Source) -> _Header:
    head = source.head()
    mark = BYTE_ORDER_MARK if head.startswith(BYTE_ORDER_MARK) else b""
    text = head.removeprefix(mark).decode(errors="surrogateescape")
    if text.lstrip()[:1] in {"{", "["}:
        raise FileRefused(source.name, "its name says CSV, but it begins like JSON; NDJSON files end in .ndjson")
    lines = io.StringIO(text, newline="")
    try:
        names = next(csv.reader(lines, delimiter=source.delimiter, strict=True), [])
        "".join(names).encode()
    except (csv.Error, UnicodeEncodeError) as error:
        raise FileRefused(source.name, "its first line is not a CSV header in UTF-8") from error
    if not any(names):
        raise FileRefused(source.name, "its first line is blank, expected the names of the columns")
    source.refuse_repeated(names)
    taken = text[: lines.tell()].encode(errors="surrogateescape")
    newline = b"\n" if b"\n" in head else b"\r"
    return _Header(names, newline, len(mark) + len(taken), taken.count(newline))


def _batches(source: Source, stream: pa.NativeFile, header: _Header, wanted: Wanted) -> Iterator[RawRows]:
    line = 1 + header.lines
    for text in whole_records(source, stream, header.newline, line):
        if not text.isspace():
            block = Block(text, line, header.newline, header.names, source.delimiter)
            yield _rows(source, block, wanted)
        line += count(text, header.newline)


def _rows(source: Source, block: Block, wanted: Wanted) -> RawRows:
    """Arrow reports a torn row only as UTF-8 text, so a block in another encoding is read record by record."""
    try:
        found = read_block(block, wanted) if is_utf8(block.text) else read_records(block, wanted)
    except pa.ArrowInvalid as error:
        reason = f"at or after line {block.line:,}: {str(error).splitlines()[0][:200]}"
        raise FileRefused(source.name, reason) from error
    problems = tuple(_problem(torn, len(block.header)) for torn in found.torn)
    if any(torn.is_last and torn.cells < len(block.header) for torn in found.torn) and not block.ends_a_line:
        raise FileRefused(source.name, f"it is cut off in {problems[-1].place}: {problems[-1].sentence}")
    return columnar(found.batch, wanted, found.numbers, problems, "line")


def _problem(torn: Torn, expected: int) -> Problem:
    sentence = f"it has {torn.cells} cells, expected {expected}"
    return Problem("line", torn.line, Reason.BAD_ROW, sentence, torn.text)
