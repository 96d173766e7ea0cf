"""Retention against a plain count of who came when, user by user."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from tests.integration.warehouse.insight_worlds import (
    CHANGES,
    DAYS,
    FILTERS,
    PLACES,
    SCOPES,
    Served,
    asked,
    asker,
    opened_world,
)
from tests.integration.warehouse.modes import Modes
from warehouse.access import SYSTEM
from warehouse.errors import BadInput
from warehouse.insights.retention import Cohort, RetentionRequest, Return, retention
from warehouse.query.answer import ask
from warehouse.query.local_time import Grain, Range, day_start
from warehouse.query.question import Filter, Group, Question


@pytest.fixture(scope="module", params=PLACES, ids=" ".join)
def served(request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with opened_world(request.param, modes, tmp_path_factory.getbasetemp()) as found:
        yield found


def period_of(day: date, grain: Grain) -> date:
    """The first day of a week or month."""
    return day.replace(day=1) if grain is Grain.MONTH else day - timedelta(days=day.weekday())


def following(day: date, grain: Grain, count: int) -> date:
    """The first day of the period so many later."""
    for _ in range(count):
        day = period_of(day + timedelta(days=31 if grain is Grain.MONTH else 7), grain)
    return day


def counted(
    served: Served, span: Range, grain: Grain, periods: int, where: Filter | None, scope: tuple[str, ...]
) -> list[Cohort]:
    """The cohorts that begin in a range, counted user by user."""
    visible = served.visible(scope)
    if visible:
        last_day = served.day(max(one.start for one in visible))
    first: dict[int, date] = {}
    for one in sorted(visible, key=lambda each: each.start):
        first.setdefault(one.user, period_of(served.day(one.start), grain))
    came = {(one.user, period_of(served.day(one.start), grain)) for one in served.passing(where, scope)}
    starts = sorted({period_of(served.day(instant), grain) for instant in range(span.start, span.end, 3600)})
    rows = []
    for start in starts:
        if day_start(served.zone, start) < span.start:
            continue
        people = {user for user, cohort in first.items() if cohort == start and (user, start) in came}
        returns = []
        for period in range(1, periods + 1):
            day = following(start, grain, period)
            is_over = bool(visible) and following(day, grain, 1) - timedelta(days=1) <= last_day
            back = sum((user, day) in came for user in people) if is_over else None
            returns.append(Return(period, day, back, back / len(people) if back is not None and people else None))
        complete = bool(visible) and following(start, grain, 1) - timedelta(days=1) <= last_day
        rows.append(Cohort(start, len(people), complete, tuple(returns)))
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("grain", [Grain.WEEK, Grain.MONTH])
def test_cohorts_are_those_of_a_count_user_by_user(served: Served, grain: Grain) -> None:
    chance = Random(f"retention {served.zone} {grain}")
    people = 0
    for span in served.spans(chance, 12, DAYS):
        where, scope, periods = chance.choice(FILTERS), chance.choice(SCOPES), chance.choice((1, 3, 12))
        request = RetentionRequest(asked(served, span, where), grain, periods)
        found = retention(served.warehouse.reader, request, asker(scope))
        assert found == counted(served, span, grain, periods, where, scope), (span, where, scope, periods)
        people += sum(one.viewers or 0 for cohort in found for one in cohort.returns)
    assert people > 20, "hardly anybody came back: the test proves little"


def test_cohorts_are_the_new_viewers_of_their_weeks(served: Served) -> None:
    zone, monday = served.zone, period_of(served.day(CHANGES[served.zone]), Grain.WEEK)
    days = [monday - timedelta(weeks=11), monday + timedelta(weeks=10)]
    span = Range(*(day_start(zone, day) for day in days))
    question = Question((Group("time", Grain.WEEK),), ("new_viewers",), span, zone, FILTERS[1], fill=True)
    measured = {
        str(row.groups[0])[:10]: row.now["new_viewers"] for row in ask(served.warehouse.reader, question, SYSTEM).rows
    }
    request = RetentionRequest(asked(served, span, FILTERS[1]), Grain.WEEK, 2)
    found = {one.start.isoformat(): one.viewers for one in retention(served.warehouse.reader, request, SYSTEM)}
    assert found == measured
    assert sum(found.values()) > 5


@pytest.mark.parametrize("periods", [0, -1, 105])
def test_a_number_of_periods_that_can_not_be_is_refused(served: Served, periods: int) -> None:
    request = RetentionRequest(asked(served, Range(0, 86_400)), Grain.WEEK, periods)
    with pytest.raises(BadInput, match=f"periods is {periods}; allowed are 1 to 104"):
        retention(served.warehouse.reader, request, SYSTEM)


def test_other_grains_and_too_many_cohorts_are_refused(served: Served) -> None:
    century = asked(served, Range(631_152_000, 4_102_444_800))
    with pytest.raises(BadInput, match="not a QUARTER"):
        retention(served.warehouse.reader, RetentionRequest(century, Grain.QUARTER, 1), SYSTEM)
    with pytest.raises(BadInput, match="at most 200"):
        retention(served.warehouse.reader, RetentionRequest(century, Grain.WEEK, 5), replace(SYSTEM, max_rows=1000))


def test_cohorts_long_ago_are_read_under_a_small_cap(served: Served) -> None:
    first = min(one.start for one in served.world.sessions)
    sessions = asked(served, Range(first - 7 * 86_400, first + 7 * 86_400))
    request = RetentionRequest(sessions, Grain.WEEK, 1)
    few = replace(SYSTEM, max_buckets=4)
    assert retention(served.warehouse.reader, request, few) == retention(served.warehouse.reader, request, SYSTEM)
