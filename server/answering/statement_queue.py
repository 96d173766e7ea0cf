"""The queue in front of the engine: how many of a subject's statements run at once, and which runs next."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from warehouse.errors import Overloaded

MOST_WAITING = 200
WAIT_S = 30.0


@dataclass(eq=False)
class _Waiting:
    subject: Hashable
    most: int
    called: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class StatementQueue:
    """Shares the engine's clients between subjects: fewest running statements first, then longest waiting.
    With several clients, no subject gets all of them. Use from one event loop.
    """

    def __init__(self, clients: int, wait_s: float = WAIT_S) -> None:
        self._clients = clients
        self._share = max(1, clients - 1)
        self._wait_s = wait_s
        self._running: Counter[Hashable] = Counter()
        self._waiting: deque[_Waiting] = deque()

    @asynccontextmanager
    async def turn(self, subject: Hashable, most: int) -> AsyncIterator[None]:
        """Wait for a client and hold it during the block; a subject may hold `most` at once.

        Raises: Overloaded if too many statements are waiting, or after 30 s.
        """
        await self._take(_Waiting(subject, min(most, self._share)))
        try:
            yield
        finally:
            self._give_back(subject)

    async def _take(self, asker: _Waiting) -> None:
        if sum(one.subject == asker.subject for one in self._waiting) >= MOST_WAITING:
            raise Overloaded("Too many of your statements are waiting. Try again in a few seconds.")
        self._waiting.append(asker)
        self._call()
        try:
            async with asyncio.timeout(self._wait_s):
                await asker.called
        except BaseException as error:
            self._leave(asker)
            if isinstance(error, TimeoutError):
                raise Overloaded("The warehouse is busy. Try again in a few seconds.") from error
            raise

    def _leave(self, asker: _Waiting) -> None:
        """Stop waiting; if a client was assigned at the same moment, give it back."""
        if asker in self._waiting:
            self._waiting.remove(asker)
        else:
            self._give_back(asker.subject)

    def _give_back(self, subject: Hashable) -> None:
        self._running[subject] -= 1
        self._running += Counter()  # removes subjects with a count of 0
        self._call()

    def _call(self) -> None:
        """Assign free clients to waiting statements."""
        while self._running.total() < self._clients:
            # Skip cancelled ones; they are about to leave the queue.
            there = (one for one in self._waiting if not one.called.done())
            free = [one for one in there if self._running[one.subject] < one.most]
            if not free:
                return
            first = min(free, key=lambda one: self._running[one.subject])
            self._waiting.remove(first)
            self._running[first.subject] += 1
            first.called.set_result(None)
