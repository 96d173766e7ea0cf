"""Insights that were answered while data was loaded and corrected are answered again, to the last digit, as of then."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.integration.warehouse.insight_worlds import CHANGES
from tests.integration.warehouse.worlds import DAY_S, film_row, load, person_row, random_world, session_row
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.insights.concurrency import concurrency
from warehouse.insights.funnel import completion_funnel
from warehouse.insights.playback_quality import QualityBy, quality
from warehouse.insights.retention import RetentionRequest, retention
from warehouse.insights.sessions import Sessions
from warehouse.insights.stickiness import stickiness
from warehouse.query.local_time import Grain, Range
from warehouse.query.question import AnyOf, Condition

ZONE = "America/New_York"
SPAN = Range(CHANGES[ZONE] - 20 * DAY_S, CHANGES[ZONE] + 20 * DAY_S)
# What corrections move: people between countries, films between genres.
MOVED = AnyOf((Condition("country", "in", ("US", "XX")), Condition("genre", "eq", "War")))


def answers(warehouse: Warehouse, as_of: int | None) -> list[Any]:
    """Every insight, as of a load."""
    sessions = Sessions(SPAN, ZONE, MOVED, as_of)
    return [
        retention(warehouse.reader, RetentionRequest(sessions, Grain.WEEK, 3), SYSTEM),
        completion_funnel(warehouse.reader, sessions, SYSTEM),
        concurrency(warehouse.reader, sessions, Grain.DAY, SYSTEM),
        stickiness(warehouse.reader, sessions, SYSTEM),
        quality(warehouse.reader, sessions, QualityBy.COUNTRY, SYSTEM),
    ]


@pytest.mark.slow
def test_what_was_answered_then_is_answered_again(tmp_path: Path) -> None:
    world = random_world(Random(31), CHANGES[ZONE], sessions=250)
    then: dict[int, list[Any]] = {}
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as warehouse:
        for table, rows in (
            ("movies", [film_row(replace(film, genres=("War",))) for film in world.films.values()]),
            ("users", [person_row(replace(person, country="XX")) for person in world.people.values()]),
            ("viewing_sessions", [session_row(one) for one in world.sessions[:120]]),
            ("movies", [film_row(film) for film in world.films.values()]),
            ("viewing_sessions", [session_row(one) for one in world.sessions[120:]]),
            ("users", [person_row(person) for person in world.people.values()]),
        ):
            summary = load(warehouse, table, rows)
            then[summary.load_id] = answers(warehouse, None)
        for load_id, known in then.items():
            assert answers(warehouse, load_id) == known, f"as of load {load_id}"
    # The films' correction moves nobody while all people are in XX.
    assert len({str(known) for known in then.values()}) == 4, "the loads changed nothing: the test proves nothing"
