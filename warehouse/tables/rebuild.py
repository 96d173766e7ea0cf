"""Rebuilding rollups from the facts: month by month into a shadow table, each month swapped in whole.

Nothing here holds a lock. Who calls it keeps other loads and rebuilds out, so that the facts of a month stay as they
are from the moment its shadow is filled to the moment it is swapped in.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from warehouse.engine.engine import Engine
from warehouse.model.rollups import Rollup
from warehouse.tables.reconcile import FACT, note_filled, rollup_select

# What is entered for the moment of a swap.
Swapping = Callable[[], AbstractContextManager[None]]


def fill_rollups(engine: Engine, rollups: Sequence[Rollup]) -> None:
    """Build rollups whose tables were made anew; without a fact there is nothing to build."""
    if not rollups:
        return
    has_facts = engine.query(f"SELECT count() FROM {FACT}").scalar() > 0
    for rollup in rollups:
        if has_facts:
            rebuild_rollup(engine, rollup)
        note_filled(engine, rollup)


def rebuild_rollup(engine: Engine, rollup: Rollup) -> None:
    """Build every month again, and empty those that the facts no longer have."""
    rebuild_partitions(engine, rollup, stored_months(engine, rollup))


def rebuild_partitions(
    engine: Engine, rollup: Rollup, partitions: Sequence[str], swapping: Swapping = nullcontext
) -> None:
    """Build months (`YYYYMM`) again; each is swapped in atomically. A month without facts becomes empty."""
    shadow = f"{rollup.name}_rebuilt"
    engine.command(f"DROP TABLE IF EXISTS {shadow}")
    engine.command(f"CREATE TABLE {shadow} AS {rollup.name}")
    for partition in partitions:
        rows = rollup_select(rollup, FACT, f"toYYYYMM(start_time) = {int(partition)}")
        engine.command(f"INSERT INTO {shadow} {rows}")
        filled = engine.query(f"SELECT count() FROM {shadow} WHERE toYYYYMM(bucket) = {int(partition)}").scalar()
        # The engine refuses to replace a partition by nothing.
        swap = f"REPLACE PARTITION ID '{partition}' FROM {shadow}" if filled else f"DROP PARTITION ID '{partition}'"
        with swapping():
            engine.command(f"ALTER TABLE {rollup.name} {swap}")
    engine.command(f"DROP TABLE {shadow}")


def stored_months(engine: Engine, rollup: Rollup) -> list[str]:
    """The months (`YYYYMM`) that the facts or the rollup have rows of, in order."""
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active AND "
        "table IN {tables:Array(String)} ORDER BY partition_id",
        {"tables": [FACT, rollup.name]},
    )
    return [partition for (partition,) in found.rows]
