"""Generated objects: makes dictionaries, staging tables, rollup tables and their materialized views match the model.

A generated table has the checksum of its declaration as its comment. If the declaration changed, the table is dropped
and created again; a rollup is stale then. Views read the fact's staging table, so a load is rolled up before it becomes
visible.
"""

import hashlib
from collections.abc import Mapping

from warehouse.engine.address import Server
from warehouse.engine.engine import Engine
from warehouse.model.dictionaries import DICTIONARIES, Dictionary
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.parameters import literal_sql
from warehouse.tables.incoming import INCOMING, clickhouse_type, offered
from warehouse.tables.rollup_tables import FACT, create_rollup, is_declared, rollup_select

STAGED_FACTS = (FACT, "ratings")


def reconcile(engine: Engine) -> list[Rollup]:
    """Create objects that are missing or have a changed declaration; returns the rollups that are new."""
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


def _reconcile_rollup(engine: Engine, there: dict[str, str], rollup: Rollup) -> bool:
    view, staging = f"{rollup.name}_view", f"{rollup.name}_staging"
    is_new = not is_declared(rollup, there.get(rollup.name, ""))
    if is_new:
        for kind, name in (("VIEW", view), ("TABLE", staging), ("TABLE", rollup.name)):
            if there.pop(name, None) is not None:
                engine.command(f"DROP {kind} IF EXISTS {name}")
        create_rollup(engine, rollup)
    if staging not in there:
        engine.command(f"CREATE TABLE IF NOT EXISTS {staging} AS {rollup.name}")
    if view not in there:
        rows = rollup_select(rollup, FACT + "_staging")
        engine.command(f"CREATE MATERIALIZED VIEW IF NOT EXISTS {view} TO {staging} AS {rows}")
    return is_new


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
