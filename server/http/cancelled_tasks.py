"""Tasks that end together."""

import asyncio
from typing import Any

from anyio import CancelScope


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they have stopped, however often the waiter itself is cancelled meanwhile: passed on
    to the tasks, that would interrupt them while they end their statements.
    """
    for task in tasks:
        task.cancel()
    if tasks:
        with CancelScope(shield=True):
            await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen, so that nothing warns of it
