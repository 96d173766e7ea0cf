"""The sweep: no table that something left behind, and no dropped one, keeps rows on disk."""

from warehouse.engine.engine import Engine
from warehouse.loads.fact_load import PASSING as SIFTING
from warehouse.model.rollups import ROLLUPS
from warehouse.tables.incoming import INCOMING
from warehouse.tables.reconcile import STAGED_FACTS

# Tables that are made and dropped again, by the ends of their names.
_PASSING = ("_next", "_rebuilt", *SIFTING)
_EMPTIED = (
    *(f"{table}_incoming" for table in INCOMING),
    *(f"{table}_staging" for table in (*STAGED_FACTS, *(rollup.name for rollup in ROLLUPS))),
)


def sweep(engine: Engine) -> None:
    """Remove what passing tables and stages hold, with its files. Nobody may be loading or rebuilding."""
    drop_passing(engine)
    for name in _EMPTIED:
        engine.command(f"TRUNCATE TABLE {name}")
    _drop_for_good(engine)


def drop_passing(engine: Engine) -> None:
    """Drop the tables that loads, rebuilds, undoing and forgetting make for a moment. Stages keep what they hold."""
    ends = " OR ".join(f"endsWith(name, '{end}')" for end in _PASSING)
    found = engine.query(f"SELECT name FROM system.tables WHERE database = currentDatabase() AND ({ends})")
    for (name,) in found.rows:
        _drop(engine, name)


def _drop_for_good(engine: Engine) -> None:
    """A table that was dropped without waiting keeps its files for minutes: it is taken back, and dropped with them."""
    found = engine.query(
        "SELECT table, uuid FROM system.dropped_tables WHERE database = currentDatabase() "
        "AND table NOT IN (SELECT name FROM system.tables WHERE database = currentDatabase())"
    )
    for name, uuid in found.rows:
        engine.command(f"UNDROP TABLE {name} UUID '{uuid}'")
        _drop(engine, name)


def _drop(engine: Engine, name: str) -> None:
    # The engine would refuse to drop a large table, to save it from a slip of the hand.
    engine.command(f"DROP TABLE {name} SYNC")
