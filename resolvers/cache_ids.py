"""Computes the ids of parts of answers: digests of what was asked and of a group's values as the asker sees them.

An id depends on arguments and visible values only, never on the selection, on dense keys or on rows out of scope.
"""

import base64
import hashlib
from typing import Any

_BYTES = 16


class Identity:
    """The id of something that was asked, and of its parts. The parts need exact `repr`s: texts, numbers, frozen
    records.
    """

    def __init__(self, *asked: Any) -> None:
        self._digest = hashlib.blake2b(repr(asked).encode(), digest_size=_BYTES)

    def of(self, *part: Any) -> str:
        """The id of a part, 22 characters; without a part, of the whole."""
        digest = self._digest.copy()
        digest.update(repr(part).encode())
        return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
