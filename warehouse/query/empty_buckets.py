"""Empty time buckets: the rows that `fill` adds, so that a bucket in which nothing happened is a row too."""

from collections.abc import Sequence

from warehouse.access import Access
from warehouse.errors import BadInput
from warehouse.query.bucket_sql import Clock
from warehouse.query.leg_sql import LegSql, group_names
from warehouse.query.parameters import Parameters
from warehouse.query.question import Question


def empty_buckets_sql(
    question: Question, legs: Sequence[LegSql], others_shown: Sequence[str], access: Access, parameters: Parameters
) -> str:
    """Every bucket of the one `time` group, for each combination of the other groups that a leg has; `others_shown` are
    the further columns.

    The engine refuses too many rows before generating them, because a `limit` only applies afterwards.
    """
    times = [index for index, group in enumerate(question.groups) if group.grain is not None]
    if len(times) != 1:
        raise BadInput("fill adds rows for empty time buckets: group by exactly one grain of time.", "fill")
    grain = question.groups[times[0]].grain
    assert grain is not None
    count = len(Clock(question.zone, question.span).buckets(grain, access.max_buckets))
    time, names = f"g{times[0]}", group_names(question, access)
    others = [name for name in names if name != time]
    # The row of folded groups has no bucket.
    known = " UNION ALL ".join(f"SELECT {', '.join(others)} FROM ({leg.sql}) WHERE isNotNull({time})" for leg in legs)
    most = max(access.max_rows // count, 1)
    bounded = f"SETTINGS max_rows_in_distinct = {most}, distinct_overflow_mode = 'throw'"
    combinations = f"(SELECT DISTINCT * FROM ({known}) {bounded})" if others else "(SELECT 1)"
    bucket = f"arrayJoin(range({parameters.add(count, 'UInt32')})) AS {time}"
    shown = [bucket if name == time else name for name in names]
    return f"SELECT {', '.join([*shown, *others_shown])} FROM {combinations}"
