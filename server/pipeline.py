"""The pipeline: a snapshot out of the warehouse, a Spark process over it, its result swapped in.

What a job computes is the subject of `spark/`; what is exported and how a result is swapped in, of `warehouse/`.
"""

import fcntl
import importlib.util
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from server.spark_process import run_spark
from spark import java
from warehouse import rankings
from warehouse.errors import BadInput, Overloaded, Unavailable
from warehouse.warehouse import Warehouse

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A module of `spark/jobs` and its two ends in the warehouse, each of which returns a number of rows."""

    module: str
    export: Callable[[Warehouse, Path], int]
    swap_in: Callable[[Warehouse, Path], int]


JOBS: Mapping[str, Job] = MappingProxyType(
    {"rankings": Job("spark.jobs.rankings", rankings.export_input, rankings.swap_in)}
)


@dataclass(frozen=True)
class Outcome:
    """A run that went through: rows that Spark read and rows that were swapped in."""

    job: str
    rows_read: int
    rows_written: int
    seconds: float


# Of the process, not of one Pipeline: each command and each relayed command makes its own.
_RUNNING = threading.Lock()
_BUSY = "A Spark job is running already. Try again when it is done."


def _silent(_: str) -> None:
    """Nobody is watching."""


class Pipeline:
    """Runs jobs by name, one at a time: two Spark processes would fight for the machine, and for one table."""

    def __init__(
        self,
        warehouse: Warehouse,
        workspace: Path,
        timeout_s: float = 1800.0,
        report: Callable[[str], None] = _silent,
        jobs: Mapping[str, Job] = JOBS,
    ) -> None:
        """`workspace` takes the snapshots, and should be on the warehouse's disk; `report` gets a line per stage."""
        self._jobs = jobs
        self._warehouse = warehouse
        self._workspace = workspace
        self._timeout_s = timeout_s
        self._report = report

    def run(self, name: str) -> Outcome:
        """Run a job to its end. If it fails anywhere, what the warehouse served before stays.

        Raises: BadInput for a job that is not there; Overloaded while another runs; Unavailable without Java or
        PySpark, or when the process fails or takes too long.
        """
        job = self._jobs.get(name)
        if job is None:
            raise BadInput(f"There is no job {name}. Jobs: {', '.join(self._jobs)}.")
        java_home = check_spark()
        if not _RUNNING.acquire(blocking=False):
            raise Overloaded(_BUSY)
        try:
            return self._run(name, job, java_home)
        finally:
            _RUNNING.release()

    @contextmanager
    def without_snapshots(self) -> Iterator[int]:
        """Hold jobs back, and remove the snapshots that dead ones left; yields how many there were.

        Raises: Overloaded while a job runs, in this process or another one of the workspace.
        """
        if not _RUNNING.acquire(blocking=False):
            raise Overloaded(_BUSY)
        try:
            left = [one for name in self._jobs for one in sorted(self._workspace.glob(f"{name}-*"))]
            for folder in left:
                with _held(folder):
                    shutil.rmtree(folder)
            yield len(left)
        finally:
            _RUNNING.release()

    def _run(self, name: str, job: Job, java_home: Path) -> Outcome:
        began = time.monotonic()
        folder = self._make_folder(name)
        try:
            with _held(folder):
                rows_read, rows_written = self._carry_through(name, job, java_home, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        outcome = Outcome(name, rows_read, rows_written, round(time.monotonic() - began, 3))
        LOG.info("pipeline %s", outcome)
        return outcome

    def _carry_through(self, name: str, job: Job, java_home: Path, folder: Path) -> tuple[int, int]:
        """From the snapshot to the swap; returns the rows that were read and written."""
        self._report(f"{name}: writing a snapshot")
        rows_read = job.export(self._warehouse, folder / "in")
        self._report(f"{name}: starting Spark on {rows_read:,} rows")
        run_spark(job.module, folder, java_home, self._timeout_s, lambda event: self._report(f"{name}: {event}"))
        self._report(f"{name}: swapping the result in")
        return rows_read, job.swap_in(self._warehouse, folder / "out")

    def _make_folder(self, name: str) -> Path:
        try:
            self._workspace.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._workspace))
        except OSError as error:
            raise Unavailable(
                f"The snapshot for Spark can't be written to {self._workspace}: {error.strerror}."
            ) from error


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep a run's folder; a process that dies lets go of it.

    Raises: Overloaded when another process keeps it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Overloaded(_BUSY) from error
        yield
    finally:
        os.close(descriptor)


def check_spark() -> Path:
    """The home of a Java that Spark runs on, when all that a job needs is here.

    Raises: Unavailable, which says what to install.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise Unavailable(
            "marquee spark needs PySpark: install the extra `spark`, with pip install -r requirements-spark.txt"
        )
    try:
        return java.find()
    except java.JavaMissing as missing:
        raise Unavailable(str(missing)) from missing
