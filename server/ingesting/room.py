"""Room for rows that come over HTTP: how many requests, and how many bytes of them, may be here at a time.

Whoever finds none is told to come again, so that memory and disk stay bounded however many send however much.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from warehouse.errors import Overloaded

MOST_REQUESTS = 256
# Of one sender: the others find room even so.
MOST_OF_ONE = 192
RETRY_AFTER_S = 1


class NoRoom(Overloaded):
    """Too much waits to be loaded; in `retry_after_s` seconds there may be room."""

    retry_after_s = RETRY_AFTER_S

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Nothing of this request was loaded. Try again in {self.retry_after_s} s.")


class Seat:
    """The place of one request, which takes bytes as they come."""

    def __init__(self, room: "Room") -> None:
        self._room = room
        self.taken_bytes = 0

    def take(self, size_bytes: int) -> None:
        """Take room for so many bytes more.

        Raises: NoRoom.
        """
        if self._room.taken_bytes + size_bytes > self._room.most_bytes:
            raise NoRoom("Bodies that wait to be loaded fill all the room there is.")
        self._room.taken_bytes += size_bytes
        self.taken_bytes += size_bytes


class Room:
    """Counts what is here in this process; used from its event loop only."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.taken_bytes = 0
        self._seats: Counter[Hashable] = Counter()

    @property
    def requests(self) -> int:
        """How many requests are here."""
        return self._seats.total()

    @contextmanager
    def seat(self, sender: Hashable) -> Iterator[Seat]:
        """A place for one request of a sender, for as long as the block takes.

        Raises: NoRoom.
        """
        if self.requests >= MOST_REQUESTS or self._seats[sender] >= MOST_OF_ONE:
            raise NoRoom("Too many requests wait to be loaded.")
        self._seats[sender] += 1
        seat = Seat(self)
        try:
            yield seat
        finally:
            self.taken_bytes -= seat.taken_bytes
            self._seats[sender] -= 1
            if not self._seats[sender]:
                del self._seats[sender]
