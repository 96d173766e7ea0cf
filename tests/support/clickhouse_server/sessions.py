"""Sessions: what a client sets, and temporary tables that it makes, last from one statement to the next.

As on a server, a session runs one statement at a time, and ends when it has been idle for its timeout.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.clickhouse_server.accounts import Refused
from tests.support.clickhouse_server.engine import Handle

NOT_FOUND, LOCKED = 372, 373
DEFAULT_TIMEOUT_S = 60.0


@dataclass
class Session:
    """A handle of the engine that belongs to one client."""

    handle: Handle
    timeout_s: float
    used_at: float = field(default_factory=time.monotonic)
    in_use: threading.Lock = field(default_factory=threading.Lock)


class Sessions:
    """The sessions of a server, by account and id."""

    def __init__(self) -> None:
        self._change = threading.Lock()
        self._open: dict[tuple[str, str], Session] = {}

    @contextmanager
    def taken(
        self, key: tuple[str, str], connect: Callable[[], Handle], timeout_s: float, must_exist: bool
    ) -> Iterator[Handle]:
        """The handle of a session, for one statement.

        Raises: Refused for a session that runs another statement, or that must be there and is not.
        """
        session = self._found(key, connect, timeout_s, must_exist)
        if not session.in_use.acquire(blocking=False):
            raise Refused(LOCKED, f"Session {key[1]} is locked by a concurrent client.")
        try:
            yield session.handle
        finally:
            session.used_at = time.monotonic()
            session.in_use.release()

    def _found(
        self, key: tuple[str, str], connect: Callable[[], Handle], timeout_s: float, must_exist: bool
    ) -> Session:
        with self._change:
            now = time.monotonic()
            for known, one in list(self._open.items()):
                if now - one.used_at > one.timeout_s and not one.in_use.locked():
                    self._open.pop(known).handle.connection.close()
            if key not in self._open:
                if must_exist:
                    raise Refused(NOT_FOUND, f"Session {key[1]} not found.")
                self._open[key] = Session(connect(), timeout_s)
            return self._open[key]
