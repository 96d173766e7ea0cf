"""NDJSON files: one JSON object a line. Arrow parses a block of lines at once; a block that it can't take is read line
by line, with the same result and the number of the line that is wrong.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.problems import FileRefused, Reason
from ingest.readers.encodings import Bytes
from ingest.readers.input_file import BYTE_ORDER_MARK, Source
from ingest.readers.lines import BLOCK_LINES, beginnings, count, longer_line
from ingest.readers.ndjson_block import read_block
from ingest.readers.ndjson_line_by_line import read_lines
from ingest.readers.rows import RawRows, Rows, Wanted

BLOCK_BYTES = 4 << 20


@contextmanager
def open_ndjson(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of an NDJSON file, numbered by line; blank lines are passed over.

    Raises: FileRefused, also while the rows are read.
    """
    head = source.head().lstrip(BYTE_ORDER_MARK + b" \t\r\n")
    if not head:
        raise FileRefused(source.name, "it is empty, expected one JSON object a line")
    if head.startswith(b"["):
        raise FileRefused(source.name, "it is one JSON array, expected one JSON object a line")
    with source.stream() as stream:
        yield Rows(None, _batches(source, stream, wanted))


def _batches(source: Source, stream: Bytes, wanted: Wanted) -> Iterator[RawRows]:
    line, is_first = 1, True
    for block in _blocks(source, stream):
        text = block
        while line == 1 and text.startswith(BYTE_ORDER_MARK):
            text = text.removeprefix(BYTE_ORDER_MARK)
        rows = read_block(text, line, wanted)
        if rows is None:
            rows = read_lines(text, line, wanted)
        if rows.problems:
            _refuse_torn(source, rows, is_first, is_cut=not block.endswith(b"\n"))
        yield rows
        is_first = is_first and not rows.problems and not len(rows)
        line += block.count(b"\n")


def _refuse_torn(source: Source, rows: RawRows, is_first: bool, is_cut: bool) -> None:
    """Raises: FileRefused if none of the first block's lines is an object, or the last is neither a row nor ended."""
    first, last = rows.problems[0], rows.problems[-1]
    if is_first and not len(rows) and all(problem.reason is Reason.BAD_ROW for problem in rows.problems):
        raise FileRefused(source.name, f"{first.place}: {first.sentence}")
    if is_cut and last.reason is Reason.BAD_ROW and not (rows.numbers > last.number).any():
        raise FileRefused(source.name, f"it is cut off or damaged in {last.place}: {last.sentence}")


def _blocks(source: Source, stream: Bytes) -> Iterator[bytes]:
    """The file's bytes in blocks of whole lines, which are not too many."""
    for text in _whole_lines(source, stream):
        start = 0
        while start < len(text):
            block = next(beginnings(text[start:], b"\n", BLOCK_LINES))
            yield block
            start += len(block)


def _whole_lines(source: Source, stream: Bytes) -> Iterator[bytes]:
    begun: list[bytes] = []
    line = 1
    while read := source.take(stream, BLOCK_BYTES):
        lines, newline, rest = read.rpartition(b"\n")
        if newline:
            whole = b"".join([*begun, lines, newline])
            _refuse_longer(source, whole, line)
            yield whole
            line += count(whole, newline)
            begun = [rest]
        else:
            begun.append(read)
            if sum(map(len, begun)) > source.longest_record_bytes:
                raise source.too_long(f"line {line:,}")
    last = b"".join(begun)
    _refuse_longer(source, last, line)
    if last.strip():
        yield last


def _refuse_longer(source: Source, lines: bytes, line: int) -> None:
    """Raises: FileRefused for a line that is too long: what is made of it takes many times its bytes."""
    place = longer_line(lines, b"\n", source.longest_record_bytes)
    if place is not None:
        number = line + lines.count(b"\n", 0, place)
        raise source.too_long(f"line {number:,}")
