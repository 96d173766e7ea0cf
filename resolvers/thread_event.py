"""An event of an event loop that any thread can set: how subscriptions wait for changes that happen elsewhere."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from warehouse.engine.change_signal import ChangeSignal


@contextmanager
def thread_event(change_signal: ChangeSignal) -> Iterator[asyncio.Event]:
    """An event that is set when the signal is given, in whatever thread that is."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()

    def notify() -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(event.set)

    with change_signal.listening(notify):
        yield event
