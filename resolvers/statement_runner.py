"""Runs statements of the engine in threads off the event loop, and ends those that nobody waits for any more."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from anyio import CancelScope, to_thread

from warehouse import Warehouse
from warehouse.engine.allowance import Allowance, allowed
from warehouse.errors import MarqueeError

T = TypeVar("T")
# A statement that was about to begin when it was ended is met by the next try.
_AGAIN_S = 0.05


class StatementRunner:
    """The statements that one request has under way."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._running: set[asyncio.Future[Any]] = set()

    async def run(self, call: Callable[[], T], allowance: Allowance) -> T:
        """Run a call under an allowance; loads that would show meanwhile wait.

        Cancelling the task that waits here ends the call's statements, and is over when its thread has come to rest:
        then what it held is free.
        """

        def held() -> T:
            with allowed(allowance), self._warehouse.data_lock.reading():
                allowance.check()
                return call()

        # A task of its own: a cancelled waiter leaves the thread running until its statements have been ended.
        running = asyncio.ensure_future(to_thread.run_sync(held))
        self._running.add(running)
        running.add_done_callback(self._forget)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            with CancelScope(shield=True):
                await self._end(running, allowance)
            raise

    async def drain(self) -> None:
        """Wait until nothing runs: of several fields that are cancelled, GraphQL's executor waits for the first."""
        with CancelScope(shield=True):
            while self._running:
                await asyncio.wait(self._running)

    def _forget(self, done: asyncio.Future[Any]) -> None:
        """Forget what is done; that its statement was ended is no news to a waiter that has left."""
        self._running.discard(done)
        if not done.cancelled():
            done.exception()

    async def _end(self, running: asyncio.Future[T], allowance: Allowance) -> None:
        allowance.ended = True
        while not running.done():
            # An engine that does not answer ends its statements by itself, in time.
            with suppress(MarqueeError):
                await to_thread.run_sync(self._warehouse.engine.end, allowance.mark)
            await asyncio.wait({running}, timeout=_AGAIN_S)
