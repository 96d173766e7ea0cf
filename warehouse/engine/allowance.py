"""What the statements of one piece of work may use, and the mark by which all of them can be ended.

An allowance holds in the block, and in threads that are started in it; outside of one the process's limits hold alone.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from warehouse.errors import Cancelled


@dataclass
class Allowance:
    """`seconds` and `memory_bytes` bound each statement, below the process's own limits; `mark` names the work in the
    engine. Once `ended`, none begins.
    """

    seconds: float
    memory_bytes: float
    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    ended: bool = False

    def check(self) -> None:
        """Raises: Cancelled once nobody waits for the work any more."""
        if self.ended:
            raise Cancelled("The client disconnected; the rest of its work was not done.")


_CURRENT: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


def current() -> Allowance | None:
    """The allowance that holds here."""
    return _CURRENT.get()


@contextmanager
def allowed(allowance: Allowance) -> Iterator[None]:
    """Hold the block's statements to an allowance."""
    token = _CURRENT.set(allowance)
    try:
        yield
    finally:
        _CURRENT.reset(token)
