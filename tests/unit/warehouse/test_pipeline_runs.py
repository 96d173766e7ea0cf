"""A run of the pipeline as a value: its log is bounded, its end is told of every step, silence is told as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from warehouse.pipeline_runs import PipelineRun, PipelineStep, RunState, StepRun, interrupted_if_silent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEGUN = PipelineRun(
    "5f4f1c9e-0000-4000-8000-000000000000",
    "ada",
    (
        StepRun(PipelineStep.LOAD, RunState.DONE, 1.0),
        StepRun(PipelineStep.VERIFY, RunState.RUNNING, 0.5, started_at=NOON),
        StepRun(PipelineStep.RANKINGS),
    ),
    NOON,
    updated_at=NOON + timedelta(seconds=30),
)


def test_the_log_keeps_its_last_200_lines_and_no_line_is_endless() -> None:
    run = BEGUN
    for number in range(205):
        run = run.logged(f"{number} {'x' * 600}")
    assert (len(run.log), run.log[0][:5], run.log[-1][:5]) == (200, "5 xxx", "204 x")
    assert {len(line) for line in run.log} == {500}


def test_a_run_that_ends_ends_its_step_and_skips_those_that_wait() -> None:
    ended = BEGUN.ended(RunState.CANCELLED, "Cancelled by ada.", NOON + timedelta(minutes=1))
    assert [one.state.value for one in ended.steps] == ["DONE", "CANCELLED", "SKIPPED"]
    assert (ended.state, ended.outcome, ended.is_at_work) == (RunState.CANCELLED, "Cancelled by ada.", False)
    assert ended.steps[1].ended_at == ended.ended_at == NOON + timedelta(minutes=1)


def test_a_run_without_a_sign_of_life_for_a_minute_is_told_as_interrupted_at_its_last() -> None:
    silent = interrupted_if_silent(BEGUN, NOON + timedelta(seconds=91))
    assert silent.state is RunState.INTERRUPTED
    assert silent.ended_at == NOON + timedelta(seconds=30)
    assert silent.outcome.startswith("Interrupted in the step VERIFY: the process that ran it ended.")
    assert interrupted_if_silent(BEGUN, NOON + timedelta(seconds=90)) == BEGUN


def test_a_run_that_has_ended_is_silent_for_ever() -> None:
    done = replace(BEGUN.ended(RunState.DONE, "Done.", NOON), updated_at=NOON)
    assert interrupted_if_silent(done, NOON + timedelta(days=1)) == done
