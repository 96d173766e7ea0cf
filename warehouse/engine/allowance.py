"""What the statements of one piece of work may use, and the mark by which all of them can be cancelled.

An allowance applies in its block and in threads started there. Elsewhere only the process's limits apply.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType

from warehouse.engine.request_id import new_mark
from warehouse.errors import Cancelled


@dataclass
class Allowance:
    """`seconds` and `memory_bytes` bound each statement, below the process's own limits. `sending` is held while a
    statement is sent, which fixes the state of the data that it sees. Work that `is_long` gets one processor at a time,
    so that others find one free. `mark` names the work in the engine. Once it has
    `ended`, no further statement begins. `scope` is the asker's row scope, which a server's row policies hold once more
    on tables of the present; not for work about the `past`.
    """

    seconds: float
    memory_bytes: float
    sending: Callable[[], AbstractContextManager[None]] = nullcontext
    is_long: bool = False
    mark: str = field(default_factory=new_mark)
    ended: bool = False
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    past: bool = False

    def check(self) -> None:
        """Raises: Cancelled when nobody waits for the work any more."""
        if self.ended:
            raise Cancelled("The client disconnected; the rest of its work was not done.")


_CURRENT: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


def current() -> Allowance | None:
    """The current allowance."""
    return _CURRENT.get()


@contextmanager
def allowed(allowance: Allowance) -> Iterator[None]:
    """Apply an allowance to the block's statements."""
    token = _CURRENT.set(allowance)
    try:
        yield
    finally:
        _CURRENT.reset(token)
