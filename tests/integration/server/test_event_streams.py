"""Server-sent events of `POST /graphql`: the same funnel as a socket, one response a document."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from schema.roles import Role
from server.answering.service import Service
from server.http import events, token_expiry
from server.identity import tokens
from server.identity.principal import Grant
from tests.integration.resolvers.conftest import TTL, VIEWER, Door, bearer, token_of
from tests.integration.resolvers.world import SESSIONS
from tests.integration.server.sockets import FRESHNESS, PATIENCE_S, Host, comes_true, hosted

TOTAL = "{ dashboard { views } }"
DONE = ("complete", None)


@pytest.fixture(scope="module")
def host(service: Service) -> Iterator[Host]:
    with hosted(service) as host:
        yield host


@contextmanager
def streamed(host: Host, document: str, token: str | None) -> Iterator[httpx.Response]:
    headers = bearer(token) | {"Accept": "text/event-stream"}
    address = f"http://127.0.0.1:{host.port}/graphql"
    with httpx.stream("POST", address, json={"query": document}, headers=headers, timeout=PATIENCE_S) as response:
        yield response


def told(response: httpx.Response) -> Iterator[tuple[str, object]]:
    """The events: name and data; a comment is named by nothing."""
    lines: list[str] = []
    for line in response.iter_lines():
        if line:
            lines.append(line)
            continue
        fields = dict(one.split(":", 1) for one in lines)
        lines = []
        data = fields.get("data", "").strip()
        yield fields.get("event", "").strip(), json.loads(data) if data else None


def test_a_query_is_one_event_with_the_answer_of_http_and_then_complete(host: Host, door: Door) -> None:
    with streamed(host, TOTAL, VIEWER) as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert list(told(response)) == [("next", door.post({"query": TOTAL}, VIEWER).json()), DONE]


def test_a_subscription_stays_open_and_comments_keep_the_way_open(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SILENT_S", 0.05)
    newest = max(one.start for one in SESSIONS if one.user.country == "US")
    with streamed(host, FRESHNESS, token_of(Role.VIEWER, {"country": ("US",)})) as response:
        heard = told(response)
        body = next(data for name, data in heard if name == "next")
        assert body == {"data": {"freshness": {"dataThrough": f"{newest:%Y-%m-%dT%H:%M:%SZ}", "loadedAt": None}}}
        assert [next(heard), next(heard)] == [("", None), ("", None)]


def test_a_stream_ends_when_its_token_expires(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_expiry, "LOOK_S", 0.05)
    with streamed(host, FRESHNESS, token_of(Role.VIEWER, subject="brief")) as response:
        heard = told(response)
        assert next(heard)[0] == "next"
        # As if its time had gone by.
        monkeypatch.setattr(tokens, "LEEWAY", -2 * TTL)
        *_, (_, last) = heard
    # No `complete`: a client comes back with a new token.
    assert isinstance(last, dict)
    assert last["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_refused_document_is_told_by_its_errors(host: Host) -> None:
    with streamed(host, "subscription { nothing }", VIEWER) as response:
        (_, body), done = told(response)
    assert isinstance(body, dict)
    assert (body["errors"][0]["extensions"]["code"], done) == ("GRAPHQL_VALIDATION_FAILED", DONE)


@pytest.mark.parametrize(
    ("token", "status"),
    [(None, 401), (token_of(Role.INGEST), 403), (token_of(Role.EMBED, grant=Grant(("TopMovies",))), 403)],
)
def test_who_may_not_ask_gets_no_stream(host: Host, token: str | None, status: int) -> None:
    with streamed(host, TOTAL, token) as response:
        assert response.status_code == status


def test_nothing_goes_on_for_a_client_that_went_away(host: Host, service: Service) -> None:
    with streamed(host, FRESHNESS, VIEWER) as response:
        heard = told(response)
        assert next(heard)[0] == "next"
        assert service.warehouse.change_signal.listeners == 1
    assert comes_true(lambda: service.warehouse.change_signal.listeners == 0)
