"""Generated objects: makes dictionaries, staging tables, rollup tables and their materialized views match the model.

A generated table has the checksum of its declaration as its comment. If the declaration changed, the table is dropped,
created again and filled from the facts. A rollup gets its comment only when filled, so one left empty by a dead process
is created again. Views read the fact's staging table, so a load is rolled up before it becomes visible.
"""

import hashlib
from collections.abc import Mapping

from warehouse.engine.address import Server
from warehouse.engine.engine import Engine
from warehouse.model.columns import Column, Kind
from warehouse.model.dictionaries import DICTIONARIES, Dictionary
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.parameters import literal_sql
from warehouse.tables.incoming import INCOMING, clickhouse_type, offered

FACT = "viewing_sessions"
STAGED_FACTS = ("viewing_sessions", "ratings")


def reconcile(engine: Engine) -> list[Rollup]:
    """Create objects that are missing or have a changed declaration; returns the rollups to fill from the facts."""
    found = engine.query("SELECT name, comment FROM system.tables WHERE database = currentDatabase()")
    there = {str(name): str(comment) for name, comment in found.rows}
    for dictionary in DICTIONARIES:
        if dictionary.name not in there:
            engine.command(_dictionary_ddl(engine, dictionary))
    for table in INCOMING:
        _reconcile_incoming(engine, there, table)
    for table in STAGED_FACTS:
        if f"{table}_staging" not in there:
            engine.command(f"CREATE TABLE IF NOT EXISTS {table}_staging AS {table}")
    _drop_retired(engine, there)
    return [rollup for rollup in ROLLUPS if _reconcile_rollup(engine, there, rollup)]


def _drop_retired(engine: Engine, there: Mapping[str, str]) -> None:
    """Drop rollups of an earlier version that are no longer declared."""
    for name in sorted({view.removesuffix("_view") for view in there if view.endswith("_analytics_view")}):
        if name not in {rollup.name for rollup in ROLLUPS}:
            for kind, table in (("VIEW", f"{name}_view"), ("TABLE", f"{name}_staging"), ("TABLE", name)):
                engine.command(f"DROP {kind} IF EXISTS {table}")


def rollup_select(rollup: Rollup, source: str, condition: str = "1") -> str:
    """The SELECT that computes a rollup's rows from facts: rows of the shortest step are folded into longer ones."""
    start, names = rollup.steps[0].floor_sql("start_time"), list(rollup.keys)
    keys = [f"{column.sql} AS {column.slug}" for column in rollup.key_columns]
    states = [f"{aggregate.state} AS {aggregate.slug}" for aggregate in rollup.stored]
    shortest = (
        f"SELECT {', '.join([f'{start} AS start', *keys, *states])} FROM {source} "
        f"WHERE {condition} GROUP BY {', '.join(['start', *names])}"
    )
    steps = ", ".join(f"toUInt8({step.value})" for step in rollup.steps)
    starts = ", ".join(f"step = {step.value}, {step.floor_sql('start')}" for step in rollup.steps[1:])
    pieces = f"SELECT *, arrayJoin([{steps}]) AS step, multiIf({starts}, start) AS bucket FROM ({shortest})"
    folded = [f"{aggregate.fold} AS {aggregate.slug}" for aggregate in rollup.stored]
    return (
        f"SELECT {', '.join(['step', 'bucket', *names, *folded])} FROM ({pieces}) AS p "
        f"GROUP BY {', '.join(['step', 'bucket', *names])}"
    )


def _reconcile_rollup(engine: Engine, there: dict[str, str], rollup: Rollup) -> bool:
    view, staging = f"{rollup.name}_view", f"{rollup.name}_staging"
    stale = there.get(rollup.name) != _rollup_checksum(rollup)
    if stale:
        for kind, name in (("VIEW", view), ("TABLE", staging), ("TABLE", rollup.name)):
            if there.pop(name, None) is not None:
                engine.command(f"DROP {kind} IF EXISTS {name}")
        engine.command(f"CREATE TABLE {rollup.name} {_rollup_ddl(rollup)}")
    if staging not in there:
        engine.command(f"CREATE TABLE IF NOT EXISTS {staging} AS {rollup.name}")
    if view not in there:
        rows = rollup_select(rollup, FACT + "_staging")
        engine.command(f"CREATE MATERIALIZED VIEW IF NOT EXISTS {view} TO {staging} AS {rows}")
    return stale


def note_filled(engine: Engine, rollup: Rollup) -> None:
    """Mark a rollup as filled, by setting its declaration's checksum."""
    engine.command(f"ALTER TABLE {rollup.name} MODIFY COMMENT '{_rollup_checksum(rollup)}'")


def _rollup_checksum(rollup: Rollup) -> str:
    return _checksum(_rollup_ddl(rollup) + rollup_select(rollup, FACT))


def _rollup_ddl(rollup: Rollup) -> str:
    keys = [f"{column.slug} {_key_type(column)}" for column in rollup.key_columns]
    aggregates = [f"{aggregate.slug} {aggregate.stored_as}" for aggregate in rollup.stored]
    columns = ", ".join(["step UInt8", "bucket DateTime('UTC')", *keys, *aggregates])
    # Rows with sets are large, so a small granularity avoids reading many of them to get a few.
    return (
        f"({columns}) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(bucket) "
        f"ORDER BY ({', '.join(['step', 'bucket', *rollup.keys])}) SETTINGS index_granularity = 8"
    )


def _key_type(column: Column) -> str:
    return {Kind.KEY: "UInt32", Kind.SMALL_NUMBER: "UInt8"}.get(column.kind, "LowCardinality(String)")


def _dictionary_ddl(engine: Engine, dictionary: Dictionary) -> str:
    attributes = ", ".join(f"{name} {kind}" for name, kind in dictionary.attributes)
    account = ""
    if isinstance(engine.address, Server):
        account = f" USER {literal_sql(engine.address.user)} PASSWORD {literal_sql(engine.address.password)}"
    return (
        f"CREATE DICTIONARY IF NOT EXISTS {dictionary.name} ({dictionary.key} UInt32, {attributes}) PRIMARY "
        f"KEY {dictionary.key} "
        f"SOURCE(CLICKHOUSE(TABLE '{dictionary.table}' DB {literal_sql(engine.database)}{account})) "
        "LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 100000000)) LIFETIME(0)"
    )


def _reconcile_incoming(engine: Engine, there: dict[str, str], table: str) -> None:
    """Create the table for incoming rows again if its declaration changed; its rows never outlive a load."""
    name, ddl = f"{table}_incoming", _incoming_ddl(table)
    if there.get(name) != _checksum(ddl):
        if name in there:
            engine.command(f"DROP TABLE IF EXISTS {name}")
        engine.command(f"CREATE TABLE IF NOT EXISTS {name} {ddl} COMMENT '{_checksum(ddl)}'")


def _incoming_ddl(table: str) -> str:
    columns = [f"{field.name} {clickhouse_type(field)}" for field in offered(table)]
    return f"({', '.join(columns)}, row UInt64) ENGINE = Memory"


def _checksum(declaration: str) -> str:
    return hashlib.sha256(declaration.encode()).hexdigest()[:16]
