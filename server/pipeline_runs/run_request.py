"""Validates a requested run: the number of steps, and the arguments of each."""

from collections.abc import Sequence

from resolvers.pipeline_runner_interface import StepRequest
from schema.pipeline import MOST_SESSIONS, MOST_STEPS
from warehouse.errors import BadInput
from warehouse.pipeline_runs import PipelineStep


def check_steps(steps: Sequence[StepRequest], drop_folder: str) -> None:
    """Raises: BadInput for invalid steps, saying what to do."""
    if not 1 <= len(steps) <= MOST_STEPS:
        raise BadInput(f"A run has 1 to {MOST_STEPS} steps; this one has {len(steps)}.", "steps")
    for number, one in enumerate(steps, 1):
        _check_arguments(one, f"Step {number}, {one.step}")
        if one.step is PipelineStep.LOAD and not drop_folder:
            raise BadInput(
                "LOAD needs a folder of files, and none is set. Set MARQUEE_DROP_FOLDER and start the server "
                "again, or load with: marquee ingest load TABLE FILE",
                "steps",
            )


def _check_arguments(one: StepRequest, where: str) -> None:
    if one.sessions is not None:
        if one.step is not PipelineStep.GENERATE:
            raise BadInput(f"{where}: it takes no `sessions`. That is for GENERATE.", "steps")
        if not 1 <= one.sessions <= MOST_SESSIONS:
            raise BadInput(f"{where}: `sessions` is {one.sessions}. It may be 1 to {MOST_SESSIONS}.", "steps")
    if one.step is not PipelineStep.RANKINGS and (one.first or one.last):
        raise BadInput(f"{where}: it takes no `from` and `to`. They are for RANKINGS.", "steps")
    if one.first and one.last and one.last < one.first:
        raise BadInput(f"{where}: `to` ({one.last}) lies before `from` ({one.first}).", "steps")
