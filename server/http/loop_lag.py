"""The event loop's lag: how late it comes to what is due, because something kept it from going on."""

import asyncio
import logging
from collections.abc import Callable

LOG = logging.getLogger("marquee.server")
PERIOD_S = 0.1
# Requests notice more than this.
LONG_MS = 100.0
# Between two lines of the log.
PAUSE_S = 10.0


class LoopLag:
    """Measures the lag, tells each to `observe` in seconds, and logs long ones, at most one line in ten seconds."""

    def __init__(self, observe: Callable[[float], object] = lambda _: None) -> None:
        self._observe = observe
        self._unlogged_ms = 0.0
        self._logged_at = float("-inf")

    async def watch(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + PERIOD_S
            await asyncio.sleep(PERIOD_S)
            self.note((loop.time() - due) * 1000, loop.time())

    def note(self, lag_ms: float, now: float) -> None:
        """Take in one lag, at a moment of the loop's clock."""
        self._observe(max(lag_ms, 0.0) / 1000)
        self._unlogged_ms = max(self._unlogged_ms, lag_ms)
        if self._unlogged_ms > LONG_MS and now - self._logged_at >= PAUSE_S:
            LOG.warning("The event loop was up to %.0f ms late: all requests waited.", self._unlogged_ms)
            self._logged_at, self._unlogged_ms = now, 0.0
