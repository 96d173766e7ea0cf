"""The ledger of results: which results of Spark jobs are in the warehouse, and from which content they were
computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

import pyarrow as pa

from warehouse.engine.engine import Engine

# Job → the tables that it fills.
RESULT_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rankings": ("movie_rankings",),
        "patterns": ("user_patterns",),
        "geography": ("country_reach", "country_distances", "travelling_movies"),
        "recommendations": ("user_recommendations", "similar_movies", "recommendation_report"),
        "churn": ("user_churn", "churn_features", "churn_calibration", "churn_report"),
        "forecast": ("view_forecast", "forecast_report"),
        "quality": ("quality_windows",),
    }
)


class State(StrEnum):
    """SWAPPING: the new rows are complete beside the old ones, and will replace them. DONE: they have."""

    SWAPPING = "swapping"
    DONE = "done"


@dataclass(frozen=True)
class Result:
    """One part of a job's result: a month (`YYYYMM`) of all its tables, or '' for everything in them."""

    job: str
    part: str
    fingerprint: str
    state: State = State.DONE
    rows: int = 0

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it is a part of."""
        return RESULT_TABLES[self.job]


def record(engine: Engine, result: Result) -> None:
    """Record the state of a result."""
    row = {**result.__dict__, "state": result.state.value, "updated_at": datetime.now(UTC)}
    columns = {"rows": pa.uint64(), "updated_at": pa.timestamp("us", "UTC")}
    # As in the ledger of loads: the rows before what is said of them, and that before what follows.
    engine.sync()
    engine.write("spark_results", pa.table({name: pa.array([row[name]], columns.get(name)) for name in row}))
    engine.sync()


def results_of(engine: Engine, job: str) -> Mapping[str, Result]:
    """Part → its newest record, for all parts that a job ever had."""
    return {result.part: result for result in _read(engine) if result.job == job}


def unfinished(engine: Engine) -> list[Result]:
    """Results that a dead process was about to swap in."""
    return [result for result in _read(engine) if result.state is State.SWAPPING]


def _read(engine: Engine) -> list[Result]:
    found = engine.query(
        "SELECT job, part, fingerprint, state, rows FROM spark_results ORDER BY updated_at DESC LIMIT 1 BY job, part"
    )
    return [Result(job, part, fingerprint, State(state), rows) for job, part, fingerprint, state, rows in found.rows]
