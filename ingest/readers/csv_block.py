"""A block of CSV records parsed by Arrow in one go."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from ingest.readers.csv_splitting import first_lines
from ingest.readers.rows import Wanted


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file's records are written, and its columns."""

    header: list[str]
    newline: bytes
    delimiter: bytes
    quote: bytes | None
    escape: bytes | None

    def names(self, wanted: Wanted) -> list[str]:
        """The columns that are to be read."""
        return list(filter(wanted.takes, self.header))


@dataclass(frozen=True, slots=True)
class Torn:
    """A record with too few or too many cells; `is_last` says that it is the last of its block."""

    line: int
    cells: int
    text: str
    is_last: bool


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The whole records of a block: cells as bytes, null where empty; the lines (rows,) where they begin; the torn
    ones.
    """

    batch: pa.RecordBatch
    numbers: npt.NDArray[np.int64]
    torn: list[Torn]


def read_block(layout: Layout, text: bytes, line: int, wanted: Wanted) -> Found:
    """The records of a text in UTF-8, the first of which begins in `line`, and whose quotes pair.

    Raises: pyarrow.ArrowInvalid.
    """
    invalid: list[arrow_csv.InvalidRow] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        invalid.append(row)
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(text),
        # One thread, because only then Arrow says which record is torn.
        read_options=arrow_csv.ReadOptions(column_names=layout.header, block_size=len(text) + 1, use_threads=False),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter.decode(),
            quote_char=layout.quote.decode() if layout.quote else False,
            newlines_in_values=layout.quote is not None,
            invalid_row_handler=skip,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(layout.header, pa.binary()),
            include_columns=layout.names(wanted),
            # By default "NA" would be missing, but it is Namibia, and may be a title.
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    records = table.num_rows + len(invalid)
    lines = first_lines(text, layout.newline, records, layout.quote) + line
    torn = [Torn(int(lines[row.number - 1]), row.actual_columns, row.text, row.number == records) for row in invalid]
    numbers = np.delete(lines, [row.number - 1 for row in invalid])
    return Found(_one_batch(table), numbers, torn)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    columns = [column.combine_chunks() for column in table.columns]
    return pa.record_batch(columns, schema=table.schema)
