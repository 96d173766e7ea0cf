"""A signal that something may have changed: listeners are called, and look up what changed themselves."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Call = Callable[[], object]


class ChangeSignal:
    """Calls its listeners in the thread that made the change: they must be quick and must not raise."""

    def __init__(self) -> None:
        self._change = threading.Lock()
        self._calls: list[Call] = []
        self._changes = 0

    @property
    def changes(self) -> int:
        """How many changes there were."""
        return self._changes

    @property
    def listeners(self) -> int:
        """How many listeners there are."""
        return len(self._calls)

    @contextmanager
    def listening(self, call: Call) -> Iterator[None]:
        """Call `call` at every change, until the end of the block."""
        with self._change:
            self._calls.append(call)
        try:
            yield
        finally:
            with self._change:
                self._calls.remove(call)

    def notify(self) -> None:
        """Call all listeners."""
        with self._change:
            self._changes += 1
            calls = tuple(self._calls)
        for call in calls:
            call()
