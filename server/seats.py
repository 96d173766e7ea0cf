"""Seats: how many sockets may be open at a time, for all who have not shown a token yet and for each subject."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST_STRANGERS = 256
MOST_A_SUBJECT = 32


class Seats:
    """Counts sockets of this process; used from its event loop only."""

    def __init__(self) -> None:
        self._taken: Counter[str | None] = Counter()

    def has_room(self, subject: str | None) -> bool:
        """Whether one more may come; None is whoever has not shown a token."""
        return self._taken[subject] < (MOST_STRANGERS if subject is None else MOST_A_SUBJECT)

    @contextmanager
    def taken(self, subject: str | None) -> Iterator[None]:
        """Hold a seat."""
        self._taken[subject] += 1
        try:
            yield
        finally:
            self._taken[subject] -= 1
            if not self._taken[subject]:
                del self._taken[subject]
