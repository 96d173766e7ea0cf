"""Spans of requests and their statements; off unless a collector is set. `otlp.py` sends them."""

from collections.abc import Mapping
from typing import Any, Protocol

from server.observing.request_notes import Notes
from warehouse.engine.statement_end import StatementEnd


class Spans(Protocol):
    """Takes in what has ended; safe from any thread, never waits, never raises."""

    def request(self, notes: Notes, began_ns: int, told: Mapping[str, Any]) -> None:
        """A request has ended; `told` is what the log says of it."""

    def statement(self, notes: Notes, end: StatementEnd) -> None:
        """A statement of a request has ended."""

    def close(self) -> None:
        """Send what is left."""


class _NoSpans:
    def request(self, notes: Notes, began_ns: int, told: Mapping[str, Any]) -> None:
        """Do nothing."""

    def statement(self, notes: Notes, end: StatementEnd) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


NO_SPANS: Spans = _NoSpans()
