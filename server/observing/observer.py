"""The observer: takes in what happens in one server, and passes it to the request log, the figures and the spans."""

import time
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import blake2b

from resolvers.context import Context
from schema.roles import Role
from server.observing.metrics import Metrics
from server.observing.request_log import RequestLog
from server.observing.request_notes import Notes, current_notes, noting
from server.observing.spans import NO_SPANS, Spans
from warehouse.audit.record import AuditKind, Record, current
from warehouse.engine.statement_end import StatementEnd

_OTHERS = {AuditKind.OPERATION: "document", AuditKind.LOAD: "load", AuditKind.PAGE: "page", AuditKind.ADMIN: "command"}
# A plan is cut to this in the audit log.
_MOST_PLAN = 180


class Observer:
    """`operations` are the names of the operations that Marquee brings: those that admins published, which are in
    `saved`, count together, because admins may publish any number of names in time; all others too, because anybody may
    invent names. A subject is recorded as a hash under `key`. Requests over `slow_s` are slow.
    """

    def __init__(
        self,
        operations: frozenset[str] = frozenset(),
        key: bytes = b"",
        slow_s: float = 2.0,
        log: RequestLog | None = None,
        spans: Spans = NO_SPANS,
    ) -> None:
        self.metrics = Metrics()
        self.log = log or RequestLog("", 0)
        self.spans = spans
        self.slow_s = slow_s
        self.saved: Container[str] = frozenset()
        self._operations = operations
        self._key = key[:64]

    @contextmanager
    def request(self, notes: Notes) -> Iterator[Notes]:
        """Observe an HTTP request, or an operation on a socket, during the block."""
        began_ns, began = time.time_ns(), time.perf_counter()
        with noting(notes):
            try:
                yield notes
            finally:
                ms = (time.perf_counter() - began) * 1000
                if notes.kind == "http":
                    self.metrics.http.labels(notes.method, notes.path, str(notes.status)).inc()
                told = notes.line(ms)
                if ms > self.slow_s * 1000:
                    told["slow"] = True
                self.log.write(told)
                self.spans.request(notes, began_ns, told)

    def record(self, record: Record) -> None:
        """Take in an audit record, as it is handed over."""
        operation = self._label(record)
        role = record.role if record.role in set(Role) else "none"
        self.metrics.requests.labels(operation, role, record.outcome).observe(record.duration_ms / 1000)
        notes = current_notes()
        if notes is None:
            return
        notes.operation, notes.role, notes.code = record.operation, record.role, record.outcome
        notes.document, notes.rows = record.document_hash, record.rows
        if record.subject:
            notes.subject = blake2b(record.subject.encode("utf-8", "replace"), key=self._key, digest_size=8).hexdigest()

    def _label(self, record: Record) -> str:
        """The name under which the operation of a record counts: one of a bounded number."""
        if record.operation in self._operations:
            return record.operation
        if record.kind is AuditKind.OPERATION and record.operation in self.saved:
            return "published"
        return _OTHERS.get(record.kind, "other")

    def statement(self, end: StatementEnd) -> None:
        """Take in the end of a statement, in its thread."""
        self.metrics.count_statement(end)
        notes = current_notes()
        if notes is not None:
            notes.statements += 1
            notes.statement_ms += end.seconds * 1000
            self.spans.statement(notes, end)

    def served(self, how: str) -> None:
        """Take in where an answer came from: `kept`, `shared` or `fresh`."""
        self.metrics.answers.labels(how).inc()
        notes = current_notes()
        if notes is not None:
            notes.served = how

    def executed(self, context: Context, seconds: float) -> None:
        """Take in one execution of a document. A slow one's plan goes to the audit log."""
        for phase, ms in asdict(context.timings).items():
            if context.timings.engine:
                self.metrics.phases.labels(phase).observe(ms / 1000)
        for route in context.routes:
            self.metrics.rollup_hits.labels(route.source.table).inc()
            for rejection in route.rejected:
                self.metrics.rollup_misses.labels(rejection.rollup, rejection.reason.value).inc()
        notes = current_notes()
        if notes is not None:
            notes.timings += context.timings
            notes.cost = context.cost
            notes.sources |= dict.fromkeys(route.source.table for route in context.routes)
            notes.pieces |= dict.fromkeys(context.pieces)
            notes.rejected |= {each.rollup: each.reason.value for route in context.routes for each in route.rejected}
        record = current()
        if record is not None and seconds > self.slow_s:
            plan = "; ".join(context.pieces) or "no question"
            record.note(f"slow: cost {context.cost}, {plan[:_MOST_PLAN]}")
