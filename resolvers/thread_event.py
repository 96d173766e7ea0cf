"""An asyncio event that any thread can set; subscriptions use it to wait for changes in other threads."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from warehouse.engine.change_signal import ChangeSignal


@contextmanager
def thread_event(change_signal: ChangeSignal) -> Iterator[asyncio.Event]:
    """An event that is set when the signal is triggered, from any thread."""
    event, loop = asyncio.Event(), asyncio.get_running_loop()

    def notify() -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody is waiting
            loop.call_soon_threadsafe(event.set)

    with change_signal.listening(notify):
        yield event
