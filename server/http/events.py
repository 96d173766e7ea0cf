"""Server-sent events: answers as one stream, in the distinct connections mode of `graphql-sse`.

Source: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Send

from server.answering.errors import error_of
from server.answering.execution import Executed
from server.http.accept import EVENTS
from server.http.cancelled_tasks import ended
from server.http.token_expiry import until_ended
from server.identity.principal import Principal

# Proxies close idle connections; a comment keeps this one open.
SILENT_S = 12.0
_COMMENT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


class EventStream(StreamingResponse):
    """Streams until the answers end, the token expires, or the client disconnects."""

    body_iterator: AsyncGenerator[bytes, None]

    def __init__(self, bodies: AsyncGenerator[Executed, None], read: Callable[[], Awaitable[Principal]]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_events(bodies, read), headers=headers, media_type=EVENTS)

    async def stream_response(self, send: Send) -> None:
        """Send the events; their source is closed when sending ends, for whatever reason."""
        async with aclosing(self.body_iterator):
            await super().stream_response(send)


async def _events(
    bodies: AsyncGenerator[Executed, None], read: Callable[[], Awaitable[Principal]]
) -> AsyncGenerator[bytes, None]:
    lease = asyncio.create_task(until_ended(read))
    coming = asyncio.create_task(_next(bodies))
    try:
        while True:
            await asyncio.wait((coming, lease), timeout=SILENT_S, return_when=asyncio.FIRST_COMPLETED)
            if lease.done():
                # Without `complete`, so that a client comes back with a new token, or to the next server.
                yield _event({"errors": [error_of(lease.result())]})
                return
            if not coming.done():
                yield _COMMENT
                continue
            body = coming.result()
            if body is None:
                break
            yield _event(body)
            coming = asyncio.create_task(_next(bodies))
        yield _COMPLETE
    finally:
        await ended(coming, lease)
        await bodies.aclose()


async def _next(bodies: AsyncGenerator[Executed, None]) -> Mapping[str, Any] | None:
    """The next body; None after the last."""
    try:
        executed = await anext(bodies, None)
    except Exception as error:  # noqa: BLE001 - the outermost handler, as in `execute`
        return {"errors": [error_of(error)]}
    return executed.body if executed else None


def _event(body: Mapping[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"
