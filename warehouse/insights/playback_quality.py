"""Playback quality: interruptions by buffering per device, country or picture quality, with percentiles."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.described_enum import DescribedEnum
from warehouse.errors import TooExpensive
from warehouse.insights.sessions import Sessions
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import AGGREGATES, MEASURES
from warehouse.query.collation import order_sql
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader


class QualityBy(DescribedEnum):
    """The dimension whose values are compared, by slug."""

    DEVICE = "device", "By kind of device."
    COUNTRY = "country", "By the country of the user."
    QUALITY = "quality", "By the quality of the picture."


@dataclass(frozen=True)
class QualityRow:
    """One value of the dimension; None if it is unknown or hidden from the asker.

    `views` counts all sessions. The other figures cover sessions with a buffering count, and are None if there are
    none.
    """

    value: str | None
    views: int
    buffering_per_view: float | None
    buffered_share: float | None
    buffering_p50: int | None
    buffering_p95: int | None
    buffering_p99: int | None


def quality(reader: Reader, sessions: Sessions, by: QualityBy, access: Access) -> Sequence[QualityRow]:
    """One row per value that has sessions, most views first, then by value.

    `buffered_share` is the share of sessions with at least one interruption. A percentile p is the nearest rank: of n
    sessions in ascending order of interruptions, those of the session at place ceil(p * n), in whole numbers.

    Values of fewer people than the asker may know of are left out.

    Raises: TooExpensive when there are more values than the asker's cap.
    """
    parameters = Parameters()
    column = DIMENSIONS[by].column
    source = sessions.source_sql((column, "user_key", "buffering_count"), access, parameters)
    # groupArray skips NULLs, so `known` holds one number for each session with a buffering count.
    views, per_view = _measure_sql("views"), _measure_sql("buffering_per_view")
    grouped = (
        f"SELECT {column} AS value, {views} AS views, {per_view} AS per_view, "
        "countIf(ifNull(buffering_count, 0) > 0) AS buffered, arraySort(groupArray(buffering_count)) AS known "
        f"FROM {source} WHERE {sessions.counts_sql(access, parameters)} GROUP BY value"
    )
    if access.minimum_group:
        grouped += f" HAVING groupBitmap(user_key) >= {parameters.add(access.minimum_group, 'UInt32')}"
    shown = ["value", "views", "per_view", "buffered / nullIf(length(known), 0)"]
    shown += [_nearest_rank_sql("known", percent) for percent in (50, 95, 99)]
    cap = parameters.add(access.max_rows + 1, "UInt64")
    sql = f"SELECT {', '.join(shown)} FROM ({grouped}) ORDER BY views DESC, {order_sql('value')} LIMIT {cap}"
    found = sessions.ask(reader, sql, parameters, access)
    if len(found.rows) > access.max_rows:
        raise TooExpensive(f"There are more than {access.max_rows} values of {by}. Narrow them with `where`.")
    return [QualityRow(*row) for row in found.rows]


def _measure_sql(slug: str) -> str:
    """A measure as the model defines it, over the fact's own columns."""
    measure = MEASURES[slug]
    return measure.sql.format_map({name: AGGREGATES[name].raw for name in measure.aggregates})


def _nearest_rank_sql(ascending: str, percent: int) -> str:
    """SQL of the value at place ceil(percent / 100 * n) of an array in ascending order, NULL of an empty one."""
    return f"if(empty({ascending}), NULL, {ascending}[intDiv(length({ascending}) * {percent} + 99, 100)])"
