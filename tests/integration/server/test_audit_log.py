"""Each operation, refusal and load leaves one record in the audit log: who asked what, and what came of it."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from schema.roles import Role
from server.identity.principal import Grant, Use
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of
from tests.integration.server.audited import Watch, audited_door, logged

EMBED = token_of(Role.EMBED, grant=Grant(("TopMovies",), {"limit": 3}, use=Use.SESSION))
REVOKES = 'mutation Revoke { revokeToken(tokenId: "x") { tokenId } }'
NOT_OURS = token_of(Role.ADMIN, secret=bytes(32))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with audited_door(tmp_path_factory.mktemp("audited")) as door:
        yield door


@pytest.fixture
def watch(door: Door) -> Watch:
    return Watch(door.service.warehouse)


@pytest.mark.slow
def test_an_operation_leaves_who_asked_what_and_what_came_of_it(door: Door, watch: Watch) -> None:
    document = (
        "query People { users(first: 2) { edges { node { id } } } ...Me } fragment Me on Query { viewer { role } }"
    )
    door.ask(document, ANALYST)
    record = watch.record()
    assert record.pop("duration_ms") > 0
    assert record.pop("at")
    assert record.pop("id")
    assert record.pop("token_id")
    assert record == {
        "kind": "OPERATION",
        "subject": "test-analyst",
        "role": "analyst",
        "issuer": "marquee",
        "scope": [],
        "operation": "People",
        "fields": ["users", "viewer"],
        "document_hash": sha256(document.encode()).hexdigest(),
        "unmasked": [],
        "rows": 3,
        "outcome": "OK",
        "detail": "",
        "address": "127.0.0.1",
    }


def test_a_document_without_a_name_is_called_by_its_root_fields(door: Door, watch: Watch) -> None:
    door.ask("{ me: viewer { role } movies(first: 1) { totalCount } }", VIEWER)
    assert watch.record()["operation"] == "viewer, movies"


def test_a_scope_is_recorded_as_it_was_issued(door: Door, watch: Watch) -> None:
    door.ask("{ viewer { role } }", token_of(Role.VIEWER, {"country": ("US", "DE")}))
    assert watch.record()["scope"] == ["country=US", "country=DE"]


def test_a_published_operation_is_recorded_by_its_name_for_every_subject(door: Door, watch: Watch) -> None:
    door.get("/api/TopMovies", EMBED)
    record = watch.record()
    assert (record["operation"], record["role"], record["rows"], record["outcome"]) == ("TopMovies", "embed", 3, "OK")


def test_a_kept_answer_is_recorded_like_a_fresh_one(door: Door, watch: Watch) -> None:
    document = "{ viewing { rows(by: [GENDER]) { gender views } } }"
    fresh, kept = (door.ask(document, ANALYST) for _ in range(2))
    assert fresh == kept
    told = [{name: one[name] for name in ("fields", "unmasked", "rows", "outcome")} for one in watch.records(2)]
    assert told == [{"fields": ["viewing"], "unmasked": ["users.gender"], "rows": 4, "outcome": "OK"}] * 2


def get(path: str, token: str | None = None) -> tuple[str, str, str | None, Any]:
    return "GET", path, token, None


def post(body: Any, token: str | None = None) -> tuple[str, str, str | None, Any]:
    return "POST", "/graphql", token, body


@pytest.mark.parametrize(
    ("request_", "kind", "subject", "operation", "outcome"),
    [
        (post({"query": "{ viewer { role } }"}), "OPERATION", "", "", "UNAUTHENTICATED"),
        (post({"query": "{ viewer { role } }"}, NOT_OURS), "OPERATION", "", "", "UNAUTHENTICATED"),
        (get("/api/Users"), "OPERATION", "", "Users", "UNAUTHENTICATED"),
        (get("/api/Users", EMBED), "OPERATION", "test-embed", "Users", "FORBIDDEN"),
        (get("/api/Nobody", ADMIN), "OPERATION", "test-admin", "Nobody", "BAD_INPUT"),
        (get("/api/Users?first=x", ADMIN), "OPERATION", "test-admin", "Users", "BAD_INPUT"),
        (post({"query": "{ viewer"}, VIEWER), "OPERATION", "test-viewer", "", "GRAPHQL_PARSE_FAILED"),
        (post({"query": "{ nothing }"}, VIEWER), "OPERATION", "test-viewer", "nothing", "GRAPHQL_VALIDATION_FAILED"),
        (post({"query": "{ auditLog { totalCount } }"}, ANALYST), "OPERATION", "test-analyst", "auditLog", "FORBIDDEN"),
        (post({"query": "{ viewer { role } }"}, token_of(Role.INGEST)), "OPERATION", "test-ingest", "", "FORBIDDEN"),
        (post({"query": "{ viewer { role } }"}, EMBED), "OPERATION", "test-embed", "", "FORBIDDEN"),
        (post([{"query": "{ viewer { role } }"}], VIEWER), "OPERATION", "test-viewer", "", "BAD_INPUT"),
        (post({}, VIEWER), "OPERATION", "test-viewer", "", "BAD_INPUT"),
        # Refused by its method, before it is read.
        (get(f"/graphql?query={REVOKES}", ADMIN), "OPERATION", "test-admin", "", "BAD_INPUT"),
        (get("/schema.graphql"), "OPERATION", "", "/schema.graphql", "UNAUTHENTICATED"),
        (get("/schema.graphql", EMBED), "OPERATION", "test-embed", "/schema.graphql", "FORBIDDEN"),
        (get("/embed/TopMovies?token=x"), "PAGE", "", "TopMovies", "UNAUTHENTICATED"),
        (get(f"/embed/Users?token={EMBED}"), "PAGE", "test-embed", "Users", "FORBIDDEN"),
    ],
)  # fmt: skip
def test_each_door_records_what_it_refuses(
    request_: tuple[str, str, str | None, Any],
    kind: str,
    subject: str,
    operation: str,
    outcome: str,
    door: Door,
    watch: Watch,
) -> None:
    method, path, token, body = request_
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    door.request(method, path, headers=headers, json=body)
    record = watch.record()
    assert (record["kind"], record["subject"], record["operation"], record["outcome"]) == (
        kind,
        subject,
        operation,
        outcome,
    )
    assert record["rows"] == 0


def test_neither_tokens_nor_variables_are_in_the_log(door: Door, watch: Watch) -> None:
    document = "query ($e: [String!]) { users(where: {email: {in: $e}}) { totalCount } }"
    door.ask(document, ADMIN, e=["ada@example.com"])
    door.get(f"/embed/Users?token={EMBED}")
    door.get("/api/TopMovies?limit=5", ADMIN)
    text = str(watch.records(3))
    assert not [secret for secret in ("ada@example.com", ADMIN, EMBED) if secret in text]


def test_each_load_leaves_its_number_its_table_and_its_rows(door: Door) -> None:
    loads = [one for one in logged(door.service.warehouse) if one["kind"] == "LOAD"]
    assert [(one["operation"], one["subject"], one["rows"], one["detail"], one["outcome"]) for one in loads] == [
        ("load movies", "system", 7, "load 1 of movies", "OK"),
        ("load users", "system", 9, "load 2 of users", "OK"),
        ("load viewing_sessions", "system", 700, "load 3 of viewing_sessions", "OK"),
        ("load ratings", "system", 90, "load 4 of ratings", "OK"),
    ]


def test_a_load_that_is_dropped_is_recorded_without_rows(door: Door, watch: Watch) -> None:
    with pytest.raises(RuntimeError), door.service.warehouse.load("movies", ["broken.csv"]):
        raise RuntimeError("the file ends in the middle")
    record = watch.record()
    assert (record["operation"], record["rows"], record["outcome"]) == ("load movies", 0, "INTERNAL")


def test_names_of_any_length_and_spelling_are_kept_as_far_as_they_can_be(door: Door, watch: Watch) -> None:
    door.post({"query": "{ viewer { role } }", "operationName": "é" * 1_000}, VIEWER)
    assert watch.record()["operation"] == "é" * 200


def test_an_input_that_a_mutation_refuses_is_recorded_as_refused(door: Door, watch: Watch) -> None:
    made = door.ask('mutation { createEmbedToken(input: {operations: ["None"]}) { embedToken { id } } }', ADMIN)
    assert made == {"createEmbedToken": {"embedToken": None}}
    assert watch.record()["outcome"] == "BAD_INPUT"


def test_a_token_that_is_made_or_ended_is_named_by_its_id(door: Door) -> None:
    watch = Watch(door.service.warehouse)
    made = door.ask(
        'mutation { createEmbedToken(input: {operations: ["Genres"]}) { embedToken { id: sourceId } } }', ADMIN
    )
    token_id = made["createEmbedToken"]["embedToken"]["id"]
    assert watch.record()["detail"] == f"token {token_id}"
    watch = Watch(door.service.warehouse)
    door.ask("mutation ($id: ID!) { revokeToken(input: {id: $id}) { revokedToken { id } } }", ADMIN, id=token_id)
    assert watch.record()["detail"] == f"token {token_id}"
