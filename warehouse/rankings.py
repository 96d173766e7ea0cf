"""Film charts: the snapshot that Spark reads, the swap of what it computed, and the reading of one chart."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import ids
from warehouse.access import SYSTEM, Access
from warehouse.address import Embedded
from warehouse.errors import BadInput, Forbidden, Unavailable
from warehouse.model.facts import FACTS
from warehouse.parameters import Parameters
from warehouse.source import MOVIES, fact_source, read

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse

_COLUMNS = "period, period_start, by, value, movie_key, views, rank, row_number, previous_rank, complete"
_CHART_SCOPES = {"COUNTRY": "country", "GENRE": "genre"}


@dataclass(frozen=True)
class Chart:
    """Which chart: weeks or months, over all or by one value of a dimension, from which day (None: the newest
    complete).
    """

    period: str
    by: str
    value: str
    start: date | None
    limit: int


@dataclass(frozen=True)
class Place:
    """One film's place in a chart; `previous_rank` is None where it is new."""

    start: date
    rank: int
    previous_rank: int | None
    movie_key: int
    views: int


def export_input(warehouse: "Warehouse", folder: Path) -> int:
    """Write what the job reads: `viewing_sessions/` and `movies/` as Parquet, by ClickHouse itself where it is
    embedded.

    Returns the number of sessions. Raises: Unavailable when the folder can't be written.
    """
    parameters = Parameters()
    sessions = read(fact_source(FACTS["viewing"]), ("movie_key", "start_time", "device", "country"), SYSTEM, parameters)
    movies = read(MOVIES, ("movie_key", "id", "title", "genre"), SYSTEM, parameters)
    tables = {
        "viewing_sessions": (
            f"SELECT movie_key, toDateTime64(start_time, 0, 'UTC') AS start_time, device, country FROM {sessions}"
        ),
        "movies": f"SELECT movie_key, {ids.to_text_sql('id')} AS movie_id, title, genre FROM {movies}",
    }
    with warehouse.gate.reading():
        for name, sql in tables.items():
            target = folder / name
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            _write(warehouse, sql, target / "part-0.parquet")
        total: int = warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar()
    return total


def _write(warehouse: "Warehouse", sql: str, file: Path) -> None:
    if isinstance(warehouse.address, Embedded):
        # The engine writes into this machine's folder itself; the path is a literal because file() takes no parameter.
        quoted = str(file.resolve()).replace("\\", "\\\\").replace("'", "\\'")
        warehouse.engine.command(f"INSERT INTO FUNCTION file('{quoted}', 'Parquet') {sql}")
        return
    writer: pq.ParquetWriter | None = None
    for batch in warehouse.engine.stream(sql):
        writer = writer or pq.ParquetWriter(file, batch.schema)
        writer.write_batch(batch)
    if writer:
        writer.close()


def swap_in(warehouse: "Warehouse", folder: Path) -> int:
    """Load the job's Parquet files and put them in place of the charts before; returns the number of rows.

    Raises: Unavailable when the folder has no result: the charts stay as they were.
    """
    files = sorted(folder.rglob("*.parquet"))
    if not files:
        raise Unavailable(f"The job left no Parquet file in {folder}. The charts stay as they were.")
    engine = warehouse.engine
    engine.command("DROP TABLE IF EXISTS movie_rankings_next")
    engine.command("CREATE TABLE movie_rankings_next AS movie_rankings")
    rows = 0
    for file in files:
        table = pq.read_table(file).select(_COLUMNS.split(", "))
        rows += table.num_rows
        engine.insert("movie_rankings_next", _decoded(table))
    with warehouse.gate.writing():
        engine.command("EXCHANGE TABLES movie_rankings AND movie_rankings_next")
    engine.command("DROP TABLE movie_rankings_next")
    return rows


def _decoded(table: pa.Table) -> pa.Table:
    return pa.table(
        {
            name: table[name].cast(pa.string()) if name in {"period", "by", "value"} else table[name]
            for name in table.column_names
        }
    )


def chart(warehouse: "Warehouse", request: Chart, access: Access) -> Sequence[Place]:
    """One chart in its order; empty when the job has not run, or has no such chart.

    Raises: BadInput for a limit out of bounds or a value that does not go with `by`; Forbidden under a scope, but for a
    chart by one value inside it: what was computed over everybody would tell of rows out of scope.
    """
    if not 1 <= request.limit <= access.page_rows:
        raise BadInput(f"limit is {request.limit}; allowed are 1 to {access.page_rows}.")
    if (request.by == "ALL") == bool(request.value):
        raise BadInput("`value` goes with `by`: name one genre, country or device, or ask by ALL without a value.")
    closed = access.scope and "rankings" not in access.released
    if closed and set(access.scope) != {_CHART_SCOPES.get(request.by)}:
        raise Forbidden("Charts are computed over all viewers; your token is limited to some of them.")
    if closed and request.value not in access.scope[_CHART_SCOPES[request.by]]:
        raise Forbidden(f"Your token does not reach the chart of {request.value}.")
    parameters = Parameters()
    tests = [
        f"{name} = {parameters.add(value, 'String')}"
        for name, value in (("period", request.period), ("by", request.by), ("value", request.value))
    ]
    same = " AND ".join(tests)
    newest = f"(SELECT max(period_start) FROM movie_rankings WHERE {same} AND {_over(same, bool(closed))})"
    start = f"toDate({parameters.add(request.start.isoformat(), 'String')})" if request.start else newest
    found = warehouse.engine.query(
        f"SELECT period_start, rank, previous_rank, movie_key, views FROM movie_rankings WHERE {same} AND "
        f"period_start = {start} "
        f"ORDER BY row_number LIMIT {parameters.add(request.limit, 'UInt32')}",
        parameters.values,
    )
    return [Place(*row) for row in found.rows]


def _over(same: str, closed: bool) -> str:
    """SQL of "the period is over". By the job, when anybody's sessions reach its end; to whom others are closed, when
    this chart's own do: then the chart has a later period.
    """
    return f"period_start < (SELECT max(period_start) FROM movie_rankings WHERE {same})" if closed else "complete"
