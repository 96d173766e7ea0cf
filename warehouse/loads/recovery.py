"""Recovery: loads that a dead process left unfinished are rolled back (facts) or completed (films, users)."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from warehouse.engine.engine import Engine
from warehouse.loads import ledger
from warehouse.loads.dimension_load import DIMENSION_TABLES, show_versions
from warehouse.loads.ledger import Entry, State
from warehouse.loads.quarantine_release import settle_released
from warehouse.loads.rejected_rows import drop_rejected
from warehouse.loads.rollback import roll_back
from warehouse.loads.undo import finish_undoing
from warehouse.tables.rollup_tables import note_stale

# A context in which readers wait.
Changing = Callable[[], AbstractContextManager[None]]


def recover(engine: Engine, changing: Changing = nullcontext) -> list[Entry]:
    """End every unfinished load and undo; returns them as they ended. No load may be under way."""
    unfinished = ledger.unfinished(engine)
    loads = [entry for entry in unfinished if not entry.undo_of]
    facts = [entry for entry in loads if entry.table not in DIMENSION_TABLES]
    ended: list[Entry] = []
    if loads:
        with changing():
            ended += roll_back(engine, facts) if facts else ()
            ended += [_recover_dimension(engine, entry) for entry in loads if entry.table in DIMENSION_TABLES]
    ended += finish_undoing(engine, unfinished, changing)
    settle_released(engine)
    return ended


def _recover_dimension(engine: Engine, entry: Entry) -> Entry:
    if entry.state is State.STAGING:
        engine.command(f"DELETE FROM {entry.table}_versions WHERE load_id = {entry.load_id}")
        drop_rejected(engine, entry.load_id)
        return ledger.move(engine, entry, State.FAILED)
    dimension = DIMENSION_TABLES[entry.table]
    note_stale(engine, entry.table, dimension.names)
    show_versions(engine, dimension)
    return ledger.move(engine, entry, State.DONE)
