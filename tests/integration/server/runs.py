"""Runs of the pipeline in tests: a service of their own, steps that do as a test wants, and waiting for what comes."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from resolvers.pipeline_runner_interface import StepRequest
from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.identity.tokens import Tokens
from server.pipeline_runs.active_run import StepProgress, StepResult
from server.pipeline_runs.runner import Runner
from server.settings import Settings
from tests.integration.new_warehouse import lay
from tests.integration.resolvers.conftest import SECRET
from tests.one_secret import OneSecret
from warehouse import Warehouse, open_warehouse
from warehouse.pipeline_runs import PipelineRun, PipelineStep, find

GENERATE, LOAD, VERIFY, RANKINGS, CHURN = (
    StepRequest(PipelineStep(name)) for name in ("GENERATE", "LOAD", "VERIFY", "RANKINGS", "CHURN")
)
PATIENCE_S = 60.0


@contextmanager
def service_of(folder: Path) -> Iterator[Service]:
    """A service over a new warehouse in a folder, in whose `incoming` files arrive."""
    (folder / "incoming").mkdir()
    settings = Settings(
        warehouse=lay(folder / "warehouse"), drop_folder=str(folder / "incoming"), workspace=folder / "spark"
    )
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        warehouse.audit.every_s = 0.02
        service = Service(settings, warehouse, build_schema(), published(), Tokens(OneSecret(SECRET)))
        try:
            yield service
        finally:
            service.runs.close()


@dataclass
class Slow:
    """A step that lasts until it is let go or is told to end."""

    begun: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _: StepRequest, progress: StepProgress) -> StepResult:
        progress.tell("half of it", 1, 2)
        progress.log("it goes on")
        self.begun.set()
        while not self.let_go.wait(0.01):
            progress.check()
        return StepResult("all of it", 7)


def until(runs: Runner, run_id: str, is_so: Callable[[PipelineRun], bool]) -> PipelineRun:
    """A run, once something is so."""
    end = time.monotonic() + PATIENCE_S
    while not is_so(run := runs.find(run_id)):
        assert time.monotonic() < end, run
        time.sleep(0.01)
    return run


def has_ended(run: PipelineRun) -> bool:
    return not run.is_at_work


def states(run: PipelineRun) -> list[str]:
    """Of the steps."""
    return [one.state.value for one in run.steps]


def stored(warehouse: Warehouse, run_id: str) -> PipelineRun:
    """A run as the table has it."""
    run = find(warehouse.engine, run_id)
    assert run is not None
    return run
