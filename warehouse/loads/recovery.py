"""Recovery: what a process that died left half-done is taken back (facts) or carried through (films, users)."""

from warehouse.engine import Engine
from warehouse.loads import ledger
from warehouse.loads.dimension_load import DIMENSION_TABLES, show_versions
from warehouse.loads.ledger import Entry, State
from warehouse.loads.rejects import drop_rejected
from warehouse.loads.retry import settle_released
from warehouse.loads.undo import finish_undoing
from warehouse.model.rollups import ROLLUPS
from warehouse.rebuild import rebuild_partitions, rebuild_rollup


def recover(engine: Engine) -> list[Entry]:
    """End every unfinished load and undo; returns them as they ended."""
    ended = [_recover(engine, entry) for entry in ledger.unfinished(engine) if not entry.undo_of]
    ended += finish_undoing(engine)
    settle_released(engine)
    return ended


def _recover(engine: Engine, entry: Entry) -> Entry:
    if entry.table in DIMENSION_TABLES:
        return _recover_dimension(engine, entry)
    if entry.state is State.COMMITTING:
        engine.command(f"ALTER TABLE {entry.table} DELETE WHERE load_id = {entry.load_id}", mutations_sync=2)
        touched = {rollup.name: rollup for rollup in ROLLUPS}
        for piece in entry.partitions:
            table, _, partition = piece.partition("/")
            if table in touched:
                rebuild_partitions(engine, touched[table], [partition])
    drop_rejected(engine, entry.load_id)
    return ledger.move(engine, entry, State.FAILED)


def _recover_dimension(engine: Engine, entry: Entry) -> Entry:
    if entry.state is State.STAGING:
        engine.command(
            f"DELETE FROM {entry.table}_versions WHERE load_id = {entry.load_id}", lightweight_deletes_sync=2
        )
        drop_rejected(engine, entry.load_id)
        return ledger.move(engine, entry, State.FAILED)
    show_versions(engine, DIMENSION_TABLES[entry.table])
    for rollup in ROLLUPS:
        if entry.table in rollup.volatile:
            rebuild_rollup(engine, rollup)
    return ledger.move(engine, entry, State.DONE)
