"""Generated objects: makes dictionaries, rollup tables, staging tables and their materialized views match the model.

A generated table has the checksum of its declaration as its comment. If the declaration changed, the table is dropped
and created again; a rollup is stale then. Views read the fact's staging table, so a load is rolled up before it becomes
visible. Staging tables, the tables for incoming rows and the views are scratch tables: on a server each writer has its
own.
"""

import hashlib
from collections.abc import Mapping

from warehouse.engine.address import Address, Server
from warehouse.engine.engine import Engine
from warehouse.model.dictionaries import DICTIONARIES, Dictionary
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.parameters import literal_sql
from warehouse.tables.incoming_schemas import INCOMING, clickhouse_type, offered
from warehouse.tables.rollup_tables import FACT, create_rollup, is_declared, rollup_select

STAGED_FACTS = (FACT, "ratings", "assignments")


def reconcile(engine: Engine) -> list[Rollup]:
    """Create objects that are missing or have a changed declaration; returns the rollups that are new."""
    there = _there(engine)
    for dictionary in DICTIONARIES:
        if there.get(dictionary.name) != account_mark(engine.address, engine.database):
            engine.command(dictionary_sql(dictionary, engine.address, engine.database))
    for table in INCOMING:
        _reconcile_incoming(engine, there, table)
    for table in STAGED_FACTS:
        _create_like(engine, there, engine.scratch_table(f"{table}_staging"), table)
    _drop_retired(engine, there)
    return [rollup for rollup in ROLLUPS if _reconcile_rollup(engine, there, rollup)]


def is_reconciled(engine: Engine) -> bool:
    """Whether everything that readers need is there as declared. Writes nothing."""
    there = _there(engine)
    return all(there.get(one.name) == account_mark(engine.address, engine.database) for one in DICTIONARIES) and all(
        is_declared(rollup, there.get(rollup.name, "")) for rollup in ROLLUPS
    )


def _there(engine: Engine) -> dict[str, str]:
    """The comment of each table."""
    found = engine.query("SELECT name, comment FROM system.tables WHERE database = currentDatabase()")
    return {str(name): str(comment) for name, comment in found.rows}


def _create_like(engine: Engine, there: Mapping[str, str], name: str, table: str) -> None:
    if name not in there:
        engine.command(f"CREATE TABLE IF NOT EXISTS {name} AS {table}")


def _drop_retired(engine: Engine, there: Mapping[str, str]) -> None:
    """Drop rollups of an earlier version that are no longer declared."""
    end = engine.scratch_table("_view")
    for name in sorted({view.removesuffix(end) for view in there if view.endswith(f"_analytics{end}")}):
        if name not in {rollup.name for rollup in ROLLUPS}:
            _drop_scratch_tables(engine, there, name)
            engine.command(f"DROP TABLE IF EXISTS {name}")


def _drop_scratch_tables(engine: Engine, there: Mapping[str, str], name: str) -> None:
    """Drop the view and the staging table of a rollup, also those of other processes."""
    for kind, begin in (("VIEW", f"{name}_view"), ("TABLE", f"{name}_staging")):
        for table in there:
            if table.startswith(begin):
                engine.command(f"DROP {kind} IF EXISTS {table}")


def _reconcile_rollup(engine: Engine, there: dict[str, str], rollup: Rollup) -> bool:
    view, staging = engine.scratch_table(f"{rollup.name}_view"), engine.scratch_table(f"{rollup.name}_staging")
    is_new = not is_declared(rollup, there.get(rollup.name, ""))
    if is_new:
        _drop_scratch_tables(engine, there, rollup.name)
        there.pop(view, None)
        there.pop(staging, None)
        create_rollup(engine, rollup, is_there=rollup.name in there)
    _create_like(engine, there, staging, rollup.name)
    if view not in there:
        rows = rollup_select(rollup, engine.scratch_table(f"{FACT}_staging"))
        engine.command(f"CREATE MATERIALIZED VIEW IF NOT EXISTS {view} TO {staging} AS {rows}")
    return is_new


def account_mark(address: Address, database: str) -> str:
    """The comment of dictionaries, which changes when the account does. It is so short that it does not help to guess a
    password."""
    if not isinstance(address, Server):
        return ""
    told = f"{address.user} {address.password}".encode()
    return f"account {hashlib.pbkdf2_hmac('sha256', told, database.encode(), 10_000).hex()[:4]}"


def dictionary_sql(dictionary: Dictionary, address: Address, database: str) -> str:
    """The statement that makes a dictionary, which reads as the account of a server's address."""
    attributes = ", ".join(f"{name} {kind}" for name, kind in dictionary.attributes)
    account = ""
    if isinstance(address, Server):
        account = f" USER {literal_sql(address.user)} PASSWORD {literal_sql(address.password)}"
    return (
        f"CREATE OR REPLACE DICTIONARY {dictionary.name} ({dictionary.key} UInt32, {attributes}) PRIMARY "
        f"KEY {dictionary.key} "
        f"SOURCE(CLICKHOUSE(TABLE '{dictionary.table}' DB {literal_sql(database)}{account})) "
        "LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 100000000)) LIFETIME(0) "
        f"COMMENT {literal_sql(account_mark(address, database))}"
    )


def _reconcile_incoming(engine: Engine, there: dict[str, str], table: str) -> None:
    """Create the table for incoming rows again if its declaration changed; its rows never outlive a load."""
    name, ddl = engine.scratch_table(f"{table}_incoming"), _incoming_ddl(table)
    if there.get(name) != _checksum(ddl):
        if name in there:
            engine.command(f"DROP TABLE IF EXISTS {name}")
        engine.command(f"CREATE TABLE IF NOT EXISTS {name} {ddl} COMMENT '{_checksum(ddl)}'")


def _incoming_ddl(table: str) -> str:
    columns = [f"{field.name} {clickhouse_type(field)}" for field in offered(table)]
    return f"({', '.join(columns)}, row UInt64) ENGINE = Memory"


def _checksum(declaration: str) -> str:
    return hashlib.sha256(declaration.encode()).hexdigest()[:16]
