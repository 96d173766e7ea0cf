"""Files as Spark's jobs leave them: Parquet whose footer has the schema as Spark notes it, and in it the run's id."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.staging.job_output import RUN_MARK, SPARK_SCHEMA, Told

Rows: TypeAlias = Sequence[Mapping[str, Any]] | pa.Table


def column_types(rows: Rows) -> list[tuple[str, str]]:
    """Each column and its type."""
    return [(field.name, str(field.type)) for field in _table(rows).schema]


def write_marked(path: Path, rows: Rows, run: str) -> None:
    """Write rows as a run's file."""
    fields = [
        {"name": name, "type": kind, "nullable": True, "metadata": {} if at else {RUN_MARK: run}}
        for at, (name, kind) in enumerate(column_types(rows))
    ]
    noted = json.dumps({"type": "struct", "fields": fields}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(_table(rows).replace_schema_metadata({SPARK_SCHEMA: noted}), path)


def told_of(run: str, **tables: Rows) -> Told:
    """What a job tells of such rows."""
    told = {name: {"rows": len(rows), "columns": column_types(rows)} for name, rows in tables.items()}
    return Told.of({"run": run, "tables": told})


def geography_rows(number: int) -> dict[str, Rows]:
    """The three tables of one job, each of which tells from which run it is."""
    reach = {"movie_key": 1, "viewers": 2, "active_viewers": 4, "rank": 1}
    film = {"movie_key": 1, "home": "US", "countries": 2, "abroad_share": 0.5, "evenness": 0.5, "rank": 1}
    return {
        "country_reach": [{**reach, "country": "US", "views": number}],
        "country_distances": [{"country": "US", "other": "DE", "distance": float(number)}],
        "travelling_movies": [{**film, "views": number}],
    }


def _table(rows: Rows) -> pa.Table:
    return rows if isinstance(rows, pa.Table) else pa.Table.from_pylist([dict(row) for row in rows])
