"""Spark jobs as steps of a run: what the pipeline tells of a job goes to the step's voice."""

from dataclasses import replace

from resolvers.runner import StepAsked
from server.pipeline_runs.steps import RunJob
from server.pipeline_runs.work import Voice
from server.settings import Settings
from server.spark_jobs.pipeline import Outcome, Stage, pipeline_of
from warehouse.warehouse import Warehouse


def run_jobs(warehouse: Warehouse, settings: Settings) -> RunJob:
    """What runs a job of `marquee spark` for a step."""

    def run(name: str, asked: StepAsked, voice: Voice) -> Outcome:
        said = ""

        def report(stage: Stage) -> None:
            nonlocal said
            voice.tell(stage.line, stage.done, stage.total)
            if stage.line != said:
                said = stage.line
                voice.log(f"{stage.job}: {said}")

        pipeline = replace(pipeline_of(settings, warehouse), report=report, stop=voice.stop)
        return pipeline.run(name, (asked.first, asked.last))

    return run
