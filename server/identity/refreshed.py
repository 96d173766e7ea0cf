"""A value from another server: fetched on first use, kept, and fetched again when it is old.

All who need it share one fetch, and tries are seconds apart. While the other server does not answer, the known value
stays in use.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import httpx

from warehouse.errors import MarqueeError

LOG = logging.getLogger("marquee.identity")

PAUSE_S = 10.0

T = TypeVar("T")


class Refreshed(Generic[T]):
    """The last fetched value, None before the first, and why the last fetch failed, if it did. `name` is for the log.
    Bound to the event loop of the first caller.
    """

    def __init__(
        self, name: str, fetch: Callable[[], Awaitable[T]], old_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.value: T | None = None
        self.failure: Exception | None = None
        self._name = name
        self._fetch = fetch
        self._old_s = old_s
        self._clock = clock
        self._fetched_at = self._tried_at = -float("inf")
        self._running: asyncio.Task[None] | None = None

    @property
    def is_old(self) -> bool:
        """Whether it is time to fetch it again, or for the first time."""
        return self._clock() - self._fetched_at >= self._old_s

    def refresh(self) -> Awaitable[None] | None:
        """The running fetch, or a new one; None if the last one was only seconds ago. It fails only in `failure`, and
        one who stops waiting does not end it for the others.
        """
        if self._running is None and self._clock() - self._tried_at >= PAUSE_S:
            self._running = asyncio.create_task(self._try())
        return asyncio.shield(self._running) if self._running else None

    async def _try(self) -> None:
        try:
            self.value = await self._fetch()
            self._fetched_at = self._clock()
            self.failure = None
        except (OSError, TimeoutError, httpx.HTTPError, ValueError, MarqueeError) as error:
            self.failure = error
            LOG.warning("%s can't be fetched: %s: %s", self._name, type(error).__name__, error)
        finally:
            self._tried_at = self._clock()
            self._running = None
