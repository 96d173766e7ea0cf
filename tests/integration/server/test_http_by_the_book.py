"""GraphQL over HTTP as its clients expect it: types of answers and refusals, methods, charsets, hashes of documents."""

from hashlib import sha256
from typing import Any

import httpx
import pytest

from server.answering.published_operations import published
from server.http.accept import EVENTS, GRAPHQL, JSON
from tests.integration.resolvers.conftest import VIEWER, Door, bearer

# What urql sends with every request, and Apollo Client.
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
APOLLO = "application/graphql-response+json,application/json;q=0.9"
ROLE = {"query": "{ viewer { role } }"}
ANSWER = {"viewer": {"role": "VIEWER"}}


def send(door: Door, body: Any = None, accept: str = JSON, token: str = VIEWER, **more: Any) -> httpx.Response:
    headers = {**bearer(token), "Accept": accept, **more.pop("headers", {})}
    return door.request("POST", "/graphql", headers=headers, **({"json": body} if body is not None else more))


def kind(response: httpx.Response) -> str:
    return response.headers["content-type"].partition(";")[0]


@pytest.mark.parametrize(("accept", "expected"), [(URQL, GRAPHQL), (APOLLO, GRAPHQL), ("*/*", JSON), (JSON, JSON)])
def test_a_query_is_answered_as_json_wherever_json_is_accepted(door: Door, accept: str, expected: str) -> None:
    response = send(door, ROLE, accept)
    assert (kind(response), response.json()["data"]) == (expected, ANSWER)
    assert response.headers["vary"] == "Accept, Authorization"


def test_who_accepts_events_only_gets_a_query_as_events(door: Door) -> None:
    response = send(door, ROLE, EVENTS)
    assert kind(response) == EVENTS
    assert response.text.startswith('event: next\ndata: {"data":{"viewer"')


@pytest.mark.parametrize(
    ("accept", "status", "expected"), [(APOLLO, 401, GRAPHQL), (URQL, 401, GRAPHQL), (JSON, 401, JSON)]
)
def test_a_refusal_has_its_code_in_the_type_that_was_asked_for(
    door: Door, accept: str, status: int, expected: str
) -> None:
    response = send(door, ROLE, accept, token="nonsense")
    assert (response.status_code, kind(response)) == (status, expected)
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_body_that_is_too_large_is_refused_in_that_type_too(door: Door) -> None:
    response = send(door, {"query": " " * 2_000_000}, APOLLO)
    assert (response.status_code, kind(response)) == (413, GRAPHQL)


@pytest.mark.parametrize(
    "document",
    ['mutation { revokeToken(input: {id: "x"}) { revokedToken { id } } }', "subscription { freshness { loadedAt } }"],
)
@pytest.mark.parametrize("accept", [APOLLO, JSON])
def test_a_get_that_would_change_something_is_405(door: Door, document: str, accept: str) -> None:
    response = door.request("GET", "/graphql", params={"query": document}, headers={**bearer(VIEWER), "Accept": accept})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert "Use POST." in response.json()["errors"][0]["message"]


def test_an_empty_operation_name_is_none(door: Door) -> None:
    assert send(door, {**ROLE, "operationName": ""}).json()["data"] == ANSWER


@pytest.mark.parametrize(
    ("charset", "status"), [("utf-8", 200), ('"UTF-8"', 200), ("utf-16", 415), ("iso-8859-1", 415), ("x" * 99, 415)]
)
def test_a_charset_is_honoured_or_refused(door: Door, charset: str, status: int) -> None:
    content = b'{"query": "{ viewer { role } }"}'
    response = send(door, content=content, headers={"Content-Type": f"application/json; charset={charset}"})
    assert response.status_code == status
    assert status == 200 or "Send UTF-8." in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_hash_alone_runs_a_published_document_or_is_told_to_send_the_document(door: Door, method: str) -> None:
    def ask(digest: str) -> httpx.Response:
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        if method == "POST":
            return send(door, {"operationName": "Viewer", "extensions": persisted})
        text = str(persisted).replace("'", '"')
        return door.get("/graphql", VIEWER, params={"extensions": text, "operationName": "Viewer"})

    document = published()["Viewer"].document
    assert ask(sha256(document.encode()).hexdigest()).json()["data"]["viewer"]["role"] == "VIEWER"
    (error,) = ask("0" * 64).json()["errors"]
    assert error["message"] == "PersistedQueryNotSupported"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
