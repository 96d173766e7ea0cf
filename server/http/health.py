"""Readiness: whether requests can be answered, with one probe at a time, as callers need no token."""

import asyncio
import logging
import time
from collections.abc import Callable

from anyio import to_thread

from warehouse.engine.probe import Probe
from warehouse.errors import MarqueeError, Unavailable

LOG = logging.getLogger("marquee.server")
# A warehouse that needs longer to answer is not ready.
ANSWER_S = 3.0


class Readiness:
    """Concurrent callers share one probe. Bound to the event loop of the first caller.

    `check_tokens` raises an Unavailable when no token can be read.
    """

    def __init__(self, probe: Probe, check_tokens: Callable[[], object]) -> None:
        self._probe_client = probe
        self._check_tokens = check_tokens
        self._probing: asyncio.Task[MarqueeError | None] | None = None
        self._began = 0.0

    async def reason(self) -> MarqueeError | None:
        """The error that keeps requests from being answered; None if they are. It never waits for longer than 3
        seconds, and not at all for a probe that has waited so long already.
        """
        if self._probing is None:
            self._began = time.monotonic()
            self._probing = asyncio.create_task(self._probe())
        probing, left_s = self._probing, self._began + ANSWER_S - time.monotonic()
        # Not cancelled: a caller that disconnects or gives up leaves the probe to the others.
        done, _ = await asyncio.wait({probing}, timeout=max(0.0, left_s))
        if not done:
            return Unavailable("The warehouse does not answer. Check MARQUEE_WAREHOUSE and that the server runs.")
        return probing.result()

    async def _probe(self) -> MarqueeError | None:
        try:
            await to_thread.run_sync(self._check)
        except MarqueeError as error:
            return error
        finally:
            self._probing = None
        return None

    def _check(self) -> None:
        try:
            self._check_tokens()
        except MarqueeError as error:
            LOG.warning("Not ready: %s", error)
            # Anybody may ask, so it does not name the file.
            raise Unavailable("The secret (MARQUEE_SECRET_FILE) can't be used. The server's log says why.") from error
        self._probe_client.check()
