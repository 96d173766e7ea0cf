"""What each step of a run does: what the commands of the same names do, in the process that serves."""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from ingest.demo import load_demo
from ingest.demo_size import DemoSize
from ingest.drop_folder import Arrival, DropFolder
from ingest.loader import FileLoad, load_file
from ingest.problems import FileRefused
from ingest.report import Report
from ingest.watch import Outcome, Watch, outcome_of
from resolvers.runner import StepAsked
from server.pipeline_runs.work import Done, Voice, Work
from warehouse.errors import Cancelled, MarqueeError, Unavailable
from warehouse.model.rollups import ROLLUPS
from warehouse.pipeline_runs import PipelineStep
from warehouse.verify.verify import compare, plan
from warehouse.warehouse import Warehouse

DEMO_SEED = 42
# A file that has not changed between two looks so far apart is whole.
BETWEEN_LOOKS_S = 2.0
# How many differences are told in the log.
MOST_TOLD = 20
SPARK_JOBS: Mapping[PipelineStep, str] = MappingProxyType(
    {
        one: one.value.lower()
        for one in PipelineStep
        if one not in (PipelineStep.GENERATE, PipelineStep.LOAD, PipelineStep.VERIFY)
    }
)


class StepFailed(MarqueeError):
    """What a step found is no good; the sentence says what to do."""


class Ran(Protocol):
    """What a Spark job that went through tells."""

    @property
    def rows_read(self) -> int: ...
    @property
    def rows_written(self) -> int: ...
    @property
    def parts(self) -> int: ...


# Runs a Spark job by its name, for a step; what it is at goes to the voice.
RunJob = Callable[[str, StepAsked, Voice], Ran]


def works_of(warehouse: Warehouse, drop_folder: Path, run_job: RunJob) -> Mapping[PipelineStep, Work]:
    """What every step does."""

    def spark(asked: StepAsked, voice: Voice) -> Done:
        ran = run_job(SPARK_JOBS[asked.step], asked, voice)
        if not ran.parts:
            return Done("Nothing has changed since it was computed.", 0)
        return Done(f"{ran.rows_read:,} rows read, {ran.rows_written:,} written", ran.rows_written)

    return {
        PipelineStep.GENERATE: lambda asked, voice: generate(warehouse, asked, voice),
        PipelineStep.LOAD: lambda _, voice: Loading(warehouse, DropFolder(drop_folder), voice).carried_out(),
        PipelineStep.VERIFY: lambda _, voice: verify(warehouse, voice),
        **dict.fromkeys(SPARK_JOBS, spark),
    }


def generate(warehouse: Warehouse, asked: StepAsked, voice: Voice) -> Done:
    """Demo data, where there is no data."""
    if not warehouse.is_empty():
        return Done("The warehouse is not empty, so that no demo data was made.", 0)
    size = DemoSize() if asked.sessions is None else DemoSize(sessions=asked.sessions)
    rows = size.movies + size.users + size.sessions + size.ratings
    made: dict[str, int] = {}

    def tell(stage: str, done: int, total: int) -> None:
        voice.check()
        made[stage] = done
        voice.tell(f"{stage}: {done:,} of {total:,} rows", sum(made.values()), rows)

    loads = load_demo(warehouse, size, DEMO_SEED, datetime.now(UTC), tell)
    return Done(", ".join(f"{one.accepted:,} {one.table}" for one in loads), sum(one.accepted for one in loads))


@dataclass
class Loading:
    """One pass over a drop folder, as `marquee ingest watch --once` makes it."""

    warehouse: Warehouse
    folder: DropFolder
    voice: Voice
    files: int = 0
    loaded: int = 0
    accepted: int = 0
    not_loaded: tuple[str, ...] = ()

    def carried_out(self) -> Done:
        """Load what is there.

        Raises: StepFailed when a file was refused or has to wait, once all that follow were tried; Unavailable for a
        folder that can't be read.
        """
        watch = Watch(self.folder, lambda: nullcontext(self._load), self.voice.stop.is_set)
        try:
            self.folder.prepare()
            self.files = len(self.folder.arrivals())
            watch.look(self._note)
            self.voice.wait(BETWEEN_LOOKS_S)
            watch.look(self._note)
        except OSError as error:
            raise Unavailable(
                f"The folder MARQUEE_DROP_FOLDER names, {self.folder.path}, can't be read: {error.strerror}. Make it, "
                "or let the server read and write it."
            ) from error
        self.voice.check()
        if self.not_loaded:
            raise StepFailed(
                f"{len(self.not_loaded)} of {max(self.files, self.loaded + len(self.not_loaded))} files were not "
                f"loaded; the first: {self.not_loaded[0]}"
            )
        counted = "1 file" if self.loaded == 1 else f"{self.loaded:,} files"
        return Done(f"{counted} loaded, {self.accepted:,} rows accepted" if self.loaded else "No files.", self.accepted)

    def _note(self, found: Outcome) -> None:
        self.voice.log(found.sentence())
        if found.outcome == "loaded":
            self.loaded += 1
            self.accepted += int(found.report["accepted"])
        else:
            self.not_loaded = (*self.not_loaded, found.sentence())

    def _load(self, arrival: Arrival) -> Outcome:
        """Load a file here: a command could not be ended from outside before it commits."""
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
            self.voice.check()
            self.voice.tell(f"{table}: {Path(stage).name}", before + (done / total if total else 0.0), self.files)

        # The last moment at which a load can be dropped: what is shown stays.
        return load_file(self.warehouse, table, path, progress=tell, before_showing=lambda _: self.voice.check())


def verify(warehouse: Warehouse, voice: Voice) -> Done:
    """Every rollup against a recount of the facts.

    Raises: StepFailed when there is a difference; the first of them are in the log.
    """
    comparisons, differences = plan(warehouse.engine), 0
    for number, one in enumerate(comparisons):
        voice.check()
        voice.tell(f"{one.rollup.name} {one.month}", number, len(comparisons))
        found = compare(warehouse.engine, warehouse.data_lock, one)
        for difference in islice(found, max(MOST_TOLD - differences, 0)):
            voice.log(str(difference))
            differences += 1
        differences += sum(1 for _ in found)
    if differences:
        raise StepFailed(
            f"{_counted(differences, 'difference')} between rollups and facts; the first are in the log. Mend them "
            "with: marquee warehouse rebuild"
        )
    days = len({day for one in comparisons for day in one.days})
    return Done(f"{len(ROLLUPS)} rollups agree with the facts on {_counted(days, 'day')}")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
