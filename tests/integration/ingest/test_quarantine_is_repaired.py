"""Quarantined rows come out as CSV, are corrected by hand, and leave the quarantine when they are loaded again."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.integration.ingest.conftest import Session
from tests.integration.ingest.quarantined_sessions import SESSIONS
from warehouse.loads import ledger

pytestmark = pytest.mark.slow


@pytest.fixture
def kept_aside(session: Session) -> Session:
    """A load of five sessions, of which one is good: load 3."""
    (session.folder / "users.csv").write_text("id\n1\n")
    (session.folder / "movies.csv").write_text("id,title\n1,Heat\n")
    (session.folder / "a.csv").write_text(SESSIONS)
    for table, name in (("users", "users.csv"), ("movies", "movies.csv"), ("viewing_sessions", "a.csv")):
        assert session.run("load", table, name) == 0
    return session


def printed(session: Session, *arguments: str) -> str:
    session.stdout.truncate(0)
    session.stdout.seek(0)
    assert session.run(*arguments) == 0, session.stderr.getvalue()
    return session.stdout.getvalue()


def counts(session: Session, load: int) -> tuple[int, int, int, int]:
    entry = ledger.find(session.warehouse().engine, load)
    assert entry is not None
    assert entry.accepted + entry.duplicates + entry.quarantined == entry.rows
    return entry.rows, entry.accepted, entry.duplicates, entry.quarantined


def corrected(session: Session, changes: dict[str, dict[str, str]]) -> Path:
    """The rejects of load 3 with cells changed, by row."""
    rows = list(csv.DictReader(io.StringIO(printed(session, "rejects", "3", "--csv"))))
    path = session.folder / "corrected.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, **changes[row["_row"]]} for row in rows if row["_row"] in changes)
    return path


def test_rows_come_out_with_their_reasons_in_the_contract_s_columns(kept_aside: Session) -> None:
    assert printed(kept_aside, "rejects", "3", "--csv") == (
        "_row,_reason,_explanation,_original,id,user_id,movie_id,start_time,watch_duration_minutes,completion_rate,"
        "device_type,quality,buffering_count,app\n"
        "3,BAD_VALUE,\"watch_duration_minutes is 'long', expected minutes from 0 to 1440\",,"
        "2,1,1,2024-01-02T20:00:00Z,long,,,HD,,v2\n"
        "4,UNKNOWN_MOVIE,\"movie_id is '9', which no loaded film has; load the film, and the row follows\",,"
        "3,1,9,2024-01-03 20:00:00,30.2500,,,,,v3\n"
        '5,BAD_ROW,"it has 2 cells, expected 7","4,torn",,,,,,,,,,\n'
        "6,BAD_VALUE,\"watch_duration_minutes is '2000', expected minutes from 0 to 1440\",,"
        "5,1,1,2024-01-05T20:00:00Z,2000,,,SD,,\n"
    )


def test_each_row_is_told_with_its_file_its_value_and_what_would_fit(kept_aside: Session) -> None:
    lines = printed(kept_aside, "rejects", "3").splitlines()
    assert [line.partition(": {")[0] for line in lines] == [
        "load 3 row 3 of viewing_sessions (a.csv): BAD_VALUE, watch_duration_minutes is 'long', expected minutes from "
        "0 to 1440",
        "load 3 row 4 of viewing_sessions (a.csv): UNKNOWN_MOVIE, movie_id is '9', which no loaded film has; load the "
        "film, and the row follows",
        "load 3 row 5 of viewing_sessions (a.csv): BAD_ROW, it has 2 cells, expected 7: 4,torn",
        "load 3 row 6 of viewing_sessions (a.csv): BAD_VALUE, watch_duration_minutes is '2000', expected minutes from "
        "0 to 1440",
    ]
    told = json.loads(printed(kept_aside, "rejects", "3", "--json", "--reason", "BAD_ROW"))["rejects"]
    assert [(one["files"], one["row"], one["explanation"]) for one in told] == [
        (["a.csv"], 5, "it has 2 cells, expected 7")
    ]


def test_corrected_rows_leave_the_quarantine_and_bad_ones_stay(kept_aside: Session) -> None:
    assert counts(kept_aside, 3) == (5, 1, 0, 4)
    changes = {"3": {"watch_duration_minutes": "45"}, "4": {"movie_id": "1"}, "6": {"watch_duration_minutes": "many"}}
    corrected(kept_aside, changes)
    said = printed(kept_aside, "load", "viewing_sessions", "corrected.csv", "--repairs", "3")
    assert "1 file, 3 rows: 2 accepted, 0 duplicates, 1 quarantined (1 BAD_VALUE)" in said
    assert counts(kept_aside, 3) == (5, 3, 0, 2)
    assert counts(kept_aside, 4) == (2, 2, 0, 0)
    left = list(csv.DictReader(io.StringIO(printed(kept_aside, "rejects", "3", "--csv"))))
    assert [(row["_row"], row["_reason"], row["watch_duration_minutes"]) for row in left] == [
        ("5", "BAD_ROW", ""),
        ("6", "BAD_VALUE", "many"),
    ]
    found = kept_aside.warehouse().engine.query(
        "SELECT toUInt64(id), watch_minutes_e4, attributes['app'] FROM viewing_sessions ORDER BY id"
    )
    assert found.rows == [(1, 905_000, "v1"), (2, 450_000, "v2"), (3, 302_500, "v3")]
    assert kept_aside.warehouse().engine.query("SELECT countDistinct(load_id) FROM rejected_rows").scalar() == 1


def test_an_undo_of_the_load_takes_back_what_repaired_it(kept_aside: Session) -> None:
    corrected(kept_aside, {"3": {"watch_duration_minutes": "45"}})
    printed(kept_aside, "load", "viewing_sessions", "corrected.csv", "--repairs", "3")
    printed(kept_aside, "undo", "3")
    for table in ("viewing_sessions", "rejected_rows"):
        assert kept_aside.warehouse().engine.query(f"SELECT count() FROM {table}").scalar() == 0


def test_a_repair_that_is_none_changes_nothing(kept_aside: Session) -> None:
    path = corrected(kept_aside, {"3": {"_row": "7", "watch_duration_minutes": "45"}})
    (kept_aside.folder / "r.csv").write_text("_row,id,user_id,movie_id,rating,rating_date\n3,1,1,1,5,2024-01-01\n")
    wrong = [
        (("viewing_sessions", path.name, "--repairs", "3"), "Load 3 has no row 7 in the quarantine"),
        (("viewing_sessions", path.name, "--repairs", "9"), "There is no load 9 that is done."),
        (("movies", "movies.csv", "--repairs", "2"), "Rows of movies need no --repairs"),
        (("ratings", "r.csv", "--repairs", "3"), "Load 3 is of viewing_sessions"),
    ]
    for arguments, sentence in wrong:
        assert kept_aside.run("load", *arguments) in (1, 2)
        assert sentence in " ".join(kept_aside.stderr.getvalue().replace("│", " ").split())
    (kept_aside.folder / "b.csv").write_text("".join(SESSIONS.splitlines(keepends=True)[:2]))
    assert kept_aside.run("load", "viewing_sessions", "b.csv", "--repairs", "3") == 1
    assert "_row is missing or not a number" in " ".join(kept_aside.stderr.getvalue().split())
    assert counts(kept_aside, 3) == (5, 1, 0, 4)
    assert kept_aside.warehouse().engine.query("SELECT count() FROM rejected_rows").scalar() == 4
    assert kept_aside.run("rejects", "--csv") == 2
