"""The doors that stand open: health, the schema, pages and their headers, and how answers travel."""

import asyncio
import time

import pytest
from graphql import FieldNode, OperationDefinitionNode, build_schema, parse, validate

from resolvers.export_schema import FILE
from schema.roles import Role
from schema.root_fields import ROOT_FIELDS
from server.answering.published_operations import published
from server.client_files import PAGES
from server.identity.principal import Grant, Use
from tests.integration.resolvers.conftest import ANALYST, VIEWER, Door, bearer, token_of
from tests.integration.server.headers import policy

DOCUMENT = "{ dashboard { views } }"
EMBED = token_of(Role.EMBED, grant=Grant(("TopMovies",), use=Use.SESSION))


def test_health_and_readiness_need_no_token(door: Door) -> None:
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        response = door.get(path)
        assert (response.status_code, response.json()) == (200, {"status": status})


def test_a_flood_without_a_token_asks_the_engine_once_at_a_time(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or it would take the threads and the clients of those who have one."""
    probe, asked, check = door.service.warehouse.probe, list[bool](), door.service.warehouse.probe.check

    def slow() -> None:
        asked.append(True)
        time.sleep(0.2)
        check()

    async def flood() -> list[int]:
        found = await asyncio.gather(*(door.client.get("/readyz") for _ in range(60)))
        return [response.status_code for response in found]

    monkeypatch.setattr("server.http.health.ANSWER_S", 60.0)
    monkeypatch.setattr(probe, "check", slow)
    assert door.portal.call(flood) == [200] * 60
    assert asked == [True]


def test_the_schema_is_served_as_exported(door: Door) -> None:
    assert (door.get("/schema.graphql").status_code, door.get("/schema.graphql", EMBED).status_code) == (401, 403)
    response = door.get("/schema.graphql", ANALYST)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert response.text == FILE.read_text(encoding="utf-8")


def test_a_role_is_served_the_schema_that_it_may_ask(door: Door) -> None:
    response = door.get("/schema.graphql", VIEWER)
    assert response.status_code == 200
    part, whole = build_schema(response.text), build_schema(FILE.read_text(encoding="utf-8"))
    roots = ("query_type", "mutation_type", "subscription_type")
    for fields, all_fields in ((getattr(part, root).fields, getattr(whole, root).fields) for root in roots):
        assert fields.keys() == {name for name in all_fields if ROOT_FIELDS[name].role is Role.VIEWER}
    assert "IssuedToken" in whole.type_map.keys() - part.type_map.keys()
    assert {"Movie", "Session"} <= part.type_map.keys()
    # What it may ask by a published operation is valid by its schema, and nothing else is.
    for name, operation in published().items():
        asked = parse(operation.document)
        is_valid = not validate(part, asked)
        [definition] = [one for one in asked.definitions if isinstance(one, OperationDefinitionNode)]
        asked_for = {one.name.value for one in definition.selection_set.selections if isinstance(one, FieldNode)}
        assert is_valid == all(ROOT_FIELDS[one].role is Role.VIEWER for one in asked_for), name


@pytest.mark.parametrize("path", ["/", "/users", "/playground"])
def test_pages_let_in_nothing_from_elsewhere_and_show_in_no_frame(door: Door, path: str) -> None:
    response = door.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    allowed = policy(response)
    assert allowed["default-src"] == allowed["script-src"] == ["'self'"]
    assert allowed["frame-ancestors"] == allowed["object-src"] == ["'none'"]
    assert not any("http" in value or "*" in value for values in allowed.values() for value in values)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "http://" not in response.text
    assert "https://" not in response.text


def test_assets_are_served_and_nothing_beside_them(door: Door) -> None:
    script = next((PAGES / "assets").glob("*.js")).name
    assert door.get(f"/assets/{script}").status_code == 200
    for path in ("/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/", "/assets/nothing.js"):
        assert door.get(path).status_code == 404


def test_an_unknown_path_is_404(door: Door) -> None:
    assert door.get("/nothing").status_code == 404


def test_get_and_post_answer_alike(door: Door) -> None:
    posted = door.post({"query": DOCUMENT}, VIEWER)
    got = door.get("/graphql", VIEWER, params={"query": DOCUMENT})
    assert got.status_code == posted.status_code == 200
    assert got.json()["data"] == posted.json()["data"] == {"dashboard": {"views": 700}}


def test_variables_and_operation_names_travel_both_ways(door: Door) -> None:
    document = "query A { viewer { role } } query B($n: Int!) { topMovies(limit: $n) { rank } }"
    expected = {"topMovies": [{"rank": 1}, {"rank": 2}]}
    posted = door.post({"query": document, "operationName": "B", "variables": {"n": 2}}, VIEWER)
    assert posted.json()["data"] == expected
    params = {"query": document, "operationName": "B", "variables": '{"n": 2}'}
    assert door.get("/graphql", VIEWER, params=params).json()["data"] == expected


def test_a_published_operation_answers_like_its_document(door: Door) -> None:
    response = door.get(
        "/api/TopMovies", VIEWER, params={"limit": "3", "range": '{"last": "P7D"}', "orderBy": "VIEWERS"}
    )
    document = """{ topMovies(limit: 3, range: {last: "P7D"}, orderBy: VIEWERS) {
        id rank movie { id sourceId title genre } views viewers watchHours completionRate averageRating } }"""
    assert response.status_code == 200
    assert response.json()["data"] == door.ask(document, VIEWER)


def test_answers_are_not_kept_by_anyone_between(door: Door) -> None:
    for response in (door.post({"query": DOCUMENT}, VIEWER), door.post({"query": DOCUMENT})):
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("query", "status"), [(DOCUMENT, 200), ("{ nothing }", 400), ("{", 400)])
def test_graphql_s_own_media_type_says_by_status_whether_a_document_ran(door: Door, query: str, status: int) -> None:
    headers = bearer(VIEWER) | {"Accept": "application/graphql-response+json"}
    response = door.request("POST", "/graphql", json={"query": query}, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("application/graphql-response+json")
    assert door.post({"query": query}, VIEWER).status_code == 200


def test_notes_tell_range_source_and_freshness_by_response_path(door: Door) -> None:
    document = """{ week: dashboard(range: {last: "P7D"}, timeZone: "Asia/Kolkata") { views }
                    viewing { rows(by: [DEVICE, COUNTRY]) { device country views } totals { views } } }"""
    notes = door.answer(document, VIEWER)["extensions"]["marquee"]
    assert notes["dataThrough"] == "2026-04-10T18:00:00Z"
    assert set(notes["paths"]) == {"week", "viewing.rows", "viewing.totals"}
    assert notes["paths"]["week"]["range"] == {
        "from": "2026-04-04T00:00:00+05:30",
        "to": "2026-04-11T00:00:00+05:30",
    }
    assert notes["paths"]["week"]["source"] == ["daily_analytics"]
    assert notes["paths"]["week"]["reasons"] == ["LARGER"]
