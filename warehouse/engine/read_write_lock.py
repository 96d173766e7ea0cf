"""A read-write lock. Readers share it; showing a load takes it exclusively, for a short moment."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class ReadWriteLock:
    """Many readers or one writer. A waiting writer goes before new readers.

    `changes` counts finished writers: a result is valid as long as the count stays the same. `corrections` counts those
    that changed what a statement looks up while it runs, in dictionaries. `after_change` is called when a writer has
    left.
    """

    def __init__(self, after_change: Callable[[], object] = lambda: None) -> None:
        self.changes = 0
        self.corrections = 0
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

    def note_change(self) -> None:
        """Count a change that another process made, as a correction. It has happened: no reader is waited for."""
        with self._change:
            self.changes += 1
            self.corrections += 1
        self._after_change()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait for readers to leave, and keep new ones waiting. What was there may change."""
        with self.appending():
            self.corrections += 1
            yield

    @contextmanager
    def appending(self) -> Iterator[None]:
        """The same, to add rows: a statement that was sent before goes on with what it saw then."""
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
