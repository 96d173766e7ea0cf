"""Answers in flight: identical requests that arrive at the same time are computed once, and share the answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from server.answering.execution import Executed
from server.answering.response_cache import Wanted


class Flight:
    """One answer that is being computed, of a state of the data or a later one. `land` gives it to the requests that
    wait; for None they compute their own."""

    def __init__(self, state: int, corrections: int) -> None:
        self.state = state
        self.corrections = corrections
        self.landing: asyncio.Future[Executed | None] = asyncio.get_running_loop().create_future()

    def land(self, executed: Executed | None) -> None:
        """End the wait."""
        if not self.landing.done():
            self.landing.set_result(executed)


class InFlight:
    """The newest flight by key, as the response cache has it. Use from one event loop."""

    def __init__(self) -> None:
        self._flights: dict[bytes, Flight] = {}

    def __len__(self) -> int:
        """How many answers are being computed."""
        return len(self._flights)

    async def answer(self, key: bytes | None, wanted: Wanted) -> Executed | None:
        """Wait for the flight under this key; returns its answer, or None if there is no flight of a state that will
        do, or its answer can't be shared. A request that stops waiting does not stop the flight."""
        flight = self._flights.get(key) if key else None
        if flight is None or not wanted.takes(flight.state, flight.corrections):
            return None
        return await asyncio.shield(flight.landing)

    @contextmanager
    def flight(self, key: bytes | None, state: int, corrections: int) -> Iterator[Flight]:
        """A flight that others find under the key; it ends with the block."""
        flight = Flight(state, corrections)
        if key is not None:
            known = self._flights.get(key)
            if known is None or known.state < state:
                self._flights[key] = flight
        try:
            yield flight
        finally:
            flight.land(None)
            if key is not None and self._flights.get(key) is flight:
                del self._flights[key]
