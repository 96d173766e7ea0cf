"""The ledger of results: which results of Spark jobs are in the warehouse, and from which content they were
computed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from warehouse.engine.engine import Engine

# Job → the tables that it fills.
RESULT_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rankings": ("movie_rankings",),
        "patterns": ("user_patterns",),
        "geography": ("country_reach", "country_distances", "travelling_movies"),
        "recommendations": ("user_recommendations", "popular_movies", "similar_movies", "recommendation_report"),
        "churn": ("user_churn", "churn_features", "churn_calibration", "churn_report"),
        "forecast": ("view_forecast", "forecast_report"),
        "quality": ("quality_windows",),
    }
)


# Of a record that was never held against any data.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class State(StrEnum):
    """SWAPPING: the new rows are complete beside the old ones, and will replace them. DONE: they have."""

    SWAPPING = "swapping"
    DONE = "done"


@dataclass(frozen=True)
class Result:
    """One part of a job's result: a month (`YYYYMM`) of all its tables, or '' for everything in them.

    `fingerprint` is '' where there was nothing to compute. `checked_at` is when it was last seen to be what the data
    give, which reached to the session that starts at `data_through` (None: not told). `model` says in words what made
    it, '' for plain figures.
    """

    job: str
    part: str
    fingerprint: str
    state: State = State.DONE
    rows: int = 0
    computed_at: datetime = NEVER
    checked_at: datetime = NEVER
    data_through: datetime | None = None
    model: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it is a part of."""
        return RESULT_TABLES[self.job]


def record(engine: Engine, *results: Result) -> None:
    """Record the states of results."""
    now = datetime.now(UTC)
    rows = [{**result.__dict__, "state": result.state.value, "updated_at": now} for result in results]
    columns = {name: pa.array([row[name] for row in rows], _KINDS.get(name)) for name in (*_COLUMNS, "updated_at")}
    # As in the ledger of loads: the rows before what is said of them, and that before what follows.
    engine.sync()
    engine.write("spark_results", pa.table(columns))
    engine.sync()


def results_of(engine: Engine, job: str) -> Mapping[str, Result]:
    """Part → its newest record, for all parts that a job ever had."""
    return {result.part: result for result in _read(engine) if result.job == job}


def unfinished(engine: Engine) -> list[Result]:
    """Results that a dead process was about to swap in."""
    return [result for result in _read(engine) if result.state is State.SWAPPING]


def _read(engine: Engine) -> list[Result]:
    found = engine.query(
        f"SELECT {', '.join(_COLUMNS)} FROM spark_results ORDER BY updated_at DESC LIMIT 1 BY job, part"
    )
    rows = (dict(zip(_COLUMNS, map(_in_utc, row), strict=True)) for row in found.rows)
    return [Result(**{**row, "state": State(row["state"])}) for row in rows]


def _in_utc(value: Any) -> Any:
    """A value of the engine, whose instants do not say that they are UTC's."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


_COLUMNS = tuple(one.name for one in fields(Result))
_INSTANT = pa.timestamp("us", "UTC")
_KINDS = {
    "rows": pa.uint64(),
    **dict.fromkeys(("computed_at", "checked_at", "updated_at"), _INSTANT),
    "data_through": pa.timestamp("s", "UTC"),
}
