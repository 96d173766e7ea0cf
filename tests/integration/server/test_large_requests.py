"""Requests of many bytes, through each door: reading them is charged, and those under way are bounded together."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from schema.access_policy import limits_of
from schema.roles import Role
from server.answering.admission import BYTES_PER_COST
from server.answering.service import Service
from server.http.connection_limits import MOST_HELD_BYTES, ConnectionLimits
from server.identity.principal import Principal
from server.identity.tokens import ISSUER
from tests.integration.resolvers.conftest import bearer, token_of
from tests.integration.server.sockets import FRESHNESS, Host, Talk, hosted
from warehouse.errors import Overloaded

LARGE = 900_000
A_MINUTE = limits_of(Role.VIEWER).cost_per_minute
MCP = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def host(service: Service) -> Iterator[Host]:
    """A server over the small world."""
    with hosted(service) as host:
        yield host


def use_up(service: Service, subject: str) -> None:
    """Leave a subject in debt for minutes."""
    who = Principal(subject, Role.VIEWER, issuer=ISSUER).who
    service.admission.budget.spend(who, 10 * A_MINUTE, A_MINUTE)


def held(talk: Talk, number: int) -> None:
    """Start a subscription with a variable that it does not use."""
    talk.subscribe(f"{number}", FRESHNESS, variables={"unused": "x" * LARGE})


@pytest.mark.parametrize("path", ["/graphql", "/mcp"])
def test_a_body_that_holds_nothing_of_use_is_charged_and_refused_without_a_budget(
    service: Service, host: Host, path: str
) -> None:
    subject = f"large{path}"
    sent: dict[str, Any] = {"query": "{ viewer { role } }", "extensions": {"unused": "x" * LARGE}}
    if path == "/mcp":
        sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": {"unused": "x" * LARGE}}}
    headers = {**MCP, **bearer(token_of(Role.VIEWER, subject=subject))}

    def send() -> httpx.Response:
        url = f"http://127.0.0.1:{host.port}{path}"
        return httpx.post(url, json=sent, headers=headers, timeout=30, trust_env=False)

    assert send().status_code == 200
    use_up(service, subject)
    refused = send()
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert f"costs {LARGE // BYTES_PER_COST}" in refused.text


def test_a_message_that_holds_nothing_of_use_is_charged(service: Service, host: Host) -> None:
    with host.talk() as talk:
        talk.greet(token_of(Role.VIEWER, subject="pings"))
        talk.say("ping", payload={"unused": "x" * LARGE})
        assert talk.hear() == {"type": "pong"}
        use_up(service, "pings")
        talk.say("ping")
        assert talk.hear() == {"type": "pong"}
        talk.say("ping", payload={"unused": "x" * LARGE})
        code, reason = talk.ended()
    assert code == 1013
    assert reason.startswith(f"This request costs {LARGE // BYTES_PER_COST}")


def test_operations_that_wait_or_run_are_bounded_in_bytes_over_all_sockets_of_a_subject(host: Host) -> None:
    fit = MOST_HELD_BYTES // (LARGE + 200)
    with ExitStack() as stack:
        talks = [stack.enter_context(host.talk()) for _ in range(3)]
        for talk in talks:
            talk.greet(token_of(Role.VIEWER, subject="waiting"))
        for number in range(fit):
            held(talks[number % 3], number)
            assert talks[number % 3].hear()["type"] == "next"
        held(talks[0], 100)
        refused = talks[0].hear()
        assert (refused["type"], refused["id"]) == ("error", "100")
        assert refused["payload"][0]["extensions"]["code"] == "OVERLOADED"
        # Others have their own.
        with host.talk() as other:
            other.greet(token_of(Role.VIEWER, subject="somebody"))
            held(other, 1)
            assert other.hear()["type"] == "next"
        # And what ends makes room: one that is completed, and all of a socket.
        talks[1].say("complete", id="1")
        held(talks[1], 101)
        assert talks[1].hear()["type"] == "next"
        talks[2].connection.close()
        held(talks[0], 102)
        with pytest.raises(ConnectionClosed):
            talks[2].hear()
        assert talks[0].hear()["type"] in ("next", "error")


def test_bytes_are_given_back_however_a_request_ends() -> None:
    limits = ConnectionLimits()
    with suppress(ValueError), limits.held("ada", MOST_HELD_BYTES), limits.held("ada", 0), limits.held("bob", 1):
        with pytest.raises(Overloaded), limits.held("ada", 1):
            pass
        raise ValueError
    assert limits._held == {}
