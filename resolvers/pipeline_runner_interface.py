"""The interface for running the pipeline; the server puts an implementation into the request's context."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from warehouse.engine.change_signal import ChangeSignal
from warehouse.pipeline_runs import PipelineRun, PipelineStep


@dataclass(frozen=True)
class StepRequest:
    """A requested step. `first` and `last` are days in the first and last month; None means the step's default."""

    step: PipelineStep
    sessions: int | None = None
    first: date | None = None
    last: date | None = None


class PipelineRunner(Protocol):
    """Runs the pipeline; the policy has already checked the asker. `change_signal` is triggered when a run of this
    process changes.
    """

    @property
    def change_signal(self) -> ChangeSignal: ...

    async def start(self, steps: Sequence[StepRequest], by: str) -> PipelineRun:
        """Start a run and return its first state."""
        ...

    async def cancel(self, run_id: str, by: str) -> PipelineRun:
        """Cancel a run and return its state."""
        ...

    def find(self, run_id: str) -> PipelineRun:
        """A run by id; blocks on the warehouse."""
        ...

    def newest(self, limit: int) -> list[PipelineRun]:
        """The newest runs, newest first; blocks on the warehouse."""
        ...
