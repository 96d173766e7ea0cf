"""What a change says it touched: answers about other ranges are the same as before, to the last digit."""

from dataclasses import replace
from random import Random

import pytest

from tests.integration.warehouse.test_rollups_never_change_an_answer import CHANGES, random_question
from tests.integration.warehouse.worlds import (
    DAY_S,
    World,
    load,
    load_in_pieces,
    person_row,
    random_world,
    review_row,
    session_row,
)
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.query.answer import ask
from warehouse.query.comparison import Shift, past_of
from warehouse.query.local_time import Range
from warehouse.query.question import Question

pytestmark = pytest.mark.slow

ZONE = "America/New_York"
CENTRE = CHANGES[ZONE]
QUESTIONS = 60


@pytest.fixture
def world(warehouse: Warehouse) -> World:
    """A world, in the warehouse."""
    chance = Random("touched")
    made = random_world(chance, CENTRE)
    load_in_pieces(warehouse, made, chance)
    return made


def moved(world: World, start: int) -> World:
    """The same rows under other ids, all of them around another instant."""
    by = start - CENTRE
    sessions = [replace(one, number=one.number + 100_000, start=one.start + by) for one in world.sessions]
    reviews = [replace(one, number=one.number + 100_000, given=one.given + by) for one in world.reviews]
    return replace(world, sessions=sessions, reviews=reviews)


def add(warehouse: Warehouse, world: World) -> None:
    load(warehouse, "viewing_sessions", [session_row(one) for one in world.sessions])
    load(warehouse, "ratings", [review_row(one) for one in world.reviews])


def test_rows_outside_of_its_ranges_change_no_answer(warehouse: Warehouse, world: World) -> None:
    asked = [random_question(Random(f"touched {number}"), ZONE, CENTRE) for number in range(QUESTIONS)]
    compared = [replace(one, before=past_of(ZONE, one.span, Shift(days=30))) for one in asked[:10] if not one.fill]
    bounded = [one for one in (*asked, *compared) if one.is_bounded]
    before = [ask(warehouse.reader, question, SYSTEM).rows for question in bounded]
    spans = [span for one in bounded for span in (one.span, one.before) if span]
    add(warehouse, moved(world, min(span.start for span in spans) - 200 * DAY_S))
    add(warehouse, moved(world, max(span.end for span in spans) + 200 * DAY_S))
    for question, rows in zip(bounded, before, strict=True):
        assert ask(warehouse.reader, question, SYSTEM).rows == rows, question
    assert len(bounded) > QUESTIONS // 2


def test_who_is_new_depends_on_all_that_was_before(warehouse: Warehouse, world: World) -> None:
    question = Question((), ("new_viewers",), Range(CENTRE - 30 * DAY_S, CENTRE + 30 * DAY_S))
    assert not question.is_bounded
    assert ask(warehouse.reader, question, SYSTEM).rows[0].now["new_viewers"] != 0
    add(warehouse, moved(world, CENTRE - 200 * DAY_S))
    assert ask(warehouse.reader, question, SYSTEM).rows[0].now["new_viewers"] == 0


def test_the_span_of_added_rows_is_told(warehouse: Warehouse, world: World) -> None:
    shown = warehouse.reader.freshness(SYSTEM)
    person, film = world.people[1], world.films[1]
    one = replace(world.sessions[0], number=7_000, user=person.number, film=film.number)
    load(warehouse, "viewing_sessions", [session_row(replace(one, start=CENTRE + 5))])
    second = warehouse.reader.freshness(SYSTEM)
    assert warehouse.reader.changed(shown, second, SYSTEM) == Range(CENTRE + 5, CENTRE + 6)
    load(warehouse, "ratings", [review_row(replace(world.reviews[0], number=7_001, given=CENTRE - 900))])
    last = load(warehouse, "viewing_sessions", [session_row(replace(one, number=7_002, start=CENTRE + 60))]).load_id
    third = warehouse.reader.freshness(SYSTEM)
    assert warehouse.reader.changed(second, third, SYSTEM) == Range(CENTRE - 900, CENTRE + 61)
    assert warehouse.reader.changed(shown, third, SYSTEM) == Range(CENTRE - 900, CENTRE + 61)
    warehouse.undo(last)
    fourth = warehouse.reader.freshness(SYSTEM)
    assert warehouse.reader.changed(third, fourth, SYSTEM) is None
    load(warehouse, "users", [person_row(replace(person, plan="free"))])
    assert warehouse.reader.changed(fourth, warehouse.reader.freshness(SYSTEM), SYSTEM) is None


def test_as_many_rows_taken_back_as_added_are_no_addition(warehouse: Warehouse, world: World) -> None:
    one = replace(world.sessions[0], number=7_000, start=CENTRE)
    first = load(warehouse, "viewing_sessions", [session_row(one)]).load_id
    shown = warehouse.reader.freshness(SYSTEM)
    load(warehouse, "viewing_sessions", [session_row(replace(one, number=7_001, start=CENTRE + 50))])
    warehouse.undo(first)
    assert warehouse.reader.changed(shown, warehouse.reader.freshness(SYSTEM), SYSTEM) is None
