"""A warehouse divided among shards in one engine: the engine's own Distributed tables over a database for each shard.

A shard's rows are those of its users; its rollups are filled by the statements that `marquee warehouse cluster-fill`
prints. All addresses of the Distributed tables are this engine: what each reads is told by the number of the shard.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client

from warehouse import Warehouse
from warehouse.cluster.cluster_sql import fill_statements
from warehouse.cluster.layout import divided_tables, local_table, sharding_key
from warehouse.engine.connecting import connect
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.model.dictionaries import DICTIONARIES
from warehouse.query.reader import Reader
from warehouse.tables.reconcile import dictionary_sql

# What questions read that is on every server of a cluster.
_EVERYWHERE = (
    *("movies", "movies_versions", "users", "users_versions", "loads", "rollup_states", "kept_history"),
    *("experiments", "experiments_versions"),
)


@contextmanager
def divided(warehouse: Warehouse, shards: int, seed: int) -> Iterator[Reader]:
    """A reader of the same rows, divided by chance among so many shards."""
    client = connect(warehouse.address, warehouse.engine.database)
    asked, names = f"asked_{seed}", [f"shard_{number}_{seed}" for number in range(1, shards + 1)]
    try:
        for number, name in enumerate(names):
            _make_shard(client, warehouse, name, f"sipHash64(user_key, {seed}) % {shards} = {number}")
        _make_asked(client, warehouse, asked, names)
    finally:
        client.close()
    engine = Engine(warehouse.address, Limits(clients=1))
    try:
        with engine.pool.lease() as lease:
            _use(lease.client, asked)
            lease.client.command("SET distributed_product_mode = 'global'")
        yield Reader(engine, ReadWriteLock(), is_shared=False)
    finally:
        engine.close()
        for name in (asked, *names):
            warehouse.engine.command(f"DROP DATABASE {name}")


def _use(client: Client, database: str) -> None:
    client.database = database
    client.command(f"USE {database}")


def _make_shard(client: Client, warehouse: Warehouse, name: str, users: str) -> None:
    """A database with the rows of some users, and rollups made of them there."""
    client.command(f"CREATE DATABASE {name}")
    _use(client, name)
    whole = warehouse.engine.database
    for table in divided_tables():
        client.command(f"CREATE TABLE {local_table(table)} AS {whole}.{table}")
        if sharding_key(table):
            client.command(f"INSERT INTO {local_table(table)} SELECT * FROM {whole}.{table} WHERE {users}")
    _make_dictionaries(client, warehouse)
    for statement in fill_statements():
        client.command(statement)


def _make_asked(client: Client, warehouse: Warehouse, name: str, shards: list[str]) -> None:
    """The database that questions are asked in: its divided tables read all shards, and send nothing between them."""
    client.command(f"CREATE DATABASE {name}")
    _use(client, name)
    for table in _EVERYWHERE:
        client.command(f"CREATE TABLE {table} AS {warehouse.engine.database}.{table}")
        client.command(f"INSERT INTO {table} SELECT * FROM {warehouse.engine.database}.{table}")
    for table in divided_tables():
        parts = (
            f"SELECT * FROM {shard}.{local_table(table)} WHERE shardNum() = {number}"
            for number, shard in enumerate(shards, 1)
        )
        client.command(f"CREATE VIEW {local_table(table)} AS {' UNION ALL '.join(parts)}")
        servers = ",".join("localhost" for _ in shards)
        client.command(f"CREATE TABLE {table} AS remote('{servers}', '{name}', '{local_table(table)}')")
    _make_dictionaries(client, warehouse)


def _make_dictionaries(client: Client, warehouse: Warehouse) -> None:
    for dictionary in DICTIONARIES:
        client.command(dictionary_sql(dictionary, warehouse.address, warehouse.engine.database))
