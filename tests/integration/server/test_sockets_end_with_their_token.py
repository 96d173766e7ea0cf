"""A socket lasts no longer than its token: neither one that expires nor one that is revoked hears anything more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from schema.roles import Role
from server.answering.service import Service
from server.identity import tokens
from server.identity.principal import Principal
from server.identity.tokens import Issued, issue
from tests.integration.resolvers.conftest import ADMIN, SECRET, VIEWER, Door
from tests.integration.server.sockets import FRESHNESS, Host, comes_true, hosted


@pytest.fixture(scope="module")
def host(service: Service) -> Iterator[Host]:
    with hosted(service) as host:
        yield host


def issued(ttl_s: int) -> Issued:
    return issue(SECRET, Principal("brief", Role.VIEWER), timedelta(seconds=ttl_s))


@pytest.mark.parametrize("idle", [True, False])
def test_an_open_socket_is_closed_when_its_token_expires(
    host: Host, idle: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "LEEWAY", timedelta())
    brief = issued(2)
    with host.talk() as talk:
        talk.greet(brief.token)
        if not idle:
            talk.subscribe("1", FRESHNESS)
        code, reason = talk.ended()
    late = datetime.now(UTC) - brief.expires_at
    assert (code, reason[:22]) == (4403, "The token has expired.")
    assert timedelta() <= late < timedelta(seconds=1)


def test_the_leeway_of_clocks_holds_for_sockets_too(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "LEEWAY", timedelta(seconds=2))
    brief = issued(1)
    with host.talk() as talk:
        talk.greet(brief.token)
        assert talk.ended()[0] == 4403
    assert datetime.now(UTC) - brief.expires_at >= timedelta(seconds=2)


def test_a_token_that_has_expired_opens_no_conversation(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "LEEWAY", timedelta(seconds=-5))
    with host.talk() as talk:
        talk.say("connection_init", payload={"token": issued(4).token})
        assert talk.ended()[0] == 4401


def test_an_open_socket_is_closed_when_its_token_is_revoked(host: Host, door: Door) -> None:
    token = issued(300)
    with host.talk() as talk, host.talk() as other:
        talk.greet(token.token)
        talk.subscribe("1", FRESHNESS)
        other.greet(VIEWER)
        door.ask(f'mutation {{ revokeToken(input: {{id: "{token.token_id}"}}) {{ revokedToken {{ id }} }} }}', ADMIN)
        code, reason = talk.ended()
        assert (code, reason[:22]) == (4403, "The token was revoked.")
        other.say("ping")
        assert other.hear() == {"type": "pong"}


def test_nothing_goes_on_for_a_client_that_went_away(host: Host, service: Service) -> None:
    change_signal = service.warehouse.change_signal
    with host.talk() as talk:
        talk.greet(VIEWER)
        for number in range(10):
            talk.subscribe(str(number), FRESHNESS)
        assert comes_true(lambda: change_signal.listeners == 10)
        talk.say("complete", id="3")
        assert comes_true(lambda: change_signal.listeners == 9)
    assert comes_true(lambda: change_signal.listeners == 0)
