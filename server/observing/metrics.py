"""The figures of `/metrics`, in Prometheus' format. Names of callers, values and documents never become labels.

What happens is counted when it happens; what is (queues, tables, disk) is read by `gauges.py` when somebody asks.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from warehouse.engine.statement_end import StatementEnd
from warehouse.loads.ledger import Entry

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LAG_S = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5)


class Metrics:
    """All figures of one server. Counting is safe from any thread."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self.http = Counter("marquee_http_requests", "HTTP requests.", ("method", "path", "status"), registry=registry)
        self.requests = Histogram(
            "marquee_request_seconds",
            "Operations, loads and refusals, as the audit log records them: how long they took.",
            ("operation", "role", "outcome"),
            buckets=_SECONDS,
            registry=registry,
        )
        self.phases = Histogram(
            "marquee_phase_seconds",
            "Where the time of analytical questions went: wait, compile, engine, complete.",
            ("phase",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.statements = Histogram(
            "marquee_statement_seconds",
            "Statements of the engine, with their wait for a client.",
            ("kind", "outcome"),
            buckets=_SECONDS,
            registry=registry,
        )
        self.rollup_hits = Counter(
            "marquee_rollup_hits", "Legs of questions by the table that served them.", ("table",), registry=registry
        )
        self.rollup_misses = Counter(
            "marquee_rollup_misses",
            "Rollups that could not serve a leg of a question, by reason.",
            ("rollup", "reason"),
            registry=registry,
        )
        self.answers = Counter(
            "marquee_answers",
            "Answers by where they came from: kept (cached), shared (with a request under way) or fresh.",
            ("served",),
            registry=registry,
        )
        self.loads = Counter("marquee_loads", "Loads that ended.", ("table", "state"), registry=registry)
        self.load_rows = Counter(
            "marquee_load_rows", "Rows of loads by what became of them.", ("table", "fate"), registry=registry
        )
        self.rejects = Counter(
            "marquee_rejected_rows", "Rows that loads put aside, by reason.", ("table", "reason"), registry=registry
        )
        self.topic_lag = Gauge(
            "marquee_topic_lag_messages",
            "Messages that were still to be consumed when the last batch came.",
            ("table", "topic", "partition"),
            registry=registry,
        )
        self.loop_lag = Histogram(
            "marquee_event_loop_lag_seconds",
            "How late the event loop came to what was due.",
            buckets=_LAG_S,
            registry=registry,
        )
        self._gauges: dict[str, Gauge] = {}

    def count_statement(self, end: StatementEnd) -> None:
        """One statement has ended."""
        self.statements.labels(end.kind, end.outcome).observe(end.seconds)

    def count_load(self, entry: Entry, reasons: Mapping[str, int]) -> None:
        """One load has ended."""
        self.loads.labels(entry.table, entry.state.value).inc()
        for fate in ("accepted", "duplicates", "quarantined"):
            self.load_rows.labels(entry.table, fate).inc(getattr(entry, fate))
        for reason, rows in reasons.items():
            self.rejects.labels(entry.table, reason).inc(rows)

    def show_topic_lag(self, table: str, topic: str, lag: Mapping[int, int]) -> None:
        """A batch of a topic is loaded; `lag` is how many messages of each partition come after it."""
        for partition, messages in lag.items():
            self.topic_lag.labels(table, topic, partition).set(messages)

    def show(self, name: str, help: str, values: float | Mapping[str, float], label: str = "") -> None:
        """Set a gauge to what is now: one number, or one for each value of a label. Values that no longer exist are
        removed.
        """
        gauge = self._gauges.get(name)
        if gauge is None:
            labels = (label,) if label else ()
            gauge = self._gauges[name] = Gauge(f"marquee_{name}", help, labels, registry=self.registry)
        if not isinstance(values, Mapping):
            gauge.set(values)
            return
        gauge.clear()
        for given, value in values.items():
            gauge.labels(given).set(value)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)
