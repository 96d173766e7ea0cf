"""The runner of Spark jobs: exports a snapshot of the warehouse, runs Spark on it, swaps in the results part by part.

`spark/` defines what a job computes, `warehouse/staging` what is exported and how results are swapped in, and
`server/spark_jobs/jobs.py` the parts of each result.
"""

import importlib.util
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from server.settings import Settings
from server.spark_jobs.jobs import JOBS, STREAMS, Job, JobRequest
from server.spark_jobs.process import Declined, SparkProcess
from server.spark_jobs.run_lock import run_lock, spill_folder
from spark import java
from warehouse.access import SYSTEM
from warehouse.errors import BadInput, Cancelled, Unavailable
from warehouse.plurals import counted
from warehouse.spark_results.reports import reports_of
from warehouse.staging.job_output import Told
from warehouse.staging.load_result import take_in, take_out
from warehouse.staging.results import NEVER, Result, State, record, results_of
from warehouse.staging.snapshot import SNAPSHOT, Piece, refresh, wrong_files
from warehouse.staging.storage import Place, staging_place
from warehouse.warehouse import Warehouse

LOG = logging.getLogger(__name__)
_OUT = "out"


@dataclass(frozen=True)
class Stage:
    """A run's progress: `done` of `total` in the stage that `line` describes."""

    job: str
    line: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class JobOutcome:
    """A finished run: rows read by Spark, and rows and `parts` swapped in.

    `unchanged` parts were skipped because their input has not changed. `notes` are the job's remarks on its result.
    `declined` says why it published nothing: too little data, or a model no better than its baseline.
    """

    job: str
    rows_read: int
    rows_written: int
    seconds: float
    parts: int = 0
    unchanged: int = 0
    notes: Sequence[str] = ()
    declined: str = ""


def _silent(_: Stage) -> None:
    """Ignore progress."""


@dataclass(frozen=True)
class JobRunner:
    """Runs jobs by name, one at a time: two Spark processes would compete for the machine and the same table.

    `place` is for snapshots and results; `scratch` is a local folder for Spark's spill files and the lock between
    processes. `machine` is where and with what Spark runs, as options of a job. `report` is called
    with each stage; setting `stop` ends the run.
    """

    warehouse: Warehouse
    place: Place
    scratch: Path
    timeout_s: float = 1800.0
    machine: Sequence[str] = ()
    report: Callable[[Stage], None] = _silent
    stop: threading.Event = field(default_factory=threading.Event)
    jobs: Mapping[str, Job] = field(default_factory=lambda: JOBS)

    def run(
        self,
        name: str,
        months: tuple[date | None, date | None] = (None, None),
        options: Sequence[str] = (),
        files: str = "",
    ) -> JobOutcome:
        """Run a job to its end, for some months if its result has parts. Unchanged parts are not recomputed. If the run
        fails, parts already swapped in stay, and all others are as before. `files` is a folder in which session files
        arrive: a job that is given one reads them as a stream.

        Raises: BadInput for an unknown job, or months it does not accept; Overloaded while another job runs; Cancelled
        if stopped; Unavailable without Java or PySpark, or if the process fails or takes too long.
        """
        job = (STREAMS if files else self.jobs).get(name)
        if job is None:
            raise BadInput(f"There is no job {name}. Jobs: {', '.join(self.jobs)}.")
        _check(name, job, months)
        java_home = check_spark()
        if wrong := java.unusable_java_home():
            self.report(Stage(name, f"{wrong}; Spark runs on {java_home}"))
        began = time.monotonic()
        with run_lock(self.scratch) as lock, spill_folder(self.scratch) as spill:
            newest = self.warehouse.reader.newest(SYSTEM)
            if newest is None and not job.streams and not self._has_result(name):
                raise Unavailable(f"There are no sessions yet, and nothing for {name} to compute. Load some first.")
            request = JobRequest(datetime.fromtimestamp(newest or 0, UTC), *months, options, files)
            process = SparkProcess(java_home, spill, self.timeout_s, self.stop, lock)
            outcome = _Run(self, name, job, request, process).carry_through(began)
        LOG.info("job %s", outcome)
        return outcome

    def _has_result(self, name: str) -> bool:
        """Whether there is a result from when there were sessions."""
        return any(one.fingerprint for one in results_of(self.warehouse.engine, name).values())

    @contextmanager
    def without_snapshots(self) -> Iterator[int]:
        """Remove all snapshots and results and block jobs during the block; yields the number of files removed.

        Raises: Overloaded while a job runs, in this or another process with the same scratch folder.
        """
        with run_lock(self.scratch):
            left = [file for name in (SNAPSHOT, _OUT) for file in self.place.files(name)]
            for name in (SNAPSHOT, _OUT):
                self.place.clear(name)
            yield len(left)


@dataclass
class _Run:
    """One run of one job, with its progress."""

    runner: JobRunner
    name: str
    job: Job
    request: JobRequest
    process: SparkProcess
    rows_written: int = 0
    # Of a stream, which reads files and only looks up in the snapshot.
    rows_streamed: int = 0
    done: int = 0
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    todo: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)
    last: Mapping[str, Any] = field(default_factory=dict)
    declined: str = ""
    # When the data were looked at, and the newest session that was there; None for a stream, which reads files.
    looked_at: datetime = NEVER
    data_through: datetime | None = None

    def carry_through(self, began: float) -> JobOutcome:
        """Run from snapshot to swap."""
        pieces = self._snapshot()
        # A part without content has nothing to compute.
        warehouse = self.runner.warehouse
        for part in [part for part in self.todo if not self.fingerprints[part]]:
            with warehouse.exclusive():
                take_out(warehouse.engine, warehouse.data_lock, self._result(part))
            self._finish(0)
        wanted = [part for part in self.todo if self.fingerprints[part]]
        rows_read = sum(piece.rows for piece in pieces) if wanted else 0
        if wanted:
            self._compute(wanted, rows_read)
        else:
            self._tell("nothing has changed")
        self._note_unchanged()
        return JobOutcome(
            self.name,
            self.rows_streamed if self.job.streams else rows_read,
            self.rows_written,
            round(time.monotonic() - began, 3),
            self.done,
            len(self.fingerprints) - len(self.todo),
            tuple(self.notes),
            self.declined,
        )

    def _snapshot(self) -> Sequence[Piece]:
        """Bring the snapshot up to date and plan what to compute of it. Before anything is computed, each file is read
        back: one may have been changed since it was written.

        Raises: Unavailable if files do not stay as they were written.
        """
        warehouse, place = self.runner.warehouse, self.runner.place
        wrong: Sequence[Piece] = ()
        for _ in range(2):
            self._tell("looking for what has changed")
            self.looked_at = datetime.now(UTC)
            pieces = refresh(warehouse.engine, warehouse.read_consistently, place, self.job.reads, self._exported)
            self._plan(pieces)
            newest_s = max(piece.newest_s for piece in pieces)
            self.data_through = datetime.fromtimestamp(newest_s, UTC) if newest_s else None
            wrong = wrong_files(warehouse.engine, place, pieces) if any(map(self.fingerprints.get, self.todo)) else ()
            if not wrong:
                return pieces
            LOG.error("these did not hold what their names say, and are written again: %s", [one.file for one in wrong])
        raise Unavailable(f"{wrong[0].file} in {place} does not stay as it was written. Look at its disk.")

    def _plan(self, pieces: Sequence[Piece]) -> None:
        """Find the parts, and which of them to compute."""
        known = results_of(self.runner.warehouse.engine, self.name)
        now = self.job.fingerprints(pieces, self.request)
        # Parts that were computed before but have no sessions any more.
        gone = {part: "" for part in known if part not in now and self.request.has(part)}
        self.fingerprints = {**gone, **now}
        current = {part: one.fingerprint for part, one in known.items() if one.state is State.DONE}
        self.todo = sorted(
            part for part, content in self.fingerprints.items() if self.job.streams or current.get(part) != content
        )

    def _compute(self, parts: Sequence[str], rows_read: int) -> None:
        place = self.runner.place
        # A folder of this run: what a dead run's JVM still writes goes elsewhere. What such runs left is removed.
        run = uuid.uuid4().hex
        place.clear(_OUT)
        out = place.below(f"{_OUT}/{self.name}/{run}")
        self._tell(f"starting Spark on {counted(rows_read, 'row')}")
        try:
            arguments = [*self._arguments(parts, out), "--run", run, "--ends-with-stdin"]
            self.process.run(self.job.module, arguments, lambda event: self._heard(event, out, run))
            if not self.job.by_month:
                self._take("", out, self._told(run))
                self.notes += map(str, reports_of(self.runner.warehouse.engine, SYSTEM, self.name))
        except Declined as declined:
            self.declined = str(declined)
        finally:
            place.clear(_OUT)

    def _arguments(self, parts: Sequence[str], out: Place) -> list[str]:
        runner = self.runner
        arguments = ["--in", runner.place.below(SNAPSHOT).spark_path(), "--out", out.spark_path()]
        arguments += runner.machine
        if self.job.by_month:
            arguments += ["--parts", ",".join(parts), "--through", self.request.through.isoformat()]
        if self.job.streams:
            # The stream's state and closed windows, which are kept between runs.
            arguments += ["--files", self.request.files, "--checkpoint", runner.place.below(self.name).spark_path()]
        return [*arguments, *self.request.options]

    def _heard(self, event: Mapping[str, Any], out: Place, run: str) -> None:
        """Handle an event of the job; finished parts are swapped in while it continues."""
        match event.get("event"):
            case "part":
                self.last = event
                self._take(str(event["part"]), out, self._told(run))
            case "note":
                self.notes.append(str(event.get("message")))
                self._tell(self.notes[-1])
            case "batch" if self.job.streams:
                self.rows_streamed += int(event["rows"])
                self._tell(f"batch of {counted(event['rows'], 'row')}")
            case said:
                self.last = event
                self._tell(" ".join(str(word) for word in (said, event.get("part")) if word))

    def _told(self, run: str) -> Told:
        """What the job told last of what it wrote.

        Raises: Unavailable if it did not, or of another run.
        """
        told = Told.of(self.last)
        if told.run != run:
            raise Unavailable(f"The Spark job reported the run {told.run} instead of {run}. The previous result stays.")
        return told

    def _take(self, part: str, place: Place, told: Told) -> None:
        self._tell(f"swapping {part or 'the result'} in")
        result = self._result(part)
        warehouse = self.runner.warehouse
        with warehouse.exclusive():
            self.rows_written += take_in(warehouse.engine, warehouse.data_lock, place, result, told)
        self._finish(1)

    def _result(self, part: str) -> Result:
        return Result(
            self.name,
            part,
            self.fingerprints[part],
            computed_at=datetime.now(UTC),
            checked_at=self.looked_at,
            data_through=self.data_through,
            model=str(self.last.get("model", "")),
        )

    def _note_unchanged(self) -> None:
        """Record that the parts which were not computed again are what the data give now."""
        warehouse = self.runner.warehouse
        known = results_of(warehouse.engine, self.name)
        unchanged = [known[part] for part in self.fingerprints if part in known and part not in self.todo]
        if unchanged:
            # Answers that are kept say how old the result is.
            with warehouse.exclusive(), warehouse.data_lock.writing():
                now = [replace(one, checked_at=self.looked_at, data_through=self.data_through) for one in unchanged]
                record(warehouse.engine, *now)

    def _finish(self, parts: int) -> None:
        self.done += parts
        self._tell("in place")

    def _exported(self, done: int, total: int) -> None:
        if self.runner.stop.is_set():
            raise Cancelled("The run was stopped. The previous result stays.")
        self.runner.report(Stage(self.name, "writing a snapshot", done, total))

    def _tell(self, line: str) -> None:
        self.runner.report(Stage(self.name, line, self.done, len(self.todo)))


def job_runner_of(settings: Settings, warehouse: Warehouse) -> JobRunner:
    """The runner described by this process's settings. Relative folders are resolved here, even for a command
    forwarded from another process.

    Raises: BadInput if MARQUEE_STAGING is not a valid place.
    """
    return JobRunner(
        warehouse,
        staging_place(settings.staging),
        settings.workspace.resolve(),
        settings.spark_timeout_seconds,
        _machine_of(settings),
    )


def _machine_of(settings: Settings) -> list[str]:
    options = {
        "--master": settings.spark_master,
        "--memory": settings.spark_memory,
        "--executor-memory": settings.spark_executor_memory,
        "--executor-cores": settings.spark_executor_cores,
        "--host": settings.spark_host,
        "--bind": settings.spark_bind,
        "--driver-port": settings.spark_driver_port,
        "--block-port": settings.spark_block_port,
        "--ui": settings.spark_ui,
    }
    return [word for option, value in options.items() if value for word in (option, str(value))]


def _check(name: str, job: Job, months: tuple[date | None, date | None]) -> None:
    first, last = months
    if (first or last) and not job.by_month:
        raise BadInput(f"{name} has one result for all months: run it without --from and --to.")
    if first and last and last < first:
        raise BadInput(f"--to {last} lies before --from {first}.")


def check_spark() -> Path:
    """The home of a suitable Java, after checking everything a job needs.

    Raises: Unavailable saying what to install.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise Unavailable(
            "marquee spark needs PySpark: install the extra `spark`, with pip install -r requirements-spark.txt"
        )
    try:
        return java.find()
    except java.JavaMissing as missing:
        raise Unavailable(str(missing)) from missing
