"""Rollups of `viewing`, declared once: which keys at which steps of time, holding which aggregates.

Their tables, staging tables and materialized views are generated from here, and can be thrown away and built again.
"""

from dataclasses import dataclass

from warehouse.model.columns import HALF_HOUR, Column, Kind
from warehouse.model.facts import FACTS
from warehouse.model.measures import AGGREGATES, Aggregate
from warehouse.model.time_steps import Step

_SUMS = ("views", "watch_e4", "completion_sum_e6", "completion_count", "completed", "buffering", "buffering_known")


@dataclass(frozen=True)
class Rollup:
    """One row per piece of UTC time and keys, at each of its `steps`, shortest first.

    `keys` are column slugs of the fact. A key that is an attribute of a film or a user (`volatile`) is stored as it was
    when the row was made: a correction makes the rollup stale until it is rebuilt.

    `groups` is how many rows a long piece has: a typical figure, because a counted one would tell of rows that the
    asker may not see.
    """

    name: str
    steps: tuple[Step, ...]
    keys: tuple[str, ...]
    aggregates: tuple[str, ...]
    groups: int
    description: str

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The fact's columns that are stored as keys."""
        return tuple(FACTS["viewing"].columns[key] for key in self.keys)

    @property
    def has_half_hours(self) -> bool:
        """Whether its rows tell the half-hours of the UTC day apart."""
        return HALF_HOUR in self.keys

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


_FROM_DAYS = (Step.DAY, Step.EIGHT_DAYS, Step.HALF_MONTH, Step.MONTH)
# What the days of all zones but a few are made of; and, of quarters of an hour, those of every zone.
_FROM_HALF_HOURS = (Step.HALF_HOUR, Step.HALF_DAY, *_FROM_DAYS)
_FROM_QUARTERS = (Step.QUARTER_HOUR, Step.HOUR, Step.HALF_DAY, *_FROM_DAYS)

ROLLUPS = (
    Rollup("daily_analytics", _FROM_QUARTERS, (), (*_SUMS, "viewers", "titles"), 1, "Totals."),
    Rollup(
        "hourly_analytics",
        (Step.HALF_HOUR, *_FROM_DAYS),
        (HALF_HOUR,),
        (*_SUMS, "viewers"),
        48,
        "Per half-hour of the UTC day.",
    ),
    Rollup(
        "device_analytics", _FROM_HALF_HOURS, ("device", "quality"), (*_SUMS, "viewers"), 25, "Per device and quality."
    ),
    Rollup("genre_analytics", _FROM_HALF_HOURS, ("genre",), (*_SUMS, "viewers", "titles"), 20, "Per first genre."),
    Rollup("country_analytics", _FROM_HALF_HOURS, ("country",), (*_SUMS, "viewers"), 60, "Per country of the user."),
    Rollup("movie_analytics", _FROM_DAYS, ("movie_key",), (*_SUMS, "viewers"), 2_000, "Per film."),
)
