"""Turns at work in threads that takes long: few at once, and one of a sender, so that nobody waits for another's bodies
and threads that serve requests are left alone.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import TypeVar
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class Turns:
    """Use from one event loop."""

    def __init__(self, at_once: int) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._of_senders: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def run(self, sender: Hashable, work: Callable[[], T]) -> T:
        """The result of the work, when it was the sender's turn."""
        turn = self._of_senders.setdefault(sender, asyncio.Lock())
        async with turn:
            return await to_thread.run_sync(work, limiter=self._limiter)
