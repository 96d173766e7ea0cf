"""The steps of a run: each does what the command of the same name does, in the server's process."""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from ingest.demo_size import DemoSize
from ingest.generator.demo import load_demo
from ingest.loading.load_file import FileLoad, load_file
from ingest.loading.load_files import Report
from ingest.problems import FileRefused
from ingest.watching.drop_folder import Arrival, DropFolder
from ingest.watching.watch import Outcome, Watch, outcome_of
from resolvers.pipeline_runner_interface import StepRequest
from server.pipeline_runs.active_run import StepFunction, StepProgress, StepResult
from server.spark_jobs.job_runner import JobOutcome
from warehouse.errors import Cancelled, MarqueeError, Unavailable
from warehouse.pipeline_runs import PipelineStep
from warehouse.plurals import counted
from warehouse.verify.verify import compare, plan
from warehouse.warehouse import Warehouse

DEMO_SEED = 42
# A file that doesn't change for this long is complete.
BETWEEN_LOOKS_S = 2.0
# How many differences are logged.
MOST_TOLD = 20
SPARK_JOBS: Mapping[PipelineStep, str] = MappingProxyType(
    {
        one: one.value.lower()
        for one in PipelineStep
        if one not in (PipelineStep.GENERATE, PipelineStep.LOAD, PipelineStep.VERIFY)
    }
)


class StepFailed(MarqueeError):
    """A step found a problem; the message says what to do."""


# Runs a Spark job by name for a step, reporting to the step's progress.
RunJob = Callable[[str, StepRequest, StepProgress], JobOutcome]


def step_functions(warehouse: Warehouse, drop_folder: Path, run_job: RunJob) -> Mapping[PipelineStep, StepFunction]:
    """The function of every step."""

    def spark(request: StepRequest, progress: StepProgress) -> StepResult:
        ran = run_job(SPARK_JOBS[request.step], request, progress)
        if ran.declined:
            return StepResult(f"Nothing new was published. {ran.declined}", 0)
        if not ran.parts:
            return StepResult("Nothing has changed since it was computed.", 0)
        return StepResult(f"{counted(ran.rows_read, 'row')} read, {ran.rows_written:,} written", ran.rows_written)

    return {
        PipelineStep.GENERATE: lambda request, progress: generate(warehouse, request, progress),
        PipelineStep.LOAD: lambda _, progress: FolderPass(warehouse, DropFolder(drop_folder), progress).carried_out(),
        PipelineStep.VERIFY: lambda _, progress: verify(warehouse, progress),
        **dict.fromkeys(SPARK_JOBS, spark),
    }


def generate(warehouse: Warehouse, request: StepRequest, progress: StepProgress) -> StepResult:
    """Make demo data if the warehouse is empty."""
    if not warehouse.is_empty():
        return StepResult("The warehouse is not empty, so no demo data was made.", 0)
    size = DemoSize() if request.sessions is None else DemoSize(sessions=request.sessions)
    rows = size.movies + size.users + size.sessions + size.ratings
    made: dict[str, int] = {}

    def tell(stage: str, done: int, total: int) -> None:
        progress.check()
        made[stage] = done
        progress.tell(f"{stage}: {done:,} of {total:,} rows", sum(made.values()), rows)

    loads = load_demo(warehouse, size, DEMO_SEED, datetime.now(UTC), tell)
    return StepResult(", ".join(f"{one.accepted:,} {one.table}" for one in loads), sum(one.accepted for one in loads))


@dataclass
class FolderPass:
    """One pass over a drop folder, like `marquee ingest watch --once`."""

    warehouse: Warehouse
    folder: DropFolder
    progress: StepProgress
    files: int = 0
    loaded: int = 0
    accepted: int = 0
    not_loaded: tuple[str, ...] = ()

    def carried_out(self) -> StepResult:
        """Load the files in the folder.

        Raises: StepFailed if any file was refused or has to wait, after trying all files; Unavailable if the folder
        can't be read.
        """
        watch = Watch(self.folder, lambda: nullcontext(self._load), self.progress.stop.is_set)
        try:
            self.folder.prepare()
            self.files = len(self.folder.arrivals())
            watch.look(self._note)
            self.progress.wait(BETWEEN_LOOKS_S)
            watch.look(self._note)
        except OSError as error:
            raise Unavailable(
                f"The folder MARQUEE_DROP_FOLDER names, {self.folder.path}, can't be read: {error.strerror}. Make it, "
                "or let the server read and write it."
            ) from error
        self.progress.check()
        if self.not_loaded:
            raise StepFailed(
                f"{len(self.not_loaded)} of {max(self.files, self.loaded + len(self.not_loaded))} files were not "
                f"loaded; the first: {self.not_loaded[0]}"
            )
        if not self.loaded:
            return StepResult("No files.", 0)
        files, rows = counted(self.loaded, "file"), counted(self.accepted, "row")
        return StepResult(f"{files} loaded, {rows} accepted", self.accepted)

    def _note(self, found: Outcome) -> None:
        self.progress.log(found.sentence())
        if found.outcome == "loaded":
            self.loaded += 1
            self.accepted += int(found.report["accepted"])
        else:
            self.not_loaded = (*self.not_loaded, found.sentence())

    def _load(self, arrival: Arrival) -> Outcome:
        """Load a file in this process, because a separate command could not be cancelled before it commits."""
        began = time.monotonic()
        loads: tuple[FileLoad, ...] = ()
        refused: tuple[FileRefused, ...] = ()
        try:
            loads = (self._loaded(arrival.table, arrival.path),)
        except FileRefused as error:
            refused = (error,)
        except Cancelled:
            raise
        except MarqueeError as error:
            return Outcome(arrival, "waiting", str(error))
        report = Report(arrival.table, loads, refused, time.monotonic() - began)
        return outcome_of(arrival, report.to_json())

    def _loaded(self, table: str, path: Path) -> FileLoad:
        before = self.loaded + len(self.not_loaded)

        def tell(stage: str, done: int, total: int) -> None:
            self.progress.check()
            self.progress.tell(f"{table}: {Path(stage).name}", before + (done / total if total else 0.0), self.files)

        # The last moment to cancel a load: once visible, it stays.
        return load_file(self.warehouse, table, path, progress=tell, before_showing=lambda _: self.progress.check())


def verify(warehouse: Warehouse, progress: StepProgress) -> StepResult:
    """Compare every rollup with a recount of the facts.

    Raises: StepFailed if there are differences; the first ones are logged.
    """
    warehouse.refill.wait()
    comparisons, differences = plan(warehouse.engine), 0
    for number, one in enumerate(comparisons):
        progress.check()
        progress.tell(f"{one.rollup.name} {one.months[0]}", number, len(comparisons))
        found = compare(warehouse.engine, warehouse.read_consistently, one)
        for difference in islice(found, max(MOST_TOLD - differences, 0)):
            progress.log(str(difference))
            differences += 1
        differences += sum(1 for _ in found)
    if differences:
        raise StepFailed(
            f"{counted(differences, 'difference')} between rollups and facts; the first are in the log. Fix them "
            "with: marquee warehouse rebuild"
        )
    days = len({day for one in comparisons for day in one.days})
    agreeing = {one.rollup.name for one in comparisons}
    return StepResult(f"{len(agreeing)} rollups agree with the facts on {counted(days, 'day')}")
