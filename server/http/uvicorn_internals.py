"""Uvicorn's HTTP protocol with bounds that it has no settings for: on the bytes of a request's head, on how long a
client may take, and on how many connections there are. That of WebSockets is in `bounded_socket.py`.

The classes are not documented by Uvicorn as a base for others, so what is overridden is what asyncio and httptools
define (`data_received`, `on_header`, ...). `tests/integration/server/test_strangers_at_the_socket.py` sees at once when
a version changes what these rely on.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from server.http.bounded_socket import BoundedSocket
from server.http.connections import HEAD_S, REFUSED_BYTES, REFUSED_S, Connection, Connections, Phase

# The request line and all headers. Also the most that may stand between the bytes of a body, for each 16 of them.
HEAD_BYTES, MOST_HEADERS = 64 * 1024, 100
_FRAMING = 16
MOST_PIPELINED = 16
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
        # The request that is being answered; `cycle` is the last one that came, which may wait behind it.
        self._answering: RequestResponseCycle | None = None

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
        self._tell_applications()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._is_refused():
            self._refused_bytes += len(data)
            if self._refused_bytes > REFUSED_BYTES:
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

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _tell_applications(self) -> None:
        """Tell all applications of this connection that their client is gone, so that none writes to it. Uvicorn tells
        that of the last request."""
        waiting = [cycle for cycle, _ in self.pipeline]
        self.pipeline.clear()
        for cycle in (self._answering, *waiting):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

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
        answering = self._answering
        if answering is not None and answering.response_started and not answering.response_complete:
            self.transport.abort()
            return
        self._enter(Phase.REFUSED)
        self._tell_applications()
        self.transport.write(_response(status, code, sentence))
        if self.transport.can_write_eof():
            # Closing while bytes arrive would take the answer back.
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()


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
