"""Answers in flight: identical requests that arrive at the same time are computed once, and share the answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from server.answering.execution import Executed


class Flight:
    """One answer that is being computed. `land` gives it to the requests that wait; for None they compute their own."""

    def __init__(self) -> None:
        self.landing: asyncio.Future[Executed | None] = asyncio.get_running_loop().create_future()

    def land(self, executed: Executed | None) -> None:
        """End the wait."""
        if not self.landing.done():
            self.landing.set_result(executed)


class InFlight:
    """The flights by key, as the response cache has it. Use from one event loop."""

    def __init__(self) -> None:
        self._flights: dict[bytes, Flight] = {}

    def __len__(self) -> int:
        """How many answers are being computed."""
        return len(self._flights)

    async def answer(self, key: bytes | None) -> Executed | None:
        """Wait for the flight under this key; returns its answer, or None if there is no flight or its answer can't be
        shared. A request that stops waiting does not stop the flight."""
        flight = self._flights.get(key) if key else None
        return await asyncio.shield(flight.landing) if flight else None

    @contextmanager
    def flight(self, key: bytes | None) -> Iterator[Flight]:
        """A flight that others find under the key, unless there is one already; it ends with the block."""
        flight = Flight()
        is_found = key is not None and self._flights.setdefault(key, flight) is flight
        try:
            yield flight
        finally:
            flight.land(None)
            if is_found and key is not None:
                del self._flights[key]
