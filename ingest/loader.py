"""One file into one table of the warehouse: all of it, or nothing and the reason why."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from ingest.batches import gathered
from ingest.contract import Contract, contract_for
from ingest.problems import FileRefused, Problem
from ingest.progress import Progress, silent
from ingest.readers import Rows, Source, Wanted, open_rows
from ingest.validation import validate
from warehouse import Warehouse
from warehouse.loads.load import LoadSummary


def load_file(
    warehouse: Warehouse,
    table: str,
    path: Path,
    *,
    name: str | None = None,
    progress: Progress = silent,
    clock: Callable[[], float] = time.time,
) -> LoadSummary:
    """Loads the file at `path`, which users call `name`; a file whose every row is known already loads, as duplicates.

    `clock` tells the present in epoch seconds: no row may lie after it. Progress counts bytes of the file.

    Raises: FileRefused for a file that is not of its format, lacks a required column or holds a value that can't be
    read; nothing of it is loaded.
    """
    source = Source.of(path, name or str(path))
    contract = contract_for(table, int(clock()))
    with open_rows(source, Wanted(contract.names, contract.keeps_rest)) as rows:
        _require_columns(source, contract, rows)
        with warehouse.load(table, files=[source.name]) as load:
            for batch in gathered(_validated(source, contract, rows, progress)):
                load.write(batch)
            summary = load.commit()
    progress(source.name, source.size_bytes, source.size_bytes)
    return summary


def _require_columns(source: Source, contract: Contract, rows: Rows) -> None:
    if rows.names is None:
        return
    missing = contract.missing(rows.names)
    if missing:
        columns = "column" if len(missing) == 1 else "columns"
        found = ", ".join(sorted(rows.names))
        raise FileRefused(source.name, f"it lacks the required {columns} {', '.join(missing)}; it has {found}")


def _validated(source: Source, contract: Contract, rows: Rows, progress: Progress) -> Iterator[pa.RecordBatch]:
    for raw in rows.batches:
        validated = validate(contract, raw)
        if validated.problems:
            raise FileRefused(source.name, _sentence(validated.problems))
        yield validated.batch
        progress(source.name, source.read_bytes, source.size_bytes)


def _sentence(problems: list[Problem]) -> str:
    """The first problem, and how many more rows near it have one."""
    first = min(problems, key=lambda problem: problem.number)
    others = len(problems) - 1
    more = f" (and {others:,} more near it)" if others else ""
    return f"{first.place}: {first.sentence}{more}"
