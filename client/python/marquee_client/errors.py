"""The one error of failed requests, with the server's code and sentence."""

from collections.abc import Sequence
from typing import Any

UNREACHABLE, UNREADABLE = "UNREACHABLE", "UNREADABLE"
# A retry may help. TIMEOUT is not among them: the question would cost the server as much again.
_TRANSIENT = frozenset({UNREACHABLE, "OVERLOADED", "UNAVAILABLE"})


class MarqueeError(Exception):
    """A request that was refused or failed. `code` is the server's, or UNREACHABLE or UNREADABLE where it sent none;
    `errors` are all that it sent; `retry_after_s` is when it asks to be asked again.
    """

    def __init__(self, code: str, message: str, errors: Sequence[Any] = (), retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.errors, self.retry_after_s = tuple(errors), retry_after_s

    @property
    def is_transient(self) -> bool:
        """Whether a retry may help."""
        return self.code in _TRANSIENT or self.retry_after_s is not None
