"""Stickiness against a plain count of each day's and each month's people."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
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
from tests.integration.warehouse.worlds import DAY_S
from warehouse.access import SYSTEM
from warehouse.errors import BadInput
from warehouse.insights.stickiness import StickyDay, stickiness
from warehouse.query.answer import ask
from warehouse.query.local_time import Grain, Range, day_start
from warehouse.query.question import Group, Question


@pytest.fixture(scope="module", params=PLACES, ids=" ".join)
def served(request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with opened_world(request.param, modes, tmp_path_factory.getbasetemp()) as found:
        yield found


def counted(served: Served, people: dict[date, set[int]], span: Range) -> list[StickyDay]:
    """Each local day of a range that exists, with the 30 that end with it."""
    reach = range(span.start - 40 * DAY_S, span.end, 600)
    days = sorted({served.day(instant) for instant in (*reach, span.end - 1)})
    rows = []
    for index, day in enumerate(days):
        if day >= served.day(span.start):
            daily = len(people.get(day, set()))
            month = days[index - 29 : index + 1]
            monthly = len(set().union(*(people.get(each, set()) for each in month)))
            rows.append(StickyDay(day, daily, monthly, daily / monthly if monthly else None))
    return rows


def test_days_and_months_are_those_of_a_plain_count(served: Served) -> None:
    chance = Random(f"sticky {served.zone}")
    seen = set()
    for span in served.spans(chance, 12, DAYS):
        where, scope = chance.choice(FILTERS), chance.choice(SCOPES)
        people: dict[date, set[int]] = {}
        for one in served.passing(where, scope):
            people.setdefault(served.day(one.start), set()).add(one.user)
        found = stickiness(served.warehouse.reader, asked(served, span, where), asker(scope))
        assert found == counted(served, people, span), (span, where, scope)
        seen |= {row.stickiness for row in found}
    assert len(seen) > 10, "hardly anybody watched: the test proves little"


def test_daily_viewers_are_the_measure_viewers(served: Served) -> None:
    zone, days = served.zone, [served.day(CHANGES[served.zone] + shift * DAY_S) for shift in (-10, 10)]
    span = Range(*(day_start(zone, day) for day in days))
    question = Question((Group("time", Grain.DAY),), ("viewers",), span, zone, fill=True)
    viewers = {
        str(row.groups[0])[:10]: row.now["viewers"] for row in ask(served.warehouse.reader, question, SYSTEM).rows
    }
    found = stickiness(served.warehouse.reader, asked(served, span), SYSTEM)
    assert {row.day.isoformat(): row.daily_viewers for row in found} == viewers


def test_more_days_than_the_cap_are_refused(served: Served) -> None:
    span = Range(CHANGES[served.zone], CHANGES[served.zone] + 20 * DAY_S)
    with pytest.raises(BadInput, match="at most 10"):
        stickiness(served.warehouse.reader, asked(served, span), replace(SYSTEM, max_buckets=10))
