"""The statements that make a warehouse on a cluster, from the same migrations and declarations as on one server.

They are for an operator to apply, in order, with the database as the session's. They connect to nothing.
"""

from collections.abc import Iterator

from warehouse.cluster.layout import divided_tables, local_table
from warehouse.cluster.translation import Translation
from warehouse.engine.address import Server
from warehouse.model.dictionaries import DICTIONARIES
from warehouse.model.rollups import ROLLUPS
from warehouse.query.parameters import literal_sql
from warehouse.tables.migrate import MIGRATIONS_TABLE, Migration, known
from warehouse.tables.reconcile import dictionary_sql
from warehouse.tables.rollup_tables import FACT, checksum, rollup_select, table_sql


def migration_statements(cluster: str, database: str) -> Iterator[tuple[Migration, list[str]]]:
    """Each migration with its statements for all servers of the cluster."""
    translation = Translation(cluster, database)
    for migration in known():
        yield migration, [translation.translated(one) for one in migration.statements()]


def table_statements(cluster: str, address: Server, after: int = 0) -> Iterator[str]:
    """The statements that make the tables, or bring them up to date with the migrations `after` a number; made anew,
    rollups are empty. Dictionaries read as the account of the address, whose password is in their statements.
    """
    translation = Translation(cluster, address.database)
    if not after:
        yield f"CREATE DATABASE IF NOT EXISTS `{address.database}` ON CLUSTER {cluster} ENGINE = Atomic"
    yield translation.translated(MIGRATIONS_TABLE)
    for migration, statements in migration_statements(cluster, address.database):
        if migration.number > after:
            yield from statements
    # A migration makes a stage; on servers each writer has its own.
    yield translation.dropped(f"{FACT}_staging")
    yield from _rollups(translation)
    comments = {rollup.name: checksum(rollup) for rollup in ROLLUPS}
    for table in divided_tables():
        yield translation.spread(table, comments.get(table, ""))
    for dictionary in DICTIONARIES:
        yield translation.translated(dictionary_sql(dictionary, address, address.database))
    yield from _recorded(after)


def fill_statements() -> Iterator[str]:
    """The statements that fill the rollups of one shard from its facts: for one server of each shard."""
    for rollup in ROLLUPS:
        yield f"TRUNCATE TABLE {local_table(rollup.name)}"
        yield f"INSERT INTO {local_table(rollup.name)} {rollup_select(rollup, local_table(FACT))}"


def _rollups(translation: Translation) -> Iterator[str]:
    for rollup in ROLLUPS:
        yield translation.dropped(rollup.name)
        made = translation.translated(f"CREATE TABLE IF NOT EXISTS {rollup.name} {table_sql(rollup)}")
        yield f"{made} COMMENT {literal_sql(checksum(rollup))}"


def _recorded(after: int) -> Iterator[str]:
    """Migrations are recorded when everything is there."""
    rows = [
        f"({one.number}, {literal_sql(one.name)}, {literal_sql(one.checksum)})" for one in known() if one.number > after
    ]
    if rows:
        yield f"INSERT INTO schema_migrations (number, name, checksum) VALUES {', '.join(rows)}"
