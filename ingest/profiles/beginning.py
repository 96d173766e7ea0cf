"""The beginning of a file: its columns and first rows as texts, whatever they mean, and where a cut one ends whole."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from ingest.files.dialect import Dialect
from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.quarantine.original_rows import shown
from ingest.readers import Decoders, Source, open_rows
from ingest.readers.csv_header import read_header
from ingest.readers.csv_records import Scanner
from ingest.readers.rows import RawRows, Rows, Wanted

LOOKED_AT_ROWS = 1_000
# Fewer rows are looked at where they are as long as this together: a packed file names a large text a thousand times.
LOOKED_AT_CHARACTERS = 8 << 20
# Comparing names with the contracts' takes time for each.
MOST_COLUMNS = 1_000
_EVERYTHING = Wanted(frozenset(), rest=True)


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first rows of a file: the values of each column that are there, in the file's order of columns, and the cells
    of each row by its number in the file, both as texts.
    """

    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def read_beginning(source: Source, decoders: Decoders | None = None) -> Beginning:
    """At most `LOOKED_AT_ROWS` rows, and no more once they have `LOOKED_AT_CHARACTERS`.

    Raises: FileRefused, also for more than `MOST_COLUMNS` columns.
    """
    columns: dict[str, list[str]] = {}
    cells: dict[int, dict[str, str]] = {}
    room = LOOKED_AT_CHARACTERS
    with open_rows(source, _EVERYTHING, decoders) as rows:
        for name in _names(source, rows):
            columns[name] = []
        _refuse_wide(source, columns)
        for number, row in islice(chain.from_iterable(map(_rows, rows.batches)), LOOKED_AT_ROWS):
            cells[number] = {name: shown(value) for name, value in row.items()}
            for name, text in cells[number].items():
                columns.setdefault(name, []).append(text)
            _refuse_wide(source, columns)
            room -= sum(map(len, cells[number].values()))
            if room <= 0:
                break
    return Beginning(columns, cells)


def _rows(raw: RawRows) -> Iterator[tuple[int, Mapping[str, object]]]:
    return zip(raw.numbers.tolist(), raw.rest or ({},) * len(raw), strict=True)


def _names(source: Source, rows: Rows) -> Sequence[str]:
    """The columns in the file's order; none where each row names its own."""
    if rows.types:
        return list(rows.types)
    return read_header(source, _EVERYTHING).layout.header if source.format is FileFormat.CSV else ()


def _refuse_wide(source: Source, columns: Mapping[str, object]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise FileRefused(source.name, f"it has more than {MOST_COLUMNS:,} columns, and so many are not looked at")


def cut_to_whole_rows(path: Path, name: str, format_: FileFormat, dialect: Dialect) -> None:
    """Take what is left of a row off the end of a text file of which only the beginning is there. A file without a
    whole row stays as it is.

    Raises: FileRefused.
    """
    source = Source.of(path, name, dialect, format_)
    text = path.read_bytes()
    if source.encoding is not None:
        end = _last_line_end(text, source.encoding)
    elif format_ is FileFormat.CSV:
        end = _last_record_end(text, source)
    else:
        end = text.rfind(b"\n") + 1
    if end:
        os.truncate(path, end)


def _last_line_end(text: bytes, encoding: str) -> int:
    """Where the last line ends of a text that may be cut within a sign."""
    read = text.decode(encoding, "ignore")
    return len(read[: read.rfind("\n") + 1].encode(encoding)) if "\n" in read else 0


def _last_record_end(text: bytes, source: Source) -> int:
    """Where the last record ends whose end is there: cells may hold line ends."""
    header = read_header(source, _EVERYTHING)
    records = Scanner(header.layout).records(text[header.size_bytes :], is_last=False)
    ends = [record.end for record in islice(records, LOOKED_AT_ROWS)]
    return header.size_bytes + ends[-1] if ends else 0
