"""Insights: retention, the funnel, concurrency, stickiness, quality."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.oracle.clock import Clock, floor_day, next_day
from tests.oracle.facts import Row, Seen
from tests.oracle.filters import passes
from tests.oracle.measures import nearest_rank
from tests.oracle.ordering import ordered
from tests.oracle.ranges import Span, read_range
from tests.oracle.selections import Cell, cells, key

STEPS = ((0.0, 0), (0.25, 250_000), (0.5, 500_000), (0.75, 750_000), (0.9, 900_000))
MONTH_DAYS = 30
# A ten-thousandth of a minute is 3 of these, a second 500.
TICKS_A_SECOND = 500
TICKS_A_MINUTE_E4 = 3


def answer_retention(question: Cell, seen: Seen) -> list[dict[str, Any]]:
    """`retention`."""
    args = question.get("args", {})
    grain, periods = args.get("cohort", "WEEK"), args.get("periods", 8)
    span, newest = _span(question, seen), seen.newest()
    first = {person: floor_day(seen.clock.local(at).date(), grain) for person, at in seen.first_sessions().items()}
    came: dict[date, set[int]] = defaultdict(set)
    for row in _passing(question, seen):
        came[floor_day(seen.clock.local(row.at).date(), grain)].add(_person(row))

    def is_over(start: date) -> bool:
        return newest is not None and seen.clock.local(newest).date() >= next_day(start, grain) - timedelta(days=1)

    def returned(cohort: set[int], period: int, start: date, selected: Sequence[Cell]) -> dict[str, Any]:
        viewers = len(cohort & came[start]) if is_over(start) else None
        share = viewers / len(cohort) if viewers is not None and cohort else None
        found = {"period": period, "start": start.isoformat(), "viewers": viewers, "share": share}
        return {key(one): found[one["name"]] for one in selected}

    answers = []
    for start in _starts_in(span, grain, seen.clock):
        cohort = {person for person in came[start] if first[person] == start}
        starts = [start]
        for _ in range(periods):
            starts.append(next_day(starts[-1], grain))
        found = {"start": start.isoformat(), "viewers": len(cohort), "complete": is_over(start)}
        answers.append(
            {
                key(one): found[one["name"]]
                if one["name"] in found
                else [returned(cohort, period, at, cells(one)) for period, at in enumerate(starts[1:], start=1)]
                for one in cells(question)
            }
        )
    return answers


def answer_funnel(question: Cell, seen: Seen) -> dict[str, Any]:
    """`completionFunnel`."""
    span = _span(question, seen)
    rows = [row for row in _passing(question, seen) if row.at in span]

    def step(reached: float, least_e6: int) -> dict[str, Any]:
        came = [row for row in rows if least_e6 == 0 or (_completion(row) or 0) >= least_e6]
        return {
            "reached": reached,
            "views": len(came),
            "viewers": len({_person(row) for row in came}),
            "share": len(came) / len(rows) if rows else None,
        }

    unknown = sum(_completion(row) is None for row in rows)
    return {
        key(one): unknown
        if one["name"] == "unknownViews"
        else [{key(inner): step(*of)[inner["name"]] for inner in cells(one)} for of in STEPS]
        for one in cells(question)
    }


def answer_concurrency(question: Cell, seen: Seen) -> list[dict[str, Any]]:
    """`concurrency`."""
    grain, clock, span = question.get("args", {}).get("grain", "HOUR"), seen.clock, _span(question, seen)
    times = [
        (row.at * TICKS_A_SECOND, row.at * TICKS_A_SECOND + row.session.minutes_e4 * TICKS_A_MINUTE_E4, _person(row))
        for row in _passing(question, seen)
        if row.session is not None
    ]
    buckets = clock.buckets(span.start.at, span.end.at, grain)
    # More can watch only where somebody starts, or where a bucket, or a part of one, does.
    moments = {bucket.start for bucket in buckets} | {start // TICKS_A_SECOND for start, _, _ in times}
    moments |= {stretch.start for stretch in clock.stretches(span.start.at, span.end.at)}
    peaks = dict.fromkeys(buckets, 0)
    for at in (moment for moment in moments if moment in span):
        tick = at * TICKS_A_SECOND
        watching = len({person for start, end, person in times if start <= tick < end})
        bucket = clock.bucket(at, grain)
        peaks[bucket] = max(peaks[bucket], watching)
    return [
        {key(one): clock.text(bucket.start) if one["name"] == "time" else peaks[bucket] for one in cells(question)}
        for bucket in buckets
    ]


def answer_stickiness(question: Cell, seen: Seen) -> list[dict[str, Any]]:
    """`stickiness`."""
    span = _span(question, seen)
    came: dict[date, set[int]] = defaultdict(set)
    for row in _passing(question, seen):
        came[seen.clock.local(row.at).date()].add(_person(row))
    answers = []
    for day in seen.clock.days(span.start.at, span.end.at):
        monthly = len(set().union(*(came[one] for one in _days_until(day, seen.clock))))
        found = {
            "day": day.isoformat(),
            "dailyViewers": len(came[day]),
            "monthlyViewers": monthly,
            "stickiness": len(came[day]) / monthly if monthly else None,
        }
        answers.append({key(one): found[one["name"]] for one in cells(question)})
    return answers


def _days_until(day: date, clock: Clock) -> list[date]:
    """The thirty local days that end with one; a date that the zone skipped was none."""
    dates = (day - timedelta(days=back) for back in range(MONTH_DAYS + 2))
    return [one for one in dates if clock.local(clock.first_instant(one)).date() == one][:MONTH_DAYS]


def answer_quality(question: Cell, seen: Seen) -> list[dict[str, Any]]:
    """`quality`."""
    span, by = _span(question, seen), question["args"]["by"].lower()
    groups: dict[Any, list[Row]] = {}
    for row in _passing(question, seen):
        if row.at in span:
            groups.setdefault(seen.value(by, row), []).append(row)

    def figures(value: Any) -> dict[str, Any]:
        known = [row.session.buffering for row in groups[value] if row.session and row.session.buffering is not None]
        return {
            "value": value,
            "views": len(groups[value]),
            "bufferingPerView": sum(known) / len(known) if known else None,
            "bufferedShare": sum(one > 0 for one in known) / len(known) if known else None,
            **{f"bufferingP{percent}": nearest_rank(known, percent) for percent in (50, 95, 99)},
        }

    best = ordered(groups, [(lambda value: len(groups[value]), True), (lambda value: value, False)])
    return [{key(one): figures(value)[one["name"]] for one in cells(question)} for value in best]


def _span(question: Cell, seen: Seen) -> Span:
    return read_range(question.get("args", {}).get("range"), seen.clock, seen.newest())


def _passing(question: Cell, seen: Seen) -> list[Row]:
    where = question.get("args", {}).get("where")
    return [row for row in seen.rows("viewing") if passes(where, "viewing", row, seen)]


def _starts_in(span: Span, grain: str, clock: Clock) -> list[date]:
    labels = (bucket.label.date() for bucket in clock.buckets(span.start.at, span.end.at, grain))
    return [label for label in labels if clock.first_instant(label) in span]


def _person(row: Row) -> int:
    assert row.person is not None
    return row.person.id


def _completion(row: Row) -> int | None:
    assert row.session is not None
    return row.session.completion_e6
