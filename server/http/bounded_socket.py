"""Uvicorn's WebSocket protocol with bounds that it has no settings for: on what is sent before a token, on frames that
carry no content, on the pieces of a message, and on what is read in one turn of the event loop.

As in `uvicorn_internals.py`, what is overridden is what asyncio and `websockets` define.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from server.http.connections import REFUSED_BYTES, Connection, Connections, Phase
from server.http.websocket_messages import Code

# What is read before others have their turn. In pings without content, these are 2,700 frames.
TURN_BYTES = 16 * 1024
# All bytes before a token: a first message that is too long for it gets the conversation's own sentence.
STRANGER_BYTES = 32 * 1024
# Libraries send a message in one frame, or in pieces of kilobytes.
MOST_FRAGMENTS = 1_024
# What heads of frames, pings and pongs may take beyond the bytes of messages: at once, and a second.
FRAMING_BYTES, FRAMING_RATE = 16 * 1024, 1024
# The head of a frame from a client, and with the most that a ping or a pong holds.
_HEAD_BYTES, _CONTROL_BYTES = 6, 131
_GREETED = "marquee.greeted"


def greeted(scope: MutableMapping[str, Any]) -> None:
    """Lift the bound on bytes before a token, of a socket whose client has shown one."""
    lift: Callable[[], None] | None = scope.get("extensions", {}).get(_GREETED)
    if lift is not None:
        lift()


class BoundedSocket(WebSocketsSansIOProtocol):
    """A WebSocket with bounds that counts as a connection. How long it may be silent is Uvicorn's and the
    conversation's to say. `connections_open` is set by `protocols_of`."""

    connections_open: Connections

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connection: Connection | None = None
        self._unparsed = bytearray()
        self._turn: asyncio.Handle | None = None
        self._is_greeted = self._is_refused = False
        self._stranger_bytes = self._refused_bytes = 0
        self._framing_left, self._framing_since = float(FRAMING_BYTES), self.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The request for a WebSocket is whole."""
        super().connection_made(transport)
        self._connection = Connection(self.client[0] if self.client else "", self.transport, phase=Phase.ANSWER)
        if not self.connections_open.admit(self._connection):
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        if self._connection is not None:
            self.connections_open.leave(self._connection)
        if self._turn is not None:
            self._turn.cancel()
        self._unparsed.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes have come; first of all the request, whose size is bounded already."""
        if not self.handshake_initiated:
            super().data_received(data)
            return
        if self._is_refused:
            self._refused_bytes += len(data)
            if self._refused_bytes > REFUSED_BYTES:
                self.transport.abort()
            return
        self._unparsed += data
        if self._turn is None:
            self._take_turn()

    def pause_writing(self) -> None:
        """The client does not read: what it sends meanwhile would only add to what it has to read."""
        super().pause_writing()
        self._pace()

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        self._pace()

    async def receive(self) -> Any:
        """The application takes a message."""
        message = await super().receive()
        self._pace()
        return message

    async def send(self, message: Any) -> None:
        """Send a message. A client that is told to close has a moment to do so, also one that does not read.

        Raises: ClientDisconnected, also where the socket was closed here.
        """
        if message["type"] == "websocket.close" and self._connection is not None:
            self._connection.enter(Phase.REFUSED)
        await self.writable.wait()
        if self.close_sent:
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.close":
            self._pace()
        elif message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            # Uvicorn would take it for an application that ended without an answer.
            self.handshake_complete = True

    def handle_connect(self, event: Request) -> None:
        """The request is parsed."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[_GREETED] = self._greet

    def handle_text(self, event: Frame) -> None:
        """A message, or its first piece."""
        if self._has_left(_HEAD_BYTES - len(event.data)):
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """A binary message, or its first piece."""
        if self._has_left(_HEAD_BYTES - len(event.data)):
            super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """One more piece of a message."""
        if not self._has_left(_HEAD_BYTES - len(event.data)):
            return
        if len(self.frames) >= MOST_FRAGMENTS:
            self._refuse(CloseCode.MESSAGE_TOO_BIG, f"The message has more than {MOST_FRAGMENTS} fragments.")
            return
        super().handle_cont(event)

    def handle_ping(self) -> None:
        """A ping, whose pong is ready to be sent."""
        if self._has_left(_CONTROL_BYTES):
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """A pong, asked for or not."""
        if self._has_left(_CONTROL_BYTES):
            super().handle_pong(event)

    def send_receive_event_to_app(self) -> None:
        """A message is whole. Uvicorn would log one that is not UTF-8 as an error of ours."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self._refuse(CloseCode.INVALID_DATA, "The message is not UTF-8.")
                return
        super().send_receive_event_to_app()

    @property
    def _is_ending(self) -> bool:
        return self._is_refused or self.disconnected or self.transport.is_closing()

    def _greet(self) -> None:
        self._is_greeted = True

    def _take_turn(self) -> None:
        self._turn = None
        piece = bytes(self._unparsed[:TURN_BYTES])
        del self._unparsed[:TURN_BYTES]
        if not self._is_greeted:
            self._stranger_bytes += len(piece)
        if self._stranger_bytes > STRANGER_BYTES and not self._is_greeted:
            self._refuse(Code.INVALID, f"More than {STRANGER_BYTES} bytes came before a token.")
        elif not self._is_ending:
            super().data_received(piece)
        self._pace()

    def _pace(self) -> None:
        """Read on if what came is parsed, its messages are taken, and the client reads what it gets."""
        if self._is_ending:
            return
        waits = self.read_paused or not self.writable.is_set()
        if self._unparsed and not waits and self._turn is None:
            self._turn = self.loop.call_soon(self._take_turn)
        if self._unparsed or waits:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def _has_left(self, framing_bytes: int) -> bool:
        """Whether a frame is within what may come beyond the bytes of messages; otherwise the socket is closed."""
        if self._is_ending:
            return False
        now = self.loop.time()
        refilled = self._framing_left + (now - self._framing_since) * FRAMING_RATE
        self._framing_left, self._framing_since = min(FRAMING_BYTES, refilled - framing_bytes), now
        if self._framing_left < 0:
            self._refuse(CloseCode.POLICY_VIOLATION, "Too many frames for what they bring.")
        return self._framing_left >= 0

    def _refuse(self, code: int, reason: str) -> None:
        """Close. What still comes is dropped: closing while bytes arrive would take the reason back."""
        self._unparsed.clear()
        self.frames = []
        if not self.handshake_complete or self._connection is None:
            self.transport.abort()
            return
        self.conn.fail(code, reason)
        self.close_sent = self._is_refused = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.transport.resume_reading()
        # Otherwise the application's end closes at once.
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)
        self._connection.enter(Phase.REFUSED)
