"""A warehouse is exported as Parquet while it is used, and is the same where it is imported: moved from a folder to a
server while rows are sent."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers.conftest import ADMIN, TOKENS, opened_door
from tests.integration.warehouse.forgettable import ID, MARKS, NUMBER, WORLD, differences
from tests.integration.warehouse.modes import HASH_KEY, Modes, embedded
from tests.integration.warehouse.story import faults
from tests.integration.warehouse.transfers import (
    ADDED_TO,
    contents,
    count_files,
    export,
    other_warehouse,
    personal_rows,
    settled,
)
from tests.integration.warehouse.worlds import film_row, load, review_row, session_row
from warehouse import Warehouse, ids, open_warehouse
from warehouse.errors import BadInput, MarqueeError, Unavailable
from warehouse.loads import ledger
from warehouse.loads.history_retention import HistoryAges
from warehouse.transfer import absent_people
from warehouse.transfer.importing import Imported, import_export

__all__ = ["settled"]
pytestmark = pytest.mark.slow


def test_an_embedded_warehouse_moves_to_a_server_while_rows_are_sent(
    settled: Warehouse, modes: Modes, tmp_path: Path
) -> None:
    dest, before = tmp_path / "export", datetime(2100, 1, 1, tzinfo=UTC)
    ratings = settled.engine.query("SELECT max(load_id) FROM ratings").scalar()
    settled.undo(ratings)
    with other_warehouse(modes, tmp_path) as moved:
        # 1. The first, long one: meanwhile, rows are loaded into the old.
        first = export(settled, dest)
        load(settled, "viewing_sessions", [{**session_row(WORLD.sessions[0]), "id": 700_001}])
        done = import_export(moved, dest)
        assert isinstance(done, Imported)
        assert len(contents(moved)["viewing_sessions"]) == len(WORLD.sessions)
        assert differences(moved) == []
        # 2. Catching up, with a corrected film and one more session.
        load(settled, "movies", [{**film_row(next(iter(WORLD.films.values()))), "title": "Mended"}])
        second = export(settled, dest)
        assert second.files_written < first.files_written
        import_export(moved, dest)
        # 3. The switch: it is the same, to the last row, and goes on from there.
        assert contents(moved) == contents(settled)
        assert count_files(dest) == {
            **{name: len(rows) for name, rows in contents(moved).items() if rows},
            **{name: rows for name, rows in count_files(dest).items() if name in ADDED_TO},
        }
        assert differences(moved) == []
        assert ledger.load_as_of(moved.engine, before) == ledger.load_as_of(settled.engine, before)
        assert _as_of(moved, ratings) == _as_of(settled, ratings)
        commits = moved.reader.commits
        assert import_export(moved, dest).partitions == 0
        assert moved.reader.commits == commits
        again = load(moved, "ratings", [review_row(one) for one in WORLD.reviews])
        assert again.accepted == len(WORLD.reviews)
        # Both have the same numbers from here on, and other rows: the old one is not imported over the new.
        with pytest.raises(BadInput, match="This warehouse has a load of its own"):
            import_export(moved, dest)


def _as_of(warehouse: Warehouse, load_id: int) -> int:
    """Undone ratings that are kept for answers as of an earlier load."""
    rows: int = warehouse.engine.query(f"SELECT count() FROM ratings_undone WHERE load_id = {load_id}").scalar()
    assert rows == len(WORLD.reviews)
    return rows


def test_who_is_forgotten_leaves_the_export_and_what_it_was_imported_to(
    settled: Warehouse, modes: Modes, tmp_path: Path
) -> None:
    dest = tmp_path / "export"
    export(settled, dest)
    with other_warehouse(modes, tmp_path) as moved:
        import_export(moved, dest)
        by_id = "SELECT count() FROM users WHERE id = {id:UInt128}"
        assert moved.engine.query(by_id, {"id": ID}).scalar() == 1
        settled.forget(ID, "a test")
        export(settled, dest)
        import_export(moved, dest)
        assert contents(moved) == contents(settled)
        assert moved.engine.query(by_id, {"id": ID}).scalar() == 0
        told = str({name: rows for name, rows in contents(moved).items() if name != "ingest_requests"}).lower()
        assert not [mark for mark in MARKS if mark in told]
    for file in dest.glob("*/*.parquet"):
        told = str(pq.read_table(file).to_pylist()).lower()
        assert not [mark for mark in MARKS if mark in told], file


def test_people_who_were_forgotten_here_are_forgotten_again_after_an_older_export(
    settled: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absent_people, "_AT_ONCE", 2)
    export(settled, tmp_path / "export")
    others = sorted(WORLD.people.keys() - {NUMBER})[:2]
    for user_id in (ID, *(ids.parse(str(other)) or 0 for other in others)):
        settled.forget(user_id, "a test")
    # About whom nothing is stored, here or there.
    settled.forget(ids.parse("99000001") or 0, "a test")
    settled.refill.wait()
    before = personal_rows(settled)
    sessions = settled.engine.query("SELECT count() FROM viewing_sessions").scalar()
    assert sessions == sum(one.user not in (NUMBER, *others) for one in WORLD.sessions)
    assert import_export(settled, tmp_path / "export").forgotten == 3
    settled.refill.wait()
    assert personal_rows(settled) == before
    assert faults(settled) == []
    found = {user_id for (user_id,) in settled.engine.query("SELECT id FROM users").rows}
    assert found == {ids.parse(str(number)) for number in WORLD.people.keys() - {NUMBER, *others}}


def test_who_was_forgotten_where_an_older_export_comes_is_never_shown_there(
    settled: Warehouse, modes: Modes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dest = tmp_path / "export"
    export(settled, dest)
    with other_warehouse(modes, tmp_path) as moved:
        import_export(moved, dest)
        moved.forget(ID, "a test")
        load(settled, "movies", [{**film_row(next(iter(WORLD.films.values()))), "title": "Mended"}])
        export(settled, dest)
        before = personal_rows(moved)

        def dying() -> None:
            raise MarqueeError("killed")

        with monkeypatch.context() as patch:
            # Everything is shown by then.
            patch.setattr(moved.refill, "start", dying)
            with pytest.raises(MarqueeError, match="killed"):
                import_export(moved, dest)
        assert personal_rows(moved) == before
        assert import_export(moved, dest).forgotten == 1
        assert personal_rows(moved) == before
        assert moved.engine.query("SELECT title FROM movies WHERE title = 'Mended'").rows == [("Mended",)]
        moved.refill.wait()
        assert differences(moved) == []


def test_a_target_catches_up_after_history_was_dropped_at_the_source(
    settled: Warehouse, modes: Modes, tmp_path: Path
) -> None:
    dest, later = tmp_path / "export", datetime.now(UTC) + timedelta(days=32)
    with other_warehouse(modes, tmp_path) as moved:
        export(settled, dest)
        import_export(moved, dest)
        known = len(ledger.recent(settled.engine, 100))
        settled.drop_history(HistoryAges(history_days=31), later)
        assert len(ledger.recent(settled.engine, 100)) < known
        load(settled, "viewing_sessions", [{**session_row(WORLD.sessions[0]), "id": 700_001}])
        export(settled, dest)
        import_export(moved, dest)
        assert contents(moved) == contents(settled)
        assert differences(moved) == []
        # What the target has not seen by then is not known to come from it.
        load(moved, "viewing_sessions", [{**session_row(WORLD.sessions[0]), "id": 700_002}])
        with pytest.raises(BadInput, match="This warehouse has a load of its own"):
            import_export(moved, dest)


@pytest.mark.parametrize(
    ("user", "original"),
    [
        ("555000111222", '{"id": "77", "user_id": "555000111222"}'),
        ("9f1b3c1e-58cd-4b6e-9d0f-1a2b3c4d5e6f", '{"user_id": "9F1B3C1E-58CD-4B6E-9D0F-1A2B3C4D5E6F"}'),
        ("555000111222", "77,0555000111222,2026-05-28,a line that could not be read"),
    ],
)
def test_a_person_whom_only_the_quarantine_names_is_forgotten_again_too(
    settled: Warehouse, tmp_path: Path, user: str, original: str
) -> None:
    key = ids.parse(user)
    assert key is not None
    settled.engine.command(
        "INSERT INTO rejected_rows (load_id, table, row, reason, original) "
        "SELECT 1, 'viewing_sessions', number + 900, 'UNKNOWN_USER', "
        '[{named:String}, \'{"user_id": "5"}\'][number + 1] FROM numbers(2)',
        {"named": original},
    )
    export(settled, tmp_path / "export")
    settled.forget(key, "a test")
    assert import_export(settled, tmp_path / "export").forgotten == 1
    assert settled.engine.query("SELECT row FROM rejected_rows WHERE row >= 900").rows == [(901,)]


def interrupt_import(warehouse: Warehouse, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import until the sessions are to be shown."""
    command = warehouse.engine.command

    def dying(sql: str, *given: Any, **settings: Any) -> None:
        if sql.startswith("ALTER TABLE viewing_sessions REPLACE"):
            raise MarqueeError("killed")
        command(sql, *given, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(warehouse.engine, "command", dying)
        with pytest.raises(MarqueeError, match="killed"):
            import_export(warehouse, source)


def told(answer: Any) -> str:
    [error] = answer["errors"]
    return str(error["extensions"]["code"])


def test_an_import_that_was_interrupted_is_completed_by_another(
    settled: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    export(settled, tmp_path / "export")
    before, sessions = contents(settled), len(WORLD.sessions)
    settled.close()
    with embedded(tmp_path / "other") as target:
        interrupt_import(target, tmp_path / "export", monkeypatch)
    with embedded(tmp_path / "other") as target:
        assert target.engine.query("SELECT count() FROM viewing_sessions").scalar() < sessions
        # Its load would take a number that the import brings.
        with pytest.raises(Unavailable, match="An import is under way or was interrupted"):
            load(target, "movies", [film_row(next(iter(WORLD.films.values())))])
        # Its answers would be of several moments.
        with opened_door(Service(Settings(), target, build_schema(), published(), TOKENS)) as door:
            assert told(door.answer("{ viewing { rows { views } } }", ADMIN)) == "UNAVAILABLE"
            assert told(door.answer("{ movies { nodes { title } } }", ADMIN)) == "UNAVAILABLE"
            import_export(target, tmp_path / "export")
            assert door.ask("{ viewing { rows { views } } }", ADMIN)["viewing"]["rows"] == [{"views": sessions}]
        assert contents(target) == before
        assert differences(target) == []
        assert target.engine.query("SELECT argMax(is_under_way, version) FROM data_changes").scalar() is False


def test_other_processes_refuse_questions_until_an_interrupted_import_is_completed(
    settled: Warehouse, modes: Modes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(settled, tmp_path / "export")
    with ExitStack() as stack:
        moved = stack.enter_context(other_warehouse(modes, tmp_path))
        address = modes.engine().address(f"moved_{tmp_path.name}")
        beside = stack.enter_context(open_warehouse(address, hash_key=lambda: HASH_KEY))
        door = stack.enter_context(opened_door(Service(Settings(), beside, build_schema(), published(), TOKENS)))
        interrupt_import(moved, tmp_path / "export", monkeypatch)
        assert told(door.answer("{ viewing { rows { views } } }", ADMIN)) == "UNAVAILABLE"
        # Who and what is asked by are no rows.
        assert door.ask("{ viewer { role } boards { title } }", ADMIN)["boards"] == []
        import_export(moved, tmp_path / "export")
        assert door.ask("{ viewing { rows { views } } }", ADMIN)["viewing"]["rows"] == [{"views": len(WORLD.sessions)}]
