"""A file that is sent again brings nobody back, no key is given twice, and without the hash key nobody is let in."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.warehouse.forgettable import (
    FILES,
    ID,
    NUMBER,
    WORLD,
    contents,
    differences,
    key_of,
    mine,
    settle,
    user_rows,
)
from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.traces import traces_in_tables
from tests.integration.warehouse.worlds import batch_of, film_row, load
from warehouse import Warehouse, ids, open_warehouse
from warehouse.errors import Unavailable

pytestmark = pytest.mark.slow

STRANGER = 555_000_111_222


@pytest.fixture
def settled(forgettable_folder: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with everybody in it."""
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)
    with embedded(tmp_path) as warehouse:
        yield warehouse


def of_the_person(table: str) -> int:
    name = "id" if table == "users" else "user_id"
    return sum(row[name] == NUMBER for row in FILES[table])


def test_the_same_files_leave_the_same_warehouse(warehouse: Warehouse) -> None:
    settle(warehouse)
    key = key_of(warehouse)
    warehouse.forget(ID, by="tester")
    before = contents(warehouse)
    for table, rows in FILES.items():
        done = load(warehouse, table, rows)
        out = of_the_person(table)
        assert (done.accepted, done.duplicates, done.quarantined) == (0, len(rows) - out, out), table
    assert contents(warehouse) == before
    assert differences(warehouse) == []
    assert traces_in_tables(warehouse, key) == set()
    told = warehouse.engine.query(
        "SELECT table, count() FROM rejected_rows WHERE reason = 'FORGOTTEN' AND original = '' GROUP BY table"
    )
    assert dict(map(tuple, told.rows)) == {table: of_the_person(table) for table in FILES}


def test_a_forgotten_row_is_not_kept_under_another_reason(settled: Warehouse) -> None:
    settled.forget(ID, by="tester")
    session = mine()[0]
    conflict, lost = {**session, "watch_minutes_e4": 1}, {**session, "id": 77, "movie_id": 999}
    done = load(settled, "viewing_sessions", [session, session, conflict, lost])
    assert (done.accepted, done.duplicates, done.quarantined) == (0, 0, 4)
    found = settled.engine.query(f"SELECT reason, original FROM rejected_rows WHERE load_id = {done.load_id}")
    assert [tuple(row) for row in found.rows] == [("FORGOTTEN", "")] * 4


def test_a_key_is_never_given_to_somebody_else(settled: Warehouse) -> None:
    key = key_of(settled)
    assert key == settled.engine.query("SELECT max(user_key) FROM users").scalar()
    settled.forget(ID, by="tester")
    newcomers: list[dict[str, Any]] = [{"id": 901, "username": "neu"}, {"id": 902, "username": "novo"}]
    load(settled, "users", newcomers)
    found = settled.engine.query("SELECT user_key FROM users WHERE username IN ('neu', 'novo') ORDER BY user_key")
    assert [given for (given,) in found.rows] == [key + 1, key + 2]


def test_who_asks_before_any_file_came_stays_out_too(settled: Warehouse) -> None:
    stranger = ids.parse(str(STRANGER)) or 0
    done = settled.forget(stranger, by="tester")
    assert (done.known, done.again, done.removed) == (False, False, {})
    came = load(settled, "users", [{"id": STRANGER, "username": "late"}, {"id": 903, "username": "welcome"}])
    assert (came.accepted, came.quarantined) == (1, 1)
    assert settled.engine.query("SELECT count() FROM users WHERE username = 'late'").scalar() == 0


def test_a_uuid_is_forgotten_like_a_number(settled: Warehouse) -> None:
    written = "6f1c1a52-3b5e-4d8e-9a77-0c2f64f2b9aa"
    key = ids.parse(written) or 0
    settled.engine.command(
        "INSERT INTO users_versions (user_key, id, username, load_id) SELECT 40, {id:UInt128}, 'uu', 2", {"id": key}
    )
    settled.engine.command("INSERT INTO users SELECT * FROM users_versions WHERE user_key = 40")
    assert settled.forget(key, by="tester").removed == {"users_versions": 1, "users": 1}
    assert settled.forget(ids.parse(written.upper()) or 0, by="tester").again


def test_a_load_that_was_dropped_keeps_nothing_of_whom_it_left_out(settled: Warehouse) -> None:
    settled.forget(ID, by="tester")
    before = settled.engine.query("SELECT count() FROM rejected_rows").scalar()
    for table, rows in FILES.items():
        with settled.load(table, files=["left without commit"]) as left:
            left.write(batch_of(table, rows))
    assert settled.engine.query("SELECT count() FROM rejected_rows").scalar() == before


@pytest.mark.parametrize("key", [b"", b"another key, also of 32 bytes...."])
def test_without_the_key_nobody_is_loaded_and_nobody_forgotten(settled: Warehouse, tmp_path: Path, key: bytes) -> None:
    settled.forget(ID, by="tester")
    before = contents(settled)
    settled.close()
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}", hash_key=lambda: key) as warehouse:
        for table, rows in FILES.items():
            with pytest.raises(Unavailable, match="Point MARQUEE_HASH_KEY_FILE to the key that was in use"):
                load(warehouse, table, rows)
        with pytest.raises(Unavailable, match="hash key"):
            warehouse.forget(ids.parse("1") or 0, by="tester")
        films = [film_row(film) for film in WORLD.films.values()]
        assert load(warehouse, "movies", films).duplicates == len(films)
        assert contents(warehouse) == before


def test_where_nobody_was_forgotten_no_key_is_asked_for(forgettable_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)

    def asked() -> bytes:
        raise AssertionError("the key was asked for")

    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}", hash_key=asked) as warehouse:
        assert load(warehouse, "users", user_rows()).duplicates == len(user_rows())
