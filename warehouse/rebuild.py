"""Rebuilding rollups from the facts: into a twin beside the live table, then swapped in by partition."""

from collections.abc import Sequence

from warehouse.engine import Engine
from warehouse.model.rollups import Rollup
from warehouse.reconcile import FACT, rollup_select


def rebuild_rollup(engine: Engine, rollup: Rollup) -> None:
    """Build every partition again, and drop those that the facts no longer have."""
    facts, live = _partitions(engine, FACT), _partitions(engine, rollup.name)
    rebuild_partitions(engine, rollup, facts)
    for gone in sorted(set(live) - set(facts)):
        engine.command(f"ALTER TABLE {rollup.name} DROP PARTITION ID '{gone}'")


def rebuild_partitions(engine: Engine, rollup: Rollup, partitions: Sequence[str]) -> None:
    """Build months (`YYYYMM`) again; each is swapped in atomically. A month without facts becomes empty."""
    twin = f"{rollup.name}_rebuilt"
    engine.command(f"DROP TABLE IF EXISTS {twin}")
    engine.command(f"CREATE TABLE {twin} AS {rollup.name}")
    for partition in partitions:
        engine.command(f"INSERT INTO {twin} {rollup_select(rollup, FACT, f'toYYYYMM(start_time) = {int(partition)}')}")
        engine.command(f"ALTER TABLE {rollup.name} REPLACE PARTITION ID '{partition}' FROM {twin}")
    engine.command(f"DROP TABLE {twin}")


def _partitions(engine: Engine, table: str) -> list[str]:
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active AND "
        "table = {table:String} "
        "ORDER BY partition_id",
        {"table": table},
    )
    return [partition for (partition,) in found.rows]
