"""Stickiness: the share of a month's viewers who come on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.access import Access
from warehouse.insights.sessions import Sessions
from warehouse.query.bucket_sql import Clock
from warehouse.query.local_time import Grain, day_end, day_start, local_day
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader

MONTH_DAYS = 30


@dataclass(frozen=True)
class StickyDay:
    """One local day: its viewers, those of the 30 local days that end with it, and the first over the second.

    `stickiness` is None if nobody came in 30 days.
    """

    day: date
    daily_viewers: int
    monthly_viewers: int
    stickiness: float | None


def stickiness(reader: Reader, sessions: Sessions, access: Access) -> Sequence[StickyDay]:
    """Every local day that the range touches, in order, days without a session too.

    Viewers are distinct users with a session that passes the filter, counted exactly. Days count whole, even where the
    range begins or ends inside one, and a month reaches back before the range. A date that the zone skipped is left
    out.

    Raises: BadInput when the range has more days than the asker's cap.
    """
    zone, span = sessions.zone, sessions.span
    most = min(access.max_buckets, access.max_rows)
    touched = Clock(zone, span).buckets(Grain.DAY, most)
    first, last = touched[0], touched[-1]
    # One day more than a month, because the zone may have skipped a date.
    begin = day_start(zone, local_day(zone, first) - timedelta(days=MONTH_DAYS))
    widened = sessions.over(begin, day_end(zone, local_day(zone, last)))
    # A day counts twice where the clock goes back over midnight.
    most = 2 * (most + MONTH_DAYS + 1)
    days = widened.clock.buckets(Grain.DAY, most)
    came, left = _moves(reader, widened, most, access)
    rows, monthly = [], 0
    for ordinal, start in enumerate(days):
        daily = came.get(ordinal, 0)
        monthly += daily - left.get(ordinal, 0)
        if first <= start <= last:
            shown, most_shown = access.told(daily), access.told(monthly)
            share = shown / most_shown if most_shown else None
            rows.append(StickyDay(local_day(zone, start), shown, most_shown, share))
    return rows


def _moves(reader: Reader, sessions: Sessions, most: int, access: Access) -> tuple[dict[int, int], dict[int, int]]:
    """Day's ordinal → users who came that day; and → users whose stay ended. There are at most `most` days.

    A user stays from a day with a session to 30 days later, or to the next such day, which starts a new stay. So one
    user's stays never overlap, and the users staying on a day are its monthly viewers.
    """
    parameters = Parameters()
    ordinal = sessions.clock.ordinal_sql(Grain.DAY, parameters, most)
    source = sessions.source_sql(("user_key",), access, parameters)
    month, never = parameters.add(MONTH_DAYS, "UInt32"), parameters.add(most + MONTH_DAYS, "UInt32")
    ends = f"arrayMap((day, next) -> least(day + {month}, next), days, arrayPushBack(arrayPopFront(days), {never}))"
    # Sorted arrays without repeats take a third of the time of one set per user.
    users = (
        f"SELECT arrayCompact(arraySort(groupArray({ordinal}))) AS days FROM {source} "
        f"WHERE {sessions.counts_sql(access, parameters)} GROUP BY user_key"
    )
    sql = (
        "SELECT moves.1 AS ordinal, countIf(moves.2), countIf(NOT moves.2) FROM (SELECT arrayJoin(arrayConcat("
        f"arrayMap(day -> (toUInt64(day), true), days), arrayMap(day -> (toUInt64(day), false), {ends}))) AS moves "
        f"FROM ({users})) GROUP BY ordinal"
    )
    found = sessions.ask(reader, sql, parameters, access).rows
    return {day: came for day, came, _ in found}, {day: left for day, _, left in found}
