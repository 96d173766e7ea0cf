"""Pipeline runs: their input, steps and progress."""

from typing import Annotated

import strawberry

from schema.described_enums import described
from schema.nodes import OWN_ID, Node
from schema.scalars import Date, DateTime, Long
from warehouse.pipeline_runs import PipelineStep, RunState

MOST_STEPS = 20
MOST_RUNS = 100
MOST_SESSIONS = 10_000_000

described(
    "What a step of a run does; from RANKINGS on they are the jobs of `marquee spark`.",
    name="PipelineStep",
)(PipelineStep)
described(
    "The state of a run or step; a run is RUNNING until it ends.",
    name="RunState",
)(RunState)

First = Annotated[int, strawberry.argument(description=f"How many runs, newest first; at most {MOST_RUNS}.")]


@strawberry.input(description="A step of a run. Arguments of other steps are refused.")
class PipelineStepInput:
    """Each argument is for one step only."""

    step: PipelineStep = strawberry.field(description="Which step.")
    sessions: Long | None = strawberry.field(
        default=None, description=f"For GENERATE: the number of viewing sessions, 1 to {MOST_SESSIONS}; default 50000."
    )
    from_: Date | None = strawberry.field(
        default=None,
        name="from",
        description="For RANKINGS: any day in the first month to compute; default the oldest.",
    )
    to: Date | None = strawberry.field(
        default=None, description="For RANKINGS: any day in the last month to compute; default the newest."
    )


@strawberry.type(description="One step of a run.")
class PipelineRunStep:
    """Steps run one after the other in the requested order."""

    step: PipelineStep = strawberry.field(description="Which step.")
    state: RunState = strawberry.field(description="Its state.")
    progress: float = strawberry.field(description="The finished share, 0 to 1.")
    detail: str | None = strawberry.field(description="What it is doing, or its result.")
    started_at: DateTime | None = strawberry.field(description="UTC; null before it starts.")
    ended_at: DateTime | None = strawberry.field(description="UTC; null before it ends.")
    rows: Long | None = strawberry.field(description="Rows loaded or written; null before it ends, and for VERIFY.")


@strawberry.type(description="One run of the pipeline. Finished steps stay, however the run ends.")
class PipelineRun(Node):
    """Grain: one run, in its state when sent."""

    source_id: strawberry.ID = strawberry.field(description=OWN_ID)
    state: RunState = strawberry.field(description="Its state.")
    by: str = strawberry.field(description="The subject of the token that started it.")
    started_at: DateTime = strawberry.field(description="UTC.")
    ended_at: DateTime | None = strawberry.field(
        description="UTC; null while it runs. For an interrupted run its last heartbeat."
    )
    steps: list[PipelineRunStep] = strawberry.field(description="The steps in their order.")
    log: list[str] = strawberry.field(description="The last 200 lines of the run's log.")
    outcome: str | None = strawberry.field(description="The outcome in a sentence; null while it runs.")
