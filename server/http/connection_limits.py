"""Limits on open sockets and streams, and on the bytes of requests under way: per subject, and per address for those
that have shown no token so far.
Operations on one socket are limited in `websocket.py`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from server.http.connections import network_of
from warehouse.errors import Overloaded

MOST_STRANGERS = 256
MOST_STRANGERS_OF_ONE = 32
MOST_A_SUBJECT = 32
# What a subject's requests may hold together while they wait and run, as they arrived.
MOST_HELD_BYTES = 8 << 20


@dataclass(frozen=True, eq=False)
class _Stranger:
    network: str
    leave: Callable[[], None]


class ConnectionLimits:
    """Counts this process's connections; use from its event loop only."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()
        self._held: Counter[Hashable] = Counter()
        # In the order in which they came.
        self._strangers: dict[_Stranger, None] = {}
        self._networks: Counter[str] = Counter()

    @property
    def strangers(self) -> int:
        """How many connections have shown no token so far."""
        return len(self._strangers)

    @contextmanager
    def stranger(self, address: str, leave: Callable[[], None]) -> Iterator[None]:
        """Count a connection without a token during the block. Where there are too many, the oldest one is told to
        leave: of its own network, or of the one that has most. So nobody who shows a token at once is kept out.
        """
        came = _Stranger(network_of(address), leave)
        if self._networks[came.network] >= MOST_STRANGERS_OF_ONE:
            self._end_oldest(came.network)
        elif len(self._strangers) >= MOST_STRANGERS:
            self._end_oldest(self._networks.most_common(1)[0][0])
        self._strangers[came] = None
        self._networks[came.network] += 1
        try:
            yield
        finally:
            self._forget(came)

    def check_room(self, subject: Hashable) -> None:
        """Check that a subject may open one more connection.

        Raises: Overloaded if not.
        """
        if self._taken[subject] >= MOST_A_SUBJECT:
            raise Overloaded(f"Your subject already has {MOST_A_SUBJECT} open sockets and streams. Close one of them.")

    @contextmanager
    def taken(self, subject: Hashable) -> Iterator[None]:
        """Count a subject's connection during the block.

        Raises: Overloaded.
        """
        self.check_room(subject)
        self._taken[subject] += 1
        try:
            yield
        finally:
            self._taken[subject] -= 1
            if not self._taken[subject]:
                del self._taken[subject]

    @contextmanager
    def held(self, subject: Hashable, size_bytes: int) -> Iterator[None]:
        """Count the bytes of a subject's request during the block.

        Raises: Overloaded.
        """
        if size_bytes and self._held[subject] + size_bytes > MOST_HELD_BYTES:
            raise Overloaded(
                f"Your requests that wait or run hold {MOST_HELD_BYTES >> 20} MiB already. Wait for their answers, or "
                "complete one of them."
            )
        self._held[subject] += size_bytes
        try:
            yield
        finally:
            self._held[subject] -= size_bytes
            if not self._held[subject]:
                del self._held[subject]

    def _end_oldest(self, network: str) -> None:
        oldest = next(one for one in self._strangers if one.network == network)
        self._forget(oldest)
        oldest.leave()

    def _forget(self, stranger: _Stranger) -> None:
        if stranger in self._strangers:
            del self._strangers[stranger]
            self._networks[stranger.network] -= 1
            self._networks += Counter()  # removes networks with a count of 0
