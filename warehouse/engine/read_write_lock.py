"""The lock between readers and the short moment in which a load is shown: readers share it, a writer has it alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class ReadWriteLock:
    """Many readers or one writer; a waiting writer goes before new readers.

    `changes` counts the writers that have been: what was read under one count is the answer until the next.
    `after_change` is called when one has left.
    """

    def __init__(self, after_change: Callable[[], object] = lambda: None) -> None:
        self.changes = 0
        self._after_change = after_change
        self._change = threading.Condition()
        self._readers = 0
        self._writers_waiting = 0
        self._writing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold loads back: all statements inside see one state of the data."""
        with self._change:
            self._change.wait_for(lambda: not self._writing and not self._writers_waiting)
            self._readers += 1
        try:
            yield
        finally:
            with self._change:
                self._readers -= 1
                self._change.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait for readers to leave, and hold new ones back."""
        with self._change:
            self._writers_waiting += 1
            self._change.wait_for(lambda: not self._writing and not self._readers)
            self._writers_waiting -= 1
            self._writing = True
        try:
            yield
        finally:
            with self._change:
                self.changes += 1
                self._writing = False
                self._change.notify_all()
            self._after_change()
