"""Capacity for rows over HTTP: how many requests and bytes may be in progress at once, in all and of one sender.

Requests beyond it get a 429, so memory and disk use stay bounded. Bytes count once they have arrived: announced bytes
that never come take nothing from others.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from warehouse.errors import Overloaded

MOST_REQUESTS = 256
# Files are inspected one at a time, so few wait.
MOST_INSPECTIONS = 32
# One sender gets so much of the requests and of the bytes; but always the bytes of one body.
_SHARE_OF_ONE = 4
MOST_OF_ONE = MOST_REQUESTS // _SHARE_OF_ONE
RETRY_AFTER_S = 1


class NoCapacity(Overloaded):
    """Too many requests or bytes are waiting to be loaded; `retry_after_s` says when to try again."""

    retry_after_s = RETRY_AFTER_S

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Nothing was loaded. Try again in {self.retry_after_s} s.")


class Reservation:
    """The capacity held by one request of a sender; it grows as bytes arrive."""

    def __init__(self, capacity: "Capacity", sender: Hashable) -> None:
        self._capacity = capacity
        self.sender = sender
        self.taken_bytes = 0

    def take(self, size_bytes: int) -> None:
        """Reserve more bytes.

        Raises: NoCapacity.
        """
        self._capacity.take(self.sender, size_bytes)
        self.taken_bytes += size_bytes


class Capacity:
    """Counts this process's requests and bytes; use from its event loop only."""

    def __init__(self, most_bytes: int, body_bytes: int, most_requests: int = MOST_REQUESTS) -> None:
        self._most_bytes = most_bytes
        self._most_requests = most_requests
        self._most_requests_of_one = most_requests // _SHARE_OF_ONE
        self._most_of_one_bytes = max(most_bytes // _SHARE_OF_ONE, 2 * body_bytes)
        self._taken_bytes: Counter[Hashable] = Counter()
        self._reservations: Counter[Hashable] = Counter()

    @property
    def requests(self) -> int:
        """The number of requests in progress."""
        return self._reservations.total()

    def take(self, sender: Hashable, size_bytes: int) -> None:
        """Take bytes for a sender.

        Raises: NoCapacity.
        """
        if self._taken_bytes[sender] + size_bytes > self._most_of_one_bytes:
            raise NoCapacity("Your waiting bodies use all capacity of one sender.")
        if self._taken_bytes.total() + size_bytes > self._most_bytes:
            raise NoCapacity("Waiting bodies use all capacity.")
        self._taken_bytes[sender] += size_bytes

    @contextmanager
    def reserve(self, sender: Hashable) -> Iterator[Reservation]:
        """Hold capacity for one request of a sender during the block.

        Raises: NoCapacity.
        """
        if self.requests >= self._most_requests or self._reservations[sender] >= self._most_requests_of_one:
            raise NoCapacity("Too many requests are waiting.")
        self._reservations[sender] += 1
        reservation = Reservation(self, sender)
        try:
            yield reservation
        finally:
            self._taken_bytes[sender] -= reservation.taken_bytes
            self._reservations[sender] -= 1
            if not self._reservations[sender]:
                del self._reservations[sender], self._taken_bytes[sender]
