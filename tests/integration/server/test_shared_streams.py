"""The single connection mode of server-sent events: one stream has the events of all operations of a client."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from schema.roles import Role
from server.answering.service import Service
from server.http import shared_streams, token_expiry
from server.http.shared_streams import HEADER
from server.identity import tokens
from tests.integration.resolvers.conftest import ADMIN, TTL, VIEWER, bearer, token_of
from tests.integration.server.sockets import FRESHNESS, PATIENCE_S, Host, comes_true, hosted

VIEWS = "{ dashboard { views } }"


@pytest.fixture(scope="module")
def host(service: Service) -> Iterator[Host]:
    with hosted(service) as host:
        yield host


class Stream:
    """One client's side of a stream."""

    def __init__(self, host: Host, bearer_token: str, stream_token: str = "") -> None:
        self.address = f"http://127.0.0.1:{host.port}/graphql"
        self.headers = {**bearer(bearer_token), HEADER: stream_token}

    def send(self, method: str, **more: Any) -> httpx.Response:
        headers = {name: value for name, value in self.headers.items() if value}
        return httpx.request(method, self.address, headers=headers, timeout=PATIENCE_S, trust_env=False, **more)

    def reserve(self) -> str:
        response = self.send("PUT")
        assert response.status_code == 201
        self.headers[HEADER] = response.text
        return response.text

    def start(self, id: str, query: str, **more: Any) -> httpx.Response:
        return self.send("POST", json={"query": query, "extensions": {"operationId": id}, **more})

    def stop(self, id: str) -> httpx.Response:
        return self.send("DELETE", params={"operationId": id})

    @contextmanager
    def opened(self) -> Iterator[Iterator[tuple[str, Any]]]:
        headers = {**self.headers, "Accept": "text/event-stream"}
        with httpx.stream("GET", self.address, headers=headers, timeout=PATIENCE_S, trust_env=False) as response:
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            yield _events(response)


def _events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@pytest.fixture
def stream(host: Host) -> Stream:
    found = Stream(host, VIEWER)
    found.reserve()
    return found


def test_operations_answer_on_one_stream_as_over_http(host: Host, stream: Stream) -> None:
    asked = {"views": VIEWS, "role": "{ viewer { role } }", "wrong": "{ nothing }"}
    expected = {one: Stream(host, VIEWER).send("POST", json={"query": query}).json() for one, query in asked.items()}
    with stream.opened() as events:
        for one, query in asked.items():
            assert stream.start(one, query).status_code == 202
        heard: dict[str, list[tuple[str, Any]]] = {one: [] for one in asked}
        for _ in range(2 * len(asked)):
            name, data = next(events)
            heard[data["id"]].append((name, data.get("payload", {}).get("data")))
    assert heard == {one: [("next", body.get("data")), ("complete", None)] for one, body in expected.items()}


def test_a_subscription_goes_on_until_it_is_ended(service: Service, stream: Stream) -> None:
    with stream.opened() as events:
        stream.start("live", FRESHNESS)
        name, data = next(events)
        assert (name, data["id"], list(data["payload"]["data"])) == ("next", "live", ["freshness"])
        assert service.warehouse.change_signal.listeners == 1
        assert stream.stop("live").status_code == 200
        assert comes_true(lambda: service.warehouse.change_signal.listeners == 0)
        # What has ended may be started again, and what never ran may be ended.
        stream.start("live", VIEWS)
        assert next(events)[1]["payload"]["data"]["dashboard"]["views"] > 0
        assert stream.stop("nothing").status_code == 200


def test_an_operation_may_come_before_the_stream_is_opened(stream: Stream) -> None:
    assert stream.start("early", VIEWS).status_code == 202
    with stream.opened() as events:
        assert next(events)[1]["id"] == "early"


def test_nothing_goes_on_for_a_client_that_went_away(service: Service, stream: Stream) -> None:
    with stream.opened() as events:
        stream.start("live", FRESHNESS)
        next(events)
    assert comes_true(lambda: service.warehouse.change_signal.listeners == 0)
    assert stream.start("late", VIEWS).status_code == 404


def test_nothing_starts_on_a_stream_that_closed_while_its_body_arrived(
    host: Host, service: Service, stream: Stream
) -> None:
    body = json.dumps({"query": FRESHNESS, "extensions": {"operationId": "1"}}).encode()
    with socket.create_connection(("127.0.0.1", host.port), PATIENCE_S) as late:
        named = {
            **stream.headers,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Host": "localhost",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        with stream.opened():
            late.sendall(f"POST /graphql HTTP/1.1\r\n{head}\r\n".encode() + body[:10])
        assert comes_true(lambda: stream.stop("1").status_code == 404)
        late.sendall(body[10:])
        assert b"There is no such stream" in late.recv(4_096)
    assert service.warehouse.change_signal.listeners == 0


def test_a_stream_is_of_the_token_that_reserved_it(host: Host, stream: Stream) -> None:
    token = stream.headers[HEADER]
    for other in (ADMIN, token_of(Role.VIEWER), token_of(Role.VIEWER, {"country": ("DE",)})):
        foreign = Stream(host, other, token)
        assert [foreign.start("1", VIEWS).status_code, foreign.stop("1").status_code] == [404, 404]
        assert foreign.send("GET").status_code == 404
    assert httpx.post(stream.address, headers={HEADER: token}, json={}, trust_env=False).status_code == 401


def test_what_is_taken_is_409(stream: Stream) -> None:
    with stream.opened() as events:
        stream.start("live", FRESHNESS)
        next(events)
        assert stream.start("live", VIEWS).status_code == 409
        assert stream.send("GET").status_code == 409


@pytest.mark.parametrize("id", [None, "", 1, "x" * 201])
def test_an_operation_has_an_id(stream: Stream, id: Any) -> None:
    response = stream.start(id, VIEWS)
    assert response.status_code == 400
    assert "`extensions.operationId` is not a text" in response.json()["errors"][0]["message"]


def test_the_header_is_asked_for(host: Host) -> None:
    response = Stream(host, VIEWER).send("DELETE", params={"operationId": "1"})
    assert response.status_code == 400
    assert "Reserve a stream by PUT" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(("token", "status"), [("nobody", 401), (token_of(Role.INGEST), 403)])
def test_who_may_not_ask_reserves_nothing(host: Host, token: str, status: int) -> None:
    assert Stream(host, token).send("PUT").status_code == status


def test_a_reservation_is_given_up(host: Host, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_streams, "RESERVED_S", 0.3)
    stream = Stream(host, VIEWER)
    stream.reserve()
    stream.start("early", FRESHNESS)
    assert comes_true(lambda: stream.stop("early").status_code == 404)
    assert comes_true(lambda: service.warehouse.change_signal.listeners == 0)


def test_streams_of_one_subject_are_bounded(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_streams, "RESERVED_S", 1.0)
    monkeypatch.setattr(shared_streams, "MOST_A_SUBJECT", 3)
    many = Stream(host, token_of(Role.VIEWER, subject="many"))
    assert [many.send("PUT").status_code for _ in range(4)] == [201] * 3 + [503]
    assert comes_true(lambda: many.send("PUT").status_code == 201)


def test_a_stream_ends_without_a_word_when_its_token_expires(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_expiry, "LOOK_S", 0.05)
    stream = Stream(host, token_of(Role.VIEWER, subject="brief"))
    stream.reserve()
    with stream.opened() as events:
        stream.start("live", FRESHNESS)
        next(events)
        monkeypatch.setattr(tokens, "LEEWAY", -2 * TTL + timedelta(seconds=1))
        assert list(events) == []
