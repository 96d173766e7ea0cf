"""A process that is killed at a named statement leaves no wrong number: opening ends what it had begun, also when the
process that opens is killed amid that.

All kills fall on one warehouse, one after the other. What is compared after the last of each is the whole of it.
"""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.integration.warehouse.killable_process import Death, Killed, Succession, Victim
from tests.integration.warehouse.story import Picture, Step, Story, faults, look, take
from warehouse import Warehouse

pytestmark = pytest.mark.slow

FACT = "viewing_sessions"
DONE = Death("INSERT INTO loads", 3)
COMMITTED = Death("INSERT INTO loads", 2, after=True)


class Scene(Succession):
    """A warehouse, the process that has it, and what it shows."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.story = Story(Random(7))
        self.shown = Picture()
        for step in self.story.opening():
            self.take(step)

    def take(self, step: Step) -> None:
        """Do a step to its end."""
        self.victim.ask(take, step)
        self.shown = step.outcomes(self.shown)[-1]
        assert self.victim.ask(look) == self.shown

    def step(self, kind: str) -> Step:
        """The next step of a kind, with whatever has to come before it."""
        if kind in ("arrival", "arrival after two sendings"):
            sessions, arrival = self.story.stranger()
            for _ in range(1 if kind == "arrival" else 2):
                self.take(sessions)
            return arrival
        if kind == "undo":
            self.take(self.story.sessions(3))
            return self.story.undo()
        plain: dict[str, Callable[[], Step]] = {
            "one month": lambda: self.story.sessions(1),
            "three months": lambda: self.story.sessions(3),
            "films": self.story.films,
            "ratings": self.story.ratings,
        }
        return plain[kind]()

    def kill(self, step: Step, deaths: tuple[Death, ...]) -> None:
        """Let the process die in a step by the first death, and those that open after it by the others."""
        with pytest.raises(Killed):
            self.victim.ask(take, step, death=deaths[0])
        for death in deaths[1:]:
            with Victim(self.address, death) as successor, pytest.raises(Killed):
                successor.opened()
        self.victim = Victim(self.address).opened()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with Scene(f"chdb://{tmp_path_factory.mktemp('killed') / 'warehouse'}") as made:
        yield made
        assert made.victim.ask(faults) == []


def _at(statement: str, times: int = 1) -> Death:
    return Death(statement, times)


# What is killed, where it and the processes that recover it die, and how many of its moments have come in the end.
PLANNED = [
    # Loads of sessions: between the ledger's states, and amid each.
    ("one month", [Death("INSERT INTO loads", after=True)], 0),
    ("three months", [_at("INSERT INTO loads", 2)], 0),
    ("three months", [COMMITTED], 0),
    ("three months", [_at("ALTER TABLE genre_analytics ATTACH", 2)], 0),
    ("one month", [_at(f"ALTER TABLE {FACT} ATTACH")], 0),
    ("three months", [DONE], 0),
    ("one month", [Death("INSERT INTO loads", 3, after=True)], 1),
    ("ratings", [DONE], 0),
    # Recovery of these.
    ("three months", [DONE, _at("ALTER TABLE genre_analytics REPLACE", 2)], 0),
    ("three months", [COMMITTED, _at("INSERT INTO loads"), Death("INSERT INTO loads", after=True)], 0),
    # Corrections of films: they are carried through from the ledger's `committing` on.
    ("films", [_at("INSERT INTO loads", 2)], 0),
    ("films", [COMMITTED], 1),
    ("films", [_at("INSERT INTO rollup_states"), _at("EXCHANGE TABLES movies")], 1),
    ("films", [DONE, _at("INSERT INTO loads"), _at("ALTER TABLE genre_analytics REPLACE", 2)], 1),
    # The next opening fills the rollups that they made stale.
    ("films", [_at("ALTER TABLE genre_analytics REPLACE", 2), _at("INSERT INTO rollup_states")], 1),
    # A user whose sessions wait: the load of users is one moment, the release of the sessions the next.
    ("arrival", [Death("INSERT INTO loads", 3, after=True)], 1),
    ("arrival", [_at(f"ALTER TABLE {FACT} ATTACH", 2)], 1),
    ("arrival", [_at("INSERT INTO loads", 6), _at("ALTER TABLE daily_analytics REPLACE")], 1),
    ("arrival", [_at("DELETE FROM rejected_rows"), _at("DELETE FROM rejected_rows", 2)], 2),
    # What was sent twice waits twice, and is released load by load.
    ("arrival after two sendings", [_at("INSERT INTO loads", 7)], 2),
    ("arrival after two sendings", [Death("INSERT INTO loads", 9, after=True)], 3),
    # Undoing: carried through from `committing` on.
    ("undo", [_at("INSERT INTO loads", 2), _at("INSERT INTO loads")], 0),
    ("undo", [_at("EXCHANGE TABLES daily_analytics")], 1),
    ("undo", [_at(f"EXCHANGE TABLES {FACT}"), _at("EXCHANGE TABLES hourly_analytics")], 1),
    ("undo", [DONE], 1),
]


@pytest.mark.sampled(12)
@pytest.mark.parametrize(
    ("kind", "deaths", "moments"),
    PLANNED,
    ids=[f"{kind}: {', then '.join(map(str, deaths))}" for kind, deaths, _ in PLANNED],
)
def test_a_kill_leaves_whole_moments_only(scene: Scene, kind: str, deaths: list[Death], moments: int) -> None:
    step = scene.step(kind)
    may = [scene.shown, *step.outcomes(scene.shown)]
    scene.kill(step, tuple(deaths))
    assert scene.victim.ask(faults) == []
    assert scene.victim.ask(look) == may[moments]
    scene.take(step)  # sent again, it is as if sent once; the rollups of that are compared after the next kill


def declare_otherwise(warehouse: Warehouse) -> None:
    """Let a rollup be of a declaration that is no longer the model's."""
    warehouse.engine.command("ALTER TABLE daily_analytics MODIFY COMMENT 'another'")


FILLS = [
    _at("INSERT INTO rollup_states"),
    _at("CREATE TABLE daily_analytics"),
    _at("INSERT INTO daily_analytics_rebuilt"),
    _at("INSERT INTO rollup_states", 2),
]


@pytest.mark.parametrize("fills", FILLS, ids=str)
def test_a_rollup_that_is_made_anew_is_filled_though_a_process_dies(scene: Scene, fills: Death) -> None:
    scene.victim.ask(declare_otherwise)
    scene.victim.__exit__(None, None, None)
    with Victim(scene.address, fills) as successor, pytest.raises(Killed):
        successor.opened()
    scene.victim = Victim(scene.address).opened()
    assert scene.victim.ask(faults) == []
    assert scene.victim.ask(look) == scene.shown
