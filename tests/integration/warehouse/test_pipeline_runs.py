"""Runs of the pipeline are stored as they go on; those of a dead process are told so when the folder is opened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.warehouse.modes import embedded
from warehouse import Warehouse
from warehouse.pipeline_runs import PipelineRun, PipelineStep, RunState, StepRun, at_work, find, newest, record

ID = "5f4f1c9e-0000-4000-8000-00000000000{}"


def begun(number: int) -> PipelineRun:
    """A run that began so many minutes after noon."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(minutes=number)
    steps = (
        StepRun(PipelineStep.GENERATE, RunState.DONE, 1.0, "50 movies", noon, noon + timedelta(seconds=2), 50),
        StepRun(PipelineStep.VERIFY, RunState.RUNNING, 0.25, started_at=noon + timedelta(seconds=2)),
        StepRun(PipelineStep.RANKINGS),
    )
    return PipelineRun(ID.format(number), "ada", steps, noon, log=("12:00:00 GENERATE begins", "VERIFY 'begins'\n…"))


def test_a_run_is_read_as_it_was_written_and_its_newest_state_counts(warehouse: Warehouse) -> None:
    run = record(warehouse.engine, begun(1))
    assert find(warehouse.engine, run.id) == run
    done = run.logged("12:00:09 all is done").ended(RunState.DONE, "3 steps are done.", run.started_at)
    # As by a clock that was set back: what is written later is newer all the same.
    later = record(warehouse.engine, replace(done, updated_at=datetime.now(UTC) + timedelta(hours=1)))
    assert find(warehouse.engine, run.id) == later
    assert later.updated_at is not None
    assert later.updated_at > datetime.now(UTC) + timedelta(minutes=59)


@pytest.mark.slow
def test_the_newest_come_first_and_only_those_at_work_are_at_work(warehouse: Warehouse) -> None:
    for number in (2, 1, 3):
        record(warehouse.engine, begun(number))
    ended = begun(3).ended(RunState.FAILED, "VERIFY failed: no.", datetime.now(UTC))
    record(warehouse.engine, replace(ended, updated_at=datetime.now(UTC)))
    assert [one.id[-1] for one in newest(warehouse.engine, 2)] == ["3", "2"]
    assert [one.id[-1] for one in at_work(warehouse.engine)] == ["2", "1"]


def test_there_is_no_run_of_an_unknown_id_or_of_what_is_none(warehouse: Warehouse) -> None:
    assert [find(warehouse.engine, text) for text in (ID.format(9), "", "1 OR 1", "é" * 500)] == [None] * 4


def test_what_a_dead_process_left_at_work_is_interrupted_when_the_folder_is_opened(tmp_path: Path) -> None:
    with embedded(tmp_path) as warehouse:
        left = record(warehouse.engine, begun(1))
        done = record(warehouse.engine, begun(2).ended(RunState.DONE, "Done.", datetime.now(UTC)))
    with embedded(tmp_path) as warehouse:
        told = find(warehouse.engine, left.id)
        assert told is not None
        assert (told.state, told.ended_at) == (RunState.INTERRUPTED, left.updated_at)
        assert told.outcome.startswith("Interrupted in the step VERIFY: the process that ran it ended.")
        assert [one.state.value for one in told.steps] == ["DONE", "INTERRUPTED", "SKIPPED"]
        assert told.log == left.log
        assert find(warehouse.engine, done.id) == done
        assert at_work(warehouse.engine) == []
