"""The response cache: an answer is reused while everything it depends on is unchanged.

It depends on the document, its variables, what the asker may see, and the state of the data. Only root fields that the
policy marks as cacheable are kept. A cached answer is served only to askers with the same access.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from cachetools import LRUCache

from server.answering.execution import Executed
from warehouse.access import Access

# A parsed answer takes about this many times the bytes of its text.
_WEIGHT = 6


class ResponseCache:
    """Answers by key, least recently used dropped first; at most `size_bytes` of memory in total."""

    def __init__(self, size_bytes: int) -> None:
        self._kept: LRUCache[bytes, Executed] = LRUCache(size_bytes, getsizeof=_size_bytes)

    def __len__(self) -> int:
        """The number of cached answers."""
        return len(self._kept)

    def get(self, key: bytes | None) -> Executed | None:
        """The cached answer, or None."""
        return self._kept.get(key) if key else None

    def keep(self, key: bytes | None, executed: Executed) -> None:
        """Cache an answer, unless it has errors or is larger than the whole cache."""
        if key and "errors" not in executed.body and _size_bytes(executed) <= self._kept.maxsize:
            self._kept[key] = executed


def key_of(
    document: str, operation: str | None, variables: Mapping[str, Any] | None, access: Access, state: int
) -> bytes | None:
    """The cache key of an answer; `state` is the state of the data. None if the variables can't be written as JSON,
    such as a 65-bit number.
    """
    parts = [document, operation, variables, access.view, state]
    try:
        return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()
    except orjson.JSONEncodeError:
        return None


def _size_bytes(executed: Executed) -> int:
    return _WEIGHT * len(executed.content)
