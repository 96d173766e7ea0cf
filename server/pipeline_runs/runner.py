"""Pipeline runs of a served warehouse: implements `resolvers.pipeline_runner_interface.PipelineRunner`."""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from anyio import to_thread

from resolvers.pipeline_runner_interface import StepRequest
from server.pipeline_runs.active_run import ActiveRun, StepFunction
from server.pipeline_runs.recorder import Recorder
from server.pipeline_runs.run_request import check_steps
from warehouse import pipeline_runs
from warehouse.audit.record import current
from warehouse.engine.change_signal import ChangeSignal
from warehouse.errors import BadInput, Overloaded, Unavailable
from warehouse.pipeline_runs import PipelineRun, PipelineStep, RunState, StepRun
from warehouse.warehouse import Warehouse

# How long a cancellation waits for the run to end before answering.
CANCEL_S = 5.0
# How long a step may take to stop at shutdown.
CLOSE_S = 20.0

StepFunctions = Mapping[PipelineStep, StepFunction]


class Runner:
    """One run at a time; thread-safe. The active run is read from memory, others from the table."""

    def __init__(self, warehouse: Warehouse, functions: Callable[[], StepFunctions], drop_folder: str = "") -> None:
        """`functions` is called at the first run, because the steps' imports are slow."""
        self.change_signal = ChangeSignal()
        self._warehouse = warehouse
        self._functions = cache(functions)
        self._drop_folder = drop_folder
        self._starting = threading.Lock()
        self._last: ActiveRun | None = None
        self._is_closed = False

    async def start(self, steps: Sequence[StepRequest], by: str) -> PipelineRun:
        """Start a run and return its first state.

        Raises: BadInput for invalid steps; Overloaded while another run is active.
        """
        check_steps(steps, self._drop_folder)
        run = await to_thread.run_sync(self._start, steps, by)
        _note(f"run {run.id}")
        return run

    async def cancel(self, run_id: str, by: str) -> PipelineRun:
        """Cancel a run and return its state when it has ended, or after 5 seconds.

        Raises: BadInput for an unknown run; Unavailable if another process runs it.
        """
        run = await to_thread.run_sync(self._cancel, run_id, by)
        _note(f"run {run.id}")
        return run

    def find(self, run_id: str) -> PipelineRun:
        """A run by its id.

        Raises: BadInput for an unknown id.
        """
        last = self._last
        if last is not None and last.run.id == run_id:
            return last.run
        found = pipeline_runs.find(self._warehouse.engine, run_id)
        if found is None:
            raise BadInput(f"There is no run {run_id[:40]}. `pipelineRuns` lists them.", "id")
        return found

    def newest(self, limit: int) -> list[PipelineRun]:
        """The newest runs, newest first."""
        last = self._last
        found = pipeline_runs.newest(self._warehouse.engine, limit)
        return [last.run if last is not None and last.run.id == one.id else one for one in found]

    def close(self) -> None:
        """End the active run as INTERRUPTED and refuse new ones."""
        with self._starting:
            self._is_closed = True
            if self._last is not None:
                self._last.end(RunState.INTERRUPTED, "Interrupted by the shutdown of the server")
                self._last.close(CLOSE_S)

    def _start(self, steps: Sequence[StepRequest], by: str) -> PipelineRun:
        with self._starting:
            if self._is_closed:
                raise Unavailable("The server is shutting down. Start the run when it is back.")
            if self._last is not None and not self._last.run.is_at_work:
                self._last.wait(CLOSE_S)
            functions = self._functions()
            with self._alone():
                self._check_free()
                now = datetime.now(UTC)
                first, *others = (StepRun(one.step) for one in steps)
                at_work = replace(first, state=RunState.RUNNING, started_at=now)
                run = PipelineRun(str(uuid.uuid4()), by, (at_work, *others), now)
                recorder = Recorder(self._warehouse.engine, self.change_signal, run)
            self._last = ActiveRun(recorder, steps, functions, self._warehouse.audit.take)
            return run

    def _alone(self) -> AbstractContextManager[None]:
        """Where other processes may start a run too: let only one look for a run and record its own."""
        return nullcontext() if self._warehouse.is_ours_alone else self._warehouse.exclusive()

    def _check_free(self) -> None:
        """Raises: Overloaded while a run is active, here or in another process that shares the warehouse."""
        own = [self._last.run] if self._last is not None and self._last.run.is_at_work else []
        for one in own or pipeline_runs.at_work(self._warehouse.engine):
            raise Overloaded(
                f"The run {one.id}, started by {one.by} at {one.started_at:%Y-%m-%d %H:%M:%S} UTC, is running"
                f"{one.where}. Wait for its end, or cancel it."
            )

    def _cancel(self, run_id: str, by: str) -> PipelineRun:
        found, last = self.find(run_id), self._last
        if not found.is_at_work:
            return found
        if last is None or last.run.id != found.id:
            raise Unavailable(
                f"The run {found.id} belongs to another process. Cancel it through the server that started it."
            )
        last.end(RunState.CANCELLED, f"Cancelled by {by}")
        last.wait(CANCEL_S)
        return last.run


def _note(detail: str) -> None:
    """Add the run to the open audit record, if there is one."""
    record = current()
    if record is not None:
        record.note(detail)
