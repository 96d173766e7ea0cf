"""Replacement: a load of a fact that takes an earlier one back in the same moment.

In the ledger it is an undo with rows of its own. They wait in the stage until the shadow tables are exchanged, and
recovery takes them from there: see `undo`.
"""

from collections.abc import Sequence

from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.errors import BadInput
from warehouse.forgetting.tombstones import Tombstones
from warehouse.loads import ledger
from warehouse.loads.fact_load import FactLoad
from warehouse.loads.ledger import State
from warehouse.loads.load import LoadSummary
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.loads.undo import abandon_undo, complete_undo, loads_to_undo, prepare_undo


class Replacement(FactLoad):
    """Rows of a fact in the place of load `replaces`, whose rows they neither repeat nor conflict with."""

    def __init__(
        self,
        engine: Engine,
        data_lock: ReadWriteLock,
        table: str,
        files: Sequence[str],
        tombstones: Tombstones,
        replaces: int,
    ) -> None:
        """Raises: BadInput when that load can't be taken back, or is of another table, or of films or users."""
        if table not in FACT_TABLES:
            raise BadInput(
                f"A load of {table} is not replaced: load the right file, and its rows are the newest versions. To "
                f"remove the other rows that load {replaces} brought, undo it first."
            )
        self.replaced = loads_to_undo(engine, replaces)
        if self.replaced[0].table != table:
            raise BadInput(f"Load {replaces} is of {self.replaced[0].table}. Files of {table} can't take its place.")
        self.standing = f"load_id NOT IN ({', '.join(str(one.load_id) for one in self.replaced)})"
        super().__init__(engine, data_lock, table, files, tombstones, undo_of=replaces)

    def __exit__(self, *raised: object) -> None:
        if self.entry.state is State.STAGING:
            self.entry = abandon_undo(self.engine, self.entry)
            self._erase_trial()

    def commit(self) -> LoadSummary:
        _, entry = prepare_undo(self.engine, self.entry, self.replaced)
        self.before_showing(self._summary())
        self.entry = ledger.move(self.engine, entry, State.COMMITTING)
        self.entry = complete_undo(self.engine, self.entry, self.replaced, self.data_lock.writing)
        return self._summary()
