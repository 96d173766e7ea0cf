"""CSV read record by record, for blocks that are not UTF-8, in which Arrow can't say which record is torn."""

import csv
import io
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from ingest.readers.csv_block import Block, Found, Torn
from ingest.readers.csv_cut import LONGEST_RECORD_BYTES
from ingest.readers.rows import Wanted

csv.field_size_limit(LONGEST_RECORD_BYTES)


def read_records(block: Block, wanted: Wanted) -> Found:
    """The records of any block."""
    records = list(_records(block))
    whole = [(line, cells) for line, cells, _ in records if len(cells) == len(block.header)]
    torn = [
        Torn(line, len(cells), _shown(text), line == records[-1][0])
        for line, cells, text in records
        if len(cells) != len(block.header)
    ]
    columns = {
        name: pa.array([_bytes(cells[place]) for _, cells in whole], pa.binary())
        for place, name in enumerate(block.header)
        if name in set(block.names(wanted))
    }
    return Found(pa.record_batch(columns), np.asarray([line for line, _ in whole], dtype=np.int64), torn)


def _records(block: Block) -> Iterator[tuple[int, list[str], str]]:
    """For each record the line where it begins, its cells, and its text. Blank lines are skipped."""
    text: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(block.text.decode(errors="surrogateescape"), newline=""):
            text.append(line)
            yield line

    line = block.line
    for cells in csv.reader(lines(), delimiter=block.delimiter):
        if cells:
            yield line, cells, "".join(text)
        line += len(text)
        text.clear()


def _bytes(cell: str) -> bytes | None:
    return cell.encode(errors="surrogateescape") or None


def _shown(text: str) -> str:
    return text.rstrip("\r\n").encode(errors="surrogateescape").decode(errors="backslashreplace")
