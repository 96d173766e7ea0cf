"""Small files of sessions, and how to read them without a warehouse."""

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from ingest.loading.options import Options
from ingest.problems import FileRefused, Problem
from ingest.readers import Source, open_rows
from ingest.rows.contract import contract_for
from ingest.rows.validation import validate

NOW_S = 1_795_000_000
HEADER = "id,user_id,movie_id,start_time,watch_duration_minutes"
ROW: Mapping[str, object] = {
    "id": 1,
    "user_id": 1,
    "movie_id": 1,
    "start_time": "2024-01-01T20:00:00Z",
    "watch_duration_minutes": 90.5,
}


def csv_row(**changed: object) -> str:
    """One line of CSV under HEADER, then the changed columns that HEADER has not."""
    return ",".join(str(value) for value in {**ROW, **changed}.values()) + "\n"


def json_row(**changed: object) -> str:
    """One line of NDJSON; a column changed to ... is left out."""
    return json.dumps({name: value for name, value in {**ROW, **changed}.items() if value is not ...}) + "\n"


def read(path: Path, table: str = "viewing_sessions") -> pa.Table:
    """The whole file as rows for the warehouse.

    Raises: FileRefused, also for the first row that is wrong.
    """
    batches, problems = read_with_problems(path, table)
    if problems:
        raise FileRefused(path.name, f"{problems[0].place}: {problems[0].sentence}")
    return batches


def read_with_problems(path: Path, table: str = "viewing_sessions") -> tuple[pa.Table, list[Problem]]:
    """The good rows of the whole file, and what is wrong with the others."""
    contract = contract_for(table, NOW_S)
    batches: list[pa.RecordBatch] = []
    problems: list[Problem] = []
    with open_rows(Source.of(path, path.name), Options().wanted(contract)) as rows:
        for raw in rows.batches:
            validated = validate(contract, raw)
            batches.append(validated.batch)
            problems.extend(validated.problems)
    return pa.Table.from_batches(batches, contract.schema), problems
