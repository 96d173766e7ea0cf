"""Concurrency: the peak number of people watching at the same moment, in each time bucket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.insights.sessions import Sessions
from warehouse.query.local_time import Grain, Piece, buckets_of, iso, pieces
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader

# Stored minutes are ten-thousandths: 6 ms each. So instants in milliseconds are whole numbers.
_MS_PER_UNIT = 6
# The longest session that the column can hold: how long before a range a session that reaches into it can begin.
_LONGEST_S = (2**32 - 1) * _MS_PER_UNIT // 1000 + 1


@dataclass(frozen=True)
class Peak:
    """One bucket: its local start in ISO 8601 with offset, and the most people who watched at one moment of it."""

    time: str
    peak_viewers: int


@dataclass(frozen=True)
class _Change:
    """One piece of a bucket: the highest rise above its starting level, and the change from its start to its end."""

    rise: int
    move: int


def concurrency(reader: Reader, sessions: Sessions, grain: Grain, access: Access) -> Sequence[Peak]:
    """Every bucket of the range in order, empty ones too.

    A session occupies [start, start + minutes watched), to the millisecond; one that began before the range counts
    where it reaches into it. A person with several sessions at one moment is one viewer. Of buckets that the range
    cuts, the part inside counts. Filters test the session, those of hour and weekday its start.

    Raises: BadInput when the range has more buckets than the asker's cap.
    """
    # Refuses a grain that is too fine for the range, before any SQL is composed.
    sessions.clock.buckets(grain, min(access.max_buckets, access.max_rows))
    parts = pieces(sessions.zone, sessions.span, grain)
    changes = _changes(reader, sessions, parts, access)
    level, peaks = 0, dict.fromkeys(buckets_of(parts), 0)
    for part in parts:
        change = changes.get(part.start, _Change(0, 0))
        peaks[part.bucket] = max(peaks[part.bucket], level + change.rise)
        level += change.move
    return [Peak(iso(bucket, sessions.zone), access.told(peak)) for bucket, peak in peaks.items()]


def _changes(reader: Reader, sessions: Sessions, parts: Sequence[Piece], access: Access) -> Mapping[int, _Change]:
    """Piece's start → its change; pieces without a change are left out.

    A start or an end is one whole number, 2 * milliseconds, plus 1 for a start. Sorted, ends come before starts at the
    same moment, so that two consecutive sessions never count as two. An end belongs to the last millisecond that was
    watched: a session that ends at a bucket's start does not count in that bucket.
    """
    parameters = Parameters()
    span = sessions.span
    reaching = sessions.over(max(span.start - _LONGEST_S, 0), span.end)
    source = reaching.source_sql(("user_key", "watch_minutes_e4"), access, parameters)
    start, end = (parameters.add(edge * 1000, "Int64") for edge in (span.start, span.end))
    began = "toInt64(toUInt32(start_time)) * 1000"
    ended = f"{began} + toInt64(watch_minutes_e4) * {_MS_PER_UNIT}"
    moments = (
        f"arraySort(arrayConcat(groupArray(greatest({began}, {start}) * 2 + 1), groupArray(least({ended}, {end}) * 2)))"
    )
    users = (
        f"SELECT {moments} AS moments FROM {source} WHERE {reaching.counts_sql(access, parameters)} "
        f"AND watch_minutes_e4 > 0 AND {ended} > {start} GROUP BY user_key"
    )
    # Of one user's moments only those stay at which the first overlapping session starts or the last one ends.
    viewers = (
        "SELECT arrayJoin(arrayFilter((moment, running) -> running = moment % 2, moments, "
        f"{_levels_sql('moments')})) AS moment FROM ({users})"
    )
    starts = parameters.add([part.start for part in parts], "Array(UInt32)")
    watched_s = "toUInt32(intDiv(intDiv(moment, 2) - 1 + moment % 2, 1000))"
    levels = _levels_sql("arraySort(groupArray(moment))")
    by_piece = f"SELECT roundDown({watched_s}, {starts}) AS piece, {levels} AS levels FROM ({viewers}) GROUP BY piece"
    sql = f"SELECT piece, greatest(arrayMax(levels), 0), levels[-1] FROM ({by_piece})"
    found = reaching.ask(reader, sql, parameters, access)
    return {piece: _Change(rise, move) for piece, rise, move in found.rows}


def _levels_sql(moments: str) -> str:
    """SQL of the running level after each of some sorted moments, from 0."""
    return f"arrayCumSum(moment -> if(moment % 2 = 1, 1, -1), {moments})"
