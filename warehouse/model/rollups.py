"""Rollups of `viewing`: their keys, time steps and aggregates.

Their tables, staging tables and materialized views are generated from these declarations, and can be rebuilt at any
time.
"""

from dataclasses import dataclass

from warehouse.model.columns import HALF_HOUR, Column
from warehouse.model.facts import FACTS
from warehouse.model.measures import AGGREGATES, Aggregate
from warehouse.model.time_steps import Step

_SUMS = ("views", "watch_e4", "completion_sum_e6", "completion_count", "completed", "buffering", "buffering_known")


@dataclass(frozen=True)
class Rollup:
    """One row per piece of UTC time and keys, for each of its `steps`, shortest first.

    `keys` are column slugs of the fact. A key that is an attribute of a film or user keeps the value it had when the
    row was written, so a correction makes the rollup stale until it is filled again. `groups` is the typical
    number of rows in a long piece. A counted number would reveal rows that the asker may not see.
    """

    name: str
    steps: tuple[Step, ...]
    keys: tuple[str, ...]
    aggregates: tuple[str, ...]
    groups: int
    description: str

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The fact's columns stored as keys."""
        return tuple(FACTS["viewing"].columns[key] for key in self.keys)

    @property
    def has_half_hours(self) -> bool:
        """Whether the half-hour of the UTC day is one of its keys."""
        return HALF_HOUR in self.keys

    @property
    def stored(self) -> tuple[Aggregate, ...]:
        """The stored aggregates."""
        return tuple(AGGREGATES[slug] for slug in self.aggregates)

    @property
    def attributes(self) -> frozenset[tuple[str, str]]:
        """The (table, attribute) of films and users whose corrections make this rollup stale."""
        lookups = [column.lookup for column in self.key_columns if column.lookup]
        return frozenset((lookup.table, lookup.attribute) for lookup in lookups)


_FROM_DAYS = (Step.DAY, Step.EIGHT_DAYS, Step.HALF_MONTH, Step.MONTH)
# Days consist of whole half-hours in all but a few time zones, and of quarter-hours in every zone.
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
