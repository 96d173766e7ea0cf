"""Runs of the pipeline: what they take, and how far they are."""

from typing import Annotated

import strawberry

from schema.scalars import Date, Long
from warehouse.pipeline_runs import PipelineStep, RunState

MOST_STEPS = 20
MOST_RUNS = 100
MOST_SESSIONS = 10_000_000

strawberry.enum(
    PipelineStep,
    name="PipelineStep",
    description="GENERATE makes demo data where nothing was loaded yet; LOAD loads the files of MARQUEE_DROP_FOLDER; "
    "VERIFY compares every rollup with a recount; the others are the jobs of `marquee spark`.",
)
strawberry.enum(
    RunState,
    name="RunState",
    description="How far a run or a step is. A run is RUNNING until it ends in one of the last five; a step is WAITING "
    "before, and SKIPPED where the run ended before its turn. INTERRUPTED: the server ended meanwhile.",
)

First = Annotated[int, strawberry.argument(description=f"How many, the newest first; at most {MOST_RUNS}.")]


@strawberry.input(description="A step of a run. An argument that the step does not take is refused.")
class PipelineStepInput:
    """What arguments mean, and where they belong."""

    step: PipelineStep
    sessions: Long | None = strawberry.field(
        default=None, description=f"For GENERATE: how many viewing sessions, 1 to {MOST_SESSIONS}; 50000 without it."
    )
    from_: Date | None = strawberry.field(
        default=None,
        name="from",
        description="For RANKINGS: the first month to fill, by a day in it; the oldest without it.",
    )
    to: Date | None = strawberry.field(
        default=None, description="For RANKINGS: the last month to fill, by a day in it; the newest without it."
    )


@strawberry.type(description="One step of a run.")
class PipelineRunStep:
    """Steps run one after the other, in the order in which they were asked for."""

    step: PipelineStep
    state: RunState
    progress: float = strawberry.field(description="How much of it is done, 0 to 1.")
    detail: str | None = strawberry.field(description="What it is at, or what came of it.")
    started_at: str | None = strawberry.field(description="ISO 8601, UTC; null before.")
    ended_at: str | None = strawberry.field(description="ISO 8601, UTC; null before.")
    rows: Long | None = strawberry.field(description="Rows that it loaded or wrote; null before, and of VERIFY.")


@strawberry.type(description="One run of the pipeline. Of those that ended, what was done stays.")
class PipelineRun:
    """Grain: one run, as it was when it was sent."""

    id: strawberry.ID
    state: RunState
    by: str = strawberry.field(description="Whose token started it.")
    started_at: str = strawberry.field(description="ISO 8601, UTC.")
    ended_at: str | None = strawberry.field(
        description="ISO 8601, UTC; null while it runs. Of one that was interrupted: its last sign of life."
    )
    steps: list[PipelineRunStep]
    log: list[str] = strawberry.field(description="What happened, a line each; the last 200.")
    outcome: str | None = strawberry.field(description="What came of it, in a sentence; null while it runs.")
