"""What Spark's jobs left in the small world: a few rows of each result, as plain values by the source's ids.

No job runs here: the figures are chosen to be told apart, and need not fit the sessions.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from tests.integration.resolvers.world import END, FILMS, PEOPLE
from warehouse import Warehouse, ids
from warehouse.staging.results import Result, State, record

NOBODY, ZERO, UNWATCHED = PEOPLE[6].id, FILMS[5].id, FILMS[6].id
MAP = pa.map_(pa.string(), pa.float64())

# Table → its columns, and rows; what is called `user`, `movie` or `other_movie` is an id of the source.
ROWS: Mapping[str, tuple[str, Sequence[tuple[Any, ...]]]] = {
    "user_patterns": (
        "user sessions visits watch_minutes_e4 binge_runs longest_binge night morning afternoon evening devices "
        "device_switches",
        [
            ("10", 8, 4, 4_800_000, 1, 3, 2, 0, 2, 4, 2, 1),
            ("11", 2, 2, 600_000, 0, 0, 0, 1, 1, 0, 1, 0),
            ("12", 10, 5, 6_000_000, 2, 4, 0, 0, 5, 5, 3, 2),
            ("13", 4, 1, 1_200_000, 1, 4, 4, 0, 0, 0, 1, 0),
            ("14", 1, 1, 100_000, 0, 0, 0, 0, 0, 1, 1, 0),
            (NOBODY, 3, 2, 900_000, 0, 0, 0, 3, 0, 0, 2, 1),
        ],
    ),
    "country_reach": (
        "country movie views viewers active_viewers rank",
        [
            ("DE", "1", 9, 3, 4, 1),
            ("DE", "2", 5, 2, 4, 2),
            ("DE", ZERO, 2, 2, 4, 3),
            ("DE", "4", 1, 1, 4, 4),
            ("HU", "5", 2, 1, 1, 1),
            ("US", "2", 7, 4, 5, 1),
            ("US", "1", 3, 3, 5, 2),
        ],
    ),
    "country_distances": (
        "country other distance",
        [
            *(("DE", "HU", 0.5), ("DE", "US", 0.25), ("HU", "DE", 0.5)),
            *(("HU", "US", 0.75), ("US", "DE", 0.25), ("US", "HU", 0.75)),
        ],
    ),
    "travelling_movies": (
        "movie home countries views abroad_share evenness rank",
        [("2", "US", 3, 12, 0.4375, 0.875, 1), ("1", "DE", 2, 12, 0.25, 0.5, 2), (ZERO, "DE", 1, 2, 0.0, 0.0, 3)],
    ),
    "user_recommendations": (
        "user rank movie score",
        [("10", 1, "3", 0.875), ("10", 2, ZERO, 0.5), ("10", 3, "4", -0.25), ("12", 1, "2", 0.75)],
    ),
    "popular_movies": (
        "country rank movie score",
        [
            *(("DE", 1, "1", 0.75), ("DE", 2, "2", 0.5), ("DE", 3, UNWATCHED, 0.25)),
            *(("Unknown", 1, "2", 0.625), ("Unknown", 2, "3", 0.5), ("Unknown", 3, ZERO, 0.375)),
        ],
    ),
    "similar_movies": (
        "movie rank other_movie similarity",
        [("1", 1, "3", 0.75), ("1", 2, "2", -0.125), ("2", 1, "1", 0.5)],
    ),
    "recommendation_report": ("metric model baseline rows", [("ndcg_at_10", 0.5, 0.25, 40)]),
    "user_churn": (
        "user probability score features",
        [
            ("12", 0.875, 0.75, {"sessions_30d": 1.0, "days_since_last": 21.0}),
            ("10", 0.125, 0.25, {"sessions_30d": 9.0, "days_since_last": 2.0}),
            ("13", 0.875, 0.75, {"weekend_share": 0.5, "days_since_last": 19.5}),
        ],
    ),
    "churn_features": ("feature importance", [("days_since_last", 0.75), ("sessions_30d", 0.25)]),
    "churn_calibration": ("bin predicted observed users", [(1, 0.125, 0.0, 1), (8, 0.875, 0.5, 2)]),
    "churn_report": ("metric model baseline rows", [("auc", 0.75, 0.5, 100), ("observed_rate", 0.25, None, 100)]),
    "view_forecast": (
        "genre day views low high by_model",
        [
            ("Drama", date(2026, 4, 12), 11.5, 6.25, 17.0, True),
            ("Comedy", date(2026, 4, 11), 4.0, 1.5, 6.5, False),
            ("Drama", date(2026, 4, 11), 10.5, 6.0, 15.0, True),
        ],
    ),
    "forecast_report": ("metric model baseline rows", [("mae", 1.5, 2.0, 28)]),
    "quality_windows": (
        "window_start window_end device country sessions buffered_sessions buffering_events buffering_per_view usual "
        "alert",
        [
            ((10, 18, 0), (10, 18, 10), "TV", "DE", 10, 6, 30, 3.0, 0.5, True),
            ((10, 18, 0), (10, 18, 10), "Phone", "US", 20, 9, 70, 3.5, 1.25, True),
            ((10, 17, 50), (10, 18, 0), "TV", "HU", 8, 5, 20, 2.5, 0.5, True),
            ((10, 18, 10), (10, 18, 20), "TV", "DE", 10, 1, 2, 0.2, 0.75, False),
            ((3, 0, 0), (3, 0, 10), "TV", "DE", 16, 8, 32, 2.0, 0.0, True),
        ],
    ),
}
_KINDS = {"features": MAP, "baseline": pa.float64()}


# Jobs whose results have an age, when it was computed, and how far the data are ahead: of recommendations nothing, of
# churn three days of sessions, and since the forecast was computed there were loads.
COMPUTED_AT = datetime(2026, 4, 10, 20, 0, 30, tzinfo=UTC)
_THROUGH = {"recommendations": END, "churn": END - timedelta(days=3), "forecast": END}


def fill(warehouse: Warehouse) -> None:
    """Write the rows into the tables of results, and how old some are."""
    for table, rows in results(warehouse).items():
        warehouse.engine.insert(table, rows)
    now = datetime.now(UTC)
    for job, through in _THROUGH.items():
        checked_at = COMPUTED_AT if job == "forecast" else now
        model = "eight trees" if job == "churn" else ""
        record(warehouse.engine, Result(job, "", "f", State.DONE, 7, COMPUTED_AT, checked_at, through, model))


def results(warehouse: Warehouse) -> dict[str, pa.Table]:
    """The rows of each table, with the dense keys of a warehouse that holds the world."""
    keys = {table: _keys(warehouse, table) for table in ("users", "movies")}
    of = {"user": ("user_key", "users"), "movie": ("movie_key", "movies"), "other_movie": ("other_key", "movies")}
    found = {}
    for table, (named, rows) in ROWS.items():
        columns: dict[str, Any] = {}
        for name, values in zip(named.split(), zip(*rows, strict=True), strict=True):
            stored, kind = of.get(name, (name, ""))
            columns[stored] = _column(name, [keys[kind][value] for value in values] if kind else list(values))
        found[table] = pa.table(columns)
    return found


def _column(name: str, values: list[Any]) -> pa.Array:
    if name.startswith("window_"):
        values = [datetime(2026, 4, day, hour, minute, tzinfo=UTC) for day, hour, minute in values]
        return pa.array(values, pa.timestamp("us", "UTC"))
    if name == "features":
        return pa.array([list(value.items()) for value in values], MAP)
    return pa.array(values, _KINDS.get(name))


def _keys(warehouse: Warehouse, table: str) -> dict[str, int]:
    found = warehouse.engine.query(f"SELECT id, {table.removesuffix('s')}_key FROM {table}")
    return {ids.to_text(identity): key for identity, key in found.rows}
