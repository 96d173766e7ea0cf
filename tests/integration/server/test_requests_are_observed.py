"""What an operator sees of a request: a line in the log, its id in every place, a span, and no secret anywhere."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.observing.observer import Observer
from server.observing.otlp import OtlpSpans
from server.observing.request_log import RequestLog
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, bearer, opened_door
from warehouse.engine.allowance import Allowance, allowed
from warehouse.engine.request_id import identified
from warehouse.engine.statement_end import StatementEnd

# Whatever becomes of the schema, published operations stay.
COUNTRIES = """/api/Countries?range={"from":"2020-01-01","to":"%s"}"""
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SECRET_VARIABLE = "a value that nobody but its sender knows"


class KeptSpans(SpanExporter):
    """Takes spans as a collector would."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        pass

    def force_flush(self, timeout_millis: int = 0) -> bool:  # noqa: ARG002
        return True


@dataclass(frozen=True)
class Seen:
    """A server whose log, spans and statements are looked at."""

    door: Door
    path: Path
    collector: KeptSpans
    spans: OtlpSpans
    ended: list[StatementEnd]

    def lines(self) -> list[dict[str, Any]]:
        """The request log."""
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def last(self) -> dict[str, Any]:
        """Its last line."""
        return self.lines()[-1]


@contextmanager
def watched(service: Service, folder: Path, slow_s: float = 2.0) -> Iterator[Seen]:
    """A server over the same warehouse, that keeps answers and writes a log."""
    path, collector = folder / "requests.log", KeptSpans()
    spans = OtlpSpans("http://127.0.0.1:9", collector)
    observer = Observer(frozenset(service.operations), b"key", slow_s, RequestLog(str(path), 2**20), spans)
    again = replace(service, observer=observer, answers=ResponseCache(2**20))
    ended: list[StatementEnd] = []

    def told(end: StatementEnd) -> None:
        ended.append(end)
        observer.statement(end)

    with opened_door(again) as door:
        again.warehouse.engine.on_statement = told
        yield Seen(door, path, collector, spans, ended)
    observer.log.close()
    spans.close()


@pytest.fixture
def seen(service: Service, tmp_path: Path) -> Iterator[Seen]:
    """A server whose requests are all quick enough."""
    with watched(service, tmp_path, slow_s=60) as found:
        yield found


def test_a_request_writes_one_line_that_says_how_it_went(seen: Seen) -> None:
    before = len(seen.lines())
    response = seen.door.get(COUNTRIES % "2030-01-01", ANALYST)
    assert len(seen.lines()) == before + 1
    line = seen.last()
    told = {name: line[name] for name in ("method", "path", "status", "role", "code", "served", "operation")}
    assert told == {
        "method": "GET",
        "path": "/api/{operation}",
        "status": 200,
        "role": "analyst",
        "code": "OK",
        "served": "fresh",
        "operation": "Countries",
    }
    assert line["rows"] == len(response.json()["data"]["countries"])
    assert line["route"] == ["users", "country_analytics"]
    assert line["pieces"][1].startswith("country_analytics: ")
    assert line["statements"] >= 1
    assert 0 < line["phases_ms"]["engine"] <= line["ms"]
    assert line["cost"] > 0


def test_an_answer_that_was_kept_says_so_and_asks_nothing(seen: Seen) -> None:
    for _ in range(2):
        seen.door.get(COUNTRIES % "2030-01-02", ANALYST)
    fresh, kept = seen.lines()[-2:]
    assert (fresh["served"], kept["served"]) == ("fresh", "kept")
    assert "statements" not in kept
    assert kept["document"] == fresh["document"]
    assert kept["rows"] == fresh["rows"]


def test_one_id_is_in_the_header_the_log_and_the_engine(seen: Seen) -> None:
    seen.ended.clear()
    response = seen.door.get(COUNTRIES % "2030-01-03", ANALYST)
    request_id = response.headers["marquee-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", request_id)
    assert seen.last()["id"] == request_id
    assert {end.mark.partition("-")[0] for end in seen.ended if end.mark} == {request_id}


def test_the_engine_knows_a_statement_by_the_id_of_its_request(seen: Seen) -> None:
    """As the engine says while it runs the statement: this one asks for its own comment."""
    engine = seen.door.service.warehouse.engine
    with identified("00f067aa0ba902b7"), allowed(Allowance(10, 10**9)):
        found = engine.query("SELECT getSetting('log_comment') AS comment").scalar()
    assert found.startswith("00f067aa0ba902b7-")


def test_an_error_of_ours_is_logged_under_the_id_that_the_client_gets(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("resolvers.context.ask", broken)
    response = seen.door.get(COUNTRIES % "2030-01-04", ANALYST)
    request_id = response.headers["marquee-request-id"]
    assert response.json()["errors"][0]["extensions"]["id"] == request_id
    assert seen.last()["code"] == "INTERNAL"
    assert f"error {request_id}" in caplog.text


def test_a_refusal_is_a_line_too(seen: Seen) -> None:
    assert seen.door.get(COUNTRIES % "2030-01-01").status_code == 401
    assert (seen.last()["status"], seen.last()["code"]) == (401, "UNAUTHENTICATED")
    assert "role" not in seen.last()


def test_no_token_no_value_and_no_name_is_in_the_log(seen: Seen) -> None:
    document = "query($who: String) { users(first: 1, where: {username: {eq: $who}}) { edges { node { id } } } }"
    seen.door.answer(document, ADMIN, who=SECRET_VARIABLE)
    seen.door.get("/users/18446744073709551615", ADMIN)
    seen.door.request("GET", f"/embed/TopMovies?token={VIEWER}")
    seen.door.request("GET", f"/no/such/{SECRET_VARIABLE}", headers=bearer(ADMIN))
    text = seen.path.read_text(encoding="utf-8")
    for secret in (SECRET_VARIABLE, "18446744073709551615", VIEWER, ADMIN, "test-admin"):
        assert secret not in text
    assert [line["path"] for line in seen.lines()[-3:]] == ["/users/{id:path}", "/embed/{operation}", "-"]


def test_the_same_subject_has_the_same_hash_and_others_another(seen: Seen) -> None:
    for token in (ANALYST, ANALYST, ADMIN):
        seen.door.get(COUNTRIES % "2030-01-01", token)
    first, second, third = (line["subject"] for line in seen.lines()[-3:])
    assert first == second != third


def test_spans_belong_to_the_callers_trace(seen: Seen) -> None:
    seen.spans._processor.force_flush()
    seen.collector.spans.clear()
    response = seen.door.request(
        "GET",
        COUNTRIES % "2030-01-05",
        headers={**bearer(ANALYST), "traceparent": f"00-{TRACE}-{SPAN}-01"},
    )
    seen.spans._processor.force_flush()
    assert seen.last()["trace"] == TRACE
    *statements, request = seen.collector.spans
    assert request.context is not None
    assert request.parent is not None
    assert f"{request.context.span_id:016x}" == response.headers["marquee-request-id"]
    assert f"{request.parent.span_id:016x}" == SPAN
    assert len(statements) == seen.last()["statements"]
    for span in statements:
        assert span.context is not None
        assert span.parent is not None
        assert f"{span.context.trace_id:032x}" == TRACE
        assert span.parent.span_id == request.context.span_id


def test_a_slow_request_tells_its_cost_and_plan_in_the_audit_log(service: Service, tmp_path: Path) -> None:
    with watched(service, tmp_path, slow_s=1e-9) as slow:
        slow.door.get(COUNTRIES % "2030-01-06", ANALYST)
        assert slow.last()["slow"] is True
        # Closed first, so that every record is in the table.
        service.warehouse.audit._write()
        document = """{ auditLog(first: 1, where: {durationMs: {gte: 0.0001}, operation: {eq: "Countries"},
            kind: {eq: OPERATION}}) { edges { node { detail documentHash } } } }"""
        (edge,) = slow.door.ask(document, ADMIN)["auditLog"]["edges"]
    assert re.match(r"slow: cost \d+, users; country_analytics: ", edge["node"]["detail"])
    assert edge["node"]["documentHash"] == slow.lines()[0]["document"]


def test_records_are_found_by_how_long_they_took(seen: Seen) -> None:
    seen.door.get(COUNTRIES % "2030-01-01", ANALYST)
    seen.door.service.warehouse.audit._write()
    document = "query($ms: Float!) { auditLog(where: {durationMs: {gte: $ms}}) { edges { node { durationMs } } } }"
    assert seen.door.ask(document, ADMIN, ms=3_600_000.0)["auditLog"]["edges"] == []
    found = seen.door.ask(document, ADMIN, ms=0.0)["auditLog"]["edges"]
    assert found
    middle = sorted(edge["node"]["durationMs"] for edge in found)[len(found) // 2]
    slower = seen.door.ask(document, ADMIN, ms=middle)["auditLog"]["edges"]
    assert all(edge["node"]["durationMs"] >= middle for edge in slower)
