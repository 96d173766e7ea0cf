"""Taking a result in: what a job left as Parquet is loaded beside the tables, and swapped in when it is whole."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from warehouse.engine.address import Embedded
from warehouse.errors import EngineFault, Unavailable
from warehouse.staging.place import Place
from warehouse.staging.results import Result
from warehouse.staging.swap import drop_new, finish_swaps, new_of, parts_of, swap

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse

LOG = logging.getLogger(__name__)
_STAYS = "What was there before stays."


def take_in(warehouse: "Warehouse", place: Place, result: Result) -> int:
    """Put a result in place of what its part had before: a folder a table below the place. Returns the number of rows.

    Raises: Unavailable when a table has no folder, or it holds what the table does not take; nothing has changed then.
    """
    engine = warehouse.engine
    finish_swaps(engine, warehouse.gate.writing)
    try:
        rows = sum(_load(warehouse, place, table, result) for table in result.tables)
    except BaseException:
        drop_new(engine, result)
        raise
    swap(engine, replace(result, rows=rows), warehouse.gate.writing)
    return rows


def take_out(warehouse: "Warehouse", result: Result) -> None:
    """Empty a part whose content is gone."""
    finish_swaps(warehouse.engine, warehouse.gate.writing)
    for table in result.tables:
        warehouse.engine.command(f"CREATE TABLE {new_of(table)} AS {table}")
    swap(warehouse.engine, result, warehouse.gate.writing)


def _load(warehouse: "Warehouse", place: Place, table: str, result: Result) -> int:
    """Load a table's folder into a table beside it; returns the number of rows."""
    engine, new = warehouse.engine, new_of(table)
    engine.command(f"CREATE TABLE {new} AS {table}")
    files = place.files(table)
    if not files and not place.has(f"{table}/_SUCCESS"):
        raise Unavailable(f"The job {result.job} left nothing for {table} in {place}. {_STAYS}")
    try:
        for file in files:
            _load_file(warehouse, place, file, new)
    except (EngineFault, pa.ArrowException, KeyError) as error:
        LOG.error("%s: %s", table, getattr(error, "told", error))
        raise Unavailable(f"The job {result.job} left rows that {table} does not take. {_STAYS}") from error
    strange = [part for part in parts_of(engine, new) if result.part and part != result.part]
    if strange:
        raise Unavailable(f"The job {result.job} left rows of {strange[0]} for {result.part} in {table}. {_STAYS}")
    rows: int = engine.query(f"SELECT count() FROM {new}").scalar()
    return rows


def _load_file(warehouse: "Warehouse", place: Place, file: str, new: str) -> None:
    engine = warehouse.engine
    if not (place.is_bucket or isinstance(warehouse.address, Embedded)):
        schema = engine.table(f"SELECT * FROM {new} LIMIT 0").schema
        engine.insert(new, _in_seconds(place.read_table(file).select(schema.names)).cast(schema))
        return
    columns = engine.query(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}",
        {"table": new},
    ).rows
    # Spark has signed numbers only, and a column of ours may have room for fewer: what does not fit is an error.
    shown = ", ".join(f"accurateCast({name}, {_quoted(kind)}) AS {name}" for name, kind in columns)
    names = ", ".join(name for name, _ in columns)
    engine.command(f"INSERT INTO {new} ({names}) SELECT {shown} FROM {place.function_sql(file)}")


def _in_seconds(rows: pa.Table) -> pa.Table:
    """Rows with instants as the engine shows them to Arrow, and takes them: numbers of whole seconds."""
    for at, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            seconds = rows.column(at).cast(pa.timestamp("s", field.type.tz)).cast(pa.int64())
            rows = rows.set_column(at, field.name, seconds)
    return rows


def _quoted(kind: str) -> str:
    """A literal: types of instants have their zone in quotes."""
    escaped = kind.replace("'", "\\'")
    return f"'{escaped}'"
