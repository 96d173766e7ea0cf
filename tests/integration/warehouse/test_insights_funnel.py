"""The completion funnel against a plain count, and against the measures that it shares its ends with."""

from collections.abc import Iterator
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
from tests.integration.warehouse.worlds import Session
from warehouse.access import SYSTEM
from warehouse.insights.funnel import Funnel, FunnelStep, completion_funnel
from warehouse.query.answer import ask
from warehouse.query.local_time import Range
from warehouse.query.question import Question


@pytest.fixture(scope="module", params=PLACES, ids=" ".join)
def served(request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with opened_world(request.param, modes, tmp_path_factory.getbasetemp()) as found:
        yield found


def counted(sessions: list[Session]) -> Funnel:
    """The funnel of some sessions."""
    steps = []
    for reached in (0.0, 0.25, 0.5, 0.75, 0.9):
        there = [one for one in sessions if reached == 0 or (one.completion_e6 or 0) / 1_000_000 >= reached]
        share = len(there) / len(sessions) if sessions else None
        steps.append(FunnelStep(reached, len(there), len({one.user for one in there}), share))
    return Funnel(tuple(steps), sum(one.completion_e6 is None for one in sessions))


def test_steps_are_those_of_a_plain_count(served: Served) -> None:
    chance = Random(f"funnel {served.zone}")
    for span in served.spans(chance, 12, DAYS // 2):
        where, scope = chance.choice(FILTERS), chance.choice(SCOPES)
        inside = [one for one in served.passing(where, scope) if span.start <= one.start < span.end]
        found = completion_funnel(served.warehouse.reader, asked(served, span, where), asker(scope))
        assert found == counted(inside), (span, where, scope)


def test_the_ends_of_the_funnel_are_views_and_completed_views(served: Served) -> None:
    span = Range(CHANGES[served.zone] - 9_999_999, CHANGES[served.zone] + 9_999_999)
    (row,) = ask(served.warehouse.reader, Question((), ("views", "viewers", "completed_views"), span), SYSTEM).rows
    first, *_, last = completion_funnel(served.warehouse.reader, asked(served, span), SYSTEM).steps
    assert (first.views, first.viewers, last.views) == (
        *(row.now["views"], row.now["viewers"]),
        row.now["completed_views"],
    )
    assert 0 < last.views < first.views
