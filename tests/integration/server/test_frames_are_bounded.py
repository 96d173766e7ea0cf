"""Frames of a WebSocket: whoever sends them, those that bring no message closer neither keep the event loop busy nor
grow its memory.
"""

import json
import logging
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from server.answering.service import Service
from server.http import bounded_socket, websocket
from server.http import connections as connections_module
from server.http.bounded_socket import FRAMING_BYTES, MOST_FRAGMENTS, STRANGER_BYTES, TURN_BYTES, BoundedSocket
from server.http.connections import Connections
from tests.integration.resolvers.conftest import VIEWER
from tests.integration.server.sockets import PATIENCE_S, Host, comes_true, hosted
from tests.integration.server.test_strangers_at_the_socket import UPGRADE

TEXT, CONTINUATION, CLOSE, PING = 1, 0, 8, 9
# What asyncio keeps of a client that does not read before it says so.
HIGH_WATER_BYTES = 64 * 1024


@pytest.fixture(scope="module")
def connections() -> Connections:
    """What the server counts."""
    return Connections(40, 40)


@pytest.fixture(scope="module")
def host(service: Service, connections: Connections) -> Iterator[Host]:
    """A server that counts its connections."""
    with hosted(service, connections) as host:
        yield host


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many frames of a kind reached the server's handlers."""
    counted: Counter[str] = Counter()
    for name in ("handle_cont", "handle_ping"):
        original = getattr(BoundedSocket, name)

        def counting(self: Any, *event: Any, name: str = name, original: Any = original) -> None:
            counted[name] += 1
            original(self, *event)

        monkeypatch.setattr(BoundedSocket, name, counting)
    return counted


class Raw:
    """A client that sends frames of any form; its mask is zero."""

    def __init__(self, host: Host, token: str | None = None, receives_bytes: int | None = None) -> None:
        self.socket = socket.socket()
        if receives_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives_bytes)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", host.port))
        self.socket.sendall(UPGRADE)
        self.heard = self.socket.makefile("rb")
        while self.heard.readline() != b"\r\n":
            pass
        if token:
            self.send(frame(TEXT, b'{"type": "connection_init", "payload": {"token": "%s"}}' % token.encode()))
            assert self.hear() == (TEXT, b'{"type":"connection_ack"}')

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_: object) -> None:
        self.heard.close()
        self.socket.close()

    def send(self, content: bytes) -> None:
        """Send all that the server takes; it may close meanwhile."""
        with suppress(ConnectionError):
            self.socket.sendall(content)

    def hear(self) -> tuple[int, bytes]:
        """The next frame: its kind and content."""
        first, length = self.heard.read(2)
        if length == 126:
            (length,) = struct.unpack("!H", self.heard.read(2))
        return first & 15, self.heard.read(length)

    def closed(self) -> int:
        """The code with which the server closes."""
        while True:
            kind, content = self.hear()
            if kind == CLOSE:
                return int(struct.unpack("!H", content[:2])[0])


def frame(kind: int, content: bytes = b"", is_last: bool = True) -> bytes:
    """A client's frame."""
    size = len(content)
    length = struct.pack("!B", 128 | size) if size < 126 else struct.pack("!BH", 128 | 126, size)
    return bytes([128 * is_last | kind]) + length + b"\0\0\0\0" + content


def test_empty_fragments_of_a_stranger_are_few(host: Host, handled: Counter[str]) -> None:
    with Raw(host) as raw:
        raw.send(frame(TEXT, b"x", is_last=False) + frame(CONTINUATION, is_last=False) * 500_000)
        assert raw.closed() == 1009
    assert handled["handle_cont"] <= MOST_FRAGMENTS + TURN_BYTES // 6


def test_all_bytes_of_a_stranger_are_bounded(host: Host) -> None:
    with Raw(host) as raw:
        raw.send(frame(TEXT, b"x", is_last=False) + frame(CONTINUATION, b"y" * 1_000, is_last=False) * 100)
        assert raw.closed() == 4400
    with Raw(host) as raw:
        # As one frame, which is never whole.
        raw.send(bytes([128 | TEXT, 128 | 127]) + struct.pack("!Q", 2_000_000) + b"\0\0\0\0" + b"x" * STRANGER_BYTES)
        assert raw.closed() == 4400


@pytest.mark.parametrize("size", [0, 2, 1_000])
def test_a_message_has_so_many_fragments_whoever_sends_it(host: Host, handled: Counter[str], size: int) -> None:
    with Raw(host, VIEWER) as raw:
        raw.send(frame(TEXT, b"x", is_last=False) + frame(CONTINUATION, b"y" * size, is_last=False) * 20_000)
        assert raw.closed() == 1009
    assert handled["handle_cont"] <= MOST_FRAGMENTS + TURN_BYTES // 6


def test_a_message_in_pieces_is_read(host: Host) -> None:
    said = json.dumps({"type": "ping", "payload": {"x": "y" * 500_000}}).encode()
    pieces = [said[start : start + 1_000] for start in range(0, len(said), 1_000)]
    with Raw(host, VIEWER) as raw:
        raw.send(frame(TEXT, pieces[0], is_last=False))
        raw.send(b"".join(frame(CONTINUATION, piece, is_last=False) for piece in pieces[1:]) + frame(CONTINUATION))
        assert raw.hear() == (TEXT, b'{"type":"pong"}')


@pytest.mark.parametrize("content", [b"", b"x" * 125])
@pytest.mark.parametrize("token", [None, VIEWER])
def test_pings_are_answered_until_there_are_too_many(
    host: Host, handled: Counter[str], token: str | None, content: bytes
) -> None:
    with Raw(host, token) as raw:
        raw.send(frame(PING, content) * 50)
        assert [raw.hear() for _ in range(50)] == [(10, content)] * 50
        raw.send(frame(PING, content) * 20_000)
        assert raw.closed() in (1008, 4400)
    assert handled["handle_ping"] <= FRAMING_BYTES // 131 + TURN_BYTES // 6 + 10


def test_who_does_not_read_pongs_is_not_read_further(
    host: Host, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_socket, "FRAMING_BYTES", 1 << 30)
    monkeypatch.setattr(bounded_socket, "STRANGER_BYTES", 1 << 30)
    with Raw(host, receives_bytes=4_096) as raw:
        raw.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            # More than the buffers of both ends hold.
            raw.socket.sendall(frame(PING, b"x" * 125) * 500_000)
        (connection,) = connections._open
        assert 0 < connection.wire.get_write_buffer_size() <= HIGH_WATER_BYTES + TURN_BYTES


def test_who_does_not_read_is_closed_all_the_same(
    host: Host, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time for `connection_init` is over, and that it is waits for nothing."""
    monkeypatch.setattr(bounded_socket, "FRAMING_BYTES", 1 << 30)
    monkeypatch.setattr(bounded_socket, "STRANGER_BYTES", 1 << 30)
    monkeypatch.setattr(connections_module, "UNREAD_S", 3_600)
    monkeypatch.setattr(connections_module, "REFUSED_S", 0.2)
    monkeypatch.setattr(connections_module, "SWEEP_S", 0.05)
    monkeypatch.setattr(websocket, "INIT_S", 0.5)
    with Raw(host, receives_bytes=4_096) as raw:
        raw.send(frame(PING, b"x" * 125) * 500_000)
        assert comes_true(lambda: len(connections) == 0)


def test_a_message_that_is_not_utf_8_is_refused_and_no_error_of_ours(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), Raw(host, VIEWER) as raw:
        raw.send(frame(TEXT, b"\xff"))
        assert raw.closed() == 1007
    assert caplog.records == []


def test_a_socket_that_is_closed_amid_its_events_leaves_no_error(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    asked = {"id": "a", "type": "subscribe", "payload": {"query": "subscription { freshness { dataThrough } }"}}
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            with Raw(host, VIEWER) as raw:
                raw.send(frame(TEXT, json.dumps(asked).encode()) + frame(PING) * 20_000)
                assert raw.closed() == 1008
    assert caplog.records == []
