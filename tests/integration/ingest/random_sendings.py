"""Ways: one delivery after the other is sent to one warehouse, each in a way of its own, by processes that get killed.

A way is drawn: the files in any order, some twice, some taken back and sent again, some put in the place of themselves,
now and then a release of what waits; and before or after any statement of any of it the process may be killed. What it
was killed in is sent again by the next, as a loader's owner would.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from ingest.loading.load_file import load_file
from ingest.loading.options import Options
from tests.integration.ingest.deliveries import SPAN, Delivery, File, look
from tests.integration.warehouse.killable_process import Death, Killed, Succession, Victim
from tests.integration.warehouse.story import faults, miscounted
from warehouse import Warehouse
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.loads.ledger import State
from warehouse.loads.row_verdicts import FACT_TABLES

# A load of sessions in two months is about so many statements.
STATEMENTS = 40
Counts = tuple[int, int, int, int]


@dataclass
class Sent:
    """A file on its way; `load` is the last load of it that was acknowledged, 0 before that."""

    file: File
    path: Path
    load: int = 0


class Ways(Succession):
    """A warehouse at an address, whose files lie in a folder; `kinds` counts what was done, and killed."""

    def __init__(self, address: str, folder: Path) -> None:
        super().__init__(address)
        self.folder = folder
        self.kinds: dict[str, int] = {}
        self._files = 0

    def send(self, seed: int) -> None:
        """Send a delivery in a way, both drawn by the seed, and hold what is shown to what it is made of."""
        chance = Random(seed)
        delivery = Delivery(chance, (seed + 1) * SPAN)
        for name, sent in self._drawn(chance, delivery.files()):
            self._do(chance, name, sent)
        wrong = self.victim.ask(faults) + self.victim.ask(miscounted)
        wrong += delivery.expected().beside(self.victim.ask(look, delivery.first))
        assert wrong == [], f"seed {seed}: {wrong[:5]}, after {self.kinds}"

    def _drawn(self, chance: Random, files: list[File]) -> list[tuple[str, Sent]]:
        """What is done with each file is in order, and between the files anything goes."""
        histories = []
        for file in files:
            self._files += 1
            sent = Sent(file, file.write(self.folder, self._files))
            done = chance.choices(
                (["load"], ["load", "load"], ["load", "undo", "load"], ["load", "replace"]), (5, 2, 3, 2)
            )
            histories.append([(name, sent) for name in done[0] if name != "replace" or file.table in FACT_TABLES])
        turns = [history for history in histories for _ in history]
        chance.shuffle(turns)
        return [history.pop(0) for history in turns]

    def _do(self, chance: Random, name: str, sent: Sent) -> None:
        act, given = self._act(name, sent)
        death = Death("", chance.randint(1, STATEMENTS), chance.random() < 0.5) if chance.random() < 0.2 else None
        try:
            done = self.victim.ask(act, *given, death=death)
            self._note(name)
        except Killed:
            self._note(f"{name}, killed")
            self._open(chance)
            done = self.victim.ask(act, *given)
        if name != "undo":
            sent.load, counts = done
            rows, accepted, duplicates, quarantined = counts
            assert accepted + duplicates + quarantined == rows == len(sent.file.rows)
        if chance.random() < 0.1:
            self.victim.ask(release)

    def _act(self, name: str, sent: Sent) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        if name == "undo":
            return take_back, (sent.load,)
        return send_file, (sent.file.table, str(sent.path), sent.load if name == "replace" else 0)

    def _open(self, chance: Random) -> None:
        """Open again; now and then a process is killed in that."""
        while chance.random() < 0.2:
            try:
                with Victim(self.address, Death("", chance.randint(1, 12))) as successor:
                    successor.opened()
            except Killed:
                self._note("opening, killed")
        self.victim = Victim(self.address).opened()

    def _note(self, kind: str) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1


def send_file(warehouse: Warehouse, table: str, path: str, replaces: int) -> tuple[int, Counts]:
    """Load a file, in the place of a load if that still stands."""
    standing = replaces if _is_done(warehouse, replaces) else 0
    done = load_file(warehouse, table, path, options=Options(replaces=standing)).summary
    return done.load_id, (done.rows, done.accepted, done.duplicates, done.quarantined)


def take_back(warehouse: Warehouse, load: int) -> None:
    """Take a load back, if it still stands and no other stands on it."""
    if _is_done(warehouse, load):
        with suppress(BadInput):
            warehouse.undo(load)


def release(warehouse: Warehouse) -> None:
    """Release what has waited for somebody who is here."""
    warehouse.retry()


def _is_done(warehouse: Warehouse, load: int) -> bool:
    found = ledger.find(warehouse.engine, load)
    return found is not None and found.state is State.DONE
