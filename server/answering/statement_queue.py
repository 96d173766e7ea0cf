"""The queue before the engine: how many of a subject's statements run at once, in which lane, and which is next."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

from cachetools import LRUCache

from warehouse.errors import Overloaded

MOST_WAITING = 200
WAIT_S = 30.0
# A document whose statements took longer than this is long.
LONG_S = 0.5
_RISE = 0.1
_REMEMBERED = 2_048


class Lane(Enum):
    """What is known about a statement: quick, long, or not asked before."""

    QUICK = auto()
    LONG = auto()
    UNKNOWN = auto()


@dataclass(eq=False)
class _Waiting:
    subject: Hashable
    most: int
    lane: Lane
    called: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class StatementQueue:
    """Shares the engine's clients between subjects: fewest running statements first, then longest waiting. Use from one
    event loop.

    With several clients, no subject gets all of them; long statements hold half of them at most; and one is left for
    statements that are known to be quick. A statement is known by its document (`kind`), from the times that it took
    before; one without a kind is quick.
    """

    def __init__(self, clients: int, wait_s: float = WAIT_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._clients = clients
        self._share = max(1, clients - 1)
        self._most_long = max(1, clients // 2)
        self._wait_s = wait_s
        self._clock = clock
        self._running: Counter[Hashable] = Counter()
        self._lanes: Counter[Lane] = Counter()
        self._waiting: deque[_Waiting] = deque()
        self._took_s: LRUCache[Hashable, float] = LRUCache(_REMEMBERED)

    def lane_of(self, kind: Hashable) -> Lane:
        """The lane of a document's statements."""
        took_s = 0.0 if kind is None else self._took_s.get(kind)
        if took_s is None:
            return Lane.UNKNOWN
        return Lane.LONG if took_s > LONG_S else Lane.QUICK

    @asynccontextmanager
    async def turn(self, subject: Hashable, most: int, kind: Hashable = None) -> AsyncIterator[Lane]:
        """Wait for a client and hold it during the block; a subject may hold `most` at once. Gives the lane.

        Raises: Overloaded if too many statements are waiting, or after 30 s.
        """
        asker = _Waiting(subject, min(most, self._share), self.lane_of(kind))
        await self._take(asker)
        began = self._clock()
        try:
            yield asker.lane
        finally:
            self._note(kind, self._clock() - began)
            self._give_back(asker)

    def _note(self, kind: Hashable, took_s: float) -> None:
        """Remember about the least that a document's statements took lately: it falls at once and rises slowly, because
        beside others everything takes longer, and a quick one must not become long by that."""
        if kind is not None:
            known_s = self._took_s.get(kind, took_s)
            self._took_s[kind] = min(took_s, known_s + (took_s - known_s) * _RISE)

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
            self._give_back(asker)

    def _give_back(self, asker: _Waiting) -> None:
        self._running[asker.subject] -= 1
        self._running += Counter()  # removes subjects with a count of 0
        self._lanes[asker.lane] -= 1
        self._call()

    def _call(self) -> None:
        """Assign free clients to waiting statements."""
        while self._running.total() < self._clients:
            free = [one for one in self._waiting if self._may_run(one)]
            if not free:
                return
            first = min(free, key=lambda one: self._running[one.subject])
            self._waiting.remove(first)
            self._running[first.subject] += 1
            self._lanes[first.lane] += 1
            first.called.set_result(None)

    def _may_run(self, asker: _Waiting) -> bool:
        # Cancelled ones are about to leave the queue.
        if asker.called.done() or self._running[asker.subject] >= asker.most:
            return False
        if asker.lane is Lane.LONG and self._lanes[Lane.LONG] >= self._most_long:
            return False
        slow = self._lanes[Lane.LONG] + self._lanes[Lane.UNKNOWN]
        return asker.lane is Lane.QUICK or slow < max(1, self._clients - 1)
