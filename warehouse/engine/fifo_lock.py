"""A lock granted in the order of the requests, to one holder at a time.

`threading.Lock` promises no order: a thread that releases it and acquires it again may overtake all that wait.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FifoLock:
    """One holder at a time; the longest waiter is next."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._tickets: deque[object] = deque()

    @contextmanager
    def hold_if_free(self) -> Iterator[bool]:
        """Hold the lock for the block, if nobody else holds or wants it; gives whether it is held."""
        ticket = object()
        with self._change:
            is_free = not self._tickets
            if is_free:
                self._tickets.append(ticket)
        try:
            yield is_free
        finally:
            if is_free:
                self._leave(ticket)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for all earlier requests, then hold the lock for the block."""
        ticket = object()
        with self._change:
            self._tickets.append(ticket)
        try:
            with self._change:
                self._change.wait_for(lambda: self._tickets[0] is ticket)
            yield
        finally:
            self._leave(ticket)

    def _leave(self, ticket: object) -> None:
        with self._change:
            self._tickets.remove(ticket)
            self._change.notify_all()
