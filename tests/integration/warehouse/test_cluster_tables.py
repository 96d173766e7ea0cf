"""The SQL of a warehouse on a cluster: as it was reviewed, parsed and run by the engine, and equal to one server's."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.warehouse.golden_cluster_sql import DATABASE, FOLDER, address, files
from tests.integration.warehouse.modes import Modes, embedded
from tests.support.cluster_node import CLUSTER, results
from warehouse import Warehouse, open_warehouse
from warehouse.cluster.cluster_sql import fill_statements, table_statements
from warehouse.cluster.layout import divided_tables, is_divided, local_table, sharding_key
from warehouse.cluster.translation import Translation
from warehouse.errors import Unavailable
from warehouse.model.rollups import ROLLUPS

# What a server needs its cluster and Keeper for.
_REPLICATED = re.compile(r"Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A new warehouse of one server's kind."""
    with embedded(tmp_path_factory.mktemp("one")) as opened:
        yield opened


@pytest.fixture(scope="module")
def statements() -> list[str]:
    """Everything that is applied to a new cluster, in order."""
    return [*table_statements(CLUSTER, address()), *fill_statements()]


def test_the_sql_is_what_was_reviewed() -> None:
    """After a change, `python -m tests.integration.warehouse.golden_cluster_sql` writes the files: review them."""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == dict(files())


def test_the_engine_parses_every_statement_and_writes_it_back(warehouse: Warehouse, statements: Sequence[str]) -> None:
    for statement in statements:
        assert warehouse.engine.query(f"EXPLAIN AST {statement}").rows, statement
        formatted, again = warehouse.engine.query(
            "SELECT formatQuery({sql:String}) AS once, formatQuery(once) AS twice", {"sql": statement}
        ).rows[0]
        assert formatted == again, statement
        assert ("ON CLUSTER" in formatted) == ("ON CLUSTER" in statement), statement


def test_what_makes_or_changes_a_table_names_the_cluster(statements: Sequence[str]) -> None:
    of_one_server = [one for one in statements if f"ON CLUSTER {CLUSTER}" not in one]
    assert [one.split("(")[0].split(" SELECT")[0] for one in of_one_server] == [
        "INSERT INTO schema_migrations ",
        *(
            text
            for rollup in ROLLUPS
            for text in (f"TRUNCATE TABLE {rollup.name}_local", f"INSERT INTO {rollup.name}_local")
        ),
    ]


def test_a_server_of_a_cluster_makes_every_table_replicated(tmp_path: Path, statements: Sequence[str]) -> None:
    """ON CLUSTER gives a table one UUID on all servers; its path in Keeper has it, and the shard if it is divided.
    What changes tables is left out: the Keeper in memory never makes them writable."""
    made = [_with_uuid(_on_one_server(one)) for one in statements if one.startswith(("CREATE", "DROP"))]
    *told, engines, replicas = results(tmp_path, [*made, _ENGINES, _REPLICAS])
    assert [one for one in told if one] == []
    kinds = dict(engines)
    replicated = {table for table, engine in kinds.items() if engine.startswith("Replicated")}
    assert {table for table, engine in kinds.items() if engine == "Distributed"} == set(divided_tables())
    assert {kinds[table] for table in kinds.keys() - replicated} == {"Distributed", "Dictionary"}
    assert replicated == {row[0] for row in replicas}
    for table, uuid, path, replica in replicas:
        is_part = table.endswith("_local")
        assert (path, replica) == (
            f"/clickhouse/tables/{uuid}/{'01' if is_part else 'all'}",
            "a" if is_part else "01-a",
        )


def test_a_cluster_has_the_tables_of_one_server(
    tmp_path: Path, warehouse: Warehouse, statements: Sequence[str]
) -> None:
    """The same columns, keys and engines: run as on a cluster but without Keeper, which the engine here lacks."""
    made = [_REPLICATED.sub(r"\1(", _on_one_server(one)) for one in statements]
    *told, columns, keys, migrations = results(tmp_path, [*made, _COLUMNS, _KEYS, _MIGRATIONS])
    assert [one for one in told if one] == []
    one_server = warehouse.engine
    ours = {row[0] for row in one_server.query(_KEYS).rows if not re.search(_SCRATCH, row[0])}
    assert sorted(row[0].removesuffix("_local") for row in keys) == sorted(ours)
    expected = [tuple(map(str, row)) for row in one_server.query(_KEYS).rows if row[0] in ours]
    assert sorted((row[0].removesuffix("_local"), *row[1:]) for row in keys) == sorted(expected)
    by_table = _grouped(columns)
    for table, cells in _grouped(one_server.query(_COLUMNS).rows).items():
        if table in ours:
            assert by_table[local_table(table)] == cells
            if is_divided(table):
                assert [cell[:2] for cell in by_table[table]] == [cell[:2] for cell in cells]
    assert [tuple(row) for row in migrations] == [tuple(map(str, row)) for row in one_server.query(_MIGRATIONS).rows]


def test_users_are_never_divided_between_two_shards() -> None:
    assert {sharding_key(table) for table in divided_tables()} == {"user_key", ""}
    assert [table for table in divided_tables() if not sharding_key(table)] == [rollup.name for rollup in ROLLUPS]
    assert not any(map(is_divided, ("users", "movies", "users_versions", "loads", "audit_log", "boards")))


@pytest.mark.parametrize("statement", ["OPTIMIZE TABLE users", "CREATE TABLE IF NOT EXISTS t (n UInt8) ENGINE = Log"])
def test_what_has_no_counterpart_is_refused(statement: str) -> None:
    """So that a new kind of migration is noticed when it is written."""
    with pytest.raises(ValueError, match="No counterpart on a cluster"):
        Translation(CLUSTER, DATABASE).translated(statement)


def test_a_database_with_a_cluster_s_tables_is_not_opened(modes: Modes) -> None:
    """A load would show its rows on one shard only."""
    served = modes.engine()
    for statement in ("CREATE DATABASE spread", "CREATE TABLE spread.viewing_sessions_local (n UInt8) ENGINE = Memory"):
        httpx.post(f"http://{served.host}", content=statement, trust_env=False).raise_for_status()
    with pytest.raises(Unavailable, match="The database spread has the tables of a cluster"):
        open_warehouse(served.address("spread"))
    served.drop("spread")


_SCRATCH = "_(staging|incoming|view)$"
_KNOWN = f"database = '{DATABASE}'"
_ENGINES = f"SELECT name, engine FROM system.tables WHERE {_KNOWN}"
_REPLICAS = (
    "SELECT table, uuid, zookeeper_path, replica_name FROM system.replicas AS r "
    f"INNER JOIN system.tables AS t ON r.database = t.database AND r.table = t.name WHERE t.{_KNOWN}"
)
_COLUMNS = (
    "SELECT table, name, type, default_kind, default_expression, compression_codec FROM system.columns "
    f"WHERE {_KNOWN} ORDER BY table, position"
)
_KEYS = (
    "SELECT name, engine, sorting_key, partition_key, "
    "extract(engine_full, 'index_granularity = \\\\d+') AS granularity, extract(engine_full, 'TTL [^S]*') AS ttl "
    f"FROM system.tables WHERE {_KNOWN} AND engine LIKE '%MergeTree' ORDER BY name"
)
_MIGRATIONS = f"SELECT number, name, checksum FROM {DATABASE}.schema_migrations ORDER BY number"


def _on_one_server(statement: str) -> str:
    """The statement as each server of the cluster runs it, in the session of a client of the database."""
    alone = statement.replace(f" ON CLUSTER {CLUSTER}", "")
    return f"{alone}; USE {DATABASE}" if alone.startswith("CREATE DATABASE") else alone


def _with_uuid(statement: str) -> str:
    return re.sub(r"(CREATE TABLE IF NOT EXISTS \w+)", lambda found: f"{found[1]} UUID '{uuid4()}'", statement)


def _grouped(rows: Sequence[Sequence[Any]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for table, *cells in rows:
        found.setdefault(str(table), []).append(tuple(map(str, cells)))
    return found
