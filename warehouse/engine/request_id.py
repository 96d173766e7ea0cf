"""The id of the request that the current code works for: it marks the request's statements in the engine and its lines
in the log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from warehouse.random_ids import unique_hex

_CURRENT: ContextVar[str] = ContextVar("request_id", default="")


def current_id() -> str:
    """The id, 16 hex digits; '' outside of requests."""
    return _CURRENT.get()


def new_id() -> str:
    """A new id; it is also a valid span id of W3C's trace context."""
    return unique_hex(16)


def new_mark() -> str:
    """A mark for the statements of one piece of work: it begins with the request's id, and no other work has it."""
    return f"{_CURRENT.get()}-{unique_hex(8)}" if _CURRENT.get() else unique_hex(16)


@contextmanager
def identified(request_id: str) -> Iterator[None]:
    """Work for a request during the block, also in threads and tasks that are started there."""
    before = _CURRENT.get()
    _CURRENT.set(request_id)
    try:
        yield
    finally:
        # Not `reset`, because a stream may end in another task than it began in.
        _CURRENT.set(before)
