"""A bell heard in an event loop: what rings in any thread sets an event here."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from warehouse.engine.change_signal import Bell


@contextmanager
def rung(bell: Bell) -> Iterator[asyncio.Event]:
    """An event that is set when the bell rings, in whatever thread that is."""
    heard, loop = asyncio.Event(), asyncio.get_running_loop()

    def ring() -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(heard.set)

    with bell.listening(ring):
        yield heard
