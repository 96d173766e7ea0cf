"""CSV files with a header, as RFC 4180 has them but for the delimiter; cells stay bytes until validation reads them.

Rows are counted from 1 after the header, blank lines not counted.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from ingest.problems import FileRefused, Problem, Reason
from ingest.readers.rows import RawRows, Rows, Wanted, columnar
from ingest.readers.source import BYTE_ORDER_MARK, Source

BLOCK_BYTES = 4 << 20


@contextmanager
def open_csv(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of a CSV file; an empty cell is a missing value.

    Raises: FileRefused, also while the rows are read.
    """
    header, has_rows = _header(source)
    with source.stream() as stream:
        yield Rows(frozenset(header), _batches(source, stream, header, wanted) if has_rows else iter(()))


def _header(source: Source) -> tuple[list[str], bool]:
    """The names of the columns, and whether anything follows them."""
    head = source.head().removeprefix(BYTE_ORDER_MARK)
    if head.lstrip()[:1] in {b"{", b"["}:
        raise FileRefused(source.name, "its name says CSV, but it begins like JSON; NDJSON files end in .ndjson")
    lines = io.StringIO(head.decode(errors="surrogateescape"), newline="")
    try:
        header = next(csv.reader(lines, delimiter=source.delimiter, strict=True), [])
        "".join(header).encode()
    except (csv.Error, UnicodeEncodeError) as error:
        raise FileRefused(source.name, "its first line is no CSV header in UTF-8") from error
    if not any(header):
        raise FileRefused(source.name, "its first line is blank, expected the names of the columns")
    source.refuse_repeated(header)
    return header, bool(lines.read().strip())


def _batches(source: Source, stream: pa.NativeFile, header: list[str], wanted: Wanted) -> Iterator[RawRows]:
    counted = _Counted(source, stream)
    torn = _Torn()
    first = 1
    try:
        for batch in _open(counted, torn, header, wanted):
            numbers, problems = torn.around(first, batch.num_rows)
            yield columnar(batch, wanted, numbers, problems)
            first = int(numbers[-1]) + 1 if len(numbers) else first
    except pa.ArrowInvalid as error:
        raise FileRefused(source.name, _sentence(str(error), first)) from error
    except OSError as error:
        raise source.cut_off(error) from error
    if torn.rows and torn.is_short and not counted.ends_a_line:
        raise FileRefused(source.name, f"it is cut off in {torn.rows[-1].place}: {torn.rows[-1].sentence}")
    if torn.rows:
        yield RawRows({}, np.empty(0, dtype=np.int64), problems=torn.rest())
    if counted.quotes % 2:
        raise FileRefused(source.name, "it ends inside a quoted text: a quote is opened and never closed")


def _open(file: "_Counted", torn: "_Torn", header: list[str], wanted: Wanted) -> arrow_csv.CSVStreamingReader:
    return arrow_csv.open_csv(
        file,
        # One thread: only then does Arrow say which row is torn, and it is no slower with quoted newlines.
        read_options=arrow_csv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False),
        parse_options=arrow_csv.ParseOptions(
            delimiter=file.source.delimiter, newlines_in_values=True, invalid_row_handler=torn.skip
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.binary()),
            include_columns=None if wanted.rest else [name for name in header if name in wanted.columns],
            # By default "NA" would be missing: it is Namibia, and a fine title.
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _sentence(error: str, first: int) -> str:
    if "straddling" in error:
        return f"row {first:,} or one soon after it is longer than {BLOCK_BYTES >> 20} MiB"
    return f"at or after row {first:,}: {error.splitlines()[0][:200]}"


class _Torn:
    """The rows that have too few or too many cells, as Arrow comes upon them, which is ahead of what it hands out.

    `is_short` tells of the last one that it has too few.
    """

    def __init__(self) -> None:
        self.rows: deque[Problem] = deque()
        self.is_short = False

    def skip(self, row: arrow_csv.InvalidRow) -> str:
        number = row.number - 1  # Arrow counts the header
        sentence = f"it has {row.actual_columns} cells, expected {row.expected_columns}"
        self.rows.append(Problem("row", number, Reason.BAD_ROW, sentence, row.text))
        self.is_short = row.actual_columns < row.expected_columns
        return "skip"

    def around(self, first: int, count: int) -> tuple[npt.NDArray[np.int64], tuple[Problem, ...]]:
        """The numbers of the next `count` whole rows, of which none is below `first`, and the torn ones among them."""
        numbers = np.arange(first, first + count, dtype=np.int64)
        problems = []
        while self.rows and count and self.rows[0].number <= numbers[-1]:
            problem = self.rows.popleft()
            numbers[numbers >= problem.number] += 1
            problems.append(problem)
        return numbers, tuple(problems)

    def rest(self) -> tuple[Problem, ...]:
        """The torn rows behind the last whole one."""
        return tuple(self.rows)


class _Counted(io.RawIOBase):
    """A stream that counts its quotes, which pair in a whole file, and tells whether it ends as a line does."""

    def __init__(self, source: Source, stream: pa.NativeFile) -> None:
        self.source = source
        self.stream = stream
        self.quotes = 0
        self.ends_a_line = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = bytes(self.stream.read(size if size >= 0 else None))
        self.quotes += block.count(b'"')
        if block:
            self.ends_a_line = block.endswith((b"\n", b"\r"))
        self.source.note_position()
        return block
