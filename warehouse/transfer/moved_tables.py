"""What is moved of a warehouse: every table but those that are remade from the others, and how values are written.

Ids and hashes are written as text, instants as timestamps: Parquet has no 128-bit integers, and other programs should
read an export. Each way is exact: reading gives the value that was written.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warehouse.engine.engine import Engine
from warehouse.tables.migrate import WRITTEN_BY_ALL
from warehouse.tables.scratch_tables import SCRATCH_NAMES
from warehouse.tables.table_snapshots import SNAPSHOT_NAMES

# Rollups are filled from the facts; the others tell of a warehouse itself and not of its data.
_NOT_MOVED = ("schema_migrations", "rollup_states", "data_changes", "forgetting")
# Rows that are lacking are added to these, and none is replaced: every process writes into most of them at any time,
# and whom this warehouse has forgotten it must know also if the import is killed.
ADDED_TO = WRITTEN_BY_ALL | {"forgotten"}
_BYTES = re.compile(r"FixedString\((\d+)\)")


@dataclass(frozen=True)
class MovedTable:
    """A table: its columns as name → type, and whether only the newest row of each key counts."""

    name: str
    columns: Mapping[str, str]
    is_replacing: bool

    @property
    def written(self) -> Sequence[str]:
        """SELECT items of a row as it is written."""
        return [f"{_written(f'`{name}`', kind)} AS `{name}`" for name, kind in self.columns.items()]

    @property
    def read(self) -> Sequence[str]:
        """SELECT items that make a row of what was written."""
        return [f"{_read(f'`{name}`', kind)} AS `{name}`" for name, kind in self.columns.items()]

    @property
    def structure(self) -> str:
        """The columns of what is written, as a declaration."""
        return ", ".join(f"`{name}` {_written_type(kind)}" for name, kind in self.columns.items())

    @property
    def hash_sql(self) -> str:
        """SQL of a hash of a row, the same in every warehouse."""
        return f"cityHash64(tuple({', '.join(f'toString(`{name}`)' for name in self.columns)}))"

    def source(self, table: str) -> str:
        """What to select the rows from: `table` is this one, or one of a moment."""
        return f"`{table}` FINAL" if self.is_replacing else f"`{table}`"


def moved_tables(engine: Engine) -> list[MovedTable]:
    """The tables that are moved, by name."""
    found = engine.query(
        "SELECT t.name, t.engine, groupArray((c.name, c.type)) FROM system.tables AS t INNER JOIN "
        "(SELECT table, name, type, position FROM system.columns WHERE database = currentDatabase() ORDER BY position) "
        "AS c ON t.name = c.table WHERE t.database = currentDatabase() AND t.engine LIKE '%MergeTree' "
        "AND NOT match(t.name, {scratch:String}) AND NOT match(t.name, {snapshots:String}) "
        "AND NOT endsWith(t.name, '_analytics') AND t.name NOT IN {others:Array(String)} "
        "GROUP BY t.name, t.engine ORDER BY t.name",
        {"scratch": SCRATCH_NAMES, "snapshots": SNAPSHOT_NAMES, "others": list(_NOT_MOVED)},
    )
    return [MovedTable(name, dict(map(tuple, columns)), "Replacing" in kind) for name, kind, columns in found.rows]


def _written(value: str, kind: str) -> str:
    if kind in ("UInt128", "UUID"):
        return f"toString({value})"
    if _BYTES.fullmatch(kind):
        return f"lower(hex({value}))"
    return f"CAST({value} AS {_written_type(kind)})"


def _written_type(kind: str) -> str:
    if kind in ("UInt128", "UUID") or _BYTES.fullmatch(kind):
        return "String"
    plain = re.sub(r"LowCardinality\((\w+)\)", r"\1", kind)
    return {"DateTime('UTC')": "DateTime64(0, 'UTC')", "Date": "Date32"}.get(plain, plain)


def _read(value: str, kind: str) -> str:
    if _BYTES.fullmatch(kind):
        return f"CAST(unhex({value}) AS {kind})"
    return f"CAST({value} AS {kind})"
