"""The response cache: an answer is reused while everything it depends on is unchanged.

It depends on the document, its variables, what the asker may see, and the state of the data. Only root fields that
`schema/root_fields.py` marks as cacheable are kept. A cached answer is served only to askers with the same access. The
cache's size is `MARQUEE_CACHE_BYTES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from cachetools import LRUCache

from server.answering.execution import Executed
from warehouse.access import Access

# A parsed answer takes about this many times the bytes of its text.
_WEIGHT = 6


@dataclass(frozen=True)
class Wanted:
    """The states of the data whose answers serve a request: from the count of changes `since` on, and after the newest
    of the `corrections`, as `ReadWriteLock` counts them. Most requests want the present state.
    """

    since: int
    corrections: int

    def takes(self, state: int, corrections: int) -> bool:
        """Whether an answer of a state will do."""
        return state >= self.since and corrections == self.corrections


@dataclass(frozen=True)
class _Kept:
    state: int
    corrections: int
    executed: Executed


class ResponseCache:
    """The newest answer by key, least recently used dropped first; at most `size_bytes` of memory in total."""

    def __init__(self, size_bytes: int) -> None:
        self._kept: LRUCache[bytes, _Kept] = LRUCache(size_bytes, getsizeof=lambda kept: _size_bytes(kept.executed))

    def __len__(self) -> int:
        """The number of cached answers."""
        return len(self._kept)

    def get(self, key: bytes | None, wanted: Wanted) -> Executed | None:
        """The cached answer of a state that will do, or None."""
        kept = self._kept.get(key) if key else None
        return kept.executed if kept and wanted.takes(kept.state, kept.corrections) else None

    def keep(self, key: bytes | None, state: int, corrections: int, executed: Executed) -> None:
        """Cache an answer of a state, unless it has errors, is larger than the whole cache, or older than the one that
        is there."""
        if not key or "errors" in executed.body or _size_bytes(executed) > self._kept.maxsize:
            return
        known = self._kept.get(key)
        if known is None or known.state <= state:
            self._kept[key] = _Kept(state, corrections, executed)


def key_of(document: str, operation: str | None, variables: Mapping[str, Any] | None, access: Access) -> bytes | None:
    """The key of the answers to a request, one for each state of the data. None if the variables can't be written as
    JSON, such as a 65-bit number.
    """
    parts = [document, operation, variables, access.view]
    try:
        return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()
    except orjson.JSONEncodeError:
        return None


def _size_bytes(executed: Executed) -> int:
    return _WEIGHT * len(executed.content)
