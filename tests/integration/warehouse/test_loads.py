"""What becomes of a load's rows: shown whole, repeats once, conflicts and strangers set aside, dropped ones gone."""

from dataclasses import asdict, replace
from random import Random
from typing import Any

import pytest

from tests.integration.warehouse.worlds import batch_of, film_row, load, person_row, random_world, session_row
from warehouse import Warehouse
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.loads.ledger import State
from warehouse.model.rollups import ROLLUPS

pytestmark = pytest.mark.slow

WORLD = random_world(Random(3), 1_780_000_000, sessions=300)
SESSIONS = [session_row(one) for one in WORLD.sessions]


@pytest.fixture(autouse=True)
def _films_and_users(warehouse: Warehouse) -> None:
    load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
    load(warehouse, "users", [person_row(person) for person in WORLD.people.values()])


def counts(summary: Any) -> tuple[int, int, int, int]:
    """rows, accepted, duplicates, quarantined."""
    return summary.rows, summary.accepted, summary.duplicates, summary.quarantined


# The facts, and each step of each rollup: every session is in each.
SHOWN = 1 + sum(len(rollup.steps) for rollup in ROLLUPS)


def facts_and_rollups(warehouse: Warehouse) -> list[tuple[int, int, int]]:
    """Views, minutes and viewers: of the facts, then of each step of each rollup."""
    engine = warehouse.engine
    facts = engine.query("SELECT count(), sum(watch_minutes_e4), uniqExact(user_key) FROM viewing_sessions").rows[0]
    rows = [tuple(facts)]
    for rollup in ROLLUPS:
        found = engine.query(
            f"SELECT step, sum(views), sum(watch_e4), groupBitmapMerge(viewers) FROM {rollup.name} GROUP BY step"
        )
        sums = {step: (views, minutes, viewers) for step, views, minutes, viewers in found.rows}
        assert set(sums) <= set(rollup.steps), rollup.name
        rows += [sums.get(step, (0, 0, 0)) for step in rollup.steps]
    return rows


def truth() -> tuple[int, int, int]:
    return len(SESSIONS), sum(row["watch_minutes_e4"] for row in SESSIONS), len({row["user_id"] for row in SESSIONS})


def test_a_load_fills_the_facts_and_every_rollup(warehouse: Warehouse) -> None:
    assert counts(load(warehouse, "viewing_sessions", SESSIONS)) == (300, 300, 0, 0)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_sending_the_same_rows_again_changes_nothing(warehouse: Warehouse) -> None:
    load(warehouse, "viewing_sessions", SESSIONS)
    assert counts(load(warehouse, "viewing_sessions", SESSIONS[::-1])) == (300, 0, 300, 0)
    assert counts(load(warehouse, "viewing_sessions", SESSIONS[:10] + SESSIONS[:10])) == (20, 0, 20, 0)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_repeats_inside_one_load_count_once_across_its_batches(warehouse: Warehouse) -> None:
    with warehouse.load("viewing_sessions", files=["test"]) as opened:
        opened.write(batch_of("viewing_sessions", SESSIONS[:200] + SESSIONS[:50]))
        opened.write(batch_of("viewing_sessions", SESSIONS[150:]))
        summary = opened.commit()
    assert counts(summary) == (400, 300, 100, 0)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_a_taken_id_with_other_content_is_set_aside_and_the_first_stays(warehouse: Warehouse) -> None:
    load(warehouse, "viewing_sessions", SESSIONS)
    other = {**SESSIONS[0], "watch_minutes_e4": SESSIONS[0]["watch_minutes_e4"] + 1}
    absent = {**SESSIONS[1], "completion_e6": 5 if SESSIONS[1]["completion_e6"] is None else None}
    assert counts(load(warehouse, "viewing_sessions", [other, absent])) == (2, 0, 0, 2)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN
    kept = warehouse.engine.query(
        "SELECT row, reason, JSONExtractString(original, 'id') FROM rejected_rows ORDER BY row"
    )
    assert [tuple(row) for row in kept.rows] == [
        (1, "CONFLICT", str(SESSIONS[0]["id"])),
        (2, "CONFLICT", str(SESSIONS[1]["id"])),
    ]


def test_rows_of_unknown_users_and_films_are_set_aside_with_the_reason(warehouse: Warehouse) -> None:
    strangers = [{**SESSIONS[0], "user_id": 999}, {**SESSIONS[1], "movie_id": 998}, SESSIONS[2]]
    assert counts(load(warehouse, "viewing_sessions", strangers)) == (3, 1, 0, 2)
    kept = warehouse.engine.query("SELECT row, reason FROM rejected_rows ORDER BY row")
    assert [tuple(row) for row in kept.rows] == [(1, "UNKNOWN_USER"), (2, "UNKNOWN_MOVIE")]


def test_one_id_of_two_unknown_users_or_films_is_a_conflict(warehouse: Warehouse) -> None:
    load(warehouse, "viewing_sessions", SESSIONS[:1])
    of_users = [{**SESSIONS[1], "user_id": user} for user in (999, 998, 999)]
    of_films = [{**SESSIONS[2], "movie_id": film} for film in (999, 998)]
    summary = load(warehouse, "viewing_sessions", [*of_users, *of_films])
    assert counts(summary) == (5, 0, 1, 4)
    assert summary.reasons == {"CONFLICT": 2, "UNKNOWN_MOVIE": 1, "UNKNOWN_USER": 1}


def test_a_load_that_is_left_without_commit_leaves_nothing(warehouse: Warehouse) -> None:
    with warehouse.load("viewing_sessions", files=["test"]) as opened:
        opened.write(batch_of("viewing_sessions", SESSIONS))
    assert facts_and_rollups(warehouse) == [(0, 0, 0)] * SHOWN
    assert counts(load(warehouse, "viewing_sessions", SESSIONS)) == (300, 300, 0, 0)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_rows_are_invisible_until_commit(warehouse: Warehouse) -> None:
    with warehouse.load("viewing_sessions", files=["test"]) as opened:
        opened.write(batch_of("viewing_sessions", SESSIONS))
        assert facts_and_rollups(warehouse) == [(0, 0, 0)] * SHOWN
        opened.commit()
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_an_empty_load_is_a_success_of_no_rows(warehouse: Warehouse) -> None:
    assert counts(load(warehouse, "viewing_sessions", [])) == (0, 0, 0, 0)


def test_rows_of_another_shape_and_unknown_tables_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(BadInput, match="expected"), warehouse.load("viewing_sessions", files=["test"]) as opened:
        opened.write(batch_of("users", [person_row(WORLD.people[1])]))
    with pytest.raises(BadInput, match="no table trailers"), warehouse.load("trailers", files=["test"]):
        pass


def test_a_corrected_genre_and_country_move_with_all_history(warehouse: Warehouse) -> None:
    load(warehouse, "viewing_sessions", SESSIONS)
    load(warehouse, "movies", [film_row(replace(film, genres=("Western",))) for film in WORLD.films.values()])
    load(warehouse, "users", [person_row(replace(person, country="NZ")) for person in WORLD.people.values()])
    warehouse.refill.wait()
    views, minutes, viewers = truth()
    for table, key, value in (("genre_analytics", "genre", "Western"), ("country_analytics", "country", "NZ")):
        found = warehouse.engine.query(
            f"SELECT step, {key}, sum(views), sum(watch_e4), groupBitmapMerge(viewers) FROM {table} "
            f"GROUP BY step, {key} ORDER BY step"
        )
        assert [tuple(row) for row in found.rows] == [
            (step, value, views, minutes, viewers) for step in (1, 2, 3, 4, 5, 7)
        ]


def test_a_row_that_changes_nothing_is_no_new_version(warehouse: Warehouse) -> None:
    people = [person_row(person) for person in WORLD.people.values()]
    changed = {**people[0], "age": 41}
    assert counts(load(warehouse, "users", [*people[1:], changed])) == (24, 1, 23, 0)
    assert warehouse.engine.query("SELECT count() FROM users").scalar() == 24
    assert warehouse.engine.query("SELECT count() FROM users_versions").scalar() == 25
    assert warehouse.engine.query("SELECT age FROM users WHERE username = 'user1'").scalar() == 41


def test_the_last_row_of_an_id_counts_where_films_repeat_in_a_load(warehouse: Warehouse) -> None:
    first, last = film_row(replace(WORLD.films[1], title="First")), film_row(replace(WORLD.films[1], title="Last"))
    load(warehouse, "movies", [first, last])
    key = warehouse.engine.query("SELECT movie_key FROM movies WHERE title = 'Last'").scalar()
    assert warehouse.engine.query(f"SELECT dictGet('movies_dictionary', 'title', toUInt32({key}))").scalar() == "Last"


def test_the_ledger_tells_every_load(warehouse: Warehouse) -> None:
    summary = load(warehouse, "viewing_sessions", SESSIONS)
    found = warehouse.engine.query("SELECT state, rows, accepted, files FROM loads FINAL WHERE load_id = 3").rows[0]
    assert list(found) == ["done", 300, 300, ["test"]]
    assert asdict(summary)["load_id"] == 3


def test_the_newest_state_counts_after_the_clock_was_set_back(warehouse: Warehouse) -> None:
    load(warehouse, "viewing_sessions", SESSIONS[:5])
    warehouse.engine.command(
        "INSERT INTO loads SELECT * REPLACE (updated_at + INTERVAL 1 DAY AS updated_at, done_at + INTERVAL 1 DAY AS "
        "done_at) FROM loads FINAL ORDER BY load_id DESC LIMIT 1"
    )
    load(warehouse, "viewing_sessions", SESSIONS[5:10])
    newest, before = ledger.recent(warehouse.engine, 2)
    assert newest.state is State.DONE
    assert newest.done_at
    assert before.done_at
    assert newest.done_at > before.done_at
