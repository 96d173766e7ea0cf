"""The queue before the engine: how many of a subject's statements run at once, in which lane, and which is next."""

import asyncio
import os
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
# Statements of a kind that took up to this lately are quick, and longer than that long.
QUICK_S, LONG_S = 0.1, 0.5
_RISE = 0.1
_REMEMBERED = 2_048


class Lane(Enum):
    """How long a statement is expected to run; one that was not asked before is in the middle."""

    QUICK = auto()
    MIDDLE = auto()
    LONG = auto()


@dataclass(eq=False)
class Ticket:
    """A statement in the queue, or at the engine. `took_s` is set when it ends: the processor time that it may have
    taken, where the processors are shared evenly between all that run."""

    subject: Hashable
    most: int
    lane: Lane
    took_s: float = 0.0
    called: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class StatementQueue:
    """Shares the engine's clients between subjects: fewest running statements first, then longest waiting. Use from one
    event loop.

    With several clients, no subject gets all of them; long statements hold half of them at most; and one is left for
    those that are known to be quick. Statements of one `kind` are expected to take what such ones took before.
    """

    def __init__(
        self,
        clients: int,
        wait_s: float = WAIT_S,
        clock: Callable[[], float] = time.monotonic,
        processors: int | None = None,
    ) -> None:
        self._clients = clients
        self._share = max(1, clients - 1)
        self._most_long = max(1, clients // 2)
        self._wait_s = wait_s
        self._clock = clock
        self._processors = processors or len(os.sched_getaffinity(0))
        # The processor time of one that ran from the beginning, and when that was computed.
        self._share_s, self._at = 0.0, clock()
        self._running: Counter[Hashable] = Counter()
        self._lanes: Counter[Lane] = Counter()
        self._waiting: deque[Ticket] = deque()
        self._took_s: LRUCache[Hashable, float] = LRUCache(_REMEMBERED)

    @property
    def running(self) -> Counter[Lane]:
        """How many statements hold a turn, by lane."""
        return +self._lanes

    @property
    def waiting(self) -> int:
        """How many statements wait for a turn."""
        return len(self._waiting)

    def lane_of(self, kind: Hashable) -> Lane:
        """The lane of statements of a kind."""
        took_s = self._took_s.get(kind)
        if took_s is None:
            return Lane.MIDDLE
        return Lane.QUICK if took_s <= QUICK_S else Lane.MIDDLE if took_s <= LONG_S else Lane.LONG

    @asynccontextmanager
    async def turn(self, subject: Hashable, most: int, kind: Hashable) -> AsyncIterator[Ticket]:
        """Wait for a client and hold it during the block; a subject may hold `most` at once.

        Raises: Overloaded if too many statements are waiting, or after 30 s.
        """
        asker = Ticket(subject, min(most, self._share), self.lane_of(kind))
        await self._take(asker)
        began_s = self._shared_s()
        try:
            yield asker
        finally:
            asker.took_s = self._shared_s() - began_s
            self._note(kind, asker.took_s)
            self._give_back(asker)

    def _shared_s(self) -> float:
        """How much processor time each one had that ran since the beginning; goes slower the more run at once."""
        now = self._clock()
        self._share_s += (now - self._at) * min(1.0, self._processors / max(1, self._running.total()))
        self._at = now
        return self._share_s

    def _note(self, kind: Hashable, took_s: float) -> None:
        """Remember about the least that statements of a kind took lately: it falls at once and rises slowly, because
        beside loads everything takes longer, and a quick one must not become long by that."""
        known_s = self._took_s.get(kind, took_s)
        self._took_s[kind] = min(took_s, known_s + (took_s - known_s) * _RISE)

    async def _take(self, asker: Ticket) -> None:
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

    def _leave(self, asker: Ticket) -> None:
        """Stop waiting; if a client was assigned at the same moment, give it back."""
        if asker in self._waiting:
            self._waiting.remove(asker)
        else:
            self._give_back(asker)

    def _give_back(self, asker: Ticket) -> None:
        self._shared_s()
        self._running[asker.subject] -= 1
        self._running += Counter()  # removes subjects with a count of 0
        self._lanes[asker.lane] -= 1
        self._call()

    def _call(self) -> None:
        """Assign free clients to waiting statements."""
        self._shared_s()
        while self._running.total() < self._clients:
            free = [one for one in self._waiting if self._may_run(one)]
            if not free:
                return
            first = min(free, key=lambda one: self._running[one.subject])
            self._waiting.remove(first)
            self._running[first.subject] += 1
            self._lanes[first.lane] += 1
            first.called.set_result(None)

    def _may_run(self, asker: Ticket) -> bool:
        # Cancelled ones are about to leave the queue.
        if asker.called.done() or self._running[asker.subject] >= asker.most:
            return False
        if asker.lane is Lane.LONG and self._lanes[Lane.LONG] >= self._most_long:
            return False
        slower = self._lanes[Lane.LONG] + self._lanes[Lane.MIDDLE]
        return asker.lane is Lane.QUICK or slower < max(1, self._clients - 1)
