"""A person who is forgotten is in no table, no rollup and no file any more, and nobody else's numbers change."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.forgettable import CENTRE, ID, NUMBER, OTHERS, WORLD, differences, key_of, mine, settle
from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.test_rebuild import in_background, views
from tests.integration.warehouse.test_rollups_never_change_an_answer import check, random_question
from tests.integration.warehouse.traces import (
    files_of_no_active_part,
    files_with_marks,
    traces_in_tables,
    traces_of_statements,
)
from tests.integration.warehouse.worlds import batch_of
from warehouse import Warehouse
from warehouse.staging.results import Result, State, record, results_of

pytestmark = pytest.mark.slow

QUESTIONS = 25


@pytest.fixture
def settled(forgettable_folder: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with everybody in it."""
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)
    with embedded(tmp_path) as warehouse:
        yield warehouse


def reviews_of_the_person() -> int:
    return sum(one.user == NUMBER for one in WORLD.reviews)


def test_nothing_of_the_person_is_left_in_any_table(warehouse: Warehouse) -> None:
    settle(warehouse)
    key = key_of(warehouse)
    before = traces_in_tables(warehouse, key)
    assert {
        "users.username",
        "users_versions.email",
        "users_dictionary.user_key",
        "viewing_sessions.attributes",
        "ratings.review_text",
        "assignments.user_key",
        "rejected_rows.original",
        "movie_analytics.viewers",
        "user_patterns.user_key",
        "user_recommendations.user_key",
        "user_churn.user_key",
    } <= before, "the search is blind: what it does not find now proves nothing later"
    done = warehouse.forget(ID, by="tester")
    assert traces_in_tables(warehouse, key) == set()
    assert traces_of_statements(warehouse, key) == []
    assert done.removed == {
        "rejected_rows": 2,
        "viewing_sessions": len(mine()),
        "ratings": reviews_of_the_person(),
        "assignments": 1,
        "user_patterns": 1,
        "user_recommendations": 2,
        "user_churn": 1,
        "users_versions": 2,
        "users": 1,
    }
    assert (done.known, done.again) == (True, False)


def test_everybody_else_is_counted_as_if_the_person_had_never_been_there(settled: Warehouse) -> None:
    settled.forget(ID, by="tester")
    assert differences(settled) == []
    chance = Random(5)
    for _ in range(QUESTIONS):
        check(settled, OTHERS, random_question(chance, "America/New_York", CENTRE))


def test_the_record_tells_when_by_whom_and_how_much_and_not_of_whom(settled: Warehouse) -> None:
    done = settled.forget(ID, by="tester")
    settled.forget(ID, by="another")
    found = settled.engine.query(
        "SELECT lower(hex(tombstone)), by, removed, at > now() - 600 FROM forgotten ORDER BY at"
    )
    assert [tuple(row) for row in found.rows] == [
        (done.tombstone, "tester", dict(done.removed), 1),
        (done.tombstone, "another", {}, 1),
    ]


def test_forgetting_again_changes_nothing_and_says_so(settled: Warehouse) -> None:
    first, second = settled.forget(ID, by="tester"), settled.forget(ID, by="tester")
    assert (second.known, second.again, second.removed, second.months) == (False, True, {}, 0)
    assert second.tombstone == first.tombstone
    assert differences(settled) == []


def test_rejected_text_goes_where_it_names_the_person_as_a_word(settled: Warehouse) -> None:
    kept = {11: f"user {NUMBER}1 of line 3", 12: "Quillfeathers unite", 13: '{"id": "1", "user_id": "2"}'}
    gone = {21: f"{NUMBER};oldQUILLfeather", 22: "mail QUILLFEATHER@nowhere.example!", 23: f'{{"user_id": "{NUMBER}"}}'}
    for row, text in {**kept, **gone}.items():
        settled.engine.command(
            "INSERT INTO rejected_rows (load_id, table, row, reason, original) "
            "SELECT 900, 'users', {row:UInt64}, 'BAD_ROW', {text:String}",
            {"row": row, "text": text},
        )
    settled.forget(ID, by="tester")
    found = settled.engine.query("SELECT row FROM rejected_rows WHERE load_id = 900 ORDER BY row")
    assert [row for (row,) in found.rows] == sorted(kept)


def test_a_result_that_waits_to_be_swapped_in_brings_nobody_back(settled: Warehouse) -> None:
    engine, key = settled.engine, key_of(settled)
    for table in ("user_patterns", "user_churn"):
        engine.command(f"CREATE TABLE {table}_computed AS {table}")
        engine.command(f"INSERT INTO {table}_computed SELECT * FROM {table}")
    # The job of one was dying when it had all but swapped it in, that of the other while it was loaded.
    record(engine, Result("patterns", "", "of before", State.SWAPPING, 24))
    assert settled.forget(ID, by="tester").removed["user_patterns"] == 1
    assert traces_in_tables(settled, key) == set()
    assert results_of(engine, "patterns")[""].state is State.DONE
    assert engine.query("SELECT count() FROM user_patterns").scalar() == len(OTHERS.people)


def test_readers_meet_the_person_everywhere_or_nowhere(settled: Warehouse) -> None:
    failures: list[Exception] = []
    met: set[frozenset[int]] = set()
    done = threading.Event()

    def reading() -> None:
        while not done.is_set():
            met.add(frozenset(views(settled)))

    readers = [in_background(reading, failures) for _ in range(2)]
    try:
        settled.forget(ID, by="tester")
    finally:
        done.set()
        for reader in readers:
            reader.join(60)
    met.add(frozenset(views(settled)))
    assert failures == []
    assert met == {frozenset({len(WORLD.sessions)}), frozenset({len(OTHERS.sessions)})}


_PLAIN = {"users": "username", "users_versions": "username", "ratings": "review_text", "rejected_rows": "original"}


def test_no_file_on_disk_keeps_the_person(tmp_path: Path) -> None:
    """Values are compressed: the names are stored plain here to be looked for byte by byte, and for all else every file
    of values that is left must be of a part that SELECT reads, where the engine finds nothing."""
    folder = tmp_path / "warehouse"
    with embedded(tmp_path) as warehouse:
        for table, column in _PLAIN.items():
            warehouse.engine.command(f"ALTER TABLE {table} MODIFY COLUMN {column} String CODEC(NONE)")
        settle(warehouse)
        key = key_of(warehouse)
        leave_things_behind(warehouse)
        assert len(files_with_marks(folder)) >= len(_PLAIN), "the names are not there in plain"
        behind = {"nothing", "viewing_sessions", "users_versions"}
        assert behind <= files_of_no_active_part(warehouse, folder), "too little was left behind to prove anything"
        warehouse.forget(ID, by="tester")
        assert traces_in_tables(warehouse, key) == set()
        assert files_of_no_active_part(warehouse, folder) == set()
        assert files_with_marks(folder) == []


def leave_things_behind(warehouse: Warehouse) -> None:
    """What dead loads, rebuilds and merges leave: stages, scratch tables, hidden rows, dropped tables, old parts."""
    engine = warehouse.engine
    with warehouse.load("viewing_sessions", files=["dropped"]) as left:
        left.write(batch_of("viewing_sessions", [{**row, "watch_minutes_e4": 9} for row in mine()[:3]]))
    engine.command("INSERT INTO viewing_sessions_staging SELECT * FROM viewing_sessions")
    for passing, live in (("users_next", "users"), ("daily_analytics_rebuilt", "daily_analytics")):
        engine.command(f"CREATE TABLE {passing} AS {live}")
        engine.command(f"INSERT INTO {passing} SELECT * FROM {live}")
    engine.command("CREATE TABLE ratings_left_out ENGINE = Memory AS SELECT * FROM ratings")
    engine.command("CREATE TABLE users_rebuilt AS users")
    engine.command("INSERT INTO users_rebuilt SELECT * FROM users")
    engine.command("DROP TABLE users_rebuilt", database_atomic_wait_for_drop_and_detach_synchronously=0)
    engine.command("OPTIMIZE TABLE viewing_sessions FINAL")
    engine.command("OPTIMIZE TABLE users_versions FINAL")
