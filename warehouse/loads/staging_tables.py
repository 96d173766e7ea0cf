"""The stages of facts, as far as a process knows them: which are empty, and which still hold what is shown by now.

To empty a stage takes longer than to show it, so a shared load leaves that to afterwards, when nobody waits for it.
"""

import logging

from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError
from warehouse.loads.fact_load import empty_stage

LOG = logging.getLogger("marquee.warehouse")


class Stages:
    """Use while holding the load lock; nothing is known at first, or after `forget`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._empty: set[str] = set()
        self._shown: set[str] = set()

    @property
    def are_to_be_emptied(self) -> bool:
        """Whether some hold what is shown by now."""
        return bool(self._shown)

    def take(self, table: str) -> bool:
        """Whether a table's stage is known to be empty; from now on it is not, because a load fills it."""
        is_empty = table in self._empty
        self._empty.discard(table)
        return is_empty

    def note_shown(self, table: str) -> None:
        """What a table's stage holds is shown."""
        self._shown.add(table)

    def empty(self) -> None:
        """Empty those that hold what is shown. What fails is left to the next load."""
        try:
            while self._shown:
                table = self._shown.pop()
                empty_stage(self._engine, table)
                self._empty.add(table)
        except MarqueeError as error:
            LOG.warning("What loads had staged is emptied by the next: %s", error)

    def doubt(self) -> None:
        """Others may have filled them."""
        self._empty.clear()

    def forget(self) -> None:
        """Others may have filled and emptied them."""
        self.doubt()
        self._shown.clear()
