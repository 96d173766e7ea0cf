"""Readiness: whether the warehouse answers, with one probe at a time, as callers need no token."""

import asyncio

from anyio import to_thread

from warehouse.engine.probe import Probe
from warehouse.errors import MarqueeError


class Readiness:
    """Concurrent callers share one probe. Bound to the event loop of the first caller."""

    def __init__(self, probe: Probe) -> None:
        self._probe_client = probe
        self._probing: asyncio.Task[MarqueeError | None] | None = None

    async def reason(self) -> MarqueeError | None:
        """The error that keeps the warehouse from answering; None if it answers."""
        if self._probing is None:
            self._probing = asyncio.create_task(self._probe())
        # Shielded: a caller that disconnects does not cancel the probe for the others.
        return await asyncio.shield(self._probing)

    async def _probe(self) -> MarqueeError | None:
        try:
            await to_thread.run_sync(self._probe_client.check)
        except MarqueeError as error:
            return error
        finally:
            self._probing = None
        return None
