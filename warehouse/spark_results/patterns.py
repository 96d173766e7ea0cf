"""How people watch: Spark's figures of each user, added up over those whom the asker sees, by what the asker sees.

Because they are added up here, masks and scopes apply, and a corrected country moves its user's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.access import Access
from warehouse.described_enum import DescribedEnum
from warehouse.engine.engine import Engine
from warehouse.model.columns import USER_ATTRIBUTES, Kind, stored_columns
from warehouse.model.measures import MINUTE_UNITS
from warehouse.query.collation import order_sql
from warehouse.query.masked_source import Source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import check_rows, user_keys_sql

DAYPARTS = ("night", "morning", "afternoon", "evening")
_ADDED = (
    *("sessions", "visits", "watch_minutes_e4", "binge_runs", "longest_binge", *DAYPARTS),
    *("devices", "device_switches"),
)
USER_PATTERNS = Source(
    "viewing patterns",
    "user_patterns",
    MappingProxyType(
        {
            **stored_columns(user_key=Kind.KEY, **dict.fromkeys(_ADDED, Kind.NUMBER)),
            **{column.slug: column for column in USER_ATTRIBUTES},
        }
    ),
)
_NOBODY = "CAST(NULL, 'Nullable(String)')"


class PatternBy(DescribedEnum):
    """What people are grouped by: a column's slug."""

    ALL = "all", "All people in one row."
    COUNTRY = "country", "By their country."
    SUBSCRIPTION = "subscription", "By their plan."
    AGE_BAND = "age_band", "By the band of their age."


@dataclass(frozen=True)
class Dayparts:
    """Shares of sessions that start at the viewer's local hours 0-5, 6-11, 12-17 and 18-23; together 1."""

    night: float | None
    morning: float | None
    afternoon: float | None
    evening: float | None


@dataclass(frozen=True)
class Pattern:
    """How the people of one segment watch; `value` is None for all of them, where nothing is known, and where it is
    hidden from the asker."""

    value: str | None
    viewers: int
    views: int
    visits: int
    sessions_per_visit: float | None
    minutes_per_visit: float | None
    binge_runs: int
    binges_per_viewer: float | None
    longest_binge: int
    devices_per_viewer: float | None
    switches_per_visit: float | None
    dayparts: Dayparts


def patterns(engine: Engine, by: PatternBy, user_id: str | None, access: Access) -> Sequence[Pattern]:
    """One row per value that has viewers, most viewers first, then by value. For one user a single row, or none if the
    asker sees nobody with the id. Empty when the job has not run.

    Raises: Forbidden under a scope that does not apply to people; TooExpensive for more values than the asker's cap.
    """
    parameters = Parameters()
    column = () if by is PatternBy.ALL else (by.value,)
    source = read(USER_PATTERNS, ("user_key", *_ADDED, *column), access, parameters)
    who = "" if user_id is None else f" WHERE user_key IN {user_keys_sql(access, parameters, user_id)}"
    sums = [f"{'max' if name == 'longest_binge' else 'sum'}({name}) AS all_{name}" for name in _ADDED]
    added = (
        f"SELECT {by.value if column else _NOBODY} AS value, count() AS viewers, {', '.join(sums)} "
        f"FROM {source}{who} GROUP BY value"
    )
    cap = parameters.add(access.max_rows + 1, "UInt64")
    found = engine.query(
        f"SELECT {', '.join(_SHOWN)} FROM ({added}) ORDER BY viewers DESC, {order_sql('value')} LIMIT {cap}",
        parameters.values,
    )
    check_rows(len(found.rows), access, f"values of {by.value}")
    return [Pattern(*(*row[: -len(DAYPARTS)], Dayparts(*row[-len(DAYPARTS) :]))) for row in found.rows]


def _over(above: str, below: str) -> str:
    return f"{above} / nullIf({below}, 0)"


_SHOWN = (
    *("value", "viewers", "all_sessions", "all_visits"),
    _over("all_sessions", "all_visits"),
    _over("all_watch_minutes_e4", f"all_visits * {MINUTE_UNITS}"),
    "all_binge_runs",
    _over("all_binge_runs", "viewers"),
    "all_longest_binge",
    _over("all_devices", "viewers"),
    _over("all_device_switches", "all_visits"),
    *(_over(f"all_{name}", "all_sessions") for name in DAYPARTS),
)
