"""Rows of unknown users and films wait in the quarantine, and load as they were sent once these have arrived."""

from random import Random
from typing import Any

import pytest

from tests.integration.warehouse.test_loads import SESSIONS, SHOWN, WORLD, facts_and_rollups, truth
from tests.integration.warehouse.worlds import film_row, load, person_row, review_row
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.loads import ledger
from warehouse.loads.quarantine import kept_aside
from warehouse.model.rollups import ROLLUPS
from warehouse.query.answer import ask
from warehouse.query.local_time import Range
from warehouse.query.question import Question

pytestmark = pytest.mark.slow

FILMS = [film_row(film) for film in WORLD.films.values()]
PEOPLE = [person_row(person) for person in WORLD.people.values()]
ATTRIBUTES = [
    ("", "no name"),
    ("a", 'x"y'),
    ("back\\slash", "\\"),
    ("n", "1.5"),
    ("text", "null"),
    ("ünï code", "🎬\n"),
]
LATE = 1
OF_LATE = [row for row in SESSIONS if row["user_id"] == LATE]


def counts(warehouse: Warehouse, load_id: int) -> tuple[int, int, int, int]:
    """rows, accepted, duplicates, quarantined, as the ledger has them now."""
    entry = ledger.find(warehouse.engine, load_id)
    assert entry is not None
    assert entry.accepted + entry.duplicates + entry.quarantined == entry.rows
    return entry.rows, entry.accepted, entry.duplicates, entry.quarantined


def in_quarantine(warehouse: Warehouse) -> list[tuple[int, int, str]]:
    return [(one.load_id, one.row, one.reason) for one in kept_aside(warehouse.engine, limit=1000)]


def stored(warehouse: Warehouse, table: str) -> Any:
    """A hash of a table's rows, whichever loads brought them in whichever order."""
    sql = f"SELECT count(), sum(cityHash64(formatRow('JSONEachRow', * EXCEPT load_id))) FROM {table}"
    return tuple(warehouse.engine.query(sql).rows[0])


def test_rows_released_by_a_load_of_users_are_those_that_were_sent(warehouse: Warehouse) -> None:
    load(warehouse, "movies", FILMS)
    load(warehouse, "users", PEOPLE)
    load(warehouse, "viewing_sessions", SESSIONS)
    load(warehouse, "ratings", [review_row(one) for one in WORLD.reviews])
    as_if_known = stored(warehouse, "viewing_sessions"), stored(warehouse, "ratings")
    for table in ("viewing_sessions", "ratings", "users", "users_versions"):
        warehouse.engine.command(f"TRUNCATE TABLE {table}")
    for rollup in ROLLUPS:
        warehouse.engine.command(f"TRUNCATE TABLE {rollup.name}")
    first = load(warehouse, "viewing_sessions", SESSIONS)
    load(warehouse, "ratings", [review_row(one) for one in WORLD.reviews])
    assert counts(warehouse, first.load_id) == (300, 0, 0, 300)
    load(warehouse, "users", PEOPLE)
    assert (stored(warehouse, "viewing_sessions"), stored(warehouse, "ratings")) == as_if_known
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN
    assert in_quarantine(warehouse) == []
    assert counts(warehouse, first.load_id) == (300, 300, 0, 0)


def test_only_rows_whose_user_and_film_are_here_leave_and_the_rest_waits(warehouse: Warehouse) -> None:
    load(warehouse, "movies", FILMS[1:])
    load(warehouse, "users", [row for row in PEOPLE if row["id"] != LATE])
    sent = load(warehouse, "viewing_sessions", SESSIONS).load_id
    of_both = [row for row in SESSIONS if row["user_id"] == LATE and row["movie_id"] == FILMS[0]["id"]]
    assert of_both, "no row waits for both: the test proves nothing"
    load(warehouse, "users", PEOPLE)
    waiting = [index + 1 for index, row in enumerate(SESSIONS) if row["movie_id"] == FILMS[0]["id"]]
    assert [row for _, row, _ in in_quarantine(warehouse)] == waiting
    assert counts(warehouse, sent) == (300, 300 - len(waiting), 0, len(waiting))
    load(warehouse, "movies", FILMS)
    assert in_quarantine(warehouse) == []
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN
    assert warehouse.retry() == []


def test_a_row_that_came_again_meanwhile_is_a_duplicate_and_a_taken_id_stays_as_conflict(warehouse: Warehouse) -> None:
    load(warehouse, "movies", FILMS)
    load(warehouse, "users", [row for row in PEOPLE if row["id"] != LATE])
    taken = {**OF_LATE[1], "user_id": 2}
    sent = load(warehouse, "viewing_sessions", [OF_LATE[0], OF_LATE[1], OF_LATE[0], OF_LATE[2]]).load_id
    load(warehouse, "viewing_sessions", [taken])
    assert counts(warehouse, sent) == (4, 0, 1, 3)
    load(warehouse, "users", PEOPLE)
    assert counts(warehouse, sent) == (4, 2, 1, 1)
    assert in_quarantine(warehouse) == [(sent, 2, "CONFLICT")]
    again = load(warehouse, "viewing_sessions", [OF_LATE[0], OF_LATE[2]])
    assert (again.accepted, again.duplicates) == (0, 2)


def test_what_was_known_before_the_release_is_answered_as_of_then(warehouse: Warehouse) -> None:
    load(warehouse, "movies", FILMS)
    load(warehouse, "users", [row for row in PEOPLE if row["id"] != LATE])
    sent = load(warehouse, "viewing_sessions", SESSIONS).load_id
    entry = ledger.find(warehouse.engine, sent)
    assert entry is not None
    assert entry.done_at is not None
    load(warehouse, "users", PEOPLE)
    assert ledger.load_as_of(warehouse.engine, entry.done_at) == sent
    span = Range(min(row["start_time"] for row in SESSIONS), max(row["start_time"] for row in SESSIONS) + 1)
    then, now = (
        ask(warehouse.reader, Question((), ("views",), span, as_of=as_of), SYSTEM).rows[0].now["views"]
        for as_of in (sent, None)
    )
    assert (then, now) == (300 - len(OF_LATE), 300)


def test_values_of_every_kind_come_out_of_the_quarantine_as_they_went_in(warehouse: Warehouse) -> None:
    chance = Random(8)
    texts = ['quo"te', "new\nline", "nul", "null", "", "emoji 🎬", "back\\slash", "ünï"]
    rows = [
        {**row, "device_type": text, "quality": None, "attributes": ATTRIBUTES}
        for text, row in zip(texts, chance.sample(SESSIONS, len(texts)), strict=True)
    ]
    load(warehouse, "movies", FILMS)
    load(warehouse, "viewing_sessions", rows)
    load(warehouse, "users", PEOPLE)
    assert in_quarantine(warehouse) == []
    again = load(warehouse, "viewing_sessions", rows)
    assert (again.accepted, again.duplicates, again.quarantined) == (0, len(rows), 0)
    found = warehouse.engine.query("SELECT DISTINCT attributes FROM viewing_sessions").rows
    assert [tuple(row) for row in found] == [(dict(ATTRIBUTES),)]
