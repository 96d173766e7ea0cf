"""The pool of clients: bounded, last in first out. A client is reused only after a clean end.

When a statement fails, the embedded engine keeps its output buffer, and returns the rows in it to the next statement on
that client. So the client of a failed, killed or abandoned statement is closed and replaced.
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
    """One use of a client; if `spoiled`, the client is replaced even after a clean end."""

    def __init__(self, client: C) -> None:
        self.client = client
        self.spoiled = False


class Pool(Generic[C]):
    """Up to `size` clients, made by `connect` on demand. A caller waits at most `wait_s` for one. With `keeps_one` the
    pool is never left without a client by replacing one.
    """

    def __init__(self, connect: Callable[[], C], size: int, wait_s: float, keeps_one: bool = True) -> None:
        self._connect = connect
        self._wait_s = wait_s
        self._keeps_one = keeps_one
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
        """Add an open client, which counts towards `size`."""
        with self._change:
            self._idle.append(client)

    @contextmanager
    def lease(self) -> Iterator[Lease[C]]:
        """Hold a client for the block. The client is replaced after any exception, including one that ends a generator
        early.

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
        """Close all clients; each waits for its running statement."""
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
        """Replace a client. The new one is opened first: an embedded engine ends with its last client, and loses what
        it has in memory. If none can be opened now, the next caller tries again."""
        following = None
        try:
            if self._keeps_one and not self._is_closed:
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
