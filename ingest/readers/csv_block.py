"""A block of CSV records parsed by Arrow in one go."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from ingest.readers.csv_cut import first_lines
from ingest.readers.rows import Wanted


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records, the first of which begins in `line` of the file."""

    text: bytes
    line: int
    newline: bytes
    header: list[str]
    delimiter: str

    @property
    def ends_a_line(self) -> bool:
        """Whether the last record is followed by a line end."""
        return self.text.endswith((b"\n", b"\r"))

    def names(self, wanted: Wanted) -> list[str]:
        """The columns that are to be read."""
        return [name for name in self.header if wanted.rest or name in wanted.columns]


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


def read_block(block: Block, wanted: Wanted) -> Found:
    """The records of a block in UTF-8.

    Raises: pyarrow.ArrowInvalid.
    """
    invalid: list[arrow_csv.InvalidRow] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        invalid.append(row)
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(block.text),
        # One thread, because only then Arrow says which record is torn.
        read_options=arrow_csv.ReadOptions(
            column_names=block.header, block_size=len(block.text) + 1, use_threads=False
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=block.delimiter, newlines_in_values=True, invalid_row_handler=skip
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(block.header, pa.binary()),
            include_columns=block.names(wanted),
            # By default "NA" would be missing, but it is Namibia, and may be a title.
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    records = table.num_rows + len(invalid)
    lines = first_lines(block.text, block.newline, records) + block.line
    torn = [Torn(int(lines[row.number - 1]), row.actual_columns, row.text, row.number == records) for row in invalid]
    numbers = np.delete(lines, [row.number - 1 for row in invalid])
    return Found(_one_batch(table), numbers, torn)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    columns = [column.combine_chunks() for column in table.columns]
    return pa.record_batch(columns, schema=table.schema)
