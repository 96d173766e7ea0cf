"""The pool of clients: bounded, last in first out, and a client serves again only after a clean end.

The embedded engine does not empty its output buffer when a statement fails: the rows that had come out by then are
given to the next statement on that client. What a failed, killed or abandoned statement leaves behind must reach
nobody, so its client is closed and another one takes its place.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from warehouse.errors import Overloaded

LOG = logging.getLogger("marquee.warehouse")


class Closable(Protocol):
    """What a pool holds."""

    def close(self) -> object: ...


C = TypeVar("C", bound=Closable)


class Lease(Generic[C]):
    """One use of a client; `spoiled` has it replaced after a clean end too."""

    def __init__(self, client: C) -> None:
        self.client = client
        self.spoiled = False


class Pool(Generic[C]):
    """Up to `size` clients, made by `connect` when they are needed; `wait_s` is how long a caller waits for one."""

    def __init__(self, connect: Callable[[], C], size: int, wait_s: float) -> None:
        self._connect = connect
        self._wait_s = wait_s
        self._free = threading.Semaphore(size)
        self._change = threading.Lock()
        self._idle: list[C] = []
        self._in_use: list[C] = []
        self._is_closed = False

    @property
    def in_use(self) -> int:
        """How many clients are held by callers."""
        with self._change:
            return len(self._in_use)

    @property
    def made(self) -> int:
        """How many clients are open."""
        with self._change:
            return len(self._idle) + len(self._in_use)

    def add(self, client: C) -> None:
        """Take an open client in, as one of the `size`."""
        with self._change:
            self._idle.append(client)

    @contextmanager
    def lease(self) -> Iterator[Lease[C]]:
        """Hold a client for the block. Any exception that leaves the block, also one that ends a generator early, has
        the client replaced.

        Raises: Overloaded when none is free in time.
        """
        lease = Lease(self._take())
        try:
            yield lease
        except BaseException:
            self._replace(lease.client)
            raise
        if lease.spoiled:
            self._replace(lease.client)
        else:
            self._give_back(lease.client)

    def close(self) -> None:
        """Close all clients; a statement that is under way is waited for by its client."""
        with self._change:
            self._is_closed = True
            clients, self._idle = [*self._idle, *self._in_use], []
        for client in clients:
            client.close()

    def _take(self) -> C:
        if not self._free.acquire(timeout=self._wait_s):
            raise Overloaded("The warehouse is busy. Try again in a few seconds.")
        try:
            with self._change:
                client = self._idle.pop() if self._idle else None
            client = client or self._connect()
        except BaseException:
            self._free.release()
            raise
        with self._change:
            self._in_use.append(client)
        return client

    def _give_back(self, client: C) -> None:
        with self._change:
            self._in_use.remove(client)
            if not self._is_closed:
                self._idle.append(client)
        self._free.release()

    def _replace(self, client: C) -> None:
        """Close a client; the next is opened before, for with its last client an embedded engine would end, and lose
        what it has in memory. Where none can be opened now, the next caller tries again."""
        following = None
        try:
            if not self._is_closed:
                following = self._connect()
        except Exception as error:  # noqa: BLE001 - the caller is to see the error that brought it here
            LOG.warning("A client of the engine was closed and could not be replaced yet: %s", error)
        finally:
            with self._change:
                self._in_use.remove(client)
                if following is not None:
                    self._idle.append(following)
            try:
                client.close()
            finally:
                self._free.release()
