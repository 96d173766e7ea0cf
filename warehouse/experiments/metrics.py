"""Metrics: which measures an experiment can compare, each as a sum for each person, or as a ratio of two such sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.model.measures import (
    AGGREGATES,
    COMPLETION_UNITS,
    HOUR_UNITS,
    MEASURES,
    MINUTE_UNITS,
    RATING_UNITS,
    Aggregate,
    Measure,
)


@dataclass(frozen=True)
class Metric:
    """A measure as an experiment compares it. `top` is added up for each person. Without `bottom` the figure is the
    mean over people; with it, the sum of `top` divided by the sum of `bottom` over all people. Figures are in `units`
    to one. `is_better` says in which direction: 1 for more, -1 for less.
    """

    slug: str
    top: str
    bottom: str | None = None
    units: int = 1
    is_better: int = 1

    @property
    def measure(self) -> Measure:
        """The measure with its label, unit and description."""
        return MEASURES[self.slug]

    @property
    def fact(self) -> str:
        """The fact whose rows are added up."""
        return self.measure.fact

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """What is added up for each person."""
        return tuple(AGGREGATES[slug] for slug in self.slugs)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The aggregates by slug: `top`, and `bottom` if there is one."""
        return (self.top,) if self.bottom is None else (self.top, self.bottom)


_METRICS = (
    Metric("views", "views"),
    Metric("viewers", "viewers"),
    Metric("watch_minutes", "watch_e4", units=MINUTE_UNITS),
    Metric("watch_hours", "watch_e4", units=HOUR_UNITS),
    Metric("average_watch_minutes", "watch_e4", "views", MINUTE_UNITS),
    Metric("completion_rate", "completion_sum_e6", "completion_count", COMPLETION_UNITS),
    Metric("completed_views", "completed"),
    Metric("buffering_events", "buffering", is_better=-1),
    Metric("buffering_per_view", "buffering", "buffering_known", is_better=-1),
    Metric("active_titles", "titles"),
    Metric("new_viewers", "new_viewers"),
    Metric("returning_viewers", "returning_viewers"),
    Metric("ratings_count", "ratings"),
    Metric("average_rating", "rating_sum_e2", "ratings", RATING_UNITS),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.slug: metric for metric in _METRICS})
"""By the measure's slug. A percentile is neither a mean over people nor a ratio of two; users and the catalogue do not
depend on what a person is shown."""
