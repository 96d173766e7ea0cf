"""`freshness`: how new the data is, sent at once and again whenever what the asker sees has changed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from weakref import WeakValueDictionary

import strawberry
from anyio import Lock, to_thread
from anyio.lowlevel import RunVar

from resolvers.context import Context, context_of
from resolvers.thread_event import thread_event
from schema.freshness import Freshness
from warehouse.engine.address import Server
from warehouse.query.local_time import iso

# How often loads of other processes are looked for; loads of this process are signalled.
OTHERS_S = 5.0


async def freshness(info: strawberry.Info) -> AsyncGenerator[Freshness, None]:
    """How fresh the data is: at once, and again whenever a load changed anything that you may see. A load of rows out
    of your scope sends nothing. Of states that follow each other quickly, the newest is sent."""
    context = context_of(info)
    shown = None
    with thread_event(context.warehouse.change_signal) as heard:
        while True:
            heard.clear()
            async with _one_looks(context.access.subject):
                found = await context.work(lambda: context.warehouse.reader.freshness(context.access))
            if found != shown:
                shown = found
                newest = found.newest
                yield Freshness(data_through=None if newest is None else iso(newest, "UTC"), loaded_at=found.loaded_at)
            await _ring(heard, context)


_LOOKING: RunVar[WeakValueDictionary[str, Lock]] = RunVar("freshness")


def _one_looks(subject: str) -> Lock:
    """A subject's lock in this event loop: after a change all its subscriptions look at once, and most find what the
    first one found. Waiting for their turns at the engine they would push each other out.
    """
    try:
        locks = _LOOKING.get()
    except LookupError:
        locks = WeakValueDictionary()
        _LOOKING.set(locks)
    return locks.setdefault(subject, Lock())


async def _ring(heard: asyncio.Event, context: Context) -> None:
    """Wait for a change."""
    while not heard.is_set():
        if not isinstance(context.warehouse.address, Server):
            await heard.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(OTHERS_S):
                await heard.wait()
                return
        # Not as one reader of many: what it notices is a change, for which all readers make way.
        await to_thread.run_sync(context.warehouse.look_for_loads_of_others)
