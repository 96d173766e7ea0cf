"""Clients that mean harm, on loopback and in bounded loops: they hold connections, sockets and bodies, and send bad
tokens.

Each goes on until its time is over, whatever the server does to it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from random import Random
from typing import Any

HELD_S = 3.0
_ERRORS = (OSError, asyncio.IncompleteReadError, TimeoutError)

HALF_HEAD = b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
ENDLESS_HEAD = HALF_HEAD + b"a" * 300_000
UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
BAD_TOKEN = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x.y.z\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2\r\n\r\n{}"
)
GARBAGE = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 50


def half_body(token: str) -> bytes:
    """A post of rows that announces much and sends little."""
    head = (
        "POST /ingest/viewing_sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: 200000000\r\n\r\n"
    )
    return head.encode() + b'{"id": 1, "user_id"'


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection; that it can't be made or breaks off is no error."""
    with contextlib.suppress(*_ERRORS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(*_ERRORS):
                await writer.wait_closed()


async def holds(port: int, sent: bytes, until: Callable[[], bool], chance: Random, count: int = 20) -> None:
    """Holds connections on which something was sent that never ends."""
    while not until():
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(count):
                with contextlib.suppress(*_ERRORS, RuntimeError):
                    _, writer = await stack.enter_async_context(connected(port))
                    writer.write(sent)
            await asyncio.sleep(HELD_S * chance.random())


async def repeats(port: int, sent: bytes, until: Callable[[], bool], pause_s: float) -> None:
    """Sends a request over and over on one connection, and another one when that ends."""
    while not until():
        async with connected(port) as (reader, writer):
            for _ in range(500):
                writer.write(sent)
                await writer.drain()
                if until() or not await asyncio.wait_for(reader.read(65_536), HELD_S):
                    break
                await asyncio.sleep(pause_s)
        await asyncio.sleep(pause_s)


def hostile(port: int, token: str, until: Callable[[], bool]) -> list[Coroutine[Any, Any, None]]:
    """One of each kind; `token` is of a hostile sender of rows."""
    return [
        *(
            holds(port, sent, until, Random(number))
            for number, sent in enumerate((b"", HALF_HEAD, ENDLESS_HEAD, UPGRADE, GARBAGE, half_body(token)))
        ),
        repeats(port, BAD_TOKEN, until, 0.005),
        repeats(port, UPGRADE, until, 0.05),
    ]
