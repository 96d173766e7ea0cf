"""The swap: what a job left as Parquet is loaded beside the tables, and takes the place of what they had.

First the new rows are whole in tables of their own, then the ledger says so, then partitions are replaced, then the
ledger says that it is done. Whatever ends a process in between, readers meet the old rows of all tables or the new ones
of all: replacing a partition can be done again, so the next opening does.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from warehouse.address import Embedded
from warehouse.engine import Engine
from warehouse.errors import EngineFault, Unavailable
from warehouse.staging.place import Place
from warehouse.staging.results import Result, State, record, unfinished

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse

LOG = logging.getLogger(__name__)
# What is entered for the moment of the swap.
Changing = Callable[[], AbstractContextManager[None]]
_NEW = "_computed"
_DROP = "DROP PARTITION ID '{}'"
_STAYS = "What was there before stays."


def swap_in(warehouse: "Warehouse", place: Place, result: Result) -> int:
    """Put a result in place of what its part had before: a folder a table below the place. Returns the number of rows.

    Raises: Unavailable when a table has no folder, or it holds what the table does not take; nothing has changed then.
    """
    engine = warehouse.engine
    finish_swaps(engine, warehouse.gate.writing)
    try:
        rows = sum(_load(warehouse, place, table, result) for table in result.tables)
    except BaseException:
        _drop(engine, [f"{table}{_NEW}" for table in result.tables])
        raise
    whole = replace(result, state=State.SWAPPING, rows=rows)
    record(engine, whole)
    _swap(engine, whole, warehouse.gate.writing)
    return rows


def take_out(warehouse: "Warehouse", result: Result) -> None:
    """Empty a part whose content is gone."""
    for table in result.tables:
        warehouse.engine.command(f"CREATE TABLE IF NOT EXISTS {table}{_NEW} AS {table}")
        warehouse.engine.command(f"TRUNCATE TABLE {table}{_NEW}")
    whole = replace(result, state=State.SWAPPING)
    record(warehouse.engine, whole)
    _swap(warehouse.engine, whole, warehouse.gate.writing)


def finish_swaps(engine: Engine, changing: Changing = nullcontext) -> None:
    """Carry out what a process that died had begun, and drop what it left."""
    for result in unfinished(engine):
        _swap(engine, result, changing)
    left = engine.query(
        f"SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(name, '{_NEW}')"
    )
    _drop(engine, [name for (name,) in left.rows])


def _load(warehouse: "Warehouse", place: Place, table: str, result: Result) -> int:
    """Load a table's folder into a table beside it; returns the number of rows."""
    engine, new = warehouse.engine, f"{table}{_NEW}"
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
    strange = [part for part in _parts(engine, new) if result.part and part != result.part]
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


def _swap(engine: Engine, result: Result, changing: Changing) -> None:
    new = {table: frozenset(_parts(engine, f"{table}{_NEW}")) for table in result.tables}
    with changing():
        for table in result.tables:
            # Gone is the table of new rows only where its rows have taken their places.
            if not _is_there(engine, f"{table}{_NEW}"):
                continue
            for part in [result.part] if result.part else sorted(new[table].union(_parts(engine, table))):
                # The engine refuses to replace a partition by nothing.
                take = f"REPLACE PARTITION ID '{part}' FROM {table}{_NEW}"
                engine.command(f"ALTER TABLE {table} {take if part in new[table] else _DROP.format(part)}")
    record(engine, replace(result, state=State.DONE))
    _drop(engine, [f"{table}{_NEW}" for table in result.tables])


def _is_there(engine: Engine, table: str) -> bool:
    return bool(engine.query(f"EXISTS TABLE {table}").scalar())


def _parts(engine: Engine, table: str) -> Sequence[str]:
    """The ids of the partitions that a table has rows of; none where it is not there."""
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active AND rows > 0 "
        "AND table = {table:String} ORDER BY partition_id",
        {"table": table},
    )
    return [part for (part,) in found.rows]


def _drop(engine: Engine, tables: Iterable[str]) -> None:
    for table in tables:
        # The engine would refuse to drop a large table, to save it from a slip of the hand.
        engine.command(f"DROP TABLE IF EXISTS {table}", max_table_size_to_drop=0)
