"""The active run: its steps run in order in their own thread, until one fails or the run is ended."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from resolvers.pipeline_runner_interface import StepRequest
from schema.roles import Role
from server.answering.errors import error_of
from server.pipeline_runs.recorder import Recorder
from warehouse.audit.record import OK, AuditKind, Record, Take, recording
from warehouse.errors import Cancelled
from warehouse.pipeline_runs import PipelineRun, PipelineStep, RunState, StepRun
from warehouse.plurals import counted

LOG = logging.getLogger("marquee.pipeline")


@dataclass(frozen=True)
class StepResult:
    """The result of a step: a sentence, and the number of rows or None."""

    detail: str
    rows: int | None = None


class StepProgress:
    """A running step's progress and cancellation. `stop` is set when the step has to end."""

    def __init__(self, recorder: Recorder, index: int, stop: threading.Event) -> None:
        self.stop = stop
        self._recorder = recorder
        self._index = index

    def tell(self, detail: str, done: float = 0.0, total: float = 0.0) -> None:
        """Report what the step is doing and how far it is."""
        progress = min(done / total, 1.0) if total else 0.0
        self.step(lambda one: replace(one, detail=detail, progress=progress))

    def log(self, line: str) -> None:
        """Add a line to the run's log."""
        self._recorder.change(lambda run: run.logged(_stamped(line)))

    def check(self) -> None:
        """Raises: Cancelled if the step has to end."""
        if self.stop.is_set():
            raise Cancelled("The run was ended.")

    def wait(self, seconds: float) -> None:
        """Sleep.

        Raises: Cancelled as soon as the step has to end.
        """
        self.stop.wait(seconds)
        self.check()

    def step(self, change: Callable[[StepRun], StepRun]) -> None:
        """Replace the step's record with the changed one."""

        def changed(run: PipelineRun) -> PipelineRun:
            steps = (change(one) if index == self._index else one for index, one in enumerate(run.steps))
            return replace(run, steps=tuple(steps))

        self._recorder.change(changed)


# Carries out a step; it calls `check` now and then.
StepFunction = Callable[[StepRequest, StepProgress], StepResult]


class ActiveRun:
    """A started run with its thread. Its audit record lists its loads."""

    def __init__(
        self,
        recorder: Recorder,
        steps: Sequence[StepRequest],
        functions: Mapping[PipelineStep, StepFunction],
        take: Take,
    ) -> None:
        self.recorder = recorder
        self._steps = steps
        self._functions = functions
        self._take = take
        self._stop = threading.Event()
        self._end = (RunState.CANCELLED, "")
        self._thread = threading.Thread(target=self._run, name="pipeline run", daemon=True)
        self._thread.start()

    @property
    def run(self) -> PipelineRun:
        """The run's current state."""
        return self.recorder.run

    def end(self, state: RunState, why: str) -> None:
        """End the run with `state` as soon as its step stops; the outcome says `why`, followed by the step."""
        if not self._stop.is_set():
            self._end = (state, why)
            self._stop.set()

    def wait(self, patience_s: float) -> bool:
        """Wait until the run has ended and is recorded; returns False on timeout."""
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    def close(self, patience_s: float) -> None:
        """Like `wait`, but a run whose step does not stop is recorded as ended anyway."""
        if not self.wait(patience_s):
            LOG.error("the step of run %s does not stop", self.run.id)
            self._ended_by_others()
            self.recorder.close()

    def _run(self) -> None:
        run = self.run
        record = Record(AuditKind.ADMIN, "pipeline run", subject=run.by, role=Role.ADMIN.value, detail=f"run {run.id}")
        try:
            with recording(self._take, record):
                self._carry_out()
                record.outcome = _OUTCOMES.get(self.run.state, OK)
                record.rows = sum(one.rows or 0 for one in self.run.steps)
        finally:
            self.recorder.close()

    def _carry_out(self) -> None:
        began = time.monotonic()
        for index, request in enumerate(self._steps):
            progress = StepProgress(self.recorder, index, self._stop)
            try:
                progress.check()
                self._take_step(request, progress)
            except Exception as error:  # noqa: BLE001 - any error of a step is recorded in the run
                self._fail(index, request.step, error)
                return
        steps, seconds = len(self._steps), time.monotonic() - began
        self._finish(
            RunState.DONE, f"{counted(steps, 'step')} {'is' if steps == 1 else 'are'} done in {seconds:.1f} s."
        )

    def _take_step(self, request: StepRequest, progress: StepProgress) -> None:
        progress.step(lambda one: replace(one, state=RunState.RUNNING, started_at=datetime.now(UTC)))
        progress.log(f"{request.step} begins")
        done = self._functions[request.step](request, progress)
        progress.step(
            lambda one: replace(
                one,
                state=RunState.DONE,
                progress=1.0,
                detail=done.detail,
                rows=done.rows,
                ended_at=datetime.now(UTC),
            )
        )
        progress.log(f"{request.step} is done: {done.detail}")

    def _fail(self, index: int, step: PipelineStep, error: Exception) -> None:
        """Record a failed step. A step that was told to end is not a failure."""
        if self._stop.is_set():
            if not isinstance(error, Cancelled):
                LOG.warning("the run %s was ended, and its step %s with: %s", self.run.id, step, error)
            self._ended_by_others()
            return
        sentence = error_of(error)["message"]
        StepProgress(self.recorder, index, self._stop).step(lambda one: replace(one, detail=sentence))
        self._finish(RunState.FAILED, f"{step} failed: {sentence}")

    def _ended_by_others(self) -> None:
        state, why = self._end
        self._finish(state, f"{why}{self.run.where}. Work in progress was dropped, finished work stays.")

    def _finish(self, state: RunState, outcome: str) -> None:
        self.recorder.change(lambda run: run.logged(_stamped(outcome)).ended(state, outcome, datetime.now(UTC)))


_OUTCOMES: Mapping[RunState, str] = {
    RunState.FAILED: "FAILED",
    RunState.CANCELLED: "INTERRUPTED",
    RunState.INTERRUPTED: "INTERRUPTED",
}


def _stamped(line: str) -> str:
    return f"{datetime.now(UTC):%H:%M:%S} {line}"
