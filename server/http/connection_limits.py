"""How many sockets and streams may be open at a time: for each subject, and for all who have shown no token yet."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from warehouse.errors import Overloaded

MOST_STRANGERS = 256
MOST_A_SUBJECT = 32


class ConnectionLimits:
    """Counts those of this process; used from its event loop only."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()

    def check_room(self, subject: Hashable) -> None:
        """Whether one more may come; None is whoever has shown no token.

        Raises: Overloaded.
        """
        if subject is None and self._taken[None] >= MOST_STRANGERS:
            raise Overloaded("Too many connections are waiting for a token. Try again in a few seconds.")
        if subject is not None and self._taken[subject] >= MOST_A_SUBJECT:
            raise Overloaded(f"{MOST_A_SUBJECT} sockets and streams of your subject are open. Close one of them.")

    @contextmanager
    def taken(self, subject: Hashable) -> Iterator[None]:
        """Hold a place.

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
