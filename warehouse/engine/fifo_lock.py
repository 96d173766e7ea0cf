"""A lock that is granted in the order in which it was asked for: one holder at a time.

`threading.Lock` promises no order: who releases it and asks again at once goes before all that wait.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FifoLock:
    """One holder at a time; the one that has waited longest is next."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._tickets: deque[object] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for all who asked before, and keep those who ask later waiting."""
        ticket = object()
        with self._change:
            self._tickets.append(ticket)
        try:
            with self._change:
                self._change.wait_for(lambda: self._tickets[0] is ticket)
            yield
        finally:
            with self._change:
                self._tickets.remove(ticket)
                self._change.notify_all()
