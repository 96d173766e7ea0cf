"""Bodies over a real socket that stop coming, and senders that leave: nothing is loaded, and their place is free."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.http import bodies
from server.settings import Settings
from tests.integration.resolvers.conftest import TOKENS, token_of
from tests.integration.server.sockets import comes_true, hosted
from warehouse import open_warehouse

TOKEN = token_of(Role.INGEST)
FILM = json.dumps({"id": 7, "title": "Metropolis"}).encode() + b"\n"
PATIENCE_S = 10.0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of an empty warehouse."""
    settings = Settings(warehouse=f"chdb://{tmp_path_factory.mktemp('stopping')}/warehouse")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        yield Service(settings, warehouse, build_schema(), published(), TOKENS)


@pytest.fixture(scope="module")
def port(service: Service) -> Iterator[int]:
    """Where the service listens."""
    with hosted(service) as host:
        yield host.port


def begun(port: int, sent: bytes, announced: int, **headers: str) -> socket.socket:
    """A connection with a request on it, of whose body only the first bytes are sent."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    head = (
        f"POST /ingest/movies HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n{named}"
        f"Content-Type: application/x-ndjson\r\nContent-Length: {announced}\r\n\r\n"
    )
    connection.sendall(head.encode() + sent)
    return connection


def films(service: Service) -> int:
    """How many films there are."""
    return int(service.warehouse.engine.query("SELECT count() FROM movies").scalar())


def waiting(service: Service) -> list[Path]:
    """The bodies that are kept while they are read."""
    inbox = Path(service.settings.warehouse.removeprefix("chdb://")).with_name("warehouse.inbox")
    return list(inbox.iterdir()) if inbox.exists() else []


def sent_whole(port: int, **headers: str) -> httpx.Response:
    """The answer to one film."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(
        f"http://127.0.0.1:{port}/ingest/movies",
        content=FILM,
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson", **named},
        timeout=PATIENCE_S,
        trust_env=False,
    )


def test_a_body_that_stands_still_is_given_up_with_a_sentence(
    service: Service, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "SILENT_S", 0.2)
    with begun(port, FILM[:9], len(FILM)) as connection:
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
            if b"stalled for" in answer:
                break
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"Nothing was loaded." in answer
    assert comes_true(lambda: not waiting(service))
    assert films(service) == 0


def test_who_leaves_half_way_has_sent_nothing(service: Service, port: int) -> None:
    large = FILM * 60_000
    for _ in range(3):
        with begun(port, large[:-1_000], len(large)):
            assert comes_true(lambda: bool(waiting(service)))
    assert comes_true(lambda: not waiting(service))
    assert films(service) == 0


def test_who_leaves_before_the_answer_may_send_again_under_the_same_key(service: Service, port: int) -> None:
    with begun(port, FILM, len(FILM), Idempotency_Key="gone"):
        pass
    answer = sent_whole(port, Idempotency_Key="gone")
    assert answer.status_code == 200, answer.text
    assert answer.json()["taken"] == 1
    assert films(service) == 1
    assert comes_true(lambda: not waiting(service))
