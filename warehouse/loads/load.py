"""What all loads share: rows are written, then committed or dropped; a summary says what became of them."""

import logging
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.errors import BadInput, MarqueeError
from warehouse.forgetting.tombstones import Tombstones
from warehouse.loads import ledger
from warehouse.loads.ledger import Entry, State
from warehouse.loads.load_parts import Parts
from warehouse.loads.rejected_rows import Reject, keep_rejected
from warehouse.loads.row_verdicts import DUPLICATE
from warehouse.tables.incoming_schemas import INCOMING, offered

LOG = logging.getLogger("marquee.warehouse")


@dataclass(frozen=True)
class LoadSummary:
    """What became of a load's rows: accepted + duplicates + quarantined = rows. `reasons` counts the quarantined."""

    load_id: int
    table: str
    rows: int
    accepted: int
    duplicates: int
    quarantined: int
    seconds: float
    reasons: Mapping[str, int] = field(default_factory=dict)


class Load(ABC):
    """One load of one table, open between `with` and its end; leaving without `commit` drops what was written.

    Invisible to readers until `commit` returns. It calls `before_showing` when everything is counted: what that writes
    about the load becomes valid when the ledger says that the load is done.
    """

    def __init__(
        self,
        engine: Engine,
        data_lock: ReadWriteLock,
        table: str,
        files: Sequence[str],
        tombstones: Tombstones,
        retry_of: int = 0,
        undo_of: int = 0,
    ) -> None:
        self.barring = tombstones.barring(table)
        self.engine = engine
        self.data_lock = data_lock
        self.table = table
        self.reasons: Counter[str] = Counter()
        self.parts = Parts()
        # The columns in which it changes stored rows.
        self.corrected: Sequence[str] = ()
        self.before_showing: Callable[[LoadSummary], None] = lambda _: None
        # Whether the ledger remembers it when it is dropped; a trial shall leave nothing.
        self.leaves_trace = True
        self._began = time.monotonic()
        self.entry = self._begin(files, retry_of, undo_of)
        self._prepare()

    @property
    def name(self) -> str:
        """What to call it: by its number."""
        return f"load {self.entry.load_id}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.entry.state is State.STAGING:
            try:
                self._fail()
            except MarqueeError as other:
                if error is None:
                    raise
                LOG.warning("Load %d is dropped before the next: %s", self.entry.load_id, other)

    def _prepare(self) -> None:
        """Empty the stage: a process that died may have left rows in it."""
        self.drop()

    def _begin(self, files: Sequence[str], retry_of: int, undo_of: int) -> Entry:
        """Write it into the ledger."""
        return ledger.begin(self.engine, self.table, files, retry_of, undo_of)

    def _fail(self) -> None:
        self.drop()
        self._move(State.FAILED)
        self._erase_trial()

    def _erase_trial(self) -> None:
        if not self.leaves_trace:
            ledger.erase(self.engine, self.entry)

    def _move(self, state: State) -> None:
        """Record it in another state, with what is counted by now."""
        self.entry = ledger.move(self.engine, self.entry, state)

    def load_of(self, part: int) -> int:  # noqa: ARG002 - all parts are of one load here
        """The number of the load that a part is of."""
        return self.entry.load_id

    def _tidy_up(self, tables: Iterable[str]) -> None:
        """Empty scratch tables that the next load would empty too. The load is done, whether or not this works."""
        try:
            for table in tables:
                self.engine.command(f"TRUNCATE TABLE {self.engine.scratch_table(table)}")
        except MarqueeError as error:
            LOG.warning("What load %d had staged is emptied by the next: %s", self.entry.load_id, error)

    def divide(self, ends: Sequence[int]) -> None:
        """Count the rows in parts, whose last rows have the numbers `ends`. Call it before any row is written."""
        self.parts = Parts(ends)

    def write(self, batch: pa.RecordBatch, numbers: npt.NDArray[np.int64] | None = None) -> None:
        """Stage rows of the schema INCOMING[table] or `offered(table)`, in the file's order; `numbers` (rows,) are
        their numbers in the file, from 1 and ascending over all batches. Without it, rows are numbered as they come.

        Raises: BadInput when the batch has another schema.
        """
        schema = INCOMING[self.table]
        if not (batch.schema.equals(schema) or batch.schema.equals(offered(self.table))):
            raise BadInput(f"Rows for {self.table} have the columns {batch.schema.names}, expected {schema.names}.")
        if batch.num_rows == 0:
            return
        if numbers is None:
            first = self.entry.rows + 1
            numbers = np.arange(first, first + batch.num_rows)
        rows = pa.Table.from_batches([batch]).append_column("row", pa.array(numbers, pa.uint64()))
        self.engine.insert(self.engine.scratch_table(f"{self.table}_incoming"), rows)
        self.entry = replace(self.entry, rows=self.entry.rows + batch.num_rows)
        self.parts.note_written(numbers)
        self._sift()

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Quarantine rows of the file that can't be rows of the table."""
        loads = {one.row: self.load_of(self.parts.of(one.row)) for one in rejects}
        kept = keep_rejected(self.engine, self.table, loads, rejects, self.barring)
        self.reasons.update(one.reason for one in kept)
        for one in kept:
            self.parts.note_rejected(one.row, one.reason)
        self.entry = replace(
            self.entry, rows=self.entry.rows + len(kept), quarantined=self.entry.quarantined + len(kept)
        )

    @abstractmethod
    def count(self) -> LoadSummary:
        """What `commit` would make of the rows. Call it once, after the last row."""

    @abstractmethod
    def commit(self) -> LoadSummary:
        """Show all accepted rows at once."""

    @abstractmethod
    def drop(self) -> None:
        """Discard what was staged."""

    @abstractmethod
    def _sift(self) -> None:
        """Take what `write` offered into the stage, and count it."""

    def part(self, index: int) -> LoadSummary:
        """What becomes of the rows of one part, once all are written."""
        rows, reasons = self.parts.rows[index], dict(self.parts.left_out[index])
        accepted = rows - sum(reasons.values())
        duplicates = reasons.pop(DUPLICATE, 0)
        return LoadSummary(
            self.load_of(index),
            self.table,
            rows,
            accepted,
            duplicates,
            sum(reasons.values()),
            time.monotonic() - self._began,
            dict(sorted(reasons.items())),
        )

    def _summary(self) -> LoadSummary:
        entry = self.entry
        return LoadSummary(
            entry.load_id,
            entry.table,
            entry.rows,
            entry.accepted,
            entry.duplicates,
            entry.quarantined,
            time.monotonic() - self._began,
            dict(sorted((+self.reasons).items())),
        )
