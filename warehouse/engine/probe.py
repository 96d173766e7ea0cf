"""The probe: whether the engine answers, asked through a client of its own: questions under way never delay it."""

import threading
from dataclasses import replace

from warehouse.engine.address import Address
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits


class Probe:
    """Opens its client at the first check. Use one at a time."""

    def __init__(self, address: Address, limits: Limits) -> None:
        self._address = address
        self._limits = replace(limits, clients=1)
        self._engine: Engine | None = None
        self._changing = threading.Lock()
        self._is_closed = False

    def check(self) -> None:
        """Ask the engine for nothing.

        Raises: MarqueeError if it does not answer.
        """
        with self._changing:
            if self._engine is None and not self._is_closed:
                self._engine = Engine(self._address, self._limits)
            engine = self._engine
        if engine is not None:
            engine.query("SELECT 1")

    def close(self) -> None:
        """Close the client."""
        with self._changing:
            self._is_closed = True
            if self._engine is not None:
                self._engine.close()
                self._engine = None
