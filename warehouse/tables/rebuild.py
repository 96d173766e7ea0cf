"""Rebuilds rollups from the facts, one month at a time: fills a shadow table, then swaps the month in atomically.

Nothing here takes a lock. The caller must block other loads and rebuilds, so that a month's facts don't change between
filling the shadow and swapping it in.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from warehouse.engine.engine import Engine
from warehouse.model.rollups import Rollup
from warehouse.tables.rollup_tables import FACT, note_filled, rollup_select, stale_versions
from warehouse.tables.scratch_tables import make_scratch_table, remove_partition

# A context that is entered during each swap.
Swapping = Callable[[], AbstractContextManager[None]]


def stale_rollups(engine: Engine) -> list[Rollup]:
    """The rollups that are to be filled from the facts."""
    return list(stale_versions(engine))


def fill_rollups(engine: Engine, rollups: Sequence[Rollup]) -> None:
    """Fill rollups from the facts. No load may be under way."""
    for rollup in rollups:
        rebuild_rollup(engine, rollup)
        engine.sync()
        note_filled(engine, rollup)


def rebuild_rollup(engine: Engine, rollup: Rollup) -> None:
    """Rebuild every month, and empty the months without facts."""
    rebuild_partitions(engine, rollup, stored_months(engine, rollup))


def rebuild_partitions(
    engine: Engine, rollup: Rollup, partitions: Sequence[str], swapping: Swapping = nullcontext
) -> None:
    """Rebuild months (`YYYYMM`); each is swapped in atomically. A month without facts becomes empty."""
    engine.command(f"DROP TABLE IF EXISTS {engine.scratch_table(f'{rollup.name}_rebuilt')}")
    shadow = make_scratch_table(engine, f"{rollup.name}_rebuilt", f"AS {rollup.name}")
    for partition in partitions:
        rows = rollup_select(rollup, FACT, f"toYYYYMM(start_time) = {int(partition)}")
        engine.command(f"INSERT INTO {shadow} {rows}")
        filled = engine.query(f"SELECT count() FROM {shadow} WHERE toYYYYMM(bucket) = {int(partition)}").scalar()
        with swapping():
            if filled:
                engine.command(f"ALTER TABLE {rollup.name} REPLACE PARTITION ID '{partition}' FROM {shadow}")
            else:
                # The engine can't replace a partition with an empty one.
                remove_partition(engine, rollup.name, partition)
    engine.command(f"DROP TABLE {shadow}")


def stored_months(engine: Engine, rollup: Rollup) -> list[str]:
    """The months (`YYYYMM`) with rows in the facts or the rollup, in order."""
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active AND "
        "table IN {tables:Array(String)} ORDER BY partition_id",
        {"tables": [FACT, rollup.name]},
    )
    return [partition for (partition,) in found.rows]
