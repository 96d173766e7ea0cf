"""Shadow tables: copies of live tables without some rows, or with staged rows, that replace them atomically.

Only partitions with affected rows are rewritten; the others are hard-linked. Mutations are not used to delete, because
they keep their condition, and with it a person's key or name, in a file of the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.engine.engine import Engine
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.tables.rollup_tables import FACT, rollup_select
from warehouse.tables.scratch_tables import make_scratch_table


@dataclass(frozen=True)
class Removal:
    """What shadow tables leave out: `tests` is SQL for the removed rows by table, in the order of the exchange. Rollups
    are recomputed for `months` (`YYYYMM`). Every partition of tables in `whole` is rewritten; the shadow of `staged`
    also gets the staged rows.
    """

    tests: Mapping[str, str]
    parameters: Mapping[str, Any]
    months: Sequence[str]
    whole: frozenset[str] = field(default_factory=frozenset)
    staged: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables to exchange with their shadows, rollups before their facts."""
        rollups = tuple(rollup.name for rollup in ROLLUPS) if FACT in self.tests else ()
        return (*rollups, *self.tests)


def touched_partitions(engine: Engine, table: str, test: str, parameters: Mapping[str, Any]) -> list[str]:
    """The ids of partitions with rows that match a condition, in order."""
    found = engine.query(
        f"SELECT DISTINCT _partition_id AS piece FROM {table} WHERE {test} ORDER BY piece", sent(parameters, test)
    )
    return [piece for (piece,) in found.rows]


def sent(parameters: Mapping[str, Any], test: str) -> dict[str, Any]:
    """The parameters used in a condition."""
    return {name: value for name, value in parameters.items() if f"{{{name}:" in test}


def fill_shadows(engine: Engine, removal: Removal) -> None:
    """Create and fill the shadow tables; none may exist yet."""
    for table, test in removal.tests.items():
        whole = table in removal.whole
        written = partitions(engine, table) if whole else touched_partitions(engine, table, test, removal.parameters)
        _make_shadow(engine, table, but=written)
        for piece in written:
            engine.command(
                f"INSERT INTO {engine.scratch_table(f'{table}_next')} SELECT * FROM {table} "
                f"WHERE _partition_id = {{piece:String}} AND NOT ({test})",
                {**removal.parameters, "piece": piece},
            )
    if removal.staged:
        staging = engine.scratch_table(f"{removal.staged}_staging")
        _attach(engine, engine.scratch_table(f"{removal.staged}_next"), staging)
    if FACT in removal.tests:
        for rollup in ROLLUPS:
            _fill_rollup(engine, rollup, removal.months)


def exchange_shadows(engine: Engine, removal: Removal) -> None:
    """Exchange the tables with their shadows, which then hold the old rows."""
    for table in removal.tables:
        engine.command(f"EXCHANGE TABLES {table} AND {engine.scratch_table(f'{table}_next')}")


def _fill_rollup(engine: Engine, rollup: Rollup, months: Sequence[str]) -> None:
    _make_shadow(engine, rollup.name, but=months)
    for month in months:
        rows = rollup_select(rollup, engine.scratch_table(f"{FACT}_next"), f"toYYYYMM(start_time) = {int(month)}")
        engine.command(f"INSERT INTO {engine.scratch_table(f'{rollup.name}_next')} {rows}")


def _make_shadow(engine: Engine, table: str, but: Sequence[str]) -> None:
    """Create a table like another and link the other's partitions into it, except for some."""
    _attach(engine, make_scratch_table(engine, f"{table}_next", f"AS {table}"), table, but)


def _attach(engine: Engine, table: str, source: str, but: Sequence[str] = ()) -> None:
    """Link another table's partitions into a table, except for some."""
    for piece in partitions(engine, source):
        if piece not in but:
            engine.command(f"ALTER TABLE {table} ATTACH PARTITION ID '{piece}' FROM {source}")


def partitions(engine: Engine, table: str) -> list[str]:
    """The ids of a table's partitions, in order."""
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active "
        "AND table = {table:String} ORDER BY partition_id",
        {"table": table},
    )
    return [piece for (piece,) in found.rows]
