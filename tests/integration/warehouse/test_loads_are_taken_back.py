"""A load is taken back as if it had never been sent, in facts and rollups at once, and as of before it still stands."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.warehouse.forgettable import differences
from tests.integration.warehouse.killable_process import Death, Killed, Victim
from tests.integration.warehouse.test_loads import SESSIONS, SHOWN, WORLD, facts_and_rollups, truth
from tests.integration.warehouse.test_quarantined_rows_are_released import in_quarantine, stored
from tests.integration.warehouse.worlds import film_row, load, person_row, review_row
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.query.answer import ask
from warehouse.query.local_time import Range
from warehouse.query.question import Group, Question
from warehouse.verify.repeated_ids import repeated_ids

pytestmark = pytest.mark.slow

FILMS = [film_row(film) for film in WORLD.films.values()]
PEOPLE = [person_row(person) for person in WORLD.people.values()]
SPAN = Range(min(row["start_time"] for row in SESSIONS), max(row["start_time"] for row in SESSIONS) + 1)


def settle(warehouse: Warehouse) -> int:
    """Films, users, and the sessions in two loads; returns the number of the second."""
    load(warehouse, "movies", FILMS)
    load(warehouse, "users", PEOPLE)
    load(warehouse, "viewing_sessions", SESSIONS[:150])
    second: int = load(warehouse, "viewing_sessions", SESSIONS[150:]).load_id
    return second


def of(rows: list[dict[str, Any]]) -> tuple[int, int, int]:
    return len(rows), sum(row["watch_minutes_e4"] for row in rows), len({row["user_id"] for row in rows})


def views(warehouse: Warehouse, as_of: int | None) -> Any:
    return ask(warehouse.reader, Question((), ("views",), SPAN, as_of=as_of), SYSTEM).rows[0].now["views"]


def test_an_undone_load_leaves_no_trace_and_its_file_loads_again(warehouse: Warehouse) -> None:
    second = settle(warehouse)
    done = warehouse.undo(second)
    assert (done.rows, done.table) == (150, "viewing_sessions")
    assert facts_and_rollups(warehouse) == [of(SESSIONS[:150])] * SHOWN
    assert differences(warehouse) == []
    again = load(warehouse, "viewing_sessions", SESSIONS)
    assert (again.accepted, again.duplicates) == (150, 150)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_what_was_known_before_an_undo_is_answered_as_of_then(warehouse: Warehouse) -> None:
    second = settle(warehouse)
    done = warehouse.undo(second)
    again = load(warehouse, "viewing_sessions", SESSIONS[150:200]).load_id
    known = [views(warehouse, as_of) for as_of in (second - 1, second, done.undone_by, again, None)]
    assert known == [150, 300, 150, 200, 200]
    entry = ledger.find(warehouse.engine, second)
    assert entry is not None
    assert entry.done_at is not None
    assert entry.state is ledger.State.UNDONE
    assert ledger.load_as_of(warehouse.engine, entry.done_at) == second


def test_rows_that_left_the_quarantine_go_with_the_load_that_brought_them(warehouse: Warehouse) -> None:
    load(warehouse, "movies", FILMS[1:])
    load(warehouse, "users", PEOPLE[1:])
    sent = load(warehouse, "viewing_sessions", SESSIONS).load_id
    load(warehouse, "users", PEOPLE)
    assert in_quarantine(warehouse) != []
    warehouse.undo(sent)
    assert facts_and_rollups(warehouse) == [(0, 0, 0)] * SHOWN
    assert in_quarantine(warehouse) == []


def test_ratings_are_taken_back_too(warehouse: Warehouse) -> None:
    settle(warehouse)
    before = stored(warehouse, "ratings")
    done = warehouse.undo(load(warehouse, "ratings", [review_row(one) for one in WORLD.reviews]).load_id)
    assert done.rows == len(WORLD.reviews)
    assert stored(warehouse, "ratings") == before
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_a_correction_is_taken_back_to_the_version_before(warehouse: Warehouse) -> None:
    settle(warehouse)
    before = stored(warehouse, "movies")
    wrong = load(warehouse, "movies", [{**row, "genres": ["Western"]} for row in FILMS]).load_id
    done = warehouse.undo(wrong)
    assert stored(warehouse, "movies") == before
    assert differences(warehouse) == []
    genres = [
        {
            row.groups[0]
            for row in ask(warehouse.reader, Question((Group("genre"),), ("views",), SPAN, as_of=at), SYSTEM).rows
        }
        for at in (wrong, done.undone_by, None)
    ]
    assert genres[0] == {"Western"}
    assert "Western" not in genres[1]
    assert genres[1] == genres[2]


def test_what_others_stand_on_or_is_not_a_load_is_refused_with_the_way_on(warehouse: Warehouse) -> None:
    second = settle(warehouse)
    with pytest.raises(BadInput, match=r"Undo the loads of those rows first: 3, 4"):
        warehouse.undo(2)
    with pytest.raises(BadInput, match="There is no load 99"):
        warehouse.undo(99)
    by = warehouse.undo(second).undone_by
    with pytest.raises(BadInput, match=f"Load {second} is undone"):
        warehouse.undo(second)
    with pytest.raises(BadInput, match=f"took back load {second}"):
        warehouse.undo(by)
    assert facts_and_rollups(warehouse) == [of(SESSIONS[:150])] * SHOWN


def test_a_film_that_comes_again_after_its_undo_gets_a_key_that_nobody_had(warehouse: Warehouse) -> None:
    load(warehouse, "movies", FILMS[:3])
    keys = warehouse.engine.query("SELECT max(movie_key) FROM movies").scalar()
    warehouse.undo(load(warehouse, "movies", FILMS[3:5]).load_id)
    load(warehouse, "movies", FILMS[5:6])
    assert warehouse.engine.query("SELECT max(movie_key) FROM movies").scalar() == keys + 3


def test_ids_that_stand_twice_beyond_the_window_are_found(warehouse: Warehouse) -> None:
    settle(warehouse)
    assert repeated_ids(warehouse.engine, warehouse.read_consistently) == []
    far = {**SESSIONS[0], "start_time": SESSIONS[0]["start_time"] - 400 * 86_400}
    later = load(warehouse, "viewing_sessions", [far]).load_id
    (found,) = repeated_ids(warehouse.engine, warehouse.read_consistently)
    assert (found.table, found.id, found.rows) == ("viewing_sessions", str(SESSIONS[0]["id"]), 2)
    assert later in found.loads


def take_back(warehouse: Warehouse, load_id: int) -> None:
    warehouse.undo(load_id)


@pytest.mark.parametrize(
    ("statement", "times", "undone"),
    [
        ("INSERT INTO loads", 2, False),  # all is ready, and nothing decided
        ("EXCHANGE TABLES viewing_sessions", 1, True),  # rollups are without it, the facts are not
    ],
)
def test_what_was_known_before_is_so_after_a_kill_amid_an_undo(
    tmp_path: Path, statement: str, times: int, undone: bool
) -> None:
    address = f"chdb://{tmp_path / 'warehouse'}"
    with Victim(address).opened() as victim:
        assert victim.ask(settle) == 4
        with pytest.raises(Killed):
            victim.ask(take_back, 4, death=Death(statement, times))
    with open_warehouse(address) as warehouse:
        assert facts_and_rollups(warehouse) == [of(SESSIONS[:150]) if undone else truth()] * SHOWN
        assert [views(warehouse, as_of) for as_of in (3, 4, 5)] == [150, 300, 150 if undone else 300]
        if not undone:
            warehouse.undo(4)
        assert facts_and_rollups(warehouse) == [of(SESSIONS[:150])] * SHOWN
        load(warehouse, "viewing_sessions", SESSIONS)
        assert facts_and_rollups(warehouse) == [truth()] * SHOWN
