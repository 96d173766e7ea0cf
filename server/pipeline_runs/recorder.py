"""The recorder: holds one run's state, and stores and announces it from its own thread.

It is stored after changes, at most twice a second, and every 10 seconds as a heartbeat. Failed writes are retried while
the run continues.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from warehouse.engine.change_signal import ChangeSignal
from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError
from warehouse.pipeline_runs import PipelineRun, record

LOG = logging.getLogger("marquee.pipeline")
WRITE_S = 0.5
LIFE_S = 10.0
# How many times to try to store the last state.
LAST_TRIES = 10

Change = Callable[[PipelineRun], PipelineRun]


class Recorder:
    """Thread-safe. Signals changes, at most twice a second.

    Raises: MarqueeError if a new run can't be stored.
    """

    def __init__(self, engine: Engine, change_signal: ChangeSignal, run: PipelineRun) -> None:
        self._engine = engine
        self._change_signal = change_signal
        self._changing = threading.Lock()
        self._ended = threading.Event()
        self._run = run
        self._updated_at: datetime | None = None
        self._store(run)
        self._thread = threading.Thread(target=self._keep_stored, name="pipeline record", daemon=True)
        self._thread.start()
        change_signal.notify()

    @property
    def run(self) -> PipelineRun:
        """The run's current state."""
        return self._run

    def change(self, change: Change) -> None:
        """Replace the run's state with the changed one; a run that has ended is not changed."""
        with self._changing:
            if self._run.is_at_work:
                self._run = change(self._run)

    def close(self) -> None:
        """Store the last state and stop."""
        self._ended.set()
        self._thread.join()
        for _ in range(LAST_TRIES):
            if self._tell():
                return
            time.sleep(WRITE_S)
        LOG.error("the last state of the run %s is not stored: %s", self._run.id, self._run)

    def _keep_stored(self) -> None:
        while not self._ended.wait(WRITE_S):
            if self._run is not self._stored or time.monotonic() - self._stored_at >= LIFE_S:
                self._tell()

    def _tell(self) -> bool:
        """Store the current state and signal the change; returns whether it was stored."""
        run = self._run
        try:
            self._store(run)
        except MarqueeError as error:
            LOG.warning("the run %s can't be recorded now: %s", run.id, error)
            return False
        finally:
            self._change_signal.notify()
        return True

    def _store(self, run: PipelineRun) -> None:
        self._updated_at = record(self._engine, replace(run, updated_at=self._updated_at)).updated_at
        self._stored, self._stored_at = run, time.monotonic()
