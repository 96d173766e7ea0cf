"""Tasks that are waited for by one that may be cancelled."""

import asyncio
from typing import Any

from anyio import CancelScope


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they have stopped, however often the waiter itself is cancelled meanwhile: passed on
    to the tasks, that would interrupt them while they end their statements. The waiter is cancelled afterwards.
    """
    for task in tasks:
        task.cancel()
    await finished(*tasks)


async def finished(*tasks: asyncio.Future[Any]) -> None:
    """Wait until tasks have stopped by themselves, however often the waiter itself is cancelled meanwhile. The waiter
    is cancelled afterwards."""
    cancelled: asyncio.CancelledError | None = None
    with CancelScope(shield=True):
        while not all(task.done() for task in tasks):
            try:
                await asyncio.wait(tasks)
            except asyncio.CancelledError as error:
                cancelled = error
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen, so that nothing warns of it
    if cancelled:
        raise cancelled
