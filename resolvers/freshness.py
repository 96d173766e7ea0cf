"""`freshness`: how new the data is, sent at once and whenever the asker's data changes."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from functools import partial
from weakref import WeakValueDictionary

import strawberry
from anyio import Lock, to_thread
from anyio.lowlevel import RunVar

from resolvers.context import Context, context_of
from resolvers.thread_event import thread_event
from schema.freshness import Freshness, Span
from schema.scalars import DateTime
from warehouse.engine.address import Server
from warehouse.errors import MarqueeError
from warehouse.query.freshness import Freshness as State
from warehouse.query.local_time import Range, iso

# How often to poll for loads of other processes; this process signals its own. All subscribers share a look.
OTHERS_S = 0.5
SHOWING_S, SHOWING_LOOKS = 0.05, 40
# Changes that follow one another are told in steps of so long, to all subscribers at the same moment: what they then
# ask is computed once.
STEP_S = 1.0


async def freshness(info: strawberry.Info) -> AsyncGenerator[Freshness, None]:
    """How fresh the data is: sent at once, and whenever a load changes data that you may see. Loads outside your scope
    send nothing. After quick successive changes only the newest state is sent.
    """
    context = context_of(info)
    shown, told_at = None, float("-inf")
    with thread_event(context.warehouse.change_signal) as heard:
        while True:
            await asyncio.sleep(_rest_s(told_at, time.monotonic()))
            heard.clear()
            await _is_shown(context)
            async with _one_looks(context.access.subject):
                found, changed = await context.work(partial(_look, context, shown))
            if found != shown:
                shown, told_at = found, time.monotonic()
                yield Freshness(
                    data_through=None if found.newest is None else _instant(found.newest),
                    loaded_at=None if found.loaded_at is None else DateTime(found.loaded_at),
                    changed=_span(changed),
                )
            await _ring(heard, context)


def _rest_s(told_at: float, now: float) -> float:
    """How long to wait until the next step begins, where something was told in this one."""
    return (told_at // STEP_S + 1) * STEP_S - now if told_at // STEP_S == now // STEP_S else 0.0


def _look(context: Context, shown: State | None) -> tuple[State, Range | None]:
    """The state of the asker's data, and the span that changed since the one that was shown."""
    reader = context.warehouse.reader
    found = reader.freshness(context.access)
    if shown is None or found == shown:
        return found, None
    return found, reader.changed(shown, found, context.access)


def _span(changed: Range | None) -> Span | None:
    return Span(from_=_instant(changed.start), to=_instant(changed.end)) if changed else None


def _instant(seconds: int) -> DateTime:
    return DateTime(iso(seconds, "UTC"))


_LOOKING: RunVar[WeakValueDictionary[str, Lock]] = RunVar("freshness")


def _one_looks(subject: str) -> Lock:
    """A subject's lock in this event loop. After a change all its subscriptions check at once, and most can reuse the
    first one's result. Without the lock they would fill the subject's places in the queue.
    """
    try:
        locks = _LOOKING.get()
    except LookupError:
        locks = WeakValueDictionary()
        _LOOKING.set(locks)
    return locks.setdefault(subject, Lock())


async def _is_shown(context: Context) -> None:
    """Wait a while for what another process is showing: it would be told in parts."""
    with suppress(MarqueeError):
        for _ in range(SHOWING_LOOKS):
            if await to_thread.run_sync(context.warehouse.catch_up):
                return
            await asyncio.sleep(SHOWING_S)


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
        with suppress(MarqueeError):  # the next look may find the server again
            await to_thread.run_sync(context.warehouse.catch_up, OTHERS_S)
