"""What two readers could take for two requests is refused everywhere: repeated values, and names of other servers."""

from dataclasses import replace
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from schema.roles import Role
from server.answering.service import Service
from server.http.ambiguous_requests import host_of, repeated_parameter
from server.identity.principal import Grant
from tests.integration.resolvers.conftest import ANALYST, VIEWER, Door, bearer, opened_door, token_of
from tests.integration.server.sockets import hosted

EMBED = token_of(Role.EMBED, grant=Grant(("Genres",), origin="https://a.example"))
OTHER = token_of(Role.EMBED, grant=Grant(("Genres",), origin="https://b.example"))
FORM = "/api/Genres?format=json"


@pytest.mark.parametrize(
    ("path", "token"),
    [
        (f"/embed/Genres?token={EMBED}&token={OTHER}", None),
        (f"/embed/Genres?token={EMBED}&%74oken={OTHER}", None),
        (f"/embed/Genres?token={EMBED}&token", None),
        ("/graphql?query={viewer{role}}&query={viewer{role}}", ANALYST),
        ('/graphql?query={viewer{role}}&variables={"a":1,"a":2}', ANALYST),
        ("/api/DailyTrends?days=3&days=4", VIEWER),
        ('/api/Users?where={"country":{"eq":"US"},"country":{"eq":"DE"}}', ANALYST),
        ("/healthz?a&a", None),
    ],
)
def test_a_repeated_parameter_is_refused(door: Door, path: str, token: str | None) -> None:
    response = door.get(path, token)
    assert response.status_code == 400, response.text
    assert "twice" in response.text


@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "Host", "Origin", "Idempotency-Key"])
def test_a_repeated_header_is_refused(door: Door, name: str) -> None:
    headers = [("Authorization", f"Bearer {VIEWER}"), (name, f"Bearer {ANALYST}"), (name, "b")]
    response = door.request("GET", "/api/Genres", headers=headers)
    assert response.status_code == 400
    assert name.lower() in response.json()["errors"][0]["message"]


def test_a_repeated_name_in_a_body_is_refused(door: Door) -> None:
    body = b'{"query": "{ viewer { role } }", "query": "{ users { totalCount } }"}'
    headers = {**bearer(ANALYST), "Content-Type": "application/json"}
    response = door.request("POST", "/graphql", content=body, headers=headers)
    assert response.status_code == 400
    assert "'query' twice" in response.json()["errors"][0]["message"]


def test_a_repeated_name_in_a_message_of_an_assistant_is_refused(door: Door) -> None:
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "method": "tools/call"}'
    headers = {**bearer(ANALYST), "Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    response = door.request("POST", "/mcp", content=body, headers=headers)
    assert response.status_code == 400
    assert "'method' twice" in response.json()["errors"][0]["message"]
    # What is no JSON is answered as the protocol has it.
    assert door.request("POST", "/mcp", content=b"{", headers=headers).json()["error"]["code"] == -32700


@pytest.mark.parametrize(
    "payload",
    [
        {"Authorization": f"Bearer {VIEWER}", "token": ANALYST},
        {"Authorization": f"Bearer {VIEWER}", "authorization": f"Bearer {ANALYST}"},
    ],
)
def test_a_socket_that_shows_two_tokens_is_closed(service: Service, payload: dict[str, Any]) -> None:
    with hosted(service) as host, host.talk() as talk:
        talk.say("connection_init", payload=payload)
        assert talk.ended()[0] == 4400
        with host.talk() as again:
            again.connection.send('{"type": "connection_init", "type": "ping"}')
            assert again.ended()[0] == 4400


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a/b", "localhost@evil.example", "", "a b"])
def test_a_host_that_is_not_ours_is_refused(door: Door, host: str) -> None:
    response = door.request("GET", "/api/Genres", headers={**bearer(VIEWER), "Host": host})
    assert response.status_code == 400
    assert "MARQUEE_HOSTS" in response.text
    assert door.request("GET", "/healthz", headers={"Host": host}).status_code == 200


def test_hosts_are_those_of_the_settings(service: Service) -> None:
    settings = service.settings.model_copy(update={"public_url": "https://films.example", "hosts": ("inner",)})
    with opened_door(replace(service, settings=settings)) as door:
        for host in ("films.example", "FILMS.example:443", "inner:8000", "127.0.0.1:8000", "[::1]:8000", "localhost"):
            assert door.request("GET", "/api/Genres", headers={**bearer(VIEWER), "Host": host}).status_code == 200
        assert door.request("GET", "/api/Genres", headers={**bearer(VIEWER), "Host": "other"}).status_code == 400


@pytest.mark.parametrize("path", ["/graphql/", "/api/Genres/", "/assets"])
def test_nothing_is_redirected_to_the_host_of_the_request(door: Door, path: str) -> None:
    response = door.request("GET", path, headers={**bearer(VIEWER), "Host": "127.0.0.1"})
    assert response.status_code == 404
    assert "location" not in response.headers


def test_a_page_of_the_host_that_it_names_opens_no_socket_at_a_server_with_an_address(service: Service) -> None:
    settings = service.settings.model_copy(update={"public_url": "https://films.example"})
    with hosted(replace(service, settings=settings)) as host:
        with pytest.raises(InvalidStatus), host.talk(origin=f"http://127.0.0.1:{host.port}"):
            pass
        with host.talk(origin="https://films.example"):
            pass


def test_names_are_compared_as_they_are_meant() -> None:
    assert repeated_parameter(b"a=1&b=2&a+=3") is None
    assert repeated_parameter(b"a+b=1&a%20b=2") == "a b"
    assert [host_of(text) for text in ("A.b:80", "[::1]:80", "a:x", "a:99999", "u@a", "a,b")] == [
        *("a.b", "::1", None, None, None, None)
    ]
