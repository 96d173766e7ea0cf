"""The inspector decides when checks run. The loads that wait for them come from the ledger, so a crash loses none.

A load of 50,000 rows or more is checked by itself when it is done. Smaller ones are checked together, so that a stream
of them costs little and gives enough rows: once they have 1,000 rows and the last round was 10 seconds ago, after 5
minutes however few they are, and when the warehouse closes.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import groupby

from warehouse.checks.checked_loads import Group
from warehouse.checks.findings_table import keep
from warehouse.checks.run_checks import findings_of
from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError
from warehouse.loads import ledger
from warehouse.loads.ledger import Entry

LOG = logging.getLogger("marquee.checks")
ALONE_ROWS = 50_000
ENOUGH_ROWS = 1_000
PAUSE_S = 10.0
LONGEST_WAIT_S = 300.0

HoldLoads = Callable[[], AbstractContextManager[None]]


class Inspector:
    """Checks done loads. It never makes a load fail: what it can't check waits for the next round.

    `hold_loads` keeps loads out, for rounds that run outside of a load.
    """

    def __init__(self, engine: Engine, hold_loads: HoldLoads, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._hold_loads = hold_loads
        self._clock = clock
        self._one_round = threading.Lock()
        self._last_round = -PAUSE_S
        self._waiting_rows = 0
        self._waiting_since: float | None = None
        self._timer: threading.Timer | None = None
        self._closed = False

    def after(self, load: Entry) -> None:
        """Note a done load, while its load lock is still held; check what is due."""
        now = self._clock()
        self._waiting_rows += load.rows
        self._waiting_since = now if self._waiting_since is None else self._waiting_since
        wait_s = 0.0 if load.rows >= ALONE_ROWS else self._due() - now
        if wait_s <= 0:
            self.check()
        else:
            self._wake_after(wait_s)

    def check(self) -> None:
        """Check every waiting load, oldest first. The caller keeps loads out. Never raises."""
        with self._one_round:
            self._stop_timer()
            self._waiting_rows, self._waiting_since = 0, None
            try:
                for group in groups(ledger.unchecked(self._engine)):
                    keep(self._engine, group, findings_of(self._engine, group))
                    self._last_round = self._clock()
            except MarqueeError as error:
                LOG.warning("Loads could not be checked, and wait for the next round: %s", error)
            except Exception:
                LOG.exception("loads could not be checked, and wait for the next round")

    @property
    def is_waiting(self) -> bool:
        """Whether loads of this process wait for the next round."""
        return self._waiting_since is not None

    def stop(self) -> None:
        """Begin no round any more."""
        self._closed = True
        self._stop_timer()

    def close(self) -> None:
        """Check what waits, then stop. A load that still runs will not end, so its lock is not waited for."""
        self.stop()
        with self._one_round:
            is_waiting = self._waiting_since is not None
        if is_waiting:
            self.check()

    def _due(self) -> float:
        """When the next check is due."""
        longest = (self._waiting_since or 0.0) + LONGEST_WAIT_S
        return min(self._last_round + PAUSE_S, longest) if self._waiting_rows >= ENOUGH_ROWS else longest

    def _wake_after(self, wait_s: float) -> None:
        self._stop_timer()
        if not self._closed:
            self._timer = threading.Timer(wait_s, self._wake)
            self._timer.daemon = True
            self._timer.start()

    def _wake(self) -> None:
        try:
            with self._hold_loads():
                if not self._closed and self._waiting_since is not None:
                    self.check()
        except MarqueeError as error:
            LOG.warning("Loads could not be checked, and wait for who writes next: %s", error)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def groups(waiting: list[Entry]) -> Iterator[Group]:
    """The groups to check together: consecutive loads of a table, a large one by itself."""
    by_table = sorted(waiting, key=lambda one: (one.table, one.load_id))
    for table, loads in groupby(by_table, key=lambda one: one.table):
        small: list[Entry] = []
        for one in loads:
            if one.rows < ALONE_ROWS:
                small.append(one)
                continue
            if small:
                yield Group(table, tuple(small))
                small = []
            yield Group(table, (one,))
        if small:
            yield Group(table, tuple(small))
