"""Readiness: whether the warehouse answers, asked once at a time, however many want to know without a token."""

import asyncio

from anyio import to_thread

from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError


class Readiness:
    """Concurrent callers share one probe. It belongs to the event loop that first asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._probing: asyncio.Task[MarqueeError | None] | None = None

    async def reason(self) -> MarqueeError | None:
        """Why the warehouse does not answer; None when it does."""
        if self._probing is None:
            self._probing = asyncio.create_task(self._probe())
        # Shielded: one that goes away does not end it for the others.
        return await asyncio.shield(self._probing)

    async def _probe(self) -> MarqueeError | None:
        try:
            await to_thread.run_sync(self._engine.query, "SELECT 1")
        except MarqueeError as error:
            return error
        finally:
            self._probing = None
        return None
