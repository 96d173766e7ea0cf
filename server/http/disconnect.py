"""Client disconnects: a request's work is cancelled when its client disconnects."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from starlette.requests import Request

from server.http.cancelled_tasks import ended
from server.identity.callers import Caller

T = TypeVar("T")


class ClientLeft(BaseException):
    """The client disconnected before the answer was ready, and the work was cancelled."""


def attended(caller: Caller, request: Request) -> Caller:
    """The caller of a request that gets one response: work on it ends when the client disconnects.

    Not for streams, which listen for that themselves, nor before the body has been read.
    """
    return replace(caller, attend=partial(while_here, request))


async def while_here(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work` for a request whose body has been read; cancelled if the client disconnects.

    Raises: ClientLeft, once the work has stopped.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await ended(working, leaving)
    if working.cancelled():
        raise ClientLeft
    return working.result()


async def _left(request: Request) -> None:
    """Return when the client has disconnected; a GET sends an empty body first."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
