"""Kept answers: the bytes that one request got are the next one's, while nothing that they depend on has changed.

They depend on the document, its variables, what the asker may see and the state of the data, and nothing else: only
root fields of which the policy says so are kept. A kept answer goes to askers of the same view, and to nobody else.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from cachetools import LRUCache

from server.answering.execution import Executed
from warehouse.access import Access

# A parsed answer takes about so many times the bytes of its text.
_WEIGHT = 6


class ResponseCache:
    """ResponseCache by key, the least recently asked dropped first; together at most `size_bytes` in memory."""

    def __init__(self, size_bytes: int) -> None:
        self._kept: LRUCache[bytes, Executed] = LRUCache(size_bytes, getsizeof=_size_bytes)

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def get(self, key: bytes | None) -> Executed | None:
        """The answer that was kept, or None."""
        return self._kept.get(key) if key else None

    def keep(self, key: bytes | None, executed: Executed) -> None:
        """Keep an answer without errors, where it is not larger than all that may be kept."""
        if key and "errors" not in executed.body and _size_bytes(executed) <= self._kept.maxsize:
            self._kept[key] = executed


def key_of(
    document: str, operation: str | None, variables: Mapping[str, Any] | None, access: Access, state: int
) -> bytes | None:
    """What an answer depends on; `state` is the data's. None where the variables are no JSON: a number of 65 bits."""
    parts = [document, operation, variables, access.view, state]
    try:
        return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()
    except orjson.JSONEncodeError:
        return None


def _size_bytes(executed: Executed) -> int:
    return _WEIGHT * len(executed.content)
