"""Taking a result in: a job's Parquet files are loaded into tables beside its own, and swapped in when complete."""

import logging
from dataclasses import replace

import pyarrow as pa

from warehouse.engine.address import Embedded
from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.errors import EngineFault, Unavailable
from warehouse.query.parameters import literal_sql
from warehouse.staging.job_output import Told
from warehouse.staging.results import Result
from warehouse.staging.storage import Place
from warehouse.staging.swap import drop_new, finish_swaps, new_name, parts_of, swap
from warehouse.tables.scratch_tables import make_scratch_table

LOG = logging.getLogger(__name__)
_STAYS = "The previous result stays."


def take_in(engine: Engine, data_lock: ReadWriteLock, place: Place, result: Result, told: Told) -> int:
    """Replace a part's rows with a result: one folder per table, below the place, and in it `part=PART` where the
    result is a part. Returns the number of rows.

    Raises: Unavailable when a table has no files, when they are not those that the job reported, or do not fit the
    table; nothing has changed then.
    """
    finish_swaps(engine, data_lock.writing)
    try:
        rows = sum(_load(engine, place, table, result, told) for table in result.tables)
    except BaseException:
        drop_new(engine, result)
        raise
    swap(engine, replace(result, rows=rows), data_lock.writing)
    return rows


def take_out(engine: Engine, data_lock: ReadWriteLock, result: Result) -> None:
    """Empty a part whose source data is gone."""
    finish_swaps(engine, data_lock.writing)
    for table in result.tables:
        make_scratch_table(engine, new_name(table), f"AS {table}")
    swap(engine, result, data_lock.writing)


def _load(engine: Engine, place: Place, table: str, result: Result, told: Told) -> int:
    """Load a table's folder into a table beside it; returns the number of rows."""
    new = make_scratch_table(engine, new_name(table), f"AS {table}")
    files = place.files(f"{table}/part={result.part}" if result.part else table)
    told.check(place, table, files)
    try:
        for file in files:
            _load_file(engine, place, file, new)
    except (EngineFault, pa.ArrowException, KeyError) as error:
        LOG.error("%s: %s", table, getattr(error, "told", error))
        raise Unavailable(f"The job {result.job} left rows that do not fit {table}. {_STAYS}") from error
    strange = [part for part in parts_of(engine, new) if result.part and part != result.part]
    if strange:
        raise Unavailable(f"The job {result.job} left rows of {strange[0]} for {result.part} in {table}. {_STAYS}")
    rows: int = engine.query(f"SELECT count() FROM {new}").scalar()
    if rows != told.tables[table].rows:
        raise Unavailable(f"Of {told.tables[table].rows:,} rows of {table}, {rows:,} were loaded. {_STAYS}")
    return rows


def _load_file(engine: Engine, place: Place, file: str, new: str) -> None:
    if not (place.is_bucket or isinstance(engine.address, Embedded)):
        schema = engine.table(f"SELECT * FROM {new} LIMIT 0").schema
        engine.insert(new, _in_seconds(place.read_table(file).select(schema.names)).cast(schema))
        return
    columns = engine.query(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}",
        {"table": new},
    ).rows
    # Spark's numbers are signed, and our columns may be narrower: a value that does not fit is an error.
    shown = ", ".join(f"accurateCast({name}, {literal_sql(kind)}) AS {name}" for name, kind in columns)
    names = ", ".join(name for name, _ in columns)
    engine.command(f"INSERT INTO {new} ({names}) SELECT {shown} FROM {place.function_sql(file)}")


def _in_seconds(rows: pa.Table) -> pa.Table:
    """Rows with instants as the engine shows them to Arrow, and takes them: numbers of whole seconds."""
    for at, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            seconds = rows.column(at).cast(pa.timestamp("s", field.type.tz)).cast(pa.int64())
            rows = rows.set_column(at, field.name, seconds)
    return rows
