"""Kills of Spark's runs: the process that runs a job, the job, or its JVM dies at a random instant, and what the API
shows is the result of before or the new one, whole; no process of a dead run lives on, and the next run goes well.

A stand-in is the job, with a child in the JVM's place. The seed gives who dies and the share of a run's usual time.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

from server.spark_jobs.job_runner import JobRunner
from server.spark_jobs.jobs import JOBS
from tests.integration.resolvers.world import load
from tests.integration.warehouse.killable_process import Succession, Victim
from warehouse import Warehouse
from warehouse.errors import Unavailable
from warehouse.staging.storage import Place

WHO = ("marquee", "job", "jvm")
PATIENCE_S = 60.0


def fill(warehouse: Warehouse) -> None:
    """Load what a job reads."""
    load(warehouse)


def compute(warehouse: Warehouse, folder: str, number: int) -> int | str:
    """Run the job, whose result has a number; returns the rows that were swapped in, or why it failed."""
    root = Path(folder)
    (root / "staging").mkdir(exist_ok=True)
    (root / "staging" / "told").write_text(str(number))
    job = replace(JOBS["geography"], module="tests.integration.server.stand_in_job", version=number)
    runner = JobRunner(warehouse, Place(str(root / "staging")), root / "scratch", PATIENCE_S, jobs={"geography": job})
    try:
        return runner.run("geography").rows_written
    except Unavailable as error:
        return str(error)


def shown(warehouse: Warehouse) -> set[int]:
    """Of which results the rows are that the three tables show."""
    tables = ("views FROM country_reach", "distance FROM country_distances", "views FROM travelling_movies")
    found = [[int(value) for (value,) in warehouse.engine.query(f"SELECT {one}").rows] for one in tables]
    assert len({len(rows) for rows in found}) == 1, found
    return {value for rows in found for value in rows}


def leftovers(warehouse: Warehouse) -> list[str]:
    """Tables that a swap made and did not drop."""
    return [name for (name,) in warehouse.engine.query("SHOW TABLES LIKE '%_computed'").rows]


class SparkKills(Succession):
    """A warehouse whose Spark runs are killed one after the other; `kills` counts them by who died."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(f"chdb://{folder / 'warehouse'}")
        self.folder = folder
        self.kills = dict.fromkeys(WHO, 0)
        self._chance = Random(seed)
        self._usual_s = 1.0
        self._number = 0
        self.victim.ask(fill)
        self.run_whole()

    def run_whole(self) -> None:
        """A run that nobody disturbs, whatever those before it left."""
        self._number += 1
        began = time.monotonic()
        assert self.victim.ask(compute, str(self.folder), self._number) == 3
        self._usual_s = time.monotonic() - began
        assert self.victim.ask(shown) == {self._number}
        assert list((self.folder / "staging").glob("out/**/*.parquet")) == []

    def kill(self, who: str) -> None:
        """Kill one of the three amid a run, and look at what is there."""
        before, self._number = self._number, self._number + 1
        pids = self.folder / "staging" / "pids"
        pids.unlink(missing_ok=True)
        self.victim.begin(compute, str(self.folder), self._number)
        wait_s = self._chance.uniform(0, 1.2 * self._usual_s)
        if who == "marquee":
            is_done = self.victim.killed_in(wait_s) == 3
            self._see_them_end(pids)
            self.victim = Victim(self.address).opened()
        else:
            time.sleep(wait_s)
            for pid in _pids(pids)[WHO.index(who) - 1 :][:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            answer = self.victim._answer()
            is_done = answer == 3
            assert is_done or str(answer).startswith("The Spark job failed: "), answer
            self._see_them_end(pids)
        self.kills[who] += 1
        seen = self.victim.ask(shown)
        may_be = [{self._number}] if is_done else [{before}, {self._number}]
        assert seen in may_be, f"{who} was killed after {wait_s:.3f} s: {seen}, and it may be {may_be}"
        assert self.victim.ask(leftovers) == []
        self._number = max(seen)

    def _see_them_end(self, pids: Path) -> None:
        """Wait until the job and its JVM are gone, whichever was killed."""
        end = time.monotonic() + PATIENCE_S
        while any(is_running(pid) for pid in _pids(pids)):
            assert time.monotonic() < end, "the job lives on"
            time.sleep(0.02)


def _pids(file: Path) -> list[int]:
    """The job and its JVM; none if they have not begun."""
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def is_running(pid: int) -> bool:
    """Whether a process is there, and not just its exit code."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip() != "" and not state.startswith("Z")
