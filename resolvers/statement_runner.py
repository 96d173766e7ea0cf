"""Runs engine statements in threads, and stops those that nobody waits for any more."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from anyio import CancelScope, to_thread

from warehouse import Warehouse
from warehouse.engine.allowance import Allowance, allowed
from warehouse.errors import MarqueeError

T = TypeVar("T")
# How long to wait before trying again to stop a statement that had not started yet.
_AGAIN_S = 0.05


class StatementRunner:
    """The running statements of one request."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._running: set[asyncio.Future[Any]] = set()

    async def run(self, call: Callable[[], T], allowance: Allowance) -> T:
        """Run a call under an allowance; loads become visible only after it.

        Cancelling the waiting task stops the call's statements, and returns once the thread has finished and released
        what it held.
        """

        def held() -> T:
            with allowed(allowance), self._warehouse.data_lock.reading():
                allowance.check()
                return call()

        # A separate task: if the waiter is cancelled, the thread runs on until its statements are stopped.
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
        """Wait until nothing is running. Of several cancelled fields GraphQL's executor only waits for the first."""
        with CancelScope(shield=True):
            while self._running:
                await asyncio.wait(self._running)

    def _forget(self, done: asyncio.Future[Any]) -> None:
        """Drop a finished call; its error is ignored if the waiter is gone."""
        self._running.discard(done)
        if not done.cancelled():
            done.exception()

    async def _end(self, running: asyncio.Future[T], allowance: Allowance) -> None:
        allowance.ended = True
        while not running.done():
            # If the engine does not answer, its own time limit stops the statement.
            with suppress(MarqueeError):
                await to_thread.run_sync(self._warehouse.engine.end, allowance.mark)
            await asyncio.wait({running}, timeout=_AGAIN_S)
