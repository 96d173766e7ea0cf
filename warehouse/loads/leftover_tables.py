"""The sweep: drop leftover tables, so that neither they nor dropped ones keep rows on disk."""

from warehouse.engine.engine import Engine
from warehouse.loads.fact_load import SCRATCH as SIFTING
from warehouse.model.rollups import ROLLUPS
from warehouse.tables.incoming_schemas import INCOMING
from warehouse.tables.reconcile import STAGED_FACTS

# Suffixes of temporary tables.
_SCRATCH = ("_next", "_rebuilt", "_gone", "_computed", *SIFTING)
_EMPTIED = (
    *(f"{table}_incoming" for table in INCOMING),
    *(f"{table}_staging" for table in (*STAGED_FACTS, *(rollup.name for rollup in ROLLUPS))),
)


def sweep(engine: Engine) -> None:
    """Remove the rows of temporary tables and stages, with their files. Nobody may be loading or rebuilding."""
    drop_leftover_tables(engine)
    for name in _EMPTIED:
        engine.command(f"TRUNCATE TABLE {engine.scratch_table(name)}")
    _drop_for_good(engine)


def drop_leftover_tables(engine: Engine) -> None:
    """Drop the temporary tables of loads, rebuilds, undoing and forgetting. Stages keep their rows."""
    ends = " OR ".join(f"endsWith(name, '{engine.scratch_table(end)}')" for end in _SCRATCH)
    found = engine.query(f"SELECT name FROM system.tables WHERE database = currentDatabase() AND ({ends})")
    for (name,) in found.rows:
        _drop(engine, name)


def _drop_for_good(engine: Engine) -> None:
    """A table that was dropped without waiting keeps its files for minutes: restore it, then drop it with its files."""
    found = engine.query(
        "SELECT table, uuid FROM system.dropped_tables WHERE database = currentDatabase() "
        "AND table NOT IN (SELECT name FROM system.tables WHERE database = currentDatabase()) "
        # Those of other writers, and their leases, are fences: they must not come back, not even for a moment.
        "AND NOT match(table, '^writer_[0-9]+$') AND (NOT match(table, '_w[0-9]+$') OR endsWith(table, {own:String}))",
        {"own": engine.fence.suffix},
    )
    for name, uuid in found.rows:
        engine.command(f"UNDROP TABLE {name} UUID '{uuid}'")
        _drop(engine, name)


def _drop(engine: Engine, name: str) -> None:
    # By default the engine refuses to drop a large table, as a safeguard.
    engine.command(f"DROP TABLE {name} SYNC")
