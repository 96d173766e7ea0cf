"""`freshness`: how new the data is, sent at once and whenever the asker's data changes."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import strawberry
from anyio import Lock, move_on_after, to_thread
from anyio.lowlevel import RunVar

from resolvers.cells import Cells
from resolvers.context import Context, context_of
from resolvers.selection import Selected, selection_of
from resolvers.strawberry_internals import raw
from resolvers.thread_event import thread_event
from warehouse.engine.address import Server
from warehouse.errors import MarqueeError
from warehouse.query.freshness import Freshness as State
from warehouse.query.local_time import Range, iso

# How often to poll for loads of other processes; this process signals its own. All subscribers share a look.
OTHERS_S = 0.5
SHOWING_S, SHOWING_LOOKS = 0.05, 40
# How long to wait for what another subscription reads of the same data.
PATIENCE_S = 0.5
# Changes that follow one another are told in steps of so long, to all subscribers at the same moment: what they then
# ask is computed once.
STEP_S = 1.0


async def freshness(info: strawberry.Info) -> AsyncGenerator[Cells, None]:
    """How fresh the data is: sent at once, and whenever a load changes data that you may see. Loads outside your scope
    send nothing. After quick successive changes only the newest state is sent.
    """
    context, selected = context_of(info), selection_of(raw(info)).children
    shown, told_at = None, float("-inf")
    with thread_event(context.warehouse.change_signal) as heard:
        while True:
            await asyncio.sleep(_rest_s(told_at, time.monotonic()))
            heard.clear()
            await _is_shown(context)
            found, changed = await _found(context, shown)
            if found != shown:
                shown, told_at = found, time.monotonic()
                yield Cells(_cells(_values(found, changed), selected))
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


def _values(found: State, changed: Range | None) -> dict[str, Any]:
    return {
        "data_through": None if found.newest is None else _instant(found.newest),
        "loaded_at": found.loaded_at,
        "changed": {"from": _instant(changed.start), "to": _instant(changed.end)} if changed else None,
    }


def _cells(values: Mapping[str, Any], selected: Iterable[Selected]) -> dict[str, Any]:
    return {one.key: _cell(values.get(one.name, one.type_name), one.children) for one in selected}


def _cell(value: Any, selected: Iterable[Selected]) -> Any:
    return _cells(value, selected) if isinstance(value, Mapping) else value


def _instant(seconds: int) -> str:
    return iso(seconds, "UTC")


async def _found(context: Context, shown: State | None) -> tuple[State, Range | None]:
    """The state of the asker's data and the span that changed. After a change one subscription reads them, and all who
    see the same take what it found. They do not wait long for it: its subject may have to wait for its turn.
    """
    known = partial(context.warehouse.reader.known_freshness, shown, context.access)
    ready = known()
    if ready is not None:
        return ready
    reading = _lock("view", context.access.view)
    with move_on_after(PATIENCE_S) as patience:
        await reading.acquire()
    try:
        # One of a subject's at a time, or they would fill its places in the queue.
        async with _lock("subject", context.access.subject):
            ready = known()
            return ready if ready is not None else await context.work(partial(_look, context, shown))
    finally:
        if not patience.cancelled_caught:
            reading.release()


_LOCKS: RunVar[WeakValueDictionary[tuple[str, str], Lock]] = RunVar("freshness")


def _lock(kind: str, name: str) -> Lock:
    """The lock of a subject, or of all who have one view of the data, in this event loop."""
    try:
        locks = _LOCKS.get()
    except LookupError:
        locks = WeakValueDictionary()
        _LOCKS.set(locks)
    return locks.setdefault((kind, name), Lock())


async def _is_shown(context: Context) -> None:
    """Wait a while for what another process is showing: it would be told in parts."""
    if context.warehouse.is_ours_alone:
        return
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
