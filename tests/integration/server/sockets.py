"""A server with a real socket in front of a service, and a client that speaks `graphql-transport-ws`."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from server.answering.service import Service
from server.http.connections import Connections
from server.http.serving import config_of

PATIENCE_S = 30.0
# Long enough for an event to arrive that should not.
SILENCE_S = 0.6
FRESHNESS = "subscription { freshness { dataThrough loadedAt } }"


class Talk:
    """One client's side of a socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, type: str, **more: Any) -> None:
        """Send a message."""
        self.connection.send(json.dumps({"type": type, **more}))

    def hear(self, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """The next message.

        Raises: TimeoutError, ConnectionClosed.
        """
        message: dict[str, Any] = json.loads(self.connection.recv(timeout=patience_s))
        return message

    def greet(self, token: str) -> None:
        """Send `connection_init` and hear that it is acknowledged."""
        self.say("connection_init", payload={"Authorization": f"Bearer {token}"})
        assert self.hear() == {"type": "connection_ack"}

    def subscribe(self, id: str, document: str, **more: Any) -> None:
        """Start an operation."""
        self.say("subscribe", id=id, payload={"query": document, **more})

    def freshness(self, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """What the next message says of freshness."""
        heard = self.hear(patience_s)
        assert heard["type"] == "next", heard
        state: dict[str, Any] = heard["payload"]["data"]["freshness"]
        return state

    def is_silent(self) -> bool:
        """Whether nothing arrives for a while."""
        try:
            self.connection.recv(timeout=SILENCE_S)
        except TimeoutError:
            return True
        return False

    def ended(self) -> tuple[int, str]:
        """The code and reason with which the server closes; what it says before is passed over."""
        with suppress(ConnectionClosed):
            while True:
                self.connection.recv(timeout=PATIENCE_S)
        return self.connection.close_code or 0, self.connection.close_reason or ""


@dataclass(frozen=True)
class Host:
    """A server that listens; `port` is its own."""

    port: int

    @contextmanager
    def talk(
        self,
        origin: str | None = None,
        protocol: str | None = "graphql-transport-ws",
        host: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[Talk]:
        """An open socket."""
        with connect(
            f"ws://{host or '127.0.0.1'}:{self.port}/graphql",
            origin=Origin(origin) if origin else None,
            subprotocols=[Subprotocol(protocol)] if protocol else None,
            open_timeout=PATIENCE_S,
            additional_headers=headers,
        ) as connection:
            yield Talk(connection)


@contextmanager
def hosted(
    service: Service, connections: Connections | None = None, port: int = 0, sends_bytes: int | None = None
) -> Iterator[Host]:
    """A server in a thread, as `marquee serve` sets it up; at a port of its own, or at that of one that has ended. The
    system keeps about `sends_bytes` for a client that does not read."""
    bound = socket.create_server(("127.0.0.1", port))
    if sends_bytes:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, sends_bytes)
    server = uvicorn.Server(config_of(service, connections))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield Host(bound.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=PATIENCE_S)
        bound.close()
        assert not thread.is_alive()


def comes_true(test: Callable[[], bool]) -> bool:
    """Whether something is so within a while."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if test():
            return True
        time.sleep(0.02)
    return False
