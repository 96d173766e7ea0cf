"""Server-sent events, in both modes of `graphql-sse`: one stream for an operation, or one for all of a client, whose
operations come by requests of their own (`shared_streams.py`).

Source: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
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
Read = Callable[[], Awaitable[Principal]]


class EventStream(StreamingResponse):
    """Streams events until there are no more, the token ends, or the client disconnects. When the token ends, the error
    is the last event if the stream is of one operation.
    """

    body_iterator: AsyncGenerator[bytes, None]

    def __init__(self, events: AsyncGenerator[bytes, None], read: Read, tells_the_end: bool) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_kept_open(events, read, tells_the_end), headers=headers, media_type=EVENTS)

    async def stream_response(self, send: Send) -> None:
        """Send the events; their source is closed when sending ends, for whatever reason."""
        async with aclosing(self.body_iterator):
            await super().stream_response(send)


async def of_one(bodies: AsyncGenerator[Executed, None]) -> AsyncGenerator[bytes, None]:
    """The events of one operation."""
    async with aclosing(bodies):
        try:
            async for executed in bodies:
                yield event("next", executed.body)
        except Exception as error:  # noqa: BLE001 - the outermost handler, as in `execute`
            yield event("next", {"errors": [error_of(error)]})
    yield _COMPLETE


def event(name: str, data: Any) -> bytes:
    """An event as it is sent."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(data))


async def _kept_open(
    events: AsyncGenerator[bytes, None], read: Read, tells_the_end: bool
) -> AsyncGenerator[bytes, None]:
    lease = asyncio.create_task(until_ended(read))
    coming = asyncio.create_task(_next(events))
    try:
        while True:
            await asyncio.wait((coming, lease), timeout=SILENT_S, return_when=asyncio.FIRST_COMPLETED)
            if lease.done():
                # Without `complete`, so that a client comes back with a new token, or to the next server.
                if tells_the_end:
                    yield event("next", {"errors": [error_of(lease.result())]})
                return
            if not coming.done():
                yield _COMMENT
                continue
            one = coming.result()
            if one is None:
                return
            yield one
            coming = asyncio.create_task(_next(events))
    finally:
        await ended(coming, lease)
        await events.aclose()


async def _next(events: AsyncGenerator[bytes, None]) -> bytes | None:
    """The next event; None after the last."""
    return await anext(events, None)
