"""Spans for OpenTelemetry: sent in the background, by OTLP over HTTP, to the collector that a setting names.

A request's span has the request's id, so a trace, a line of the log and the engine's statements are found by one id.
"""

import time
from collections.abc import Mapping
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from server.observing.request_notes import Notes
from warehouse.engine.request_id import new_id
from warehouse.engine.statement_end import OK, StatementEnd

# Seconds to send what is left when the server stops.
_LAST_MS = 3_000


class OtlpSpans:
    """Sends spans in batches. What the collector does not take in time is dropped, and requests never wait for it.

    `exporter` stands in the place of the one that sends to `url`.
    """

    def __init__(self, url: str, exporter: SpanExporter | None = None) -> None:
        exporter = exporter or OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", timeout=5)
        self._processor = BatchSpanProcessor(exporter)
        self._resource = Resource.create({SERVICE_NAME: "marquee"})

    def request(self, notes: Notes, began_ns: int, told: Mapping[str, Any]) -> None:
        """Send the span of a request, below the caller's."""
        parent = _context(notes, notes.parent, is_remote=True) if notes.parent else None
        name = notes.operation or f"{notes.method} {notes.path}".strip()
        attributes = {f"marquee.{key}": _value(value) for key, value in told.items() if key not in ("id", "trace")}
        is_bad = notes.status >= 500 or notes.code == "INTERNAL"
        self._send(
            name, _context(notes, notes.id), parent, SpanKind.SERVER, began_ns, time.time_ns(), attributes, is_bad
        )

    def statement(self, notes: Notes, end: StatementEnd) -> None:
        """Send the span of a statement, below its request's."""
        attributes = {"db.system.name": "clickhouse", "marquee.mark": end.mark, "marquee.outcome": end.outcome}
        self._send(
            f"engine {end.kind}",
            _context(notes, new_id()),
            _context(notes, notes.id),
            SpanKind.CLIENT,
            end.began_ns,
            end.began_ns + int(end.seconds * 1e9),
            attributes,
            end.outcome != OK,
        )

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        self._processor.force_flush(_LAST_MS)
        self._processor.shutdown()  # type: ignore[no-untyped-call] # the SDK's own lacks its type

    def _send(
        self,
        name: str,
        context: SpanContext,
        parent: SpanContext | None,
        kind: SpanKind,
        began_ns: int,
        ended_ns: int,
        attributes: Mapping[str, Any],
        is_bad: bool,
    ) -> None:
        self._processor.on_end(
            ReadableSpan(
                name,
                context,
                parent,
                self._resource,
                attributes,
                kind=kind,
                status=Status(StatusCode.ERROR if is_bad else StatusCode.UNSET),
                start_time=began_ns,
                end_time=ended_ns,
            )
        )


def _context(notes: Notes, span: str, is_remote: bool = False) -> SpanContext:
    # Those that the caller does not sample are sent too: a collector was configured to see them.
    return SpanContext(int(notes.trace, 16), int(span, 16), is_remote, TraceFlags(TraceFlags.SAMPLED))


def _value(value: Any) -> str | int | float | bool:
    return value if isinstance(value, str | int | float | bool) else str(value)
