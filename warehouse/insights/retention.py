"""Retention: who came back, week by week or month by month after their first session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from warehouse.access import Access
from warehouse.errors import BadInput
from warehouse.insights.sessions import Sessions
from warehouse.query.local_time import Grain, add_months, floor, local_day, zone
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader

MOST_PERIODS = 104
COHORT_GRAINS = (Grain.WEEK, Grain.MONTH)
# (first day of a cohort, first day of a period) → people of the cohort with a session in the period.
Counts = Mapping[tuple[date, date], int]
_NOBODY: Counts = MappingProxyType({})
_LONGEST_DAYS = {Grain.WEEK: 7, Grain.MONTH: 31}


@dataclass(frozen=True)
class RetentionRequest:
    """Which sessions, cohorts of a WEEK or a MONTH, and how many following periods to look at."""

    sessions: Sessions
    cohort: Grain
    periods: int


@dataclass(frozen=True)
class Return:
    """A period `period` weeks or months after the cohort's: its first local day, how many of the cohort came back in
    it, and their share of the cohort.

    `viewers` and `share` are None until the period is over; `share` is None for an empty cohort, too.
    """

    period: int
    start: date
    viewers: int | None
    share: float | None


@dataclass(frozen=True)
class Cohort:
    """The people of one local week or month: its first day, their number, whether the period is over (until then more
    can join), and their returns in the following periods.
    """

    start: date
    viewers: int
    complete: bool
    returns: tuple[Return, ...]


def retention(reader: Reader, request: RetentionRequest, access: Access) -> Sequence[Cohort]:
    """The cohorts of the local weeks or months that begin in the range, in order, empty ones too.

    A person's cohort is the period of their first session that the asker may see, whatever the filter. They are counted
    in it if a session in that period passes the filter, so a cohort's size is the measure `new_viewers` of the period.
    They return in a period with a session that passes the filter. Cohorts and returns count whole periods, also beyond
    the range's end. A period is over when the newest session that the asker may see is on its last local day or later,
    so that an old data set has no periods that stay open for ever.

    Raises: BadInput for a cohort or a number of periods that is not allowed, or a range with more periods than the
    asker's cap.
    """
    if request.cohort not in COHORT_GRAINS:
        raise BadInput(f"A cohort is a WEEK or a MONTH, not a {request.cohort.value}.", "cohort")
    if not 1 <= request.periods <= MOST_PERIODS:
        raise BadInput(f"periods is {request.periods}; allowed are 1 to {MOST_PERIODS}.", "periods")
    starts = _cohort_starts(request, access)
    newest = reader.newest(access, request.sessions.as_of)
    if newest is None or not starts:
        counted, known_until = _NOBODY, date.min
    else:
        counted = _counted(reader, request, starts, newest, access) if starts[0] <= newest else _NOBODY
        known_until = local_day(request.sessions.zone, newest) + timedelta(days=1)
    told = {period: access.told(viewers) for period, viewers in counted.items()}
    return [_cohort(_first_day(start, request), request, told, known_until) for start in starts]


def _cohort_starts(request: RetentionRequest, access: Access) -> list[int]:
    """First instants of the periods that begin in the range."""
    most = min(access.max_buckets, access.max_rows // request.periods)
    span = request.sessions.span
    return [start for start in request.sessions.clock.buckets(request.cohort, most) if start >= span.start]


def _cohort(first: datetime, request: RetentionRequest, counted: Counts, known_until: date) -> Cohort:
    days = [_later(first, request.cohort, count).date() for count in range(request.periods + 2)]
    size = counted.get((days[0], days[0]), 0)
    returns = []
    for period in range(1, request.periods + 1):
        viewers = counted.get((days[0], days[period]), 0) if days[period + 1] <= known_until else None
        share = viewers / size if viewers is not None and size else None
        returns.append(Return(period, days[period], viewers, share))
    return Cohort(days[0], size, days[1] <= known_until, tuple(returns))


def _counted(reader: Reader, request: RetentionRequest, starts: Sequence[int], newest: int, access: Access) -> Counts:
    """(first day of the cohort, first day of a period) → people of the cohort with a session in the period."""
    parameters = Parameters()
    # A day more than the longest periods, for clock changes; `_cohort` ignores the surplus.
    reach_s = ((request.periods + 1) * _LONGEST_DAYS[request.cohort] + 1) * 86_400
    since = request.sessions.over(starts[0], min(starts[-1] + reach_s, newest + 1))
    # A period counts twice where the clock goes back over midnight.
    most = 2 * (len(starts) + request.periods + 2)
    period = since.clock.bucket_start_sql(request.cohort, parameters, most)
    first, last = parameters.add(starts[0], "UInt32"), parameters.add(starts[-1], "UInt32")
    # One pass over the sessions gives each user's first session, and the periods with a session that passes the filter.
    # It includes sessions before the range: users who had one are in none of the cohorts.
    users = (
        "SELECT min(start_time) AS first_start, "
        f"groupUniqArrayIf({period}, {since.counts_sql(access, parameters)}) AS active "
        f"FROM {since.source_sql(('user_key',), access, parameters)} GROUP BY user_key "
        f"HAVING first_start >= toDateTime({first}, 'UTC')"
    )
    cohorts = f"SELECT {period} AS cohort, active FROM (SELECT first_start AS start_time, active FROM ({users}))"
    sql = (
        "SELECT toUInt32(cohort), toUInt32(arrayJoin(active)) AS period, count() "
        f"FROM ({cohorts}) WHERE has(active, cohort) AND toUInt32(cohort) <= {last} "
        f"GROUP BY cohort, period HAVING period < toUInt32(cohort) + {parameters.add(reach_s, 'UInt64')}"
    )
    found = since.ask(reader, sql, parameters, access)
    return {
        (_first_day(cohort, request).date(), _first_day(period, request).date()): viewers
        for cohort, period, viewers in found.rows
    }


def _first_day(instant: int, request: RetentionRequest) -> datetime:
    """The first local day of the period that an instant is in, even if the zone skipped that day."""
    local = datetime.fromtimestamp(instant, zone(request.sessions.zone)).replace(tzinfo=None)
    return floor(local, request.cohort)


def _later(first: datetime, cohort: Grain, count: int) -> datetime:
    return add_months(first, count) if cohort is Grain.MONTH else first + timedelta(weeks=count)
