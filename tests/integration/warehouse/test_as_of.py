"""Answers that were given while data was loaded and corrected are given again, to the last digit, as of then."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.integration.new_warehouse import lay
from tests.integration.warehouse.test_rollups_never_change_an_answer import CHANGES, random_question
from tests.integration.warehouse.worlds import film_row, load, person_row, random_world, review_row, session_row
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.query.answer import ask
from warehouse.query.listing import MOVIE_LIST, by_keys
from warehouse.query.local_time import Range
from warehouse.query.question import Group, OrderByGroup, Question
from warehouse.query.router import Reason

pytestmark = pytest.mark.slow

ZONE = "America/New_York"
CENTRE = CHANGES[ZONE]


def _answers(warehouse: Warehouse, questions: list[Question], as_of: int | None) -> list[Any]:
    return [list(ask(warehouse.reader, replace(question, as_of=as_of), SYSTEM).rows) for question in questions]


def test_what_was_answered_then_is_answered_again(tmp_path: Path) -> None:
    chance = Random(11)
    world = random_world(chance, CENTRE, sessions=250)
    questions = [random_question(chance, ZONE, CENTRE) for _ in range(8)]
    questions = [question for question in questions if not _reads_attributes(question)]
    then: dict[int, list[Any]] = {}
    with open_warehouse(lay(tmp_path / "warehouse")) as warehouse:
        for table, rows in (
            ("movies", [film_row(replace(film, genres=("War",))) for film in world.films.values()]),
            ("users", [person_row(replace(person, country="XX")) for person in world.people.values()]),
            ("viewing_sessions", [session_row(one) for one in world.sessions[:120]]),
            ("movies", [film_row(film) for film in world.films.values()]),
            ("ratings", [review_row(one) for one in world.reviews]),
            ("viewing_sessions", [session_row(one) for one in world.sessions[120:]]),
            ("users", [person_row(person) for person in world.people.values()]),
        ):
            summary = load(warehouse, table, rows)
            then[summary.load_id] = _answers(warehouse, questions, None)
        for load_id, answers in then.items():
            assert _answers(warehouse, questions, load_id) == answers, f"as of load {load_id}"
        assert len({str(answers) for answers in then.values()}) > 4, (
            "the loads changed nothing: the test proves nothing"
        )


def _reads_attributes(question: Question) -> bool:
    """Whether a question names an attribute path, which is unknown before the first session is there."""
    return "app.version" in str(question)


def test_films_are_sorted_and_named_as_they_were_called_then(tmp_path: Path) -> None:
    world = random_world(Random(4), CENTRE, sessions=60)
    titles = {film.number: f"{100 - film.number} days" for film in world.films.values()}
    with open_warehouse(lay(tmp_path / "warehouse")) as warehouse:
        load(warehouse, "movies", [{**film_row(film), "title": titles[film.number]} for film in world.films.values()])
        load(warehouse, "users", [person_row(person) for person in world.people.values()])
        known = load(warehouse, "viewing_sessions", [session_row(one) for one in world.sessions]).load_id
        load(warehouse, "movies", [film_row(film) for film in world.films.values()])
        span = Range(CENTRE - 40 * 86_400, CENTRE + 40 * 86_400)
        question = Question((Group("movie"),), ("views",), span, ZONE, orders=(OrderByGroup(0),), as_of=known)
        answer = ask(warehouse.reader, question, SYSTEM)
        keys = [int(row.groups[0] or 0) for row in answer.rows]
        films = by_keys(warehouse.engine, MOVIE_LIST.then(known), ("title",), keys, SYSTEM)
        shown = [films[key]["title"] for key in keys]
        assert shown == sorted(shown)
        assert set(shown) <= set(titles.values())
        assert {each.reason for route in answer.statement.routes for each in route.rejected} == {Reason.AS_OF}


def test_before_the_first_load_nothing_was_known(tmp_path: Path) -> None:
    with open_warehouse(lay(tmp_path / "warehouse")) as warehouse:
        world = random_world(Random(5), CENTRE, sessions=20)
        load(warehouse, "movies", [film_row(film) for film in world.films.values()])
        load(warehouse, "users", [person_row(person) for person in world.people.values()])
        load(warehouse, "viewing_sessions", [session_row(one) for one in world.sessions])
        span = Range(CENTRE - 40 * 86_400, CENTRE + 40 * 86_400)
        found = ask(warehouse.reader, Question((), ("views", "users", "catalogue_titles"), span, as_of=0), SYSTEM)
        assert dict(found.rows[0].now) == {"views": 0, "users": 0, "catalogue_titles": 0}
        assert warehouse.reader.newest(SYSTEM, as_of=0) is None
