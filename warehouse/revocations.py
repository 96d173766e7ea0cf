"""Revoked tokens: kept in the warehouse, looked up in memory.

With an embedded folder only its holder revokes, so its memory is exact. Processes that share a server reread the table
every second, and may accept a token for that long after another process revoked it.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cachetools import LRUCache

from warehouse.engine.engine import Engine

STALE_S = 1.0
# For a token known only by its id, which may be valid for long: the last year that the column can hold.
FOR_GOOD = datetime(2106, 1, 1, tzinfo=UTC)
# Begins the keys of uses. Ids of tokens have no spaces.
_USE = "use of "
_REMEMBERED_USES = 4_096


class Revocations:
    """Revoked tokens by id; safe to use from threads."""

    def __init__(self, engine: Engine, is_shared: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._is_shared = is_shared
        self._clock = clock
        self._lock = threading.Lock()
        self._uses = threading.Lock()
        self._used: LRUCache[str, None] = LRUCache(_REMEMBERED_USES)
        self._until: Mapping[str, datetime] = {}
        self._revoked_at: Mapping[str, datetime] = {}
        self._read_at = -STALE_S
        self.read()

    @property
    def is_stale(self) -> bool:
        """Whether another process may have revoked a token since the table was read."""
        return self._is_shared and self._clock() - self._read_at >= STALE_S

    def __contains__(self, token_id: str | None) -> bool:
        """Whether a token is known to be revoked; never waits."""
        return token_id in self._until

    def revoked_at(self, token_id: str) -> datetime | None:
        """When a token, or all of a subject, were last revoked; None if they were not."""
        return self._revoked_at.get(token_id)

    def read(self) -> None:
        """Read the table, unless another thread is reading it.

        Raises: MarqueeError when the warehouse does not answer; the previous state is kept and stays stale.
        """
        if not self._lock.acquire(blocking=False):
            return
        try:
            began = self._clock()
            found = self._engine.query(
                "SELECT token_id, max(until), max(revoked_at) FROM revoked_tokens "
                "WHERE until > now() AND NOT startsWith(token_id, {use:String}) GROUP BY token_id",
                {"use": _USE},
            )
            self._until = {token_id: until.replace(tzinfo=UTC) for token_id, until, _ in found.rows}
            self._revoked_at = {token_id: at.replace(tzinfo=UTC) for token_id, _, at in found.rows}
            self._read_at = began
        finally:
            self._lock.release()

    def add(self, token_id: str, until: datetime, by: str) -> None:
        """Revoke a token until it expires; it is revoked in this process once this returns."""
        with self._lock:
            self._add(token_id, until, by)

    def use_up(self, token_id: str, until: datetime, by: str) -> bool:
        """Revoke what counts once; whether this was the one use of it. Of uses in several processes at the same moment
        at most one is: each writes before it looks, so the later one finds both.
        """
        with self._lock:
            if token_id in self._until:
                return False
            self._add(token_id, until, by)
            return self._count(token_id) == 1

    def count_use(self, key: str, until: datetime, by: str) -> bool:
        """Whether this is the first use of what counts once but goes on to be valid. As with `use_up`, at most one use
        is the first. Later ones write nothing, and recent ones do not even ask the engine: what was used may be known
        to strangers.
        """
        with self._uses:
            if key in self._used:
                return False
            is_first = self._count(f"{_USE}{key}") == 0
            if is_first:
                self._write(f"{_USE}{key}", until, by)
                is_first = self._count(f"{_USE}{key}") == 1
            self._used[key] = None
            return is_first

    def _count(self, token_id: str) -> int:
        found = self._engine.query(
            "SELECT count() FROM revoked_tokens WHERE token_id = {token_id:String}", {"token_id": token_id}
        )
        return int(found.scalar())

    def _write(self, token_id: str, until: datetime, by: str) -> None:
        self._engine.command(
            "INSERT INTO revoked_tokens (token_id, until, revoked_by) "
            "SELECT {token_id:String}, {until:DateTime('UTC')}, {by:String}",
            {"token_id": token_id, "until": min(until, FOR_GOOD).astimezone(UTC), "by": by},
        )
        self._engine.sync()

    def _add(self, token_id: str, until: datetime, by: str) -> None:
        self._write(token_id, until, by)
        now = datetime.now(UTC)
        kept = {known: end for known, end in self._until.items() if end > now}
        self._until = {**kept, token_id: max(until, kept.get(token_id, until))}
        self._revoked_at = {**{known: self._revoked_at[known] for known in kept}, token_id: now}
