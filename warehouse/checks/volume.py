"""Volume: how many rows a day has, compared with the same weekday in earlier weeks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from warehouse.checks.checked_loads import BASELINE_DAYS, DAY_S, Group, Span
from warehouse.checks.finding import Finding, judged, undecided
from warehouse.engine.engine import Engine
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.model.time_steps import Step

WEEK = 7
WEEKS = 4
# With fewer earlier weekdays or rows, chance can't be told from change.
LEAST_WEEKDAYS = 3
LEAST_USUAL = 100
_QUARTER_HOUR_S = 900
_QUARTERS = f"(SELECT * FROM daily_analytics WHERE step = {Step.QUARTER_HOUR.value})"
# Where rows are counted by time: rows, their instant, and how many rows each stands for.
COUNTED = {"viewing_sessions": (_QUARTERS, "bucket", "views"), "ratings": ("ratings", "rating_date", "1")}


@dataclass(frozen=True)
class _Day:
    """A day's rows and the usual number; `until_s` is where a day that is not over was cut, in seconds."""

    day: int
    rows: int
    usual: float
    until_s: int | None

    @property
    def ratio(self) -> float:
        return self.rows / self.usual

    @property
    def distance(self) -> float:
        """The distance from the usual number, symmetric: twice as many is as far as half as many."""
        return max(self.ratio, 1 / self.ratio) if self.rows else float("inf")


def volume(engine: Engine, group: Group, span: Span) -> Finding:
    """The day that is farthest from its usual number, among the group's days and the days skipped before it."""
    days = _days(span)
    start = min(days) - WEEK * WEEKS
    newest = max(span.newest, span.newest_before or 0)
    whole, until, first = _counts(engine, group.table, start, max(days), newest)
    found = [
        day
        for one in days
        if (day := _measured(one, until if one == newest // DAY_S else whole, first, newest)) is not None
    ]
    if not found:
        return undecided("volume", "", f"No day has {LEAST_WEEKDAYS} same weekdays of {LEAST_USUAL} rows before it.")
    worst = max(found, key=lambda day: day.distance)
    return judged("volume", "", worst.ratio, 1.0, _told(group.table, worst, len(found)))


def _days(span: Span) -> range:
    """The group's last 28 days, and before them the days since the newest stored row."""
    first = max(span.first_day, span.last_day - BASELINE_DAYS + 1)
    if span.newest_before is not None and span.newest_before // DAY_S < span.first_day:
        first = max(span.newest_before // DAY_S, span.last_day - BASELINE_DAYS + 1)
    return range(first, span.last_day + 1)


def _counts(engine: Engine, table: str, start: int, end: int, newest: int) -> tuple[Counter[int], Counter[int], int]:
    """Rows by day from `start` to `end`, of whole days and up to the newest row's time of day; and the first day with
    data."""
    source, time, rows = COUNTED[table]
    of_day = f"toUInt32({time}) % {DAY_S} < {newest % DAY_S // _QUARTER_HOUR_S * _QUARTER_HOUR_S}"
    found = engine.query(
        f"SELECT intDiv(toUInt32({time}), {DAY_S}) AS day, sum({rows}), sumIf({rows}, {of_day}) FROM {source} "
        f"WHERE {time} >= toDateTime({{start:UInt32}}, 'UTC') AND {time} < toDateTime({{end:UInt32}}, 'UTC') "
        "GROUP BY day",
        {"start": max(start, 0) * DAY_S, "end": (end + 1) * DAY_S},
    ).rows
    first = engine.query(f"SELECT intDiv(toUInt32(min({FACT_TABLES[table].time})), {DAY_S}) FROM {table}").scalar()
    return Counter({day: whole for day, whole, _ in found}), Counter({day: part for day, _, part in found}), first


def _measured(day: int, counts: Mapping[int, int], first: int, newest: int) -> _Day | None:
    same = [counts[before] for weeks in range(1, WEEKS + 1) if (before := day - WEEK * weeks) >= first]
    usual = median(same) if len(same) >= LEAST_WEEKDAYS else 0
    until_s = newest % DAY_S // _QUARTER_HOUR_S * _QUARTER_HOUR_S if day == newest // DAY_S else None
    return _Day(day, counts[day], usual, until_s) if usual >= LEAST_USUAL else None


def _told(table: str, day: _Day, of: int) -> str:
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day.day)
    until = "" if day.until_s is None else f" until {day.until_s // 3600:02}:{day.until_s // 60 % 60:02} UTC"
    farthest = f", the farthest off of {of} days" if of > 1 else ""
    return (
        f"{date:%A %Y-%m-%d}{until} has {day.rows:,} {table.replace('_', ' ')}, {day.ratio:.0%} of the "
        f"{day.usual:,.0f} that its weekday has{farthest}."
    )
