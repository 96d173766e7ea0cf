"""The right to write: granted in order among the threads of a process, and by lease among processes on one server.

In an embedded folder the first is all there is, because one process holds the folder.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

from warehouse.engine.fifo_lock import FifoLock
from warehouse.errors import MarqueeError
from warehouse.writing.writer_lease import WriterLease


class WriteLock:
    """One writer at a time; the longest waiting thread of a process is next. A thread may hold it again."""

    def __init__(self, lease: WriterLease | None = None) -> None:
        self.lease = lease
        self._turns = FifoLock()
        self._holder: int | None = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for all earlier requests of this process, then for other processes, and hold the lock for the block.

        Raises: WriterBusy while another process writes.
        """
        if self._holder == threading.get_ident():
            yield
            return
        with self._turns.hold(), ExitStack() as stack:
            if self.lease:
                stack.enter_context(self.lease.held())
            with self._noting_holder():
                yield

    @contextmanager
    def hold_if_free(self) -> Iterator[bool]:
        """Hold the lock for the block, if nobody else holds or wants it; gives whether it is held."""
        with self._turns.hold_if_free() as is_next, ExitStack() as stack:
            is_held = is_next
            if is_next and self.lease:
                try:
                    stack.enter_context(self.lease.held(wait_s=0))
                except MarqueeError:
                    is_held = False
            with self._noting_holder() if is_held else nullcontext():
                yield is_held

    @contextmanager
    def _noting_holder(self) -> Iterator[None]:
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None

    def close(self) -> None:
        """Leave nothing behind that the next writer would have to clear away."""
        with self._turns.hold_if_free() as is_free:
            if is_free and self.lease:
                self.lease.close()
