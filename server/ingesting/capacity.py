"""Capacity for rows over HTTP: how many requests and bytes may be in progress at once.

Requests beyond it get a 429, so memory and disk use stay bounded.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from warehouse.errors import Overloaded

MOST_REQUESTS = 256
# The limit for one sender leaves capacity for others.
MOST_OF_ONE = 192
RETRY_AFTER_S = 1


class NoCapacity(Overloaded):
    """Too many requests or bytes are waiting to be loaded; `retry_after_s` says when to try again."""

    retry_after_s = RETRY_AFTER_S

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Nothing was loaded. Try again in {self.retry_after_s} s.")


class Reservation:
    """The capacity held by one request; it grows as bytes arrive."""

    def __init__(self, capacity: "Capacity") -> None:
        self._capacity = capacity
        self.taken_bytes = 0

    def take(self, size_bytes: int) -> None:
        """Reserve more bytes.

        Raises: NoCapacity.
        """
        if self._capacity.taken_bytes + size_bytes > self._capacity.most_bytes:
            raise NoCapacity("Waiting bodies use all capacity.")
        self._capacity.taken_bytes += size_bytes
        self.taken_bytes += size_bytes


class Capacity:
    """Counts this process's requests and bytes; use from its event loop only."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.taken_bytes = 0
        self._reservations: Counter[Hashable] = Counter()

    @property
    def requests(self) -> int:
        """The number of requests in progress."""
        return self._reservations.total()

    @contextmanager
    def reserve(self, sender: Hashable) -> Iterator[Reservation]:
        """Hold capacity for one request of a sender during the block.

        Raises: NoCapacity.
        """
        if self.requests >= MOST_REQUESTS or self._reservations[sender] >= MOST_OF_ONE:
            raise NoCapacity("Too many requests are waiting.")
        self._reservations[sender] += 1
        reservation = Reservation(self)
        try:
            yield reservation
        finally:
            self.taken_bytes -= reservation.taken_bytes
            self._reservations[sender] -= 1
            if not self._reservations[sender]:
                del self._reservations[sender]
