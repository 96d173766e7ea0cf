"""Recounts: what each rollup should hold, written by hand over facts, films and users.

No SQL here comes from the model: buckets are the engine's own UTC functions, attributes are joined instead of looked up
in dictionaries, sets are arrays instead of bitmaps. So a mistake in a declaration shows as a difference instead of
being made twice. Everything that a rollup declares must be here by the same slug, which a test checks.
"""

from collections.abc import Iterable
from types import MappingProxyType

from warehouse.model.rollups import Rollup
from warehouse.model.time_steps import Step

# The start of the piece that a session is in. The engine's functions are exact in UTC: its clock never changes.
STEPS = MappingProxyType(
    {
        Step.QUARTER_HOUR: "toStartOfFifteenMinutes(s.start_time)",
        Step.HALF_HOUR: "toStartOfInterval(s.start_time, INTERVAL 30 MINUTE)",
        Step.HOUR: "toStartOfHour(s.start_time)",
        Step.HALF_DAY: "toStartOfInterval(s.start_time, INTERVAL 12 HOUR)",
        Step.DAY: "toStartOfDay(s.start_time)",
        Step.EIGHT_DAYS: (
            "makeDateTime(toYear(s.start_time), toMonth(s.start_time), multiIf(toDayOfMonth(s.start_time) >= 25, 25, "
            "toDayOfMonth(s.start_time) >= 17, 17, toDayOfMonth(s.start_time) >= 9, 9, 1), 0, 0, 0, 'UTC')"
        ),
        Step.HALF_MONTH: (
            "makeDateTime(toYear(s.start_time), toMonth(s.start_time), if(toDayOfMonth(s.start_time) >= 17, 17, 1), "
            "0, 0, 0, 'UTC')"
        ),
        Step.MONTH: "makeDateTime(toYear(s.start_time), toMonth(s.start_time), 1, 0, 0, 0, 'UTC')",
    }
)

KEYS = MappingProxyType(
    {
        "device": "if(empty(s.device_type), 'Unknown', toString(s.device_type))",
        "quality": "if(empty(s.quality), 'Unknown', toString(s.quality))",
        "genre": "if(empty(m.genres), 'Unknown', toString(m.genres[1]))",
        "country": "if(empty(u.country), 'Unknown', toString(u.country))",
        "movie_key": "s.movie_key",
        "half_hour": "toHour(s.start_time) * 2 + if(toMinute(s.start_time) >= 30, 1, 0)",
    }
)

SUMS = MappingProxyType(
    {
        "views": "sum(toUInt64(1))",
        "watch_e4": "toUInt64(sum(toInt128(s.watch_minutes_e4)))",
        "completion_sum_e6": "sumIf(assumeNotNull(s.completion_e6), isNotNull(s.completion_e6))",
        "completion_count": "countIf(isNotNull(s.completion_e6))",
        "completed": "countIf(isNotNull(s.completion_e6) AND s.completion_e6 * 10 >= 9 * 1000000)",
        "buffering": "sumIf(assumeNotNull(s.buffering_count), isNotNull(s.buffering_count))",
        "buffering_known": "countIf(isNotNull(s.buffering_count))",
    }
)

# Sets as sorted arrays: their contents are compared, not only how many there are.
SETS = MappingProxyType(
    {
        "viewers": "arraySort(groupUniqArray(s.user_key))",
        "titles": "arraySort(groupUniqArray(s.movie_key))",
    }
)

_JOINS = MappingProxyType(
    {
        "genre": " LEFT JOIN movies AS m ON s.movie_key = m.movie_key",
        "country": " LEFT JOIN users AS u ON s.user_key = u.user_key",
    }
)


def recount_sql(rollup: Rollup, steps: Iterable[Step], starts: str, months: str) -> str:
    """The rows of some steps that a rollup should have, in columns of its own names, as far as their pieces start on
    some days; `starts` is SQL of an Array(Tuple(UInt8, Date)) of step and day, `months` of an Array(UInt32) of the
    days' YYYYMM."""
    pieces = ", ".join(f"(toUInt8({step.value}), {STEPS[step]})" for step in steps)
    keys = [f"{KEYS[key]} AS {key}" for key in rollup.keys]
    aggregates = [f"{SUMS[slug] if slug in SUMS else SETS[slug]} AS {slug}" for slug in rollup.aggregates]
    joins = "".join(_JOINS.get(key, "") for key in rollup.keys)
    return (
        f"SELECT {', '.join(['piece.1 AS step', 'piece.2 AS bucket', *keys, *aggregates])} "
        f"FROM (SELECT *, arrayJoin([{pieces}]) AS piece FROM viewing_sessions AS s "
        f"WHERE toYYYYMM(start_time) IN {months}) AS s{joins} "
        f"WHERE (piece.1, toDate(piece.2)) IN {starts} "
        f"GROUP BY {', '.join(['step', 'bucket', *rollup.keys])}"
    )
