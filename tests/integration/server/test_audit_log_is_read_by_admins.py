"""`auditLog` is for admins who may see all rows; it pages and filters, and nothing in the API changes a record."""

from collections.abc import Iterator
from typing import Any

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of
from tests.integration.server.audited import Watch, audited_door, logged
from warehouse.audit.record import AuditKind, Record
from warehouse.tables.incoming_schemas import INCOMING

PAGE = """query Page($first: Int!, $after: String, $where: AuditFilter, $by: AuditOrder) {
    auditLog(first: $first, after: $after, where: $where, orderBy: $by) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { node { id at kind operation outcome unmasked rows } } } }"""
# 2023-11-14 at 22:13:20 UTC, and the milliseconds after it; three records share one.
BASE_MS = 1_700_000_000_000
OLD = {"at": {"gte": "2023-11-14T22:13:20Z", "lt": "2023-11-15T00:00:00Z"}}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with audited_door(tmp_path_factory.mktemp("read")) as door:
        watch = Watch(door.service.warehouse)
        for number in range(7):
            door.service.warehouse.audit.take(
                Record(
                    AuditKind.OPERATION,
                    f"Number{number}",
                    at_ms=BASE_MS + number // 3,
                    unmasked=("users.email",) if number % 2 else (),
                    rows=number,
                    outcome="OK" if number < 6 else "FORBIDDEN",
                )
            )
        watch.records(7)
        yield door


def nodes(door: Door, **variables: Any) -> list[dict[str, Any]]:
    page = door.ask(PAGE, ADMIN, **{"first": 100, **variables})["auditLog"]
    assert page["totalCount"] >= len(page["edges"])
    return [edge["node"] for edge in page["edges"]]


@pytest.mark.slow
def test_the_newest_come_first_and_pages_join_without_a_seam(door: Door) -> None:
    whole = nodes(door, where=OLD)
    assert [one["at"] for one in whole] == [
        "2023-11-14T22:13:20.002Z",
        *["2023-11-14T22:13:20.001Z"] * 3,
        *["2023-11-14T22:13:20.000Z"] * 3,
    ]
    after, walked = None, []
    while True:
        page = door.ask(PAGE, ADMIN, first=2, after=after, where=OLD)["auditLog"]
        walked += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert walked == whole


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ({"at": {"gte": "2023-11-14T22:13:20.001Z", "lt": "2023-11-14T22:13:20.002Z"}}, {3, 4, 5}),
        ({**OLD, "unmasked": {"has": "users.email"}}, {1, 3, 5}),
        ({**OLD, "outcome": {"eq": "FORBIDDEN"}}, {6}),
        ({**OLD, "operation": {"in": ["Number1", "Number2", "x' OR 1=1"]}}, {1, 2}),
        ({**OLD, "kind": {"eq": "LOAD"}}, set()),
        ({**OLD, "kind": {"in": ["OPERATION"]}, "not": {"unmasked": {"has": "users.email"}}}, {0, 2, 4, 6}),
    ],
)
def test_records_are_found_by_what_they_say(where: dict[str, Any], numbers: set[int], door: Door) -> None:
    assert {one["rows"] for one in nodes(door, where=where)} == numbers


def test_the_slowest_and_the_largest_can_come_first(door: Door) -> None:
    by = {"field": "ROWS", "direction": "DESC"}
    assert [one["rows"] for one in nodes(door, where=OLD, by=by)] == [6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("token", [VIEWER, ANALYST, token_of(Role.ADMIN, {"country": ("US",)})])
def test_who_may_not_see_everything_may_not_read_it(token: str, door: Door) -> None:
    (error,) = door.answer("{ auditLog { totalCount } }", token)["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN"}


def test_reading_it_leaves_a_record(door: Door) -> None:
    watch = Watch(door.service.warehouse)
    nodes(door)
    record = watch.record()
    assert (record["operation"], record["fields"], record["subject"]) == ("Page", ["auditLog"], "test-admin")


def test_an_answer_about_the_log_is_never_a_kept_one(door: Door) -> None:
    newest = []
    for _ in range(2):
        watch = Watch(door.service.warehouse)
        newest += nodes(door, first=1)
        watch.record()
    assert newest[0]["id"] != newest[1]["id"]


def test_nothing_in_the_api_writes_records(door: Door) -> None:
    mutations = door.ask('{ __type(name: "Mutation") { fields { name } } }', ADMIN)["__type"]["fields"]
    assert not [one["name"] for one in mutations if "audit" in one["name"].lower()]
    assert "audit_log" not in INCOMING
    assert len(logged(door.service.warehouse)) > 7
