"""`graphql-transport-ws` over a real socket: its messages and close codes, and the same rules as over HTTP."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.http import websocket as sockets
from server.http.connection_limits import MOST_A_SUBJECT
from server.identity.principal import Grant
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of
from tests.integration.server.sockets import FRESHNESS, Host, hosted

TOTAL = "{ dashboard { views } }"


@pytest.fixture(scope="module")
def host(service: Service) -> Iterator[Host]:
    with hosted(service) as host:
        yield host


@pytest.mark.parametrize(
    "payload", [{"Authorization": f"Bearer {VIEWER}"}, {"authorization": f"bearer {VIEWER}"}, {"token": VIEWER}]
)
def test_a_token_is_taken_where_clients_put_it(host: Host, payload: dict[str, str]) -> None:
    with host.talk() as talk:
        talk.say("connection_init", payload=payload)
        assert talk.hear() == {"type": "connection_ack"}


def test_pings_are_answered_before_and_after_the_greeting(host: Host) -> None:
    with host.talk() as talk:
        talk.say("ping")
        assert talk.hear() == {"type": "pong"}
        talk.greet(VIEWER)
        talk.say("pong")
        talk.say("ping", payload={"at": 1})
        assert talk.hear() == {"type": "pong"}


@pytest.mark.parametrize("type", ["connection_init", "ping"])
def test_a_long_message_is_not_read_before_a_token(host: Host, type: str) -> None:
    with host.talk() as talk:
        talk.say(type, payload={"token": VIEWER, "more": "x" * sockets.MOST_GREETING_BYTES})
        assert talk.ended() == (4400, "The message is larger than 16384 bytes. Send less.")
    with host.talk() as talk:
        talk.say("connection_init", payload={"token": VIEWER, "more": "x" * (sockets.MOST_GREETING_BYTES // 2)})
        assert talk.hear() == {"type": "connection_ack"}
        talk.say("ping", payload={"more": "x" * sockets.MOST_GREETING_BYTES})
        assert talk.hear() == {"type": "pong"}


def test_a_query_answers_once_and_as_over_http(host: Host, door: Door) -> None:
    document = "query A { viewer { role } } query B($z: TimeZone!) { dashboard(timeZone: $z) { views } }"
    asked = {"variables": {"z": "Asia/Kolkata"}, "operationName": "B"}
    with host.talk() as talk:
        talk.greet(VIEWER)
        talk.subscribe("1", document, **asked)
        answered = talk.hear()
        assert answered == {
            "id": "1",
            "type": "next",
            "payload": door.post({"query": document, **asked}, VIEWER).json(),
        }
        assert answered["payload"]["data"] == {"dashboard": {"views": 700}}
        assert talk.hear() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ __schema { types { name } } }", "FORBIDDEN"),
        ("subscription { freshness { __typename } ...on Subscription { __schema { types { name } } } }", "FORBIDDEN"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription A { freshness { loadedAt } } subscription B { freshness { loadedAt } }", "BAD_INPUT"),
    ],
)
def test_a_refused_document_is_told_by_error_and_the_socket_goes_on(host: Host, document: str, code: str) -> None:
    with host.talk() as talk:
        talk.greet(VIEWER)
        talk.subscribe("1", document)
        heard = talk.hear()
        assert (heard["id"], heard["type"], heard["payload"][0]["extensions"]["code"]) == ("1", "error", code)
        talk.subscribe("1", TOTAL)
        assert talk.hear()["payload"]["data"] == {"dashboard": {"views": 700}}


def test_errors_of_fields_travel_in_the_answer_without_suggestions_for_viewers(host: Host) -> None:
    with host.talk() as talk:
        talk.greet(VIEWER)
        talk.subscribe("1", '{ dashboard(range: {from: "2026-03-01"}) { views } }')
        payload = talk.hear()["payload"]
        assert payload["errors"][0]["extensions"] == {"code": "BAD_INPUT", "argument": "range"}
        assert talk.hear()["type"] == "complete"
        talk.subscribe("2", "subscription { freshnes { loadedAt } }")
        assert "Did you mean" not in talk.hear()["payload"][0]["message"]


def test_a_role_that_may_read_the_schema_may_do_so_here(host: Host) -> None:
    with host.talk() as talk:
        talk.greet(ANALYST)
        talk.subscribe("1", "{ __schema { subscriptionType { name } } }")
        assert talk.hear()["payload"]["data"] == {"__schema": {"subscriptionType": {"name": "Subscription"}}}


def test_a_mutation_obeys_the_policy_as_over_http(host: Host, door: Door) -> None:
    document = 'mutation { revokeToken(input: {id: "nobody-s"}) { revokedToken { id } } }'
    with host.talk() as viewer, host.talk() as admin:
        viewer.greet(VIEWER)
        viewer.subscribe("1", document)
        assert viewer.hear()["payload"] == door.post({"query": document}, VIEWER).json()
        admin.greet(ADMIN)
        admin.subscribe("1", document)
        assert admin.hear()["payload"]["data"] == {"revokeToken": {"revokedToken": {"id": "RevokedToken:nobody-s"}}}


def test_a_subscription_is_no_query_of_the_http_door(door: Door) -> None:
    body = door.post({"query": FRESHNESS}, ADMIN).json()
    assert body["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert "may not contain a subscription" in body["errors"][0]["message"]


@pytest.mark.parametrize("path", ["/api/Freshness", "/api/Freshness?format=csv"])
def test_a_published_subscription_says_where_it_is_asked(host: Host, door: Door, path: str) -> None:
    response = door.get(path, VIEWER)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    with host.talk() as talk:
        talk.greet(VIEWER)
        talk.say("subscribe", id="1", payload={"documentId": published()["Freshness"].document_id})
        assert talk.freshness()["dataThrough"] == "2026-04-10T18:00:00Z"


def test_operations_of_one_socket_answer_side_by_side_and_complete_ends_one(host: Host) -> None:
    with host.talk() as talk:
        talk.greet(VIEWER)
        talk.subscribe("events", FRESHNESS)
        assert talk.freshness()["dataThrough"] == "2026-04-10T18:00:00Z"
        talk.subscribe("one", TOTAL)
        assert [talk.hear()["type"], talk.hear()["type"]] == ["next", "complete"]
        talk.say("complete", id="events")
        talk.say("complete", id="never started")
        talk.subscribe("events", FRESHNESS)
        assert talk.freshness()["dataThrough"] == "2026-04-10T18:00:00Z"


@pytest.mark.parametrize(
    ("token", "code", "says"),
    [
        (None, 4401, "No token. Send it as Authorization in connection_init."),
        ("nonsense", 4401, "Malformed token"),
        (token_of(Role.VIEWER, secret=bytes(32)), 4401, "not signed by an accepted key"),
        (token_of(Role.INGEST), 4403, "can't query"),
        (token_of(Role.EMBED, grant=Grant(("TopMovies",))), 4403, "embed token"),
        (token_of(Role.ANALYST, {"shoe": ("1",)}), 4403, "scope can't be evaluated"),
    ],
)
def test_who_may_not_ask_is_closed_out(host: Host, token: str | None, code: int, says: str) -> None:
    with host.talk() as talk:
        talk.say("connection_init", payload={"token": token} if token else None)
        closed, reason = talk.ended()
        assert closed == code
        assert says in reason


def test_an_operation_before_the_greeting_is_unauthorized(host: Host) -> None:
    with host.talk() as talk:
        talk.subscribe("1", TOTAL)
        assert talk.ended()[0] == 4401


def test_a_second_greeting_is_one_too_many(host: Host) -> None:
    with host.talk() as talk:
        talk.greet(VIEWER)
        talk.say("connection_init", payload={"token": ADMIN})
        assert talk.ended()[0] == 4429


def test_an_id_can_not_be_used_twice_at_a_time(host: Host) -> None:
    with host.talk() as talk:
        talk.greet(VIEWER)
        talk.subscribe("1", FRESHNESS)
        talk.subscribe("1", FRESHNESS)
        assert talk.ended() == (4409, "Subscriber for 1 already exists")


def test_silence_is_not_waited_for(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "INIT_S", 0.2)
    with host.talk() as talk:
        assert talk.ended()[0] == 4408


def test_pings_do_not_put_the_greeting_off(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "INIT_S", 0.3)
    with host.talk() as talk:
        with suppress(ConnectionClosed):
            for _ in range(1_000):
                talk.say("ping")
                talk.hear()
                time.sleep(0.01)
        assert talk.ended()[0] == 4408


@pytest.mark.parametrize("greeted", [False, True])
@pytest.mark.parametrize(
    "message",
    [
        "",
        "x",
        "123",
        "[]",
        "null",
        "[" * 100_000,
        '{"type": 1}',
        '{"type": "next", "id": "1", "payload": {}}',
        '{"type": "connection_terminate"}',
        '{"type": "subscribe", "payload": {"query": "{ viewer { role } }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ viewer { role } }"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { role } }", "variables": []}}',
        json.dumps({"type": "subscribe", "id": "x" * 200, "payload": {"query": "{ viewer { role } }"}}),
        json.dumps({"type": "ping", "payload": {"x": "y" * (1 << 20)}}),
        b'{"type": "ping"}',
        '{"type": "connection_init", "payload": 1}',
        '{"type": "connection_init", "payload": "\\ud800"}',
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_no_message_closes_the_socket(host: Host, message: str | bytes, greeted: bool) -> None:
    with host.talk() as talk:
        if greeted:
            talk.greet(VIEWER)
        talk.connection.send(message)
        assert talk.ended()[0] == 4400


def test_other_protocols_are_not_spoken(host: Host) -> None:
    for protocol in (None, "graphql-ws"):
        with host.talk(protocol=protocol) as talk:
            assert talk.ended()[0] == 4406


def test_a_token_in_the_handshake_is_one_too(host: Host) -> None:
    with host.talk(headers={"Authorization": f"Bearer {VIEWER}"}) as talk:
        talk.say("connection_init")
        assert talk.hear() == {"type": "connection_ack"}


def test_a_thousand_operations_are_bounded(host: Host) -> None:
    with host.talk() as talk:
        talk.greet(VIEWER)
        for number in range(1_000):
            talk.subscribe(str(number), FRESHNESS)
        silent = sockets.MOST_WAITING
        heard = [talk.hear() for _ in range(1_000 - silent)]
        refused = [one for one in heard if one["type"] == "error"]
        assert len(refused) == 1_000 - silent - sockets.MOST_OPERATIONS
        assert {one["payload"][0]["extensions"]["code"] for one in refused} == {"OVERLOADED"}
        talk.say("complete", id="0")
        # The first in line has its turn.
        assert talk.hear()["type"] == "next"
        talk.say("ping")
        assert talk.hear() == {"type": "pong"}


def test_sockets_of_one_subject_are_bounded(host: Host) -> None:
    subject = token_of(Role.VIEWER, {"country": ("US",)})
    with ExitStack() as open_sockets:
        for _ in range(MOST_A_SUBJECT):
            open_sockets.enter_context(host.talk()).greet(subject)
        with host.talk() as talk:
            talk.say("connection_init", payload={"token": subject})
            assert talk.ended()[0] == 4429


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:1", "null", "file://", "http://127.0.0.1.evil.example"]
)
def test_pages_of_other_sites_are_refused_before_the_socket_opens(host: Host, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, host.talk(origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_pages_of_this_server_may_connect(host: Host) -> None:
    with host.talk(origin=f"http://127.0.0.1:{host.port}") as talk:
        talk.greet(VIEWER)
