"""The table `pipeline_runs`: runs of the pipeline with their steps, updated as they proceed, and how runs of a dead
process are reported.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa

from warehouse.described_enum import DescribedEnum
from warehouse.engine.engine import Engine


class PipelineStep(DescribedEnum):
    """What a step does."""

    GENERATE = "GENERATE", "Make demo data, if the warehouse is empty."
    LOAD = "LOAD", "Load the files in the drop folder, `MARQUEE_DROP_FOLDER`."
    VERIFY = "VERIFY", "Compare every rollup with a recount of the facts."
    RANKINGS = "RANKINGS", "Compute charts of films, for `rankings`."
    PATTERNS = "PATTERNS", "Compute how people watch, for `viewingPatterns`."
    GEOGRAPHY = "GEOGRAPHY", "Compare countries and count travellers, for `geography`."
    RECOMMENDATIONS = "RECOMMENDATIONS", "Compute what people may like next, for `recommendations` and `similarMovies`."
    CHURN = "CHURN", "Estimate who may not come back, for `churnRisk`."
    FORECAST = "FORECAST", "Forecast the views of each genre, for `forecast`."
    QUALITY = "QUALITY", "Find where playback buffered more than usual, for `qualityAlerts`."


class RunState(DescribedEnum):
    """How far a run or a step has come; WAITING and SKIPPED are for steps alone."""

    WAITING = "WAITING", "A step whose turn has not come."
    RUNNING = "RUNNING", "It is at work."
    DONE = "DONE", "It ended well."
    FAILED = "FAILED", "It ended with an error; its detail or outcome says which."
    CANCELLED = "CANCELLED", "Somebody cancelled it."
    INTERRUPTED = "INTERRUPTED", "The server stopped meanwhile."
    SKIPPED = "SKIPPED", "A step whose turn never came, because the run ended first."


# A run at work writes a heartbeat every 10 seconds. After this long without one its process is considered dead.
SILENT = timedelta(minutes=1)
MOST_LINES = 200
LONGEST_LINE = 500
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class StepRun:
    """One step of a run; `progress` is 0 to 1, `rows` what it wrote, read or compared, None where it says nothing."""

    step: PipelineStep
    state: RunState = RunState.WAITING
    progress: float = 0.0
    detail: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    rows: int | None = None


@dataclass(frozen=True)
class PipelineRun:
    """One run; `by` is the subject who started it, `log` its last lines, `outcome` a sentence once it has ended.

    `updated_at` is when this was written, None where it was not.
    """

    id: str
    by: str
    steps: tuple[StepRun, ...]
    started_at: datetime
    state: RunState = RunState.RUNNING
    log: tuple[str, ...] = ()
    outcome: str = ""
    ended_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether it has not ended."""
        return self.state is RunState.RUNNING

    @property
    def where(self) -> str:
        """The step that is at work, or next, as it stands in a sentence; nothing after the last."""
        following = next((one.step for one in self.steps if one.state is RunState.WAITING), None)
        return f" in the step {self.present}" if self.present else f" before the step {following}" if following else ""

    @property
    def present(self) -> PipelineStep | None:
        """The step that is at work."""
        return next((one.step for one in self.steps if one.state is RunState.RUNNING), None)

    def logged(self, line: str) -> "PipelineRun":
        """With one more line, cut to a maximum length; the oldest lines are dropped."""
        cut = line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
        return replace(self, log=(*self.log, cut)[-MOST_LINES:])

    def ended(self, state: RunState, outcome: str, at: datetime) -> "PipelineRun":
        """The run at its end: the step at work ends as the run does, and waiting steps are skipped."""
        steps = tuple(_ended(one, state, at) for one in self.steps)
        return replace(self, state=state, outcome=outcome, ended_at=at, steps=steps)


def _ended(step: StepRun, state: RunState, at: datetime) -> StepRun:
    if step.state is RunState.RUNNING:
        return replace(step, state=state, ended_at=at)
    return replace(step, state=RunState.SKIPPED) if step.state is RunState.WAITING else step


def record(engine: Engine, run: PipelineRun) -> PipelineRun:
    """Write the present state of a run; returns it as it is written."""
    # The newest state must win even if the machine's clock was set back.
    now = datetime.now(UTC)
    written = replace(run, updated_at=max(now, run.updated_at + _MICROSECOND) if run.updated_at else now)
    engine.insert("pipeline_runs", pa.Table.from_pylist([_row(written)], schema=_SCHEMA))
    return written


def find(engine: Engine, run_id: str) -> PipelineRun | None:
    """A run by its id; None if there is none, or the text is not a run's id."""
    try:
        known = uuid.UUID(run_id)
    except ValueError:
        return None
    found = engine.query(f"SELECT {_COLUMNS} FROM pipeline_runs FINAL WHERE id = {{id:UUID}}", {"id": str(known)})
    return _told(found.dicts()[0]) if found.rows else None


def newest(engine: Engine, limit: int) -> list[PipelineRun]:
    """The newest runs, newest first."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM pipeline_runs FINAL ORDER BY started_at DESC, id LIMIT {{limit:UInt32}}",
        {"limit": limit},
    )
    return [_told(row) for row in found.dicts()]


def at_work(engine: Engine) -> list[PipelineRun]:
    """Runs with a recent heartbeat, newest first. Where several processes share a warehouse, this includes theirs."""
    return [one for one in _unfinished(engine) if interrupted_if_silent(one, datetime.now(UTC)).is_at_work]


def interrupt_unfinished(engine: Engine) -> list[PipelineRun]:
    """Mark every unfinished run as interrupted. Only for a process that is alone: an unfinished run is then a dead
    process's."""
    return [record(engine, interrupted(one)) for one in _unfinished(engine)]


def interrupted(run: PipelineRun) -> PipelineRun:
    """A run whose process died: it ended at its last heartbeat."""
    outcome = f"Interrupted{run.where}: the process that ran it ended. What was done before stays; start it again."
    return run.ended(RunState.INTERRUPTED, outcome, run.updated_at or run.started_at)


def interrupted_if_silent(run: PipelineRun, now: datetime) -> PipelineRun:
    """A run as seen at an instant: without a heartbeat for a minute it counts as interrupted."""
    is_silent = run.is_at_work and run.updated_at is not None and now - run.updated_at > SILENT
    return interrupted(run) if is_silent else run


_TEXTS = pa.list_(pa.string())
_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("state", pa.string()),
        ("by", pa.string()),
        ("steps", pa.string()),
        ("log", _TEXTS),
        ("outcome", pa.string()),
        ("started_at", pa.timestamp("us", "UTC")),
        ("ended_at", pa.timestamp("us", "UTC")),
        ("updated_at", pa.timestamp("us", "UTC")),
    ]
)
_COLUMNS = ", ".join(_SCHEMA.names)


def _row(run: PipelineRun) -> dict[str, Any]:
    return {**asdict(run), "steps": orjson.dumps(run.steps).decode(), "log": list(run.log)}


def _unfinished(engine: Engine) -> Sequence[PipelineRun]:
    found = engine.query(
        f"SELECT {_COLUMNS} FROM pipeline_runs FINAL WHERE state = 'RUNNING' ORDER BY started_at DESC, id"
    )
    return [_run(row) for row in found.dicts()]


def _told(row: dict[str, Any]) -> PipelineRun:
    return interrupted_if_silent(_run(row), datetime.now(UTC))


def _run(row: dict[str, Any]) -> PipelineRun:
    instants = {name: _instant(row[name]) for name in ("started_at", "ended_at", "updated_at")}
    steps = tuple(map(_step, orjson.loads(row["steps"])))
    others = {"id": str(row["id"]), "state": RunState(row["state"]), "log": tuple(row["log"]), "steps": steps}
    return PipelineRun(**{**row, **others, **instants})


def _step(found: dict[str, Any]) -> StepRun:
    instants = {name: found[name] and datetime.fromisoformat(found[name]) for name in ("started_at", "ended_at")}
    kinds = {"step": PipelineStep(found["step"]), "state": RunState(found["state"])}
    return StepRun(**{**found, **kinds, **instants})


def _instant(found: datetime | None) -> datetime | None:
    return found.replace(tzinfo=UTC) if found else None
