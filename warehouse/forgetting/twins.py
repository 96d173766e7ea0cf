"""Twins: tables beside the live ones without a person's rows, and the exchange in which they take their places.

Only what the person is in is written anew, everything else is linked. Nothing is deleted by a mutation: that would keep
its condition, and with it the person's key or name, in a file of the table.
"""

from collections.abc import Sequence

from warehouse.engine import Engine
from warehouse.forgetting.traces import PERSONAL, Person, touched_partitions
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.reconcile import FACT, rollup_select

# Written anew as a whole: rows that a dead load took back are hidden in their parts until those are merged.
_WHOLE = frozenset({"rejected_rows", "users_versions", "users"})


def fill_twins(engine: Engine, person: Person, months: Sequence[str]) -> None:
    """Make the twins of all tables that hold people; rollups count the sessions of `months` (`YYYYMM`) again."""
    for table in PERSONAL:
        written = _pieces(engine, table) if table in _WHOLE else touched_partitions(engine, table, person)
        _make_twin(engine, table, but=written)
        for piece in written:
            engine.command(
                f"INSERT INTO {table}_next SELECT * FROM {table} WHERE _partition_id = {{piece:String}} "
                f"AND NOT ({PERSONAL[table]})",
                {**person.parameters, "piece": piece},
            )
    for rollup in ROLLUPS:
        _fill_rollup(engine, rollup, months)


def _fill_rollup(engine: Engine, rollup: Rollup, months: Sequence[str]) -> None:
    _make_twin(engine, rollup.name, but=months)
    for month in months:
        rows = rollup_select(rollup, f"{FACT}_next", f"toYYYYMM(start_time) = {int(month)}")
        engine.command(f"INSERT INTO {rollup.name}_next {rows}")


def _make_twin(engine: Engine, table: str, but: Sequence[str]) -> None:
    """An empty table like another, with the other's partitions linked into it but for some."""
    engine.command(f"CREATE TABLE {table}_next AS {table}")
    for piece in _pieces(engine, table):
        if piece not in but:
            engine.command(f"ALTER TABLE {table}_next ATTACH PARTITION ID '{piece}' FROM {table}")


def _pieces(engine: Engine, table: str) -> list[str]:
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active "
        "AND table = {table:String} ORDER BY partition_id",
        {"table": table},
    )
    return [piece for (piece,) in found.rows]


def exchange_twins(engine: Engine) -> None:
    """Let the twins take the places of their tables; what was there is in the twins then."""
    for table in (*(rollup.name for rollup in ROLLUPS), *PERSONAL):
        engine.command(f"EXCHANGE TABLES {table} AND {table}_next")
    engine.command("SYSTEM RELOAD DICTIONARY users_dictionary")
