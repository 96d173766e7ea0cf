"""Profiles: how a group's sessions or ratings are spread over a dimension's values, compared with the 28 days
before."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.checks.checked_loads import Group, Span
from warehouse.checks.finding import Finding, judged, undecided
from warehouse.engine.engine import Engine
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.model.columns import VIEWING_COLUMNS
from warehouse.model.measures import MINUTE_UNITS
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.model.time_steps import Step
from warehouse.tables.rollup_tables import filled_rollups

UNKNOWN = "Unknown"
# With fewer rows, chance alone can reach a bound.
LEAST_ROWS = 500
LEAST_BEFORE = 1_000
_OWN, _BEFORE = "own", "before"
# Clients choose device names freely, so their number is bounded.
_LONGEST_VALUE = 40


@dataclass(frozen=True)
class Dimension:
    """What rows are counted by: `sql` over a fact's row is a text, '' where nothing is known. `rollup` has it as a key
    of the same name; without a filled one the facts of the days before are read. `looked_up` says that `Unknown` must
    be corrected in the film or the user, not in the file.
    """

    slug: str
    sql: str
    rollup: Rollup | None = None
    looked_up: bool = False


def _key(slug: str, looked_up: bool = False) -> Dimension:
    rollup = next(one for one in ROLLUPS if one.keys[:1] == (slug,) or slug in one.keys)
    return Dimension(slug, VIEWING_COLUMNS[slug].sql, rollup, looked_up)


def _bands(column: str, size: int, last: int) -> str:
    # `least` leaves NULL out of account.
    return f"if(isNull({column}), '', toString(least(intDiv({column}, {size}), {last})))"


_HALF_HOUR = 30 * MINUTE_UNITS
DIMENSIONS: Mapping[str, tuple[Dimension, ...]] = MappingProxyType(
    {
        "viewing_sessions": (
            _key("device"),
            _key("quality"),
            _key("country", looked_up=True),
            _key("genre", looked_up=True),
            Dimension("completion", _bands("completion_e6", 100_000, 9)),
            Dimension("watch_minutes", _bands("watch_minutes_e4", _HALF_HOUR, 8)),
        ),
        "ratings": (Dimension("rating", "toString(rating_e2)"),),
    }
)
# The label of a band.
_SPOKEN: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "completion": lambda band: f"{int(band) * 10} to {int(band) * 10 + 10} %",
        "watch_minutes": lambda band: (
            f"{int(band) * 30} to {int(band) * 30 + 30} minutes" if band != "8" else "4 hours on"
        ),
        "rating": lambda hundredths: f"{int(hundredths) / 100:g} stars",
    }
)


@dataclass(frozen=True)
class Profile:
    """Rows by value: of the group, and of the days before."""

    own: Mapping[str, int]
    before: Mapping[str, int]

    @property
    def values(self) -> list[str]:
        """Every value that either has, in order."""
        return sorted({*self.own, *self.before})


def profiles(engine: Engine, group: Group, span: Span) -> Iterator[Finding]:
    """For each dimension the shift of its known values, and the share of unknown ones that should come from a film or
    user."""
    if group.table not in DIMENSIONS:
        return
    why = ""
    if span.newest_before is None:
        why = "Nothing was stored before the load."
    elif span.rows < LEAST_ROWS:
        why = f"The load brought fewer than {LEAST_ROWS} rows."
    found = {} if why else _profiles(engine, group, span)
    for dimension in DIMENSIONS[group.table]:
        profile = found.get(dimension.slug)
        yield _shift(dimension, profile) if profile else undecided("shift", dimension.slug, why)
        if dimension.looked_up:
            yield _unknown(dimension, profile) if profile else undecided("unknown", dimension.slug, why)


def _profiles(engine: Engine, group: Group, span: Span) -> dict[str, Profile]:
    """The profile of every dimension of the table, in one statement."""
    start, end = span.baseline
    filled = filled_rollups(engine)
    legs = [leg for dimension in DIMENSIONS[group.table] for leg in _legs(group, dimension, filled)]
    rows = engine.query(" UNION ALL ".join(legs), {"start": max(start, 0), "end": end}).rows
    return {
        dimension.slug: Profile(
            *(
                {value: count for slug, whose, value, count in rows if (slug, whose) == (dimension.slug, wanted)}
                for wanted in (_OWN, _BEFORE)
            )
        )
        for dimension in DIMENSIONS[group.table]
    }


def _legs(group: Group, dimension: Dimension, filled: Collection[Rollup]) -> Iterator[str]:
    own = f"toString({dimension.sql}) AS value, count() AS rows FROM {group.table} WHERE {group.brought_sql}"
    yield f"SELECT '{dimension.slug}' AS dimension, '{_OWN}' AS whose, {own} GROUP BY value"
    source, time, value, rows = group.table, FACT_TABLES[group.table].time, dimension.sql, "count()"
    if dimension.rollup and dimension.rollup in filled:
        days = f"(SELECT * FROM {dimension.rollup.name} WHERE step = {Step.DAY.value})"
        source, time, value, rows = days, "bucket", dimension.slug, "sum(views)"
    yield (
        f"SELECT '{dimension.slug}', '{_BEFORE}', toString({value}) AS value, {rows} FROM {source} "
        f"WHERE {time} >= toDateTime({{start:UInt32}}, 'UTC') AND {time} < toDateTime({{end:UInt32}}, 'UTC') "
        "GROUP BY value"
    )


def _shift(dimension: Dimension, profile: Profile) -> Finding:
    own, before = (
        {value: rows for value, rows in counted.items() if value not in ("", UNKNOWN)}
        for counted in (profile.own, profile.before)
    )
    rows, rows_before = sum(own.values()), sum(before.values())
    if rows < LEAST_ROWS or rows_before < LEAST_BEFORE:
        why = f"{rows:,} rows have a known value, {rows_before:,} in the 28 days before; needed are {LEAST_ROWS} and "
        return undecided("shift", dimension.slug, f"{why}{LEAST_BEFORE:,}.")
    shares = {one: (own.get(one, 0) / rows, before.get(one, 0) / rows_before) for one in profile.values}
    farthest = max(shares, key=lambda one: abs(shares[one][0] - shares[one][1]))
    now, then = shares[farthest]
    spoken = _SPOKEN.get(dimension.slug, str)(farthest)[:_LONGEST_VALUE]
    told = f"By {dimension.slug.replace('_', ' ')}, {spoken} has moved most: {now:.1%} of rows, {then:.1%} before."
    return judged("shift", dimension.slug, jensen_shannon([*shares.values()]), 0.0, told)


def _unknown(dimension: Dimension, profile: Profile) -> Finding:
    rows, rows_before = sum(profile.own.values()), sum(profile.before.values())
    if rows_before < LEAST_BEFORE:
        why = f"The 28 days before have {rows_before:,} rows; the check needs {LEAST_BEFORE:,}."
        return undecided("unknown", dimension.slug, why)
    unknown, before = profile.own.get(UNKNOWN, 0), profile.before.get(UNKNOWN, 0) / rows_before
    told = f"{unknown:,} of {rows:,} sessions have an unknown {dimension.slug}, {before:.1%} before."
    return judged("unknown", dimension.slug, unknown / rows, before, told)


def jensen_shannon(shares: list[tuple[float, float]]) -> float:
    """The Jensen-Shannon distance of two distributions, given by the shares of each value: 0 where they are the same,
    1 where they have no value in common.

    The root of (KL(p, m) + KL(q, m)) / 2 with m = (p + q) / 2 and logarithms to base 2. Source: J. Lin, Divergence
    measures based on the Shannon entropy, IEEE Transactions on Information Theory 37 (1), 1991; that the root is a
    metric: D. Endres and J. Schindelin, A new metric for probability distributions, ibid. 49 (7), 2003.
    """
    divergence = math.fsum(
        share / 2 * math.log2(2 * share / (p + q)) for p, q in shares for share in (p, q) if share > 0
    )
    return math.sqrt(max(divergence, 0.0))
