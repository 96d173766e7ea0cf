"""Spark jobs as steps of a run: a job's stages become the step's progress."""

from dataclasses import replace

from resolvers.pipeline_runner_interface import StepRequest
from server.pipeline_runs.active_run import StepProgress
from server.pipeline_runs.steps import RunJob
from server.settings import Settings
from server.spark_jobs.job_runner import JobOutcome, Stage, job_runner_of
from warehouse.warehouse import Warehouse


def run_jobs(warehouse: Warehouse, settings: Settings) -> RunJob:
    """A function that runs a `marquee spark` job for a step."""

    def run(name: str, request: StepRequest, progress: StepProgress) -> JobOutcome:
        said = ""

        def report(stage: Stage) -> None:
            nonlocal said
            progress.tell(stage.line, stage.done, stage.total)
            if stage.line != said:
                said = stage.line
                progress.log(f"{stage.job}: {said}")

        pipeline = replace(job_runner_of(settings, warehouse), report=report, stop=progress.stop)
        return pipeline.run(name, (request.first, request.last))

    return run
