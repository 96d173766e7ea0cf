"""Repair: rows of a file in the place of those that a load quarantined, under their numbers in that load.

A repair ends like a retry: good rows leave the quarantine, and rows that are still bad stay in it as they are now.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.errors import BadInput
from warehouse.forgetting.tombstones import Tombstones
from warehouse.loads import ledger
from warehouse.loads.fact_load import FactLoad
from warehouse.loads.ledger import Entry, State
from warehouse.loads.load import LoadSummary
from warehouse.loads.quarantine_release import TAKEN_UP, Retry
from warehouse.loads.rejected_rows import Reject
from warehouse.loads.row_verdicts import FACT_TABLES


class Repair(Retry):
    """Corrected rows of load `repairs`; each row's number is that of the quarantined row that it replaces."""

    def __init__(
        self,
        engine: Engine,
        data_lock: ReadWriteLock,
        table: str,
        files: Sequence[str],
        tombstones: Tombstones,
        repairs: int,
    ) -> None:
        """Raises: BadInput when that load can't be repaired by rows of the table."""
        self.source = _repairable(engine, table, repairs)
        self.conflicts = 0
        found = engine.query(f"SELECT row FROM rejected_rows WHERE load_id = {self.source.load_id}")
        self._waiting = {row for (row,) in found.rows}
        FactLoad.__init__(self, engine, data_lock, table, files, tombstones, retry_of=self.source.load_id)

    def write(self, batch: pa.RecordBatch, numbers: npt.NDArray[np.int64] | None = None) -> None:
        """Raises: BadInput for a row that the load did not quarantine, or that came before."""
        assert numbers is not None, "a repair needs the numbers of the rows that it replaces"
        self._take(numbers.tolist())
        super().write(batch, numbers)

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Raises: BadInput for a row that the load did not quarantine, or that came before."""
        self._take([one.row for one in rejects])
        super().reject(rejects)

    def commit(self) -> LoadSummary:
        done = super().commit()
        return replace(done, rows=done.rows + self.conflicts, quarantined=self.conflicts)

    def _take(self, rows: Sequence[int]) -> None:
        """Note that the quarantined rows are replaced."""
        for row in rows:
            if row not in self._waiting:
                raise BadInput(f"Load {self.source.load_id} has no row {row:,} in the quarantine, or it comes twice.")
            self._waiting.remove(row)
        notes = pa.table(
            {
                "load_id": pa.array([self.entry.load_id] * len(rows), pa.uint32()),
                "table": pa.array([self.table] * len(rows)),
                "row": pa.array(rows, pa.uint64()),
                "reason": pa.array([TAKEN_UP] * len(rows)),
            }
        )
        if rows:
            self.engine.write("rejected_rows", notes)


def _repairable(engine: Engine, table: str, load_id: int) -> Entry:
    if table not in FACT_TABLES:
        raise BadInput(f"Rows of {table} need no --repairs: load the corrected file, and its rows are the newest.")
    found = ledger.find(engine, load_id)
    if found is None or found.state is not State.DONE:
        raise BadInput(f"There is no load {load_id} that is done. marquee ingest status lists them.")
    if found.table != table:
        raise BadInput(f"Load {load_id} is of {found.table}. Files of {table} can't repair it.")
    return found
