"""Runs of the pipeline: one at a time, recorded as they go on, and told as they end, whatever their steps do."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from ingest.watching.drop_folder import DropFolder
from resolvers.pipeline_runner_interface import StepRequest
from server.answering.service import Service
from server.pipeline_runs.active_run import StepFunction, StepProgress, StepResult
from server.pipeline_runs.runner import Runner
from server.pipeline_runs.steps import FolderPass
from tests.integration.server.runs import (
    CHURN,
    LOAD,
    PATIENCE_S,
    VERIFY,
    Slow,
    has_ended,
    service_of,
    states,
    stored,
    until,
)
from tests.integration.server.sockets import comes_true
from warehouse import Warehouse
from warehouse.errors import BadInput, Overloaded, Unavailable
from warehouse.loads import ledger
from warehouse.pipeline_runs import PipelineStep, RunState


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service over an empty warehouse."""
    with service_of(tmp_path_factory.mktemp("runs")) as service:
        yield service


def fails(_: StepRequest, progress: StepProgress) -> StepResult:
    progress.tell("almost", 9, 10)
    raise Unavailable("The Spark job failed: no room. Make some.")


def breaks(_: StepRequest, __: StepProgress) -> StepResult:
    raise RuntimeError("/secret/path")


def quick(_: StepRequest, __: StepProgress) -> StepResult:
    return StepResult("done at once")


@contextmanager
def runs_of(warehouse: Warehouse, functions: Mapping[PipelineStep, StepFunction]) -> Iterator[Runner]:
    """A runner of steps that do as a test wants."""
    runs = Runner(warehouse, lambda: functions, "incoming")
    try:
        yield runs
    finally:
        runs.close()


def start(runs: Runner, *steps: StepRequest) -> str:
    return anyio.run(runs.start, steps, "ada").id


def test_one_run_at_a_time_and_the_refusal_names_the_one_at_work(service: Service) -> None:
    slow = Slow()
    with runs_of(service.warehouse, {PipelineStep.CHURN: slow}) as runs:
        first = start(runs, CHURN)
        assert slow.begun.wait(PATIENCE_S)
        with pytest.raises(Overloaded, match=rf"{first}, started by ada at .* UTC, is running in the step CHURN\."):
            start(runs, CHURN)
        # Nor in another process that shares the warehouse.
        with runs_of(service.warehouse, {}) as others, pytest.raises(Overloaded, match=first):
            start(others, CHURN)
        slow.let_go.set()
        done = until(runs, first, has_ended)
        assert (done.state, done.steps[0].rows, done.steps[0].detail) == (RunState.DONE, 7, "all of it")
        until(runs, start(runs, CHURN), lambda run: run.state is RunState.DONE)


def test_a_step_that_fails_says_why_and_those_after_it_are_skipped(service: Service) -> None:
    functions: Mapping[PipelineStep, StepFunction] = {
        PipelineStep.LOAD: quick,
        PipelineStep.CHURN: fails,
        PipelineStep.VERIFY: quick,
    }
    with runs_of(service.warehouse, functions) as runs:
        run = until(runs, start(runs, VERIFY, CHURN, VERIFY, VERIFY), has_ended)
    assert states(run) == ["DONE", "FAILED", "SKIPPED", "SKIPPED"]
    assert run.outcome == "CHURN failed: The Spark job failed: no room. Make some."
    assert run.steps[1].detail == "The Spark job failed: no room. Make some."
    assert [line[9:] for line in run.log] == [
        "VERIFY begins",
        "VERIFY is done: done at once",
        "CHURN begins",
        "CHURN failed: The Spark job failed: no room. Make some.",
    ]
    assert replace(stored(service.warehouse, run.id), updated_at=None) == run


def test_a_defect_is_told_by_an_id_and_not_by_its_words(service: Service) -> None:
    with runs_of(service.warehouse, {PipelineStep.CHURN: breaks}) as runs:
        run = until(runs, start(runs, CHURN), has_ended)
    assert run.state is RunState.FAILED
    assert "The server's log has it under" in run.outcome
    assert "secret" not in str(run)


def test_cancelling_ends_the_step_and_skips_the_others(service: Service) -> None:
    slow = Slow()
    with runs_of(service.warehouse, {PipelineStep.CHURN: slow}) as runs:
        run_id = start(runs, CHURN, CHURN)
        assert slow.begun.wait(PATIENCE_S)
        run = anyio.run(runs.cancel, run_id, "grace")
        assert states(run) == ["CANCELLED", "SKIPPED"]
        assert run.outcome.startswith("Cancelled by grace in the step CHURN.")
        assert anyio.run(runs.cancel, run_id, "grace") == run
        with pytest.raises(BadInput, match="There is no run nothing"):
            anyio.run(runs.cancel, "nothing", "grace")


def test_a_load_is_abandoned_before_it_shows_anything(service: Service) -> None:
    folder = DropFolder(Path(service.settings.drop_folder))
    (folder.path / "users.csv").write_text("id,country\n1,SE\n2,SE\n", encoding="utf-8")

    def load(_: StepRequest, progress: StepProgress) -> StepResult:
        return FolderPass(service.warehouse, folder, EndedAtOnce(progress)).carried_out()

    with runs_of(service.warehouse, {PipelineStep.LOAD: load}) as runs:
        run = until(runs, start(runs, LOAD, VERIFY), has_ended)
    assert (states(run), run.steps[0].detail) == (["CANCELLED", "SKIPPED"], "users: users.csv")
    assert service.warehouse.is_empty()
    assert (folder.path / "users.csv").exists()
    assert [one.state.value for one in ledger.recent(service.warehouse.engine, 2)] == ["failed"]


class EndedAtOnce(StepProgress):
    """The progress of a step that is ended as soon as it tells how far it is."""

    def __init__(self, progress: StepProgress) -> None:
        vars(self).update(vars(progress))

    def tell(self, detail: str, done: float = 0.0, total: float = 0.0) -> None:
        super().tell(detail, done, total)
        self.stop.set()


def test_what_happens_is_stored_as_it_happens_and_at_most_twice_a_second(service: Service) -> None:
    told, go_on = threading.Event(), threading.Event()

    def busy(_: StepRequest, progress: StepProgress) -> StepResult:
        for number in range(1000):
            progress.tell(f"{number} of 1000", number, 1000)
            progress.stop.wait(0.001)
        told.set()
        go_on.wait(PATIENCE_S)
        return StepResult("")

    engine = service.warehouse.engine
    with runs_of(service.warehouse, {PipelineStep.CHURN: busy}) as runs:
        run_id = start(runs, CHURN)
        assert told.wait(PATIENCE_S)
        assert comes_true(lambda: stored(service.warehouse, run_id).steps[0].detail == "999 of 1000")
        assert stored(service.warehouse, run_id).steps[0].progress == 0.999
        go_on.set()
        until(runs, run_id, has_ended)
    assert stored(service.warehouse, run_id).state is RunState.DONE
    # A row a write, until the engine merges them.
    writes = engine.query("SELECT count() FROM pipeline_runs WHERE id = {id:UUID}", {"id": run_id}).scalar()
    assert writes <= 8


def test_the_end_of_the_server_interrupts_the_run_and_says_so(service: Service) -> None:
    slow = Slow()
    with runs_of(service.warehouse, {PipelineStep.CHURN: slow}) as runs:
        run_id = start(runs, CHURN, CHURN)
        assert slow.begun.wait(PATIENCE_S)
    run = stored(service.warehouse, run_id)
    assert (run.state, states(run)) == (RunState.INTERRUPTED, ["INTERRUPTED", "SKIPPED"])
    assert run.outcome.startswith("Interrupted by the shutdown of the server in the step CHURN.")
    with pytest.raises(Unavailable, match="The server is shutting down"):
        start(runs, CHURN)
