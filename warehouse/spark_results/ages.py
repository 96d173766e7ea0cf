"""The age of results: when each job's result was computed, the newest session in its data, and whether it is stale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse.access import SYSTEM, Access
from warehouse.engine.engine import Engine
from warehouse.query.masked_source import read
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader
from warehouse.spark_results import quality_windows
from warehouse.spark_results.reports import Report, reports_of
from warehouse.spark_results.result_queries import released_to
from warehouse.staging.results import RESULT_TABLES, Result, results_of

JOBS = tuple(RESULT_TABLES)


@dataclass(frozen=True)
class Age:
    """When a job's result was computed, the newest session of its data, and whether the warehouse has newer data. All
    are None before the job has run, and under a scope, because they would reveal rows outside it.
    """

    job: str
    computed_at: datetime | None = None
    data_through: datetime | None = None
    is_stale: bool | None = None


@dataclass(frozen=True)
class ComputedResult:
    """A job's result as a whole: its age, its rows, the model in words, and the model's figures."""

    job: str
    computed_at: datetime
    data_through: datetime | None
    is_stale: bool
    rows: int
    model: str | None
    figures: list[Report]


def age_of(reader: Reader, job: str, access: Access, most_behind: timedelta) -> Age:
    """The age of a job's result, which is stale when it is behind its data by more than a time.

    It is behind by the time between the newest session in it and the newest one stored, or between its last check
    against the data and the last load, whichever is longer. Of several parts, the one that is furthest behind counts.
    """
    return Age(job) if released_to(access, job).scope else _age(reader, job, _parts(reader.engine, job), most_behind)


def computed_results(reader: Reader, access: Access, most_behind: timedelta) -> Sequence[ComputedResult]:
    """The results of the jobs that have run, by job, as far as the asker's scope lets see over everybody."""
    found = []
    for job in sorted(JOBS):
        parts = [] if released_to(access, job).scope else _parts(reader.engine, job)
        if parts:
            newest, age = max(parts, key=lambda part: part.computed_at), _age(reader, job, parts, most_behind)
            rows, figures = sum(part.rows for part in parts), list(reports_of(reader.engine, access, job))
            whole = (newest.computed_at, age.data_through, bool(age.is_stale), rows, newest.model or None, figures)
            found.append(ComputedResult(job, *whole))
    return found


def _parts(engine: Engine, job: str) -> Sequence[Result]:
    """Those that there was something to compute of."""
    known: Mapping[str, Result] = results_of(engine, job)
    return [part for part in known.values() if part.fingerprint]


def _age(reader: Reader, job: str, parts: Sequence[Result], most_behind: timedelta) -> Age:
    if not parts:
        return Age(job)
    through = [part.data_through for part in parts if part.data_through is not None]
    data_through = min(through) if len(through) == len(parts) else _closed_through(reader.engine, job)
    checked_at = min(part.checked_at for part in parts)
    is_stale = _is_behind(reader, checked_at, data_through, most_behind)
    return Age(job, max(part.computed_at for part in parts), data_through, is_stale)


def _is_behind(reader: Reader, checked_at: datetime, through: datetime | None, most_behind: timedelta) -> bool:
    newest, loaded_at = reader.newest(SYSTEM), reader.loaded_at()
    if newest is not None and through is not None and datetime.fromtimestamp(newest, UTC) - through > most_behind:
        return True
    return loaded_at is not None and datetime.fromisoformat(loaded_at) - checked_at > most_behind


def _closed_through(engine: Engine, job: str) -> datetime | None:
    """Up to when windows of streamed files are closed; None for other jobs, of versions that did not tell."""
    if job != quality_windows.JOB:
        return None
    parameters = Parameters()
    source = read(quality_windows.WINDOWS, ("window_end",), SYSTEM, parameters)
    found: datetime = engine.query(f"SELECT max(window_end) FROM {source}", parameters.values).scalar()
    through = found.replace(tzinfo=UTC)
    # The engine's answer over no rows is its epoch.
    return through if through.timestamp() else None
