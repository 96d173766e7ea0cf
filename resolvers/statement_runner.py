"""Runs engine statements in threads, and stops those that nobody waits for any more."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from functools import partial
from typing import Any, TypeVar

from anyio import CancelScope, to_thread

from warehouse import Warehouse
from warehouse.engine.allowance import Allowance, allowed
from warehouse.errors import MarqueeError

T = TypeVar("T")
# How often something is asked without holding loads back.
MOST_TRIES = 2
# How long to wait before trying again to stop a statement that had not started yet.
_AGAIN_S = 0.05


class StatementRunner:
    """The running statements of one request. Each holds loads back while it is sent: what it sees is fixed then.
    `states` are the states of the data, as counts of changes, that they were sent in.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self.states: set[int] = set()
        self._warehouse = warehouse
        self._running: set[asyncio.Future[Any]] = set()
        self._holds_loads = False

    async def run(self, call: Callable[[], T], allowance: Allowance, is_once: bool = False) -> T:
        """Run a call under an allowance. It reads only, and all its statements see one state of the data: it is called
        again when they did not. One that `is_once` may write, or reads what no load changes.

        Raises: Unavailable where an import was interrupted.

        Cancelling the waiting task stops the call's statements, and returns once the thread has finished and released
        what it held.
        """

        def held() -> T:
            with allowed(allowance):
                return call() if is_once else self._in_one_state(call, allowance)

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

    @asynccontextmanager
    async def holding_loads(self) -> AsyncIterator[None]:
        """Hold loads back for the block, so that all statements see one state."""
        with ExitStack() as stack:
            await to_thread.run_sync(stack.enter_context, self._warehouse.data_lock.reading())
            self._holds_loads = True
            yield

    def _in_one_state(self, call: Callable[[], T], allowance: Allowance) -> T:
        lock = self._warehouse.data_lock
        self._warehouse.reader.check_whole(self._holds_loads)
        for _ in range(0 if self._holds_loads else MOST_TRIES):
            allowance.check()
            states: set[int] = set()
            allowance.sending = partial(self._sending, states)
            # What the call looks up without a statement is of this state, or of one before.
            state, corrections = self._warehouse.reader.commits, lock.corrections
            result = call()
            if states <= {state} and lock.corrections == corrections:
                self.states |= states
                return result
        allowance.sending = nullcontext
        with nullcontext() if self._holds_loads else lock.reading():
            allowance.check()
            self.states.add(self._warehouse.reader.commits)
            return call()

    @contextmanager
    def _sending(self, states: set[int]) -> Iterator[None]:
        with self._warehouse.data_lock.reading():
            states.add(self._warehouse.reader.commits)
            yield

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
