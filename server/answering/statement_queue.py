"""The queue before the engine: how many of one subject's statements run at once, and who goes next."""

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
    """The engine's clients, shared between subjects: who has the fewest statements running goes first, then who waited
    longest. Where there are several clients, no subject has all of them. Of one event loop.
    """

    def __init__(self, clients: int, wait_s: float = WAIT_S) -> None:
        self._clients = clients
        self._share = max(1, clients - 1)
        self._wait_s = wait_s
        self._running: Counter[Hashable] = Counter()
        self._waiting: deque[_Waiting] = deque()

    @asynccontextmanager
    async def turn(self, subject: Hashable, most: int) -> AsyncIterator[None]:
        """Wait for a turn, and hold it for the block; `most` is how many the subject may hold at once.

        Raises: Overloaded when too many wait already, or after 30 s.
        """
        await self._take(_Waiting(subject, min(most, self._share)))
        try:
            yield
        finally:
            self._give_back(subject)

    async def _take(self, asker: _Waiting) -> None:
        if sum(one.subject == asker.subject for one in self._waiting) >= MOST_WAITING:
            raise Overloaded("Too many of your statements wait for their turn. Try again in a few seconds.")
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
        """Stop waiting; a turn that came at the same moment is given back."""
        if asker in self._waiting:
            self._waiting.remove(asker)
        else:
            self._give_back(asker.subject)

    def _give_back(self, subject: Hashable) -> None:
        self._running[subject] -= 1
        self._running += Counter()  # forgets who has none
        self._call()

    def _call(self) -> None:
        """Give free clients to those whose turn it is."""
        while self._running.total() < self._clients:
            # Whoever was cancelled is on its way out.
            there = (one for one in self._waiting if not one.called.done())
            free = [one for one in there if self._running[one.subject] < one.most]
            if not free:
                return
            first = min(free, key=lambda one: self._running[one.subject])
            self._waiting.remove(first)
            self._running[first.subject] += 1
            first.called.set_result(None)
