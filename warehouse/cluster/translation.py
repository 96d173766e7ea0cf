"""Statements that declare or change tables of one server, translated for all servers of a cluster.

A table becomes a replicated one on every server. A divided table gets the name of its local part; `spread` makes what
reads all parts. Paths in Keeper have the table's UUID, because tables are exchanged and renamed: a path with a name
would outlive the name.
"""

import re

from warehouse.cluster.layout import is_divided, local_table, sharding_key
from warehouse.query.parameters import literal_sql
from warehouse.tables.table_settings import with_settings

_CREATE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)\s+(.*)", re.DOTALL)
_LIKE = re.compile(r"AS (\w+)\s*(.*)", re.DOTALL)
_STORAGE = re.compile(r"\bENGINE = .*", re.DOTALL)
_ENGINE = re.compile(r"\bENGINE = (\w*MergeTree)\b(?:\(([^)]*)\))?")
_ALTER = re.compile(r"ALTER TABLE (\w+)\s+(.*)", re.DOTALL)
_DROP = re.compile(r"DROP TABLE IF EXISTS (\w+)$")
_DICTIONARY = re.compile(r"CREATE OR REPLACE DICTIONARY (\w+)\s+(.*)", re.DOTALL)
# Replicated tables leave out an inserted block that equals an earlier one, unless told otherwise. Repeats are told by
# their ids here, and a stage that was emptied takes the same rows again.
_KEEP_ALL = "replicated_deduplication_window = 0"
_SYNC = "fsync_after_insert = 1"
_WINDOW = re.compile(r"\bnon_replicated_deduplication_window\b")


class Translation:
    """Translates statements for one cluster, in the order in which they are applied: a table that is made like another
    has the storage that the other one was declared with.

    Statements are those of migrations, which can be repeated, and of generated tables and dictionaries.
    """

    def __init__(self, cluster: str, database: str) -> None:
        self._cluster = cluster
        self._database = database
        self._storage: dict[str, str] = {}

    def translated(self, statement: str) -> str:
        """The statement for all servers of the cluster.

        Raises: ValueError for a kind of statement that has no counterpart on a cluster yet.
        """
        if found := _CREATE.fullmatch(statement):
            return self._created(found[1], found[2])
        if found := _ALTER.fullmatch(statement):
            change = _WINDOW.sub("replicated_deduplication_window", found[2])
            return f"ALTER TABLE {self._named(local_table(found[1]))} {change}"
        if found := _DROP.fullmatch(statement):
            return f"DROP TABLE IF EXISTS {self._named(local_table(found[1]))} SYNC"
        if found := _DICTIONARY.fullmatch(statement):
            return f"CREATE OR REPLACE DICTIONARY {self._named(found[1])} {found[2]}"
        raise ValueError(f"No counterpart on a cluster: {statement[:80]}")

    def spread(self, table: str, comment: str = "") -> str:
        """The statement that makes a divided table, which reads the local parts on all shards and sends each inserted
        row to its shard. It takes the columns of the local part as they are by then."""
        key = sharding_key(table)
        arguments = [*map(literal_sql, (self._cluster, self._database, local_table(table))), *([key] if key else [])]
        made = (
            f"CREATE OR REPLACE TABLE {self._named(table)} AS {local_table(table)} "
            f"ENGINE = Distributed({', '.join(arguments)})"
        )
        return f"{made} COMMENT {literal_sql(comment)}" if comment else made

    def dropped(self, table: str) -> str:
        """The statement that drops a divided table's local parts, if they are there."""
        return f"DROP TABLE IF EXISTS {self._named(local_table(table))} SYNC"

    def _named(self, table: str) -> str:
        return f"{table} ON CLUSTER {self._cluster}"

    def _created(self, table: str, declaration: str) -> str:
        like = _LIKE.match(declaration)
        storage = _STORAGE.search(declaration)
        self._storage[table] = storage[0] if storage else self._storage[like[1]] if like else ""
        columns = f"AS {local_table(like[1])}" if like else _STORAGE.sub("", declaration).rstrip()
        declared = with_settings(table, f"{columns}\n{self._replicated(table)}")
        return f"CREATE TABLE IF NOT EXISTS {self._named(local_table(table))} {declared}, {_SYNC}, {_KEEP_ALL}"

    def _replicated(self, table: str) -> str:
        """The storage of a table, replicated: among the servers of a shard, or among all."""
        of, replica = ("{shard}", "{replica}") if is_divided(table) else ("all", "{shard}-{replica}")

        def with_path(engine: re.Match[str]) -> str:
            arguments = [f"'/clickhouse/tables/{{uuid}}/{of}'", f"'{replica}'", *([engine[2]] if engine[2] else [])]
            return f"ENGINE = Replicated{engine[1]}({', '.join(arguments)})"

        replicated, count = _ENGINE.subn(with_path, self._storage[table])
        if count != 1:
            raise ValueError(f"No counterpart on a cluster: the engine of {table}")
        return replicated
