"""Notes on one request while it runs: what its line in the log says."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from warehouse.engine.request_id import identified, new_id
from warehouse.query.answer import Timings


@dataclass(eq=False)
class Notes:
    """One HTTP request, or one operation on a socket. `trace` is the trace that it belongs to, `parent` the caller's
    span in it. Texts are '' while unknown. It holds neither tokens nor variables, nor who asked: `subject` is a hash.
    """

    trace: str
    parent: str = ""
    id: str = field(default_factory=new_id)
    kind: str = "http"
    method: str = ""
    path: str = ""
    status: int = 0
    operation: str = ""
    role: str = ""
    subject: str = ""
    code: str = ""
    document: str = ""
    served: str = ""
    rows: int = 0
    cost: int = 0
    statements: int = 0
    statement_ms: float = 0.0
    timings: Timings = field(default_factory=Timings)
    sources: dict[str, None] = field(default_factory=dict)
    pieces: dict[str, None] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)

    def line(self, ms: float) -> dict[str, Any]:
        """What the log says of it, in order; what is not known is left out."""
        told: dict[str, Any] = {
            "id": self.id,
            "trace": self.trace,
            "kind": self.kind,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "ms": round(ms, 2),
            "operation": self.operation,
            "role": self.role,
            "subject": self.subject,
            "code": self.code,
            "document": self.document,
            "served": self.served,
            "rows": self.rows,
            "cost": self.cost,
            "statements": self.statements,
            "statements_ms": round(self.statement_ms, 2),
            "phases_ms": self._phases(),
            "route": list(self.sources),
            "pieces": list(self.pieces),
            "rejected": self.rejected,
        }
        return {name: value for name, value in told.items() if value not in ("", 0, 0.0, [], {})}

    def _phases(self) -> Mapping[str, float]:
        return {name: round(ms, 2) for name, ms in vars(self.timings).items() if ms}


_CURRENT: ContextVar[Notes | None] = ContextVar("notes", default=None)


def current_notes() -> Notes | None:
    """The notes on the request that the current code works for."""
    return _CURRENT.get()


@contextmanager
def noting(notes: Notes) -> Iterator[Notes]:
    """Take notes during the block, also in threads and tasks that are started there."""
    before = _CURRENT.get()
    _CURRENT.set(notes)
    try:
        with identified(notes.id):
            yield notes
    finally:
        # Not `reset`, because a stream may end in another task than it began in.
        _CURRENT.set(before)
