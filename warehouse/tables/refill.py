"""The refill of stale rollups: in the background, one month after the other, between loads.

A correction shows at once: its questions are answered from the facts, or from rollups that it does not touch, until the
stale ones are filled again.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError
from warehouse.model.rollups import Rollup
from warehouse.tables.rebuild import fill_rollups, rebuild_partitions, stale_rollups, stored_months
from warehouse.tables.rollup_tables import note_filled, stale_versions
from warehouse.writing.write_lock import WriteLock

LOG = logging.getLogger("marquee.warehouse")
# How long closing waits for the thread, which may be waiting for a load that does not end.
_GRACE_S = 1.0


class Refill:
    """Fills stale rollups in a thread, holding the load lock for a month at a time. What fails stays stale until the
    next load or opening (`has_failed`).
    """

    def __init__(self, engine: Engine, load_lock: WriteLock) -> None:
        self._engine = engine
        self._load_lock = load_lock
        self._is_shared = load_lock.lease is not None
        self._change = threading.Condition()
        self._filling = threading.Lock()
        self._is_running = False
        self._is_closing = False
        self.has_failed = False
        # How often something has become stale.
        self._corrections = 0

    def start(self) -> None:
        """Fill what is stale. To be called after each correction, before its load lock is released."""
        with self._change:
            self._corrections += 1
            if not self._is_running and not self._is_closing:
                self._is_running = True
                threading.Thread(target=self._run, name="refill", daemon=True).start()

    def resume(self) -> None:
        """Fill what other processes have left stale, unless it is being done."""
        with self._change:
            is_running = self._is_running
        if not is_running:
            self.start()

    def wait(self) -> None:
        """Wait until everything is filled, or what is left has failed."""
        with self._change:
            self._change.wait_for(lambda: not self._is_running)

    def close(self) -> None:
        """Fill what is left. While something is loaded, that is left to the next opening: a load that still runs when
        the warehouse closes will not end."""
        with self._change:
            was_running, self._is_closing = self._is_running, True
        with self._filling:
            pass  # the month under way
        with self._change:
            self._change.wait_for(lambda: not self._is_running, _GRACE_S)
        if was_running:
            with self._load_lock.hold_if_free() as is_held:
                if is_held:
                    self._try(lambda: fill_rollups(self._engine, stale_rollups(self._engine)))

    def _run(self) -> None:
        while True:
            seen = self._corrections
            self._try(self._fill)
            with self._change:
                if self._is_closing or self._corrections == seen:
                    self._is_running = False
                    self._change.notify_all()
                    return

    def _try(self, fill: Callable[[], None]) -> None:
        try:
            fill()
            self.has_failed = False
        except Exception as error:
            self.has_failed = True
            is_known = isinstance(error, MarqueeError)
            LOG.warning(
                "Rollups stay stale until the next load or opening; facts answer instead: %s",
                error,
                exc_info=not is_known,
            )

    def _fill(self) -> None:
        for rollup, version in stale_versions(self._engine).items():
            seen = _Seen(rollup, version, self._corrections)
            for month in stored_months(self._engine, rollup):
                if not self._fill_month(month, seen):
                    return
            with self._load_lock.hold(), self._filling:
                if self._is_timely(seen):
                    note_filled(self._engine, rollup)

    def _fill_month(self, month: str, seen: "_Seen") -> bool:
        """Fill a month, unless the warehouse closes or another correction makes it stale again; returns whether."""
        with self._load_lock.hold(), self._filling:
            is_timely = self._is_timely(seen)
            if is_timely:
                rebuild_partitions(self._engine, seen.rollup, [month])
            return is_timely

    def _is_timely(self, seen: "_Seen") -> bool:
        """Whether nothing has changed since filling began. Corrections of other processes show in the table alone."""
        if self._is_closing or self._corrections != seen.corrections:
            return False
        return not self._is_shared or stale_versions(self._engine).get(seen.rollup) == seen.version


@dataclass(frozen=True)
class _Seen:
    """What filling a rollup began with."""

    rollup: Rollup
    version: int
    corrections: int
