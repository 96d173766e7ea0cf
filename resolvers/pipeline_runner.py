"""What runs the pipeline, as resolvers know it; the server puts one into the request's context."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from warehouse.engine.change_signal import ChangeSignal
from warehouse.pipeline_runs import PipelineRun, PipelineStep


@dataclass(frozen=True)
class StepRequest:
    """A step as it was asked for: `first` and `last` are days in the first and last month, None is what the step does
    without."""

    step: PipelineStep
    sessions: int | None = None
    first: date | None = None
    last: date | None = None


class PipelineRunner(Protocol):
    """Runs for an asker whom the policy let through. `change_signal` is given whenever a run of this process has
    changed."""

    @property
    def change_signal(self) -> ChangeSignal: ...

    async def start(self, steps: Sequence[StepRequest], by: str) -> PipelineRun:
        """Start a run, and return it as it begins."""
        ...

    async def cancel(self, run_id: str, by: str) -> PipelineRun:
        """End a run, and return it as it is then."""
        ...

    def find(self, run_id: str) -> PipelineRun:
        """A run by its id; waits for the warehouse."""
        ...

    def newest(self, limit: int) -> list[PipelineRun]:
        """The newest runs, newest first; waits for the warehouse."""
        ...
