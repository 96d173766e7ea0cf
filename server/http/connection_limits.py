"""Limits on open sockets and streams: per subject, and in total for connections without a token so far."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from warehouse.errors import Overloaded

MOST_STRANGERS = 256
MOST_A_SUBJECT = 32


class ConnectionLimits:
    """Counts this process's connections; use from its event loop only."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()

    def check_room(self, subject: Hashable) -> None:
        """Check that one more connection may open; the subject None means no token yet.

        Raises: Overloaded if not.
        """
        if subject is None and self._taken[None] >= MOST_STRANGERS:
            raise Overloaded("Too many connections are waiting for a token. Try again in a few seconds.")
        if subject is not None and self._taken[subject] >= MOST_A_SUBJECT:
            raise Overloaded(f"Your subject already has {MOST_A_SUBJECT} open sockets and streams. Close one of them.")

    @contextmanager
    def taken(self, subject: Hashable) -> Iterator[None]:
        """Count a connection during the block.

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
