"""Kills at random instants: one process after the other takes a story's steps on one warehouse and is killed.

What a step was killed in is sent again by the next, as a loader's owner would. Half of the instants lie in what opening
does, recovery with it, or right behind an acknowledgement. The seed gives the steps and the shares of their usual time;
where in a statement an instant falls is the machine's doing.
"""

from pathlib import Path
from random import Random
from time import monotonic

from tests.integration.warehouse.killable_process import Killed, Succession, Victim
from tests.integration.warehouse.power_cut import cut_power
from tests.integration.warehouse.story import Picture, Step, Story, evidence, faults, look, take

_OPENING = "opening"


class Chain(Succession):
    """A warehouse at an address that is killed again and again; `kills` counts them by what they fell into."""

    def __init__(self, address: str, seed: int) -> None:
        super().__init__(address)
        self.seed = seed
        self.kills: dict[str, int] = {}
        self._chance = Random(seed)
        self._story = Story(self._chance)
        self._usual: dict[str, float] = {}
        self._shown = Picture()
        self._pending: Step | None = None
        for step in self._story.opening():
            self.victim.ask(take, step)
            self._shown = step.outcomes(self._shown)[-1]
        self._may_show = [self._shown]

    def kill(self) -> None:
        """Kill a process in the next step, its successor too now and then, and hold what is left to what may be."""
        step = self._pending or self._story.next()
        self.victim.begin(take, step)
        if self._kill(self.victim, step.kind):
            self._may_show, self._pending = step.outcomes(self._shown)[-1:], None
        else:
            self._may_show, self._pending = [self._shown, *step.outcomes(self._shown)], step
        while self._chance.random() < 0.4:
            with self.successor() as successor:
                self._kill(successor, _OPENING)
        self.victim = self.successor().opened()
        self.check()

    def check(self) -> None:
        """All that was acknowledged is there once, of what was not nothing or all, and every rollup is its facts."""
        wrong, self._shown = self.victim.ask(faults), self.victim.ask(look)
        where = f"seed {self.seed}, kills {self.kills}, last amid {self._pending}"
        assert wrong == [], f"{where}: {wrong[:5]}"
        if self._shown not in self._may_show:
            others = [self._shown.beside(one) for one in self._may_show]
            raise AssertionError(f"{where}: beside what may be shown {others}; there is {self.victim.ask(evidence)}")

    def _kill(self, victim: Victim, what: str) -> bool:
        """Kill at an instant within the usual time of what it does, or a little later; returns whether it was done."""
        began, usual = monotonic(), self._usual.get(what, 1.0)
        wait = self._chance.uniform(0, 1.3 * usual)
        try:
            done = victim.killed_in(wait) is not None
        except Killed:
            raise AssertionError(f"a process died by itself, amid {what}") from None
        # What never comes to its end has ever more time.
        self._usual[what] = monotonic() - began if done else 1.1 * usual
        told = f"{what}, acknowledged" if done else what
        self.kills[told] = self.kills.get(told, 0) + 1
        return done


class PowerCuts(Chain):
    """As kills, but with each the power is cut: files that were not synced lose content. `lost` counts those files."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._synced = folder.with_name("synced")
        self.lost = 0
        super().__init__(f"chdb://{folder}", seed)

    def successor(self) -> Victim:
        return Victim(self.address, synced=self._synced)

    def _kill(self, victim: Victim, what: str) -> bool:
        done = super()._kill(victim, what)
        self.lost += cut_power(self._folder, self._synced, self._chance)
        return done
