"""`/metrics`: who may read it, and that it counts what happened."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schema.roles import Role
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.observing.observer import Observer
from tests.conftest import ROOT
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, opened_door, token_of
from warehouse.loads.ledger import Entry, State

COUNTRIES = """/api/Countries?range={"from":"2020-01-01","to":"2030-01-01"}"""


@pytest.fixture
def counted(service: Service) -> Iterator[Door]:
    """A server that has counted nothing yet."""
    again = replace(service, observer=Observer(frozenset(service.operations)), answers=ResponseCache(2**20))
    with opened_door(again) as door:
        yield door


def figures(door: Door) -> dict[str, float]:
    """All figures by name with labels."""
    text = door.get("/metrics", ADMIN).text
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if not line.startswith("#")
    }


def test_only_an_admin_who_may_see_all_rows_reads_the_figures(counted: Door) -> None:
    scoped = token_of(Role.ADMIN, {"country": ("US",)})
    tokens = {None: 401, VIEWER: 403, ANALYST: 403, scoped: 403, ADMIN: 200}
    assert {token: counted.get("/metrics", token).status_code for token in tokens} == tokens
    assert counted.get("/metrics", ADMIN).headers["content-type"].startswith("text/plain; version=")


@pytest.mark.parametrize(
    ("callers", "headers", "status"),
    [
        (("127.0.0.1",), {}, 200),
        (("127.0.0.0/8", "10.0.0.0/8"), {}, 200),
        (("10.0.0.0/8",), {}, 401),
        (("127.0.0.1",), {"X-Forwarded-For": "127.0.0.1"}, 401),
        (("127.0.0.1",), {"Forwarded": "for=127.0.0.1"}, 401),
    ],
)
def test_addresses_that_a_setting_names_need_no_token(
    service: Service, callers: tuple[str, ...], headers: dict[str, str], status: int
) -> None:
    """The test's client has the address 127.0.0.1; who came through a proxy has no address of its own."""
    settings = service.settings.model_copy(update={"metrics_callers": callers})
    with opened_door(replace(service, settings=settings)) as door:
        assert door.request("GET", "/metrics", headers=headers).status_code == status


def test_operations_are_counted_by_name_role_and_outcome(counted: Door) -> None:
    for _ in range(3):
        counted.get("/api/Genres", VIEWER)
    counted.post({"query": "{ nothing }"}, ANALYST)
    counted.post({"query": "query AnyNameAtAll { viewer { role } }"}, ANALYST)
    found = figures(counted)
    assert found['marquee_request_seconds_count{operation="Genres",outcome="OK",role="viewer"}'] == 3
    assert (
        found['marquee_request_seconds_count{operation="document",outcome="GRAPHQL_VALIDATION_FAILED",role="analyst"}']
        >= 1
    )
    assert found['marquee_answers_total{served="kept"}'] == 2
    assert not [name for name in found if "AnyNameAtAll" in name]


def test_a_question_counts_its_rollup_its_statements_and_its_phases(counted: Door) -> None:
    before = figures(counted)
    counted.get(COUNTRIES, ANALYST)
    after = figures(counted)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('marquee_rollup_hits_total{table="country_analytics"}') == 1
    misses = {name for name in after if name.startswith("marquee_rollup_misses_total") and more(name)}
    assert 'marquee_rollup_misses_total{reason="DIMENSION_NOT_STORED",rollup="movie_analytics"}' in misses
    assert more('marquee_statement_seconds_count{kind="read",outcome="OK"}') >= 1
    assert more('marquee_phase_seconds_count{phase="engine"}') == 1


def test_what_is_now_is_told(counted: Door) -> None:
    found = figures(counted)
    assert found["marquee_warehouse_up"] == 1
    assert found['marquee_table_rows{table="viewing_sessions"}'] > 0
    assert found['marquee_table_parts{table="viewing_sessions"}'] > 0
    assert 0 < found['marquee_disk_bytes{what="free"}'] <= found['marquee_disk_bytes{what="total"}']
    assert found['marquee_queue_running{lane="quick"}'] == 0
    assert found["marquee_queue_waiting"] == 0
    assert "marquee_audit_waiting" in found
    assert found["process_resident_memory_bytes"] > 0


def test_a_load_counts_its_rows_and_why_some_were_put_aside(counted: Door) -> None:
    """By the hook alone: this warehouse is shared, and only read."""
    entry = Entry(1, "ratings", (), State.DONE, datetime.now(UTC), rows=5, accepted=2, duplicates=1, quarantined=2)
    counted.service.warehouse.on_load(entry, {"UNKNOWN_USER": 2})
    found = figures(counted)
    assert found['marquee_loads_total{state="done",table="ratings"}'] == 1
    assert found['marquee_load_rows_total{fate="accepted",table="ratings"}'] == 2
    assert found['marquee_rejected_rows_total{reason="UNKNOWN_USER",table="ratings"}'] == 2


def test_paths_of_strangers_become_no_labels(counted: Door) -> None:
    for index in range(5):
        counted.request("GET", f"/nothing/{index}")
        counted.request(f"X{index}", "/graphql")
    text = counted.get("/metrics", ADMIN).text
    assert "/nothing" not in text
    assert 'method="X1"' not in text
    assert 'marquee_http_requests_total{method="GET",path="-",status="404"}' in text


@pytest.mark.parametrize("file", ["dashboard.json", "alerts.yml"])
def test_the_board_and_the_alerts_ask_for_figures_that_there_are(counted: Door, file: str) -> None:
    counted.get(COUNTRIES, ANALYST)
    there = set(re.findall(r"^# TYPE (\S+)", counted.get("/metrics", ADMIN).text, re.MULTILINE))
    asked = set(re.findall(r"\b((?:marquee|process)_[a-z_]+)\b", (ROOT / "docs/monitoring" / file).read_text("utf-8")))
    assert asked
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in asked} - there - {"marquee_load_age_seconds"} == set()
