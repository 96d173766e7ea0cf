"""Rivals: two processes that load into one warehouse on a server, one of which is killed or stopped amid each round.

A stopped process is woken once the other has loaded: it must change nothing any more. What was not acknowledged is sent
again, by the other, as a sender would. The seed gives the rounds; who of both comes first is the machine's doing.
"""

import os
import signal
from pathlib import Path
from random import Random
from time import monotonic
from types import TracebackType
from typing import Any, Self

from tests.integration.warehouse.killable_process import Death, Killed, Victim
from tests.integration.warehouse.modes import ServedEngine
from tests.integration.warehouse.story import Picture, Step, Story, evidence, faults, look, take
from warehouse.engine.limits import Limits

# Each phase of a load of sessions: the statement, and how often it comes.
PHASES = (
    ("WRITE loads", 1),  # it begins
    ("INSERT INTO viewing_sessions_incoming", 1),
    ("INSERT INTO viewing_sessions_staging", 1),
    ("WRITE loads", 2),  # it is about to be shown
    ("ALTER TABLE ratings ATTACH", 1),  # never comes: the round goes by undisturbed
    ("ALTER TABLE daily_analytics ATTACH", 1),
    ("ALTER TABLE viewing_sessions ATTACH", 1),
    ("ALTER TABLE viewing_sessions ATTACH", 2),
    ("WRITE loads", 3),  # it is done
    ("TRUNCATE TABLE viewing_sessions_staging", 2),
)
# How long a round may take, and how often a sender sends again.
_LONGEST_S, _MOST_SENDINGS = 120.0, 5
_ROWS = 30


class Rivals:
    """Two processes on one server; `rounds` counts what became of those who were disturbed."""

    def __init__(self, engine: ServedEngine, seed: int, lease_s: float) -> None:
        self.seed = seed
        self.rounds: dict[str, int] = {}
        self._limits = Limits(lease_seconds=lease_s, wait_seconds=_LONGEST_S)
        self._address = engine.address()
        self._chance = Random(seed)
        self._story = Story(self._chance)
        self._shown = Picture()
        self._both = [self._opened(), self._opened()]
        for step in self._story.opening():
            self._both[0].ask(take, step)
            self._shown = step.outcomes(self._shown)[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._both:
            one.__exit__(kind, error, trace)

    def round(self) -> None:
        """Let both load at once, disturb one of them, and send again what was not acknowledged."""
        hit = self._chance.randrange(2)
        statement, times = self._chance.choice(PHASES)
        ends = self._chance.random() < 0.5
        death = Death(statement, times, self._chance.random() < 0.5, signal.SIGKILL if ends else signal.SIGSTOP)
        steps = [self._story.sessions(3), self._story.sessions(3)]
        if self._chance.random() < 0.2:
            steps[1] = steps[0]
        self._both[hit].begin(take, steps[hit], death=death)
        self._both[1 - hit].begin(take, steps[1 - hit])
        acknowledged = {1 - hit: self._answer(1 - hit)}
        acknowledged[hit] = self._wake(hit) if not ends else self._answer(hit)
        what = f"{'killed' if ends else 'stopped'} {death}"
        self.rounds[what] = self.rounds.get(what, 0) + 1
        for number, step in enumerate(steps):
            if acknowledged[number] is None:
                self._send_again(step)
            self._shown = step.outcomes(self._shown)[-1]
        self._check(what)

    def check(self) -> None:
        """All rollups are their facts, each id stands once, no load is left unfinished."""
        wrong = self._both[0].ask(faults)
        assert wrong == [], f"seed {self.seed}, {self.rounds}: {wrong[:5]}"

    def _check(self, what: str) -> None:
        for one in self._both:
            found = one.ask(look)
            if found != self._shown:
                told = one.ask(evidence)
                raise AssertionError(f"seed {self.seed}, {what}: beside what it is {found.beside(self._shown)}; {told}")

    def _send_again(self, step: Step) -> None:
        for _ in range(_MOST_SENDINGS):
            self._both[0].begin(take, step)
            answer = self._answer(0)
            if answer is not None:
                rows, accepted, duplicates, _ = answer
                assert rows == _ROWS == accepted + duplicates
                assert accepted in (0, _ROWS), f"a part of {step} was there: {answer}"
                return
        raise AssertionError(f"{step} can't be loaded")

    def _answer(self, number: int) -> Any:
        """What a process acknowledged; None for an error or its end. Then another takes its place."""
        try:
            assert self._both[number].answers_in(_LONGEST_S), "no answer in time"
            return self._both[number].answer()
        except (Killed, RuntimeError):
            self._both[number].__exit__(None, None, None)
            self._both[number] = self._opened()
            return None

    def _wake(self, number: int) -> Any:
        """The answer of a process that sleeps, or did not come to it."""
        process, until = self._both[number].process, monotonic() + _LONGEST_S
        while not self._both[number].answers_in(0.05):
            assert monotonic() < until
            if process.pid and _sleeps(process.pid):
                os.kill(process.pid, signal.SIGCONT)
        return self._answer(number)

    def _opened(self) -> Victim:
        return Victim(self._address, limits=self._limits).opened()


def _sleeps(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"
