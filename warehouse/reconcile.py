"""Generated objects: dictionaries, staging twins, rollup tables and their materialized views, made to match the model.

A generated table carries the checksum of its declaration as its comment. One whose declaration changed is dropped, made
anew and filled from the facts. Views hang on the staging twin of the fact, so that a load is rolled up before it shows.
"""

import hashlib

from warehouse.address import Server
from warehouse.engine import Engine
from warehouse.incoming import INCOMING, clickhouse_type, offered
from warehouse.model.columns import Column, Kind
from warehouse.model.dictionaries import DICTIONARIES, Dictionary
from warehouse.model.rollups import ROLLUPS, Rollup

FACT = "viewing_sessions"
STAGED_FACTS = ("viewing_sessions", "ratings")


def reconcile(engine: Engine) -> list[str]:
    """Make what is missing or was declared otherwise; returns the names of rollups to fill from the facts."""
    for dictionary in DICTIONARIES:
        engine.command(_dictionary_ddl(engine, dictionary))
    _reconcile_incoming(engine)
    for table in STAGED_FACTS:
        engine.command(f"CREATE TABLE IF NOT EXISTS {table}_staging AS {table}")
    return [rollup.name for rollup in ROLLUPS if _reconcile_rollup(engine, rollup)]


def rollup_select(rollup: Rollup, source: str, condition: str = "1") -> str:
    """The SELECT that makes a rollup's rows out of fact rows."""
    keys = [f"{column.sql} AS {column.slug}" for column in rollup.key_columns]
    aggregates = [f"{aggregate.state} AS {aggregate.slug}" for aggregate in rollup.stored]
    bucket = f"toDateTime(intDiv(toUInt32(start_time), {rollup.step_s}) * {rollup.step_s}, 'UTC') AS bucket"
    return (
        f"SELECT {', '.join([bucket, *keys, *aggregates])} FROM {source} WHERE {condition} "
        f"GROUP BY {', '.join(['bucket', *rollup.keys])}"
    )


def _reconcile_rollup(engine: Engine, rollup: Rollup) -> bool:
    ddl = _rollup_ddl(rollup)
    checksum = hashlib.sha256((ddl + rollup_select(rollup, FACT)).encode()).hexdigest()[:16]
    found = engine.query(
        "SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = {name:String}",
        {"name": rollup.name},
    ).rows
    stale = not found or found[0][0] != checksum
    if stale:
        engine.command(f"DROP VIEW IF EXISTS {rollup.name}_view")
        engine.command(f"DROP TABLE IF EXISTS {rollup.name}_staging")
        engine.command(f"DROP TABLE IF EXISTS {rollup.name}")
        engine.command(f"CREATE TABLE {rollup.name} {ddl} COMMENT '{checksum}'")
    engine.command(f"CREATE TABLE IF NOT EXISTS {rollup.name}_staging AS {rollup.name}")
    engine.command(
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {rollup.name}_view TO {rollup.name}_staging "
        f"AS {rollup_select(rollup, FACT + '_staging')}"
    )
    return stale


def _rollup_ddl(rollup: Rollup) -> str:
    keys = [f"{column.slug} {_key_type(column)}" for column in rollup.key_columns]
    aggregates = [f"{aggregate.slug} {aggregate.stored_as}" for aggregate in rollup.stored]
    columns = ", ".join(["bucket DateTime('UTC')", *keys, *aggregates])
    return (
        f"({columns}) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(bucket) "
        f"ORDER BY ({', '.join(['bucket', *rollup.keys])}) SETTINGS index_granularity = 256"
    )


def _key_type(column: Column) -> str:
    return "UInt32" if column.kind is Kind.KEY else "LowCardinality(String)"


def _dictionary_ddl(engine: Engine, dictionary: Dictionary) -> str:
    attributes = ", ".join(f"{name} {kind}" for name, kind in dictionary.attributes)
    account = ""
    if isinstance(engine.address, Server):
        account = f" USER {_quoted(engine.address.user)} PASSWORD {_quoted(engine.address.password)}"
    return (
        f"CREATE DICTIONARY IF NOT EXISTS {dictionary.name} ({dictionary.key} UInt32, {attributes}) PRIMARY "
        f"KEY {dictionary.key} "
        f"SOURCE(CLICKHOUSE(TABLE '{dictionary.table}' DB {_quoted(engine.database)}{account})) "
        "LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 100000000)) LIFETIME(0)"
    )


def _reconcile_incoming(engine: Engine) -> None:
    """Nothing in them outlives its load: one of an older shape is made anew."""
    found = engine.query(
        "SELECT table, groupArray(name) FROM (SELECT table, name FROM system.columns WHERE database = "
        "currentDatabase() AND endsWith(table, '_incoming') ORDER BY table, position) GROUP BY table"
    )
    shapes = {table: list(names) for table, names in found.rows}
    for table in INCOMING:
        if shapes.get(f"{table}_incoming") != [*offered(table).names, "row"]:
            engine.command(f"DROP TABLE IF EXISTS {table}_incoming")
            engine.command(_incoming_ddl(table))


def _incoming_ddl(table: str) -> str:
    columns = [f"{field.name} {clickhouse_type(field)}" for field in offered(table)]
    return f"CREATE TABLE IF NOT EXISTS {table}_incoming ({', '.join(columns)}, row UInt64) ENGINE = Memory"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
