"""Measures and their aggregates: integer sums and exact sets, divided once at the end.

An aggregate is what a rollup stores and merges; a measure is an expression over aggregates. Ratios divide sums over the
whole range, so they are never averages of averages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.described_enum import DescribedEnum

MINUTE_UNITS = 10_000
HOUR_UNITS = 60 * MINUTE_UNITS
COMPLETION_UNITS = 1_000_000
RATING_UNITS = 100
COMPLETED_FROM = 900_000


class Unit(DescribedEnum):
    """The unit of a measure; clients format values by it."""

    COUNT = "COUNT", "A whole number of things: sessions, people, films."
    MINUTES = "MINUTES", "Minutes."
    HOURS = "HOURS", "Hours."
    FRACTION = "FRACTION", "A share, 0 to 1; show it times 100 as per cent."
    PER_VIEW = "PER_VIEW", "So many for each session."
    STARS = "STARS", "Stars, 0.5 to 5."


@dataclass(frozen=True)
class Aggregate:
    """One sum or set. `raw` computes it from fact columns, `state` is what a view stores, `merge` combines stored
    states to the value, and `gathered` combines them to one state.

    `raw` may use `{is_new}`: whether the user's first session, `first_start`, is in the row's time bucket (without one,
    in the range). Without `stored_as`, rollups can't store it.
    """

    slug: str
    needs: tuple[str, ...]
    raw: str
    state: str
    stored_as: str
    merge: str
    gathered: str


@dataclass(frozen=True)
class Measure:
    """One number: `sql` combines `{aggregate}` placeholders. `empty` is its value for no rows."""

    slug: str
    fact: str
    label: str
    unit: Unit
    description: str
    sql: str
    aggregates: tuple[str, ...]
    empty: int | None

    @property
    def whole(self) -> bool:
        """Whether values are whole numbers."""
        return self.unit is Unit.COUNT


def _sum(slug: str, expression: str, *needs: str) -> Aggregate:
    merge = f"sum({slug})"
    return Aggregate(slug, needs, expression, expression, "SimpleAggregateFunction(sum, UInt64)", merge, merge)


def _set(slug: str, key: str) -> Aggregate:
    return Aggregate(
        slug,
        (key,),
        f"groupBitmap({key})",
        f"groupBitmapState({key})",
        # Sets hardly compress, and decompressing them takes time.
        "AggregateFunction(groupBitmap, UInt32) CODEC(NONE)",
        f"groupBitmapMerge({slug})",
        f"groupBitmapMergeState({slug})",
    )


def _set_of_some(slug: str, condition: str) -> Aggregate:
    """The users for whom a condition on `{is_new}` holds; rollups can't store them."""
    return Aggregate(
        slug,
        ("user_key", "first_start"),
        f"groupBitmapIf(user_key, {condition})",
        f"groupBitmapStateIf(user_key, {condition})",
        "",
        f"groupBitmapMerge({slug})",
        f"groupBitmapMergeState({slug})",
    )


def _nearest_rank(slug: str, percent: int) -> Aggregate:
    """The minutes at rank ceil(p * n), exact and without interpolation; rollups can't store them."""

    def at_rank(minutes: str, count: str) -> str:
        return f"if({count} = 0, NULL, arraySort({minutes})[intDiv({count} * {percent} + 99, 100)])"

    merged = f"groupArrayMerge({slug})"
    return Aggregate(
        slug,
        ("watch_minutes_e4",),
        at_rank("groupArray(watch_minutes_e4)", "count()"),
        "groupArrayState(watch_minutes_e4)",
        "",
        at_rank(merged, f"length({merged})"),
        f"groupArrayMergeState({slug})",
    )


_AGGREGATES = (
    _sum("views", "count()"),
    _sum("watch_e4", "sum(watch_minutes_e4)", "watch_minutes_e4"),
    _sum("completion_sum_e6", "sum(ifNull(completion_e6, 0))", "completion_e6"),
    _sum("completion_count", "count(completion_e6)", "completion_e6"),
    _sum("completed", f"countIf(completion_e6 >= {COMPLETED_FROM})", "completion_e6"),
    _sum("buffering", "sum(ifNull(buffering_count, 0))", "buffering_count"),
    _sum("buffering_known", "count(buffering_count)", "buffering_count"),
    _set("viewers", "user_key"),
    _set("titles", "movie_key"),
    _set_of_some("new_viewers", "{is_new}"),
    _set_of_some("returning_viewers", "NOT {is_new}"),
    _nearest_rank("minutes_p50_e4", 50),
    _nearest_rank("minutes_p95_e4", 95),
    _sum("films", "count()"),
    _sum("ratings", "count()"),
    _sum("rating_sum_e2", "sum(rating_e2)", "rating_e2"),
    _sum("users", "count()"),
)
AGGREGATES: Mapping[str, Aggregate] = MappingProxyType({aggregate.slug: aggregate for aggregate in _AGGREGATES})
SETS = frozenset({"viewers", "titles"})
"""Aggregates that rollups store as sets."""


def _viewing(
    slug: str, label: str, unit: Unit, description: str, sql: str, *aggregates: str, empty: int | None = 0
) -> Measure:
    return Measure(slug, "viewing", label, unit, description, sql, aggregates, empty)


_MEASURES = (
    _viewing("views", "Views", Unit.COUNT, "Sessions that started.", "{views}", "views"),
    _viewing("viewers", "Viewers", Unit.COUNT, "Distinct users with a session, exact.", "{viewers}", "viewers"),
    _viewing(
        "watch_minutes",
        "Minutes watched",
        Unit.MINUTES,
        "Minutes watched.",
        f"{{watch_e4}} / {MINUTE_UNITS}",
        "watch_e4",
    ),
    _viewing("watch_hours", "Hours watched", Unit.HOURS, "Hours watched.", f"{{watch_e4}} / {HOUR_UNITS}", "watch_e4"),
    _viewing(
        "average_watch_minutes",
        "Minutes per view",
        Unit.MINUTES,
        "Minutes watched per session.",
        f"{{watch_e4}} / nullIf({{views}} * {MINUTE_UNITS}, 0)",
        "watch_e4",
        "views",
        empty=None,
    ),
    _viewing(
        "completion_rate",
        "Completion",
        Unit.FRACTION,
        "Mean share of the film that was watched, 0-1, over sessions where it is known.",
        f"{{completion_sum_e6}} / nullIf({{completion_count}} * {COMPLETION_UNITS}, 0)",
        "completion_sum_e6",
        "completion_count",
        empty=None,
    ),
    _viewing(
        "completed_views",
        "Completed views",
        Unit.COUNT,
        "Sessions that reached 90 % of the film.",
        "{completed}",
        "completed",
    ),
    _viewing(
        "buffering_events", "Buffering events", Unit.COUNT, "Buffering interruptions.", "{buffering}", "buffering"
    ),
    _viewing(
        "buffering_per_view",
        "Buffering per view",
        Unit.PER_VIEW,
        "Buffering interruptions per session, over sessions where they are known.",
        "{buffering} / nullIf({buffering_known}, 0)",
        "buffering",
        "buffering_known",
        empty=None,
    ),
    _viewing(
        "active_titles", "Active titles", Unit.COUNT, "Distinct films with a session, exact.", "{titles}", "titles"
    ),
    _viewing(
        "new_viewers",
        "New viewers",
        Unit.COUNT,
        "Viewers whose first session ever is not before the time bucket (without one, the range).",
        "{new_viewers}",
        "new_viewers",
    ),
    _viewing(
        "returning_viewers",
        "Returning viewers",
        Unit.COUNT,
        "Viewers who had a session before the time bucket (without one, the range).",
        "{returning_viewers}",
        "returning_viewers",
    ),
    _viewing(
        "watch_minutes_p50",
        "Median minutes",
        Unit.MINUTES,
        "Minutes watched per session, median by nearest rank.",
        f"{{minutes_p50_e4}} / {MINUTE_UNITS}",
        "minutes_p50_e4",
        empty=None,
    ),
    _viewing(
        "watch_minutes_p95",
        "Minutes, 95th percentile",
        Unit.MINUTES,
        "Minutes watched per session, 95th percentile by nearest rank.",
        f"{{minutes_p95_e4}} / {MINUTE_UNITS}",
        "minutes_p95_e4",
        empty=None,
    ),
    Measure(
        "catalogue_titles",
        "catalogue",
        "Titles in the catalogue",
        Unit.COUNT,
        "Films in the catalogue, watched or not, in any range; only grouped by film dimensions.",
        "{films}",
        ("films",),
        0,
    ),
    Measure("ratings_count", "rating", "Ratings", Unit.COUNT, "Ratings given.", "{ratings}", ("ratings",), 0),
    Measure(
        "average_rating",
        "rating",
        "Rating",
        Unit.STARS,
        "Mean of the ratings given in the range, 0.5-5.",
        f"{{rating_sum_e2}} / nullIf({{ratings}} * {RATING_UNITS}, 0)",
        ("rating_sum_e2", "ratings"),
        None,
    ),
    Measure("users", "user", "Users", Unit.COUNT, "Registered users, in any range.", "{users}", ("users",), 0),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.slug: measure for measure in _MEASURES})


# Fact → the facts whose measures its questions may include.
_BESIDE = {"viewing": ("viewing", "catalogue"), "rating": ("rating",), "user": ("user",)}


def measures_of(fact: str) -> tuple[Measure, ...]:
    """The measures that a question about a fact can ask for, in the model's order."""
    return tuple(measure for measure in _MEASURES if measure.fact in _BESIDE[fact])
