"""The audit writer: takes records without waiting, and writes them to the table from one thread within a second.

A request only puts its record into a bounded buffer. When the engine fails, records wait there and the same batch is
tried again. When the buffer is full, new records go to the process's log instead, and a record of the kind GAP says in
the table how many are missing. The service keeps answering while it can't write its audit log.
"""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict

from warehouse.audit.record import AuditKind, Record
from warehouse.audit.refusals import RefusedStrangers
from warehouse.errors import EngineFault, MarqueeError

LOG = logging.getLogger("marquee.audit")
MOST_WAITING = 50_000
BATCH = 10_000
EVERY_S = 0.25
# Each write costs the engine tens of milliseconds. Where so many records come that it matters, they come in fewer.
BUSY, BUSY_EVERY_S = 100, 0.9

Append = Callable[[Sequence[Record]], None]


class AuditWriter:
    """Takes records from any thread. `append` writes a batch; a MarqueeError from it means try again."""

    def __init__(self, append: Append, most_waiting: int = MOST_WAITING, every_s: float = EVERY_S) -> None:
        # Called with each record that is taken, by who took it.
        self.on_record: Callable[[Record], None] = lambda _: None
        self._append = append
        self._most_waiting = most_waiting
        self.every_s = every_s
        self._strangers = RefusedStrangers()
        self._waiting: deque[Record] = deque()
        self._batch: list[Record] = []
        self._lost = 0
        self._failing = False
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._changing = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many records wait to be written."""
        return len(self._waiting) + len(self._batch)

    def take(self, record: Record) -> None:
        """Take a record in; never waits and never raises."""
        self.on_record(record)
        if self._strangers.sums_up(record):
            return
        if self._ending.is_set() or self.waiting >= self._most_waiting:
            self._lose(record)
            return
        self._waiting.append(record)
        if self._thread is None:
            self._start()

    def close(self) -> None:
        """Stop taking records and write those that wait; what can't be written goes to the process's log."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
        self._waiting.extend(self._strangers.due(is_last=True))
        self._write()
        for record in (*self._batch, *self._waiting):
            _log(record)
        self._batch.clear()
        self._waiting.clear()

    def _start(self) -> None:
        with self._changing:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause_s = self.every_s
        while not self._ending.wait(pause_s):
            self._waiting.extend(self._strangers.due())
            pause_s = max(self.every_s, BUSY_EVERY_S) if len(self._waiting) > BUSY else self.every_s
            self._write()

    def _write(self) -> None:
        """Write batch after batch until nothing waits or one fails; a failed batch is kept unchanged."""
        while self._batch or self._waiting or self._lost:
            if not self._batch:
                self._batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                self._batch += self._gap()
            try:
                self._append(self._batch)
            except MarqueeError as error:
                if not self._failing:
                    trace = error if isinstance(error, EngineFault) else None
                    LOG.warning("the audit log can't be written, records wait: %s", error, exc_info=trace)
                self._failing = True
                return
            except Exception:
                # Not a failure of the engine: a record can't be stored as a row, and never could be.
                LOG.exception("audit records can't be stored; here they are")
                for record in self._batch:
                    _log(record)
            self._batch = []
            self._failing = False

    def _gap(self) -> list[Record]:
        """A record of how many records went to the process's log since the last batch."""
        with self._changing:
            lost, self._lost = self._lost, 0
        detail = "The log of the process has them, as lines of marquee.audit."
        return [Record(AuditKind.GAP, outcome="LOST", rows=lost, detail=detail)] if lost else []

    def _lose(self, record: Record) -> None:
        with self._changing:
            self._lost += 1
        _log(record)


def _log(record: Record) -> None:
    # The standard library's JSON: ids have 128 bits, and half a surrogate pair must not be the end of a record.
    LOG.error("not stored: %s", json.dumps(asdict(record)))
