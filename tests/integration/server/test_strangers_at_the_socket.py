"""Clients that have shown no token: whatever they send or leave out, they hold neither memory nor descriptors, and
others are answered meanwhile.
"""

import logging
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from server.answering.budget import Budget
from server.answering.service import Service
from server.http import connections as connections_module
from server.http.connection_limits import MOST_STRANGERS_OF_ONE
from server.http.connections import Connections
from server.http.uvicorn_internals import HEAD_BYTES, MOST_HEADERS
from server.identity import callers
from tests.integration.resolvers.conftest import ADMIN, VIEWER
from tests.integration.server.sockets import PATIENCE_S, Host, comes_true, hosted
from warehouse.audit.refusals import MOST_OF_ONE, RefusedStrangers

MOST = 40
UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


@pytest.fixture(scope="module")
def connections() -> Connections:
    """What the server counts."""
    return Connections(MOST, MOST)


@pytest.fixture(scope="module")
def host(service: Service, connections: Connections) -> Iterator[Host]:
    """A server that counts its connections."""
    with hosted(service, connections) as host:
        yield host


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines of a moment."""
    for name in ("HEAD_S", "BODY_S", "UNREAD_S", "REFUSED_S"):
        monkeypatch.setattr(connections_module, name, 0.3)
    monkeypatch.setattr(connections_module, "SWEEP_S", 0.05)


def connected(host: Host) -> socket.socket:
    """A connection that has sent nothing yet."""
    return socket.create_connection(("127.0.0.1", host.port), timeout=PATIENCE_S)


def answer_to(host: Host, *pieces: bytes) -> bytes:
    """All that comes back until the server closes."""
    with connected(host) as stranger:
        for piece in pieces:
            stranger.sendall(piece)
        return all_of(stranger)


def all_of(stranger: socket.socket) -> bytes:
    """What arrives until the end."""
    heard = b""
    with suppress(ConnectionResetError):  # it was cut
        while piece := stranger.recv(65_536):
            heard += piece
    return heard


def is_well(host: Host) -> bool:
    """Whether somebody else is answered."""
    response = httpx.get(f"http://127.0.0.1:{host.port}/healthz", timeout=PATIENCE_S, trust_env=False)
    return response.status_code == 200


def descriptors() -> int:
    """How many descriptors this process, which hosts the server, has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize(
    "pieces",
    [
        (b"GET /healthz HTTP/1.1\r\nX: ", b"a" * HEAD_BYTES * 2),
        (b"GET /healthz HTTP/1.1\r\n", b"".join(b"X-%d: 1\r\n" % n for n in range(MOST_HEADERS + 2))),
        (b"GET /healthz HTTP/1.1\r\n", b"X: 1\r\n" * 100_000),
        (b"GET /" + b"a" * HEAD_BYTES * 2,),
        (b"GET /?" + b"a=1&" * HEAD_BYTES,),
        (b"a" * HEAD_BYTES * 2,),
        (b"\r\n" * HEAD_BYTES * 2,),
    ],
    ids=["one header", "many headers", "a flood of headers", "path", "query", "method", "empty lines"],
)
def test_a_head_without_end_is_refused_when_it_is_too_long(host: Host, pieces: tuple[bytes, ...]) -> None:
    status = answer_to(host, *pieces).partition(b"\r\n")[0]
    assert status in {b"HTTP/1.1 431 Request Header Fields Too Large", b"HTTP/1.1 400 Bad Request"}
    assert is_well(host)


def test_a_head_that_is_too_long_is_told_so_in_the_shape_of_all_errors(host: Host) -> None:
    head, _, content = answer_to(host, b"GET /healthz HTTP/1.1\r\nX: ", b"a" * 4 * HEAD_BYTES).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert b"Connection: close" in head
    response = httpx.Response(431, content=content)
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert str(HEAD_BYTES) in error["message"]


def test_a_head_within_bounds_is_answered(host: Host) -> None:
    long = (
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: "
        + b"a" * (HEAD_BYTES - 200)
        + b"\r\n\r\n"
    )
    assert answer_to(host, long).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "pieces",
    [
        (b"5\r\nabcde\r\n0\r\n", b"X: 1\r\n" * 100_000),
        (b"5;", b"x" * HEAD_BYTES * 4),
        (b"1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n" * 20_000,),
    ],
    ids=["trailers", "an extension", "many extensions"],
)
def test_what_stands_between_the_bytes_of_a_body_is_bounded_too(host: Host, pieces: tuple[bytes, ...]) -> None:
    head = (
        b"POST /ingest/movies HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Type: application/x-ndjson\r\nAuthorization: Bearer " + VIEWER.encode() + b"\r\n\r\n"
    )
    with connected(host) as stranger:
        stranger.sendall(head)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            stranger.sendall(b"".join(pieces) * 50)
    assert is_well(host)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ((), b""),
        ((b"\r\n",), b"HTTP/1.1 408 "),
        ((b"GET /healthz HT",), b"HTTP/1.1 408 "),
        ((b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: y",), b"HTTP/1.1 408 "),
        ((UPGRADE[:-2],), b"HTTP/1.1 408 "),
        ((b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",), b"HTTP/1.1 200 "),
        ((b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{",), b"HTTP/1.1 401 "),
        (
            (
                b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n"
                b"Authorization: Bearer " + VIEWER.encode() + b"\r\n\r\n{",
            ),
            b"HTTP/1.1 408 ",
        ),
    ],
    ids=["idle", "empty line", "method", "header", "upgrade", "kept alive", "refused body", "body"],
)
def test_who_stops_in_the_middle_is_let_go(
    host: Host, connections: Connections, pieces: tuple[bytes, ...], told: bytes
) -> None:
    assert answer_to(host, *pieces).startswith(told)
    assert comes_true(lambda: len(connections) == 0)


def test_idle_connections_never_hold_more_than_the_bound_and_others_come_in(
    host: Host, connections: Connections
) -> None:
    before = descriptors()
    with ExitStack() as stack:
        for _ in range(5 * MOST):
            stack.enter_context(connected(host))
        assert is_well(host)
        assert comes_true(lambda: len(connections) <= MOST)
        # Of these, 5 * MOST are the clients' ends.
        assert comes_true(lambda: descriptors() - before - 5 * MOST <= MOST + 5)


@pytest.mark.usefixtures("impatient")
def test_who_does_not_read_its_answer_is_cut(service: Service, host: Host, connections: Connections) -> None:
    del service
    stranger = socket.socket()
    stranger.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    stranger.settimeout(PATIENCE_S)
    with stranger:
        stranger.connect(("127.0.0.1", host.port))
        ask = (
            b"GET /schema.graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ADMIN.encode() + b"\r\n\r\n"
        )
        for _ in range(12):
            stranger.sendall(ask)
        assert comes_true(lambda: len(connections) == 0)


def test_sockets_without_a_token_make_room_for_one_that_shows_its_own(host: Host, connections: Connections) -> None:
    with ExitStack() as stack:
        strangers = [stack.enter_context(host.talk()) for _ in range(MOST_STRANGERS_OF_ONE + 3)]
        with host.talk() as talk:
            talk.greet(VIEWER)
            talk.subscribe("a", "{ viewer { role } }")
            assert talk.hear()["type"] == "next"
        assert [one.ended()[0] for one in strangers[:4]] == [1013] * 4
        for one in strangers[4:]:
            one.say("ping")
            assert one.hear() == {"type": "pong"}
    assert comes_true(lambda: len(connections) == 0)


@pytest.mark.usefixtures("impatient")
def test_a_socket_that_is_told_to_close_and_does_not_is_cut(host: Host, connections: Connections) -> None:
    with connected(host) as stranger:
        stranger.sendall(UPGRADE)
        assert stranger.recv(65_536).startswith(b"HTTP/1.1 101 ")
        # A masked frame of text that is no message.
        stranger.sendall(b"\x81\x81\x00\x00\x00\x00x")
        assert all_of(stranger)[:1] == b"\x88"
    assert comes_true(lambda: len(connections) == 0)


def test_requests_that_do_not_wait_for_their_answers_are_bounded(host: Host) -> None:
    with connected(host) as stranger:
        stranger.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500)
        assert all_of(stranger).count(b"HTTP/1.1 200 ") < 20
    assert is_well(host)


def test_who_breaks_off_amid_answers_leaves_no_error(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Each of the answers under way and waiting learns of it: none is written to what is closed."""
    connections = Connections(MOST, MOST)
    ask = b"GET /schema.graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ADMIN.encode() + b"\r\n\r\n"
    with caplog.at_level(logging.ERROR), hosted(service, connections, sends_bytes=8_192) as host:
        for _ in range(5):
            with socket.socket() as stranger:
                stranger.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                stranger.settimeout(PATIENCE_S)
                stranger.connect(("127.0.0.1", host.port))
                stranger.sendall(ask * 16)
                assert comes_true(lambda: any(one.wire.get_write_buffer_size() for one in connections._open))
                # Closing resets.
                stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert comes_true(lambda: len(connections) == 0)
        assert is_well(host)
    assert caplog.records == []


def test_a_head_that_is_refused_behind_answers_leaves_no_error(
    host: Host, connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer_to(host, b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 5 + b"\x00 / HTTP/9\r\n\r\n")
        assert comes_true(lambda: len(connections) == 0)
        assert is_well(host)
    assert caplog.records == []


def test_a_socket_of_a_foreign_page_leaves_no_error(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        heard = answer_to(host, UPGRADE[:-2] + b"Origin: https://elsewhere.example\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 403 ")
        assert is_well(host)
    assert caplog.records == []


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 99999999999999999999999\r\n\r\n",
        b" folded: 1\r\n\r\n",
        b"a b: 1\r\n\r\n",
        b"a: \x00\r\n\r\n",
    ],
)
def test_a_body_whose_end_two_readers_could_see_apart_is_refused(host: Host, head: bytes) -> None:
    heard = answer_to(host, b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n" + head)
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert heard.count(b"HTTP/1.1 ") == 1
    assert b"BAD_INPUT" in heard


@pytest.mark.parametrize("line", [b"CONNECT a:1", b"OPTIONS *", b"GET \xff", b"GET http://", b"PRI *"])
def test_a_request_line_of_any_form_gets_an_answer(host: Host, line: bytes) -> None:
    heard = answer_to(host, line + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert heard == b"" or heard.startswith(b"HTTP/1.1 ")
    assert b"500" not in heard.partition(b"\r\n")[0]
    assert is_well(host)


def test_bad_tokens_by_the_thousand_leave_few_records_and_their_number(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a minute, which stands still here, 20 are recorded and 200 told why; a valid token always counts."""
    monkeypatch.setattr(callers, "MOST_REFUSALS_A_MINUTE", 200)
    # What earlier tests left waiting is written first: it is none of these refusals.
    assert comes_true(lambda: service.warehouse.audit.waiting == 0)
    monkeypatch.setattr(service.warehouse.audit, "_strangers", RefusedStrangers(lambda: 0.0))
    before = logged(service)
    served = replace(service)
    served.callers.refusals = Budget(lambda: 0.0)
    with (
        hosted(served) as host,
        httpx.Client(trust_env=False, timeout=PATIENCE_S, headers={"Authorization": "Bearer x.y.z"}) as client,
    ):
        url = f"http://127.0.0.1:{host.port}/graphql"
        codes = Counter(client.get(url).status_code for _ in range(300))
        assert client.get(url, headers={"Authorization": f"Bearer {VIEWER}"}).status_code == 400
    assert codes == {401: 200, 429: 100}
    service.warehouse.audit.close()
    assert logged(service) - before == MOST_OF_ONE + 1
    counted = "SELECT max(rows) FROM audit_log WHERE subject = '' AND detail LIKE '%more refusals%'"
    assert int(service.warehouse.engine.query(counted).scalar()) == 300 - MOST_OF_ONE


def logged(service: Service) -> int:
    """How many records of refused strangers there are."""
    return int(service.warehouse.engine.query("SELECT count() FROM audit_log WHERE subject = ''").scalar())
