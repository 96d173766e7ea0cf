"""Rollups of `viewing`, declared once: which keys at which step of time, holding which aggregates.

Their tables, staging tables and materialized views are generated from here, and can be thrown away and built again.
"""

from dataclasses import dataclass

from warehouse.model.columns import Column, Kind
from warehouse.model.facts import FACTS
from warehouse.model.measures import AGGREGATES, Aggregate

QUARTER_HOUR_S = 900
DAY_S = 86_400

_SUMS = ("views", "watch_e4", "completion_sum_e6", "completion_count", "completed", "buffering", "buffering_known")


@dataclass(frozen=True)
class Rollup:
    """One row per step of UTC time and keys.

    `keys` are column slugs of the fact. A key that is an attribute of a film or a user (`volatile`) is stored as it was
    when the row was made: a correction makes the rollup stale until it is rebuilt.

    Of those that can answer, the one with the fewest `rows_a_day` serves: a typical figure, because a counted one would
    tell of rows that the asker may not see.
    """

    name: str
    step_s: int
    keys: tuple[str, ...]
    aggregates: tuple[str, ...]
    rows_a_day: int
    description: str

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The fact's columns that are stored as keys."""
        return tuple(FACTS["viewing"].columns[key] for key in self.keys)

    @property
    def stored(self) -> tuple[Aggregate, ...]:
        """The aggregates that are stored."""
        return tuple(AGGREGATES[slug] for slug in self.aggregates)

    @property
    def volatile(self) -> frozenset[str]:
        """Tables whose corrections make this rollup stale."""
        owners = {"movie_key": "movies", "user_key": "users"}
        return frozenset(
            owners[need]
            for column in self.key_columns
            for need in column.needs
            if need in owners and column.kind is not Kind.KEY
        )


ROLLUPS = (
    Rollup("daily_analytics", DAY_S, (), (*_SUMS, "viewers", "titles"), 1, "Totals per UTC day."),
    Rollup(
        "hourly_analytics",
        QUARTER_HOUR_S,
        (),
        (*_SUMS, "viewers", "titles"),
        96,
        "Totals per quarter of an hour: the step that every zone's hours and days are made of.",
    ),
    Rollup(
        "device_analytics", DAY_S, ("device", "quality"), (*_SUMS, "viewers"), 25, "Per UTC day, device and quality."
    ),
    Rollup("genre_analytics", DAY_S, ("genre",), (*_SUMS, "viewers", "titles"), 20, "Per UTC day and first genre."),
    Rollup("country_analytics", DAY_S, ("country",), (*_SUMS, "viewers"), 60, "Per UTC day and the user's country."),
    Rollup("movie_analytics", DAY_S, ("movie_key",), (*_SUMS, "viewers"), 2_000, "Per UTC day and film."),
)
