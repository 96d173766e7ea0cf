"""Clients that leave: what is done for a request ends when nobody waits for its answer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

T = TypeVar("T")


class ClientLeft(BaseException):
    """The client closed its connection before the answer was there: no error, the work was ended from outside."""


async def while_here(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of some work on a request whose body has been read; cancelled when the client leaves.

    Raises: ClientLeft, once the work has come to rest.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        working.cancel()  # nothing, once it is done
        await asyncio.wait({working})
    if working.cancelled():
        raise ClientLeft
    return working.result()


async def _left(request: Request) -> None:
    """Return when the client has left; of GET, an empty body comes before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
