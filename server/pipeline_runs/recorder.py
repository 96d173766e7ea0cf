"""The recorder: the present state of one run, written and told of by a thread of its own.

It is written when it has changed, at most twice a second, and as a sign of life every 10 seconds. What can't be written
is tried again: a run goes on though its record waits.
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
# How often the last state is tried to be written.
LAST_TRIES = 10

Change = Callable[[PipelineRun], PipelineRun]


class Recorder:
    """Safe to use from threads. Signals each change, too, at most twice a second.

    Raises: MarqueeError when a run that begins can't be written.
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
        """The run as it is now."""
        return self._run

    def change(self, change: Change) -> None:
        """Let the run be another; one that has ended stays as it is."""
        with self._changing:
            if self._run.is_at_work:
                self._run = change(self._run)

    def close(self) -> None:
        """Write the last state, and no more."""
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
        """Store the present state and ring; returns whether it is stored."""
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
