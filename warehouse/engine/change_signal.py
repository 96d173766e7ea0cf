"""A bell that rings whenever what the warehouse holds may have changed; who listens looks for itself what did."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Call = Callable[[], object]


class Bell:
    """Rings in the thread that changed something: what listens must be quick and must not raise."""

    def __init__(self) -> None:
        self._change = threading.Lock()
        self._calls: list[Call] = []

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._calls)

    @contextmanager
    def listening(self, call: Call) -> Iterator[None]:
        """Have `call` called at every ring, until the end of the block."""
        with self._change:
            self._calls.append(call)
        try:
            yield
        finally:
            with self._change:
                self._calls.remove(call)

    def ring(self) -> None:
        """Call all who listen."""
        with self._change:
            calls = tuple(self._calls)
        for call in calls:
            call()
