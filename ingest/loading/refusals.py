"""When a whole file is refused: a column that is missing, not allowed or of a wrong type, and more rows, bytes or bad
rows than the options allow. Each refusal says what to do next.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from ingest.files.file_format import FileFormat
from ingest.loading.options import Options
from ingest.problems import ColumnNotAllowed, FileRefused, Problem, TooManyRows
from ingest.readable_names import cut, listed, shown
from ingest.readers import Source
from ingest.readers.csv_header import other_delimiter
from ingest.rows.arrow_types import is_readable, plain_type
from ingest.rows.column_names import nearest, proposed_map, told
from ingest.rows.contract import Contract
from ingest.rows.corrections import columns_of
from warehouse.loads.row_verdicts import FORGOTTEN
from warehouse.plurals import noun

# Names that are compared with those that are missing.
MOST_COMPARED = 1_000


@dataclass
class SizeLimits:
    """The rows and bytes of a file that is being read, and its malformed rows, held to the options' limits."""

    source: Source
    options: Options
    rows: int = 0
    size_bytes: int = 0
    malformed: int = 0

    def add(self, rows: int, size_bytes: int) -> None:
        """Count some rows of the file, or bytes that become of them.

        Raises: TooManyRows.
        """
        self.rows += rows
        self.size_bytes += size_bytes
        most_rows, most_bytes = self.options.max_rows, self.options.max_bytes
        if most_rows is not None and self.rows > most_rows:
            raise TooManyRows(self.source.name, f"it has more than {most_rows:,} rows; send it in pieces")
        if most_bytes is not None and self.size_bytes > most_bytes:
            raise TooManyRows(self.source.name, f"its values take more than {most_bytes:,} bytes; send it in pieces")

    def add_malformed(self, problems: Sequence[Problem]) -> None:
        """Count the malformed rows of a block.

        Raises: FileRefused.
        """
        self.malformed += len(problems)
        most = self.options.max_malformed
        if most is not None and self.malformed > most:
            first = min(problems, key=lambda problem: problem.number)
            what = f"it has more than {most:,} malformed {noun(most, 'row')}, such as {first.place}: {first.sentence}"
            raise FileRefused(self.source.name, what)


def refuse_unknown_corrections(source: Source, options: Options, names: frozenset[str] | None) -> None:
    """Raises: FileRefused for cells corrected in a column that the file lacks, or in a file that is no text."""
    if not options.corrections:
        return
    if source.format not in (FileFormat.CSV, FileFormat.NDJSON):
        raise FileRefused(source.name, "cells of CSV and NDJSON can be corrected; correct this file and send it again")
    unknown = sorted(columns_of(options.corrections) - names) if names is not None else []
    if unknown:
        raise FileRefused(source.name, f"it has no column {cut(unknown[0])} in which a cell could be corrected")


def refuse_not_allowed(source: Source, contract: Contract, options: Options, names: frozenset[str]) -> None:
    """Raises: ColumnNotAllowed for a column that this sender may not send."""
    if options.allowed is None:
        return
    required = set(contract.missing(frozenset()))
    sent = {options.profile.renamed.get(name, name) for name in names}
    # What is read only to make an id of it is not kept; a column of the table is, and so is what all rows are given.
    parts = {name for sources in options.profile.ids.values() for name in sources}
    made_of = {options.profile.renamed.get(name, name) for name in parts} - contract.names
    given = options.profile.constants.keys()
    strange = sorted((sent | given) - options.allowed - required - made_of)
    if strange:
        raise ColumnNotAllowed(source.name, f"it has the column {strange[0]}, which may not be sent here")


def refuse_too_bad(source: Source, options: Options, reasons: Counter[str], first: Problem | None) -> None:
    """Refuse a file with more bad rows than its options allow. Rows of forgotten people do not count as bad.

    Raises: FileRefused.
    """
    limit = options.max_rejects
    bad = sum(rows for reason, rows in reasons.items() if reason != FORGOTTEN)
    if limit is None or bad <= limit:
        return
    counted = ", ".join(f"{rows:,} {reason}" for reason, rows in sorted(reasons.items()))
    what = f"{first.place}: {first.sentence}" if first else f"so far {counted}"
    raise FileRefused(source.name, what if limit == 0 else f"more than {limit:,} bad rows; {what}")


def refuse_missing_columns(source: Source, contract: Contract, options: Options, names: frozenset[str]) -> None:
    """Raises: FileRefused for a file without a column that its table requires, or that a person named."""
    mistyped = sorted(options.typed - names)
    if mistyped and names:
        meant = nearest(mistyped[0], sorted(names)[:MOST_COMPARED])
        hint = f"; did you mean {shown(meant)}?" if meant else ""
        found = listed(sorted(names))
        raise FileRefused(
            source.name, f"it has no column {shown(mistyped[0])}, which --map names; it has {found}{hint}"
        )
    missing = contract.missing(options.known(names, options.wanted(contract)))
    if missing:
        lacking = ", ".join(map(options.spoken, missing))
        reason = f"it lacks the required {noun(len(missing), 'column')} {lacking}; it has {listed(sorted(names))}"
        raise FileRefused(source.name, f"{reason}{_hint(source, contract, options, names, missing)}")


def _hint(source: Source, contract: Contract, options: Options, names: frozenset[str], missing: Sequence[str]) -> str:
    """What to try, as the end of a sentence."""
    delimiter = other_delimiter(source, options.wanted(contract)) if source.format is FileFormat.CSV else None
    if delimiter is not None:
        return f". Its cells seem to be separated by {delimiter!r}: --delimiter {_written(delimiter)}"
    compared = sorted(names - options.profile.renamed.keys())[:MOST_COMPARED]
    proposed = proposed_map(contract, compared, missing)
    return f". Perhaps {told(proposed)}" if proposed else ""


def _written(delimiter: str) -> str:
    return {"\t": "tab"}.get(delimiter, f"'{delimiter}'")


def refuse_wrong_types(source: Source, contract: Contract, options: Options, types: Mapping[str, pa.DataType]) -> None:
    """Raises: FileRefused for a column that is read and of a type that can't be."""
    profile = options.profile
    ours = {profile.renamed.get(name, name): name for name in types if name not in profile.left_out}
    read_otherwise = {*profile.dates, *profile.units, *profile.separators, *profile.ids, *profile.constants}
    for column in contract.columns:
        if column.name in read_otherwise:
            continue
        name = ours.get(column.name)
        kind = plain_type(types[name]) if name else pa.null()
        if not (pa.types.is_null(kind) or pa.types.is_binary(kind) or column.kind.takes(kind)):
            found = f"{options.spoken(column.name)} is of the type {cut(str(types[name or column.name]))}"
            raise FileRefused(source.name, f"{found}, expected {column.kind.expected}")
    if contract.keeps_rest:
        for name, kind in types.items():
            if not is_readable(kind):
                raise FileRefused(
                    source.name, f"the column {shown(name)} is of the type {cut(str(kind))}, which can't be kept"
                )
