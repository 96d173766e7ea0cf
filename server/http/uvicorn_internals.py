"""Uvicorn's protocols with bounds that it has no settings for: on the bytes of a request's head, on how long a client
may take, and on how many connections there are.

The classes are not documented by Uvicorn as a base for others, so what is overridden is what asyncio and httptools
define (`data_received`, `on_header`, ...). `tests/integration/server/test_strangers_at_the_socket.py` sees at once when
a version changes what these rely on.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.http.connections import HEAD_S, REFUSED_S, Connection, Connections, Phase

# The request line and all headers. Also the most that may stand between the bytes of a body, for each 16 of them.
HEAD_BYTES, MOST_HEADERS = 64 * 1024, 100
_FRAMING = 16
MOST_PIPELINED = 16
# What a refused client may still send while it reads why.
_REFUSED_BYTES = 4 << 20
_MALFORMED = "The request is not valid HTTP/1.1."


class _TooLong(Exception):
    """The head has more than it may have."""


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 with bounds. `connections` is set by `protocols_of`."""

    connections_open: Connections

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connection: Connection | None = None
        self._framing_bytes = self._headers_bytes = self._body_bytes = self._refused_bytes = 0
        self._head_is_whole = self._is_too_long = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(transport)
        connection = Connection(
            self.client[0] if self.client else "", transport, self._late, lambda: self.flow.read_paused
        )
        self._connection = connection
        if not self.connections_open.admit(connection):
            self._refuse(503, "OVERLOADED", "Too many connections are open. Try again in a few seconds.")
            # It is not counted, so nothing else ends it.
            self.loop.call_later(REFUSED_S, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._is_refused():
            self._refused_bytes += len(data)
            if self._refused_bytes > _REFUSED_BYTES:
                self.transport.abort()
            return
        super().data_received(data)
        self._framing_bytes += len(data)
        # Of a head, trailers, or the extensions of chunks without end, whether or not the parser keeps them.
        if self._framing_bytes > HEAD_BYTES + _FRAMING * self._body_bytes and not self._is_refused():
            self._refuse_too_long()
        elif len(self.pipeline) > MOST_PIPELINED:
            self.transport.abort()

    def handle_websocket_upgrade(self) -> None:
        """The client has asked for a WebSocket, which counts as a connection by itself."""
        self._leave()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._framing_bytes = self._headers_bytes = self._body_bytes = 0
        self._head_is_whole = False
        if self._is_idle:
            self._enter(Phase.HEAD)

    def on_url(self, url: bytes) -> None:
        """A piece of the request line."""
        super().on_url(url)
        if len(self.url) > HEAD_BYTES:
            self._is_too_long = True
            raise _TooLong

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. Trailers, which come after the body, are dropped: they are not headers."""
        if self._head_is_whole:
            return
        super().on_header(name, value)
        self._headers_bytes += len(name) + len(value)
        if len(self.headers) > MOST_HEADERS or self._headers_bytes > HEAD_BYTES:
            self._is_too_long = True
            raise _TooLong

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head_is_whole = True
        super().on_headers_complete()
        self._enter(Phase.BODY)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        super().on_body(body)
        self._framing_bytes -= len(body)
        self._body_bytes += len(body)
        if self._connection is not None:
            self._connection.body_bytes += len(body)

    def on_message_complete(self) -> None:
        """The body is whole."""
        super().on_message_complete()
        self._enter(Phase.HEAD if self._is_idle else Phase.ANSWER)

    def on_response_complete(self) -> None:
        """The answer is written. What still comes of the body has as long as a head."""
        self._enter(Phase.HEAD)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the signature is Uvicorn's
        """Refuse what the parser can't read, or may not."""
        if self._is_too_long:
            self._refuse_too_long()
        else:
            self._refuse(400, "BAD_INPUT", _MALFORMED)

    def _is_refused(self) -> bool:
        return self._connection is not None and self._connection.phase is Phase.REFUSED

    @property
    def _is_idle(self) -> bool:
        # There is none before the first request.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _is_between_requests(self, phase: Phase) -> bool:
        """Whether nothing has come of the next request; perhaps still something of one that has its answer."""
        return phase is Phase.HEAD and (self._head_is_whole or not self._framing_bytes)

    def _enter(self, phase: Phase) -> None:
        if self._connection is not None and not self._is_refused():
            self._connection.enter(phase)

    def _leave(self) -> None:
        if self._connection is not None:
            self.connections_open.leave(self._connection)

    def _late(self, connection: Connection) -> None:
        """The client has been silent or slow for too long."""
        if connection.phase is Phase.REFUSED or self._is_between_requests(connection.phase):
            self.transport.abort()
        elif connection.phase is Phase.HEAD:
            self._refuse(408, "BAD_INPUT", f"The head of the request did not arrive within {HEAD_S:.0f} s.")
        else:
            self._refuse(408, "BAD_INPUT", "The body arrives too slowly. Send it faster, or in pieces.")

    def _refuse_too_long(self) -> None:
        self._refuse(
            431,
            "BAD_INPUT",
            f"The head of the request is larger than {HEAD_BYTES} bytes, or has more than {MOST_HEADERS} headers. "
            "Send long documents by POST.",
        )

    def _refuse(self, status: int, code: str, sentence: str) -> None:
        """Answer by ourselves and close. Where an answer is under way, only close."""
        if not self._is_idle and self.cycle.response_started:
            self.transport.abort()
            return
        self._enter(Phase.REFUSED)
        if not self._is_idle:
            # The application hears that its client is gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_response(status, code, sentence))
        if self.transport.can_write_eof():
            # Closing while bytes arrive would take the answer back.
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()


class BoundedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that counts as a connection. What it may send and how long it may be silent is Uvicorn's and the
    conversation's to say; a client that doesn't read is cut here."""

    connections_open: Connections

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connection: Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The request for a WebSocket is whole."""
        super().connection_made(transport)
        self._connection = Connection(self.client[0] if self.client else "", self.transport, phase=Phase.ANSWER)
        if not self.connections_open.admit(self._connection):
            self.transport.abort()

    async def send(self, message: Any) -> None:
        """Send a message; a client that is told to close has a moment to do so."""
        await super().send(message)
        if message["type"] == "websocket.close" and self._connection is not None:
            self._connection.enter(Phase.REFUSED)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        if self._connection is not None:
            self.connections_open.leave(self._connection)
        super().connection_lost(exc)


def protocols_of(connections: Connections) -> tuple[type[BoundedHttp], type[BoundedSocket]]:
    """The protocols whose connections are counted together: of HTTP and of WebSockets."""
    bound = {"connections_open": connections}
    return type("Http", (BoundedHttp,), bound), type("Socket", (BoundedSocket,), bound)


def _response(status: int, code: str, sentence: str) -> bytes:
    content = orjson.dumps({"errors": [{"message": sentence, "extensions": {"code": code}}]})
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(content)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + content
