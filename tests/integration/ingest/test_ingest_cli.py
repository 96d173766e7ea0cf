"""`marquee ingest`: what it prints where, and how it ends."""

import json
import re

import pytest

from tests.integration.ingest.conftest import Session, WriteFile

pytestmark = pytest.mark.slow

USERS = "id,country\n1,DE\n2,FR\n"


def test_json_is_one_object_with_every_count(session: Session, write: WriteFile) -> None:
    write("users.csv", USERS)
    write("more.csv.gz", USERS + "3,IT\n")
    write("wrong.csv", "name\nx\n")
    assert session.run("load", "users", "users.csv", "more.csv.gz", "wrong.csv", "--json") == 1
    printed = json.loads(session.stdout.getvalue())
    assert printed.pop("seconds") > 0
    assert printed == {
        "table": "users",
        "files": 3,
        "rows": 5,
        "accepted": 3,
        "duplicates": 2,
        "quarantined": 0,
        "reasons": {},
        "extra_columns": [],
        "refused": [{"file": "wrong.csv", "reason": "it lacks the required column id; it has name"}],
    }


def test_a_load_ends_in_one_line_on_stdout(session: Session, write: WriteFile) -> None:
    write("users.csv", USERS)
    assert session.run("load", "users", "users.csv") == 0
    expected = r"users: 1 file, 2 rows: 2 accepted, 0 duplicates, 0 quarantined, in [\d.]+ s\.\n"
    assert re.fullmatch(expected, session.stdout.getvalue())
    assert session.stderr.getvalue().strip() == ""


def test_a_refused_file_is_named_on_stderr_and_ends_in_1(session: Session, write: WriteFile) -> None:
    write("users.csv", "id\nx\n")
    assert session.run("load", "users", "users.csv", "--on-error", "abort") == 1
    assert "Refused users.csv: line 2: id is 'x', expected a whole number" in session.stderr.getvalue()


def test_an_unknown_table_or_a_file_that_is_not_there_is_wrong_usage(session: Session, write: WriteFile) -> None:
    write("users.csv", USERS)
    assert session.run("load", "people", "users.csv") == 2
    assert session.run("load", "users", "users.csv", "nowhere.csv") == 2
    assert session.run("load", "users") == 2
    assert session.opened is None
    assert session.stdout.getvalue() == ""


def test_generate_loads_what_it_says(session: Session) -> None:
    sizes = ("--movies", "20", "--users", "50", "--sessions", "400", "--ratings", "80", "--days", "10")
    assert session.run("generate", *sizes, "--until", "2026-11-20T12:00") == 0
    expected = r"Loaded 20 movies, 50 users, 400 viewing sessions, 80 ratings, in [\d.]+ s\.\n"
    assert re.fullmatch(expected, session.stdout.getvalue())


def test_generate_to_a_folder_never_opens_the_warehouse(session: Session) -> None:
    assert session.run("generate", "--sessions", "100", "--to", "out/files", "--format", "ndjson", "--seed", "3") == 0
    assert session.opened is None
    assert sorted(path.name for path in (session.folder / "out" / "files").iterdir()) == [
        "movies.ndjson",
        "ratings.ndjson",
        "users.ndjson",
        "viewing_sessions.ndjson",
    ]


def test_a_folder_that_cannot_be_made_is_said_in_a_line(session: Session, write: WriteFile) -> None:
    write("taken", "a file")
    assert session.run("generate", "--sessions", "10", "--to", "taken") == 1
    assert "Can't write to taken: File exists." in session.stderr.getvalue()


def test_a_wrong_size_or_time_is_wrong_usage(session: Session) -> None:
    assert session.run("generate", "--days", "0") == 2
    assert session.run("generate", "--until", "tomorrow") == 2
    assert session.run("generate", "--seed", "-1", "--to", "x") == 2
    assert session.run("generate", "--format", "xml", "--to", "x") == 2
    assert session.opened is None


def test_a_dry_run_leaves_nothing_in_the_ledger(session: Session) -> None:
    (session.folder / "a.csv").write_text("id,title\n1,Heat\nx,Up\n")
    (session.folder / "b.csv").write_text("id,name\n1,Heat\n")
    (session.folder / "u.csv").write_text("id\n1\n")
    (session.folder / "r.csv").write_text("id,user_id,movie_id,rating,rating_date\n1,1,1,5,2024-01-01\n")
    session.run("load", "users", "u.csv")
    session.run("load", "movies", "a.csv")
    session.run("load", "ratings", "r.csv")
    before = session.warehouse().engine.query("SELECT load_id, state FROM loads FINAL ORDER BY load_id").rows
    assert before == [(1, "done"), (2, "done"), (3, "done")]
    assert session.run("load", "movies", "a.csv", "--dry-run") == 0
    assert session.run("load", "movies", "b.csv", "--dry-run") == 1
    assert session.run("load", "ratings", "r.csv", "--dry-run") == 0
    assert session.run("load", "ratings", "r.csv", "--dry-run", "--replace", "3") == 0
    assert session.warehouse().engine.query("SELECT load_id, state FROM loads FINAL ORDER BY load_id").rows == before
    assert session.run("load", "ratings", "r.csv") == 0
    assert session.warehouse().engine.query("SELECT max(load_id) FROM loads").scalar() == 4


def test_a_file_whose_every_row_is_quarantined_ends_with_1(session: Session) -> None:
    (session.folder / "a.csv").write_text("id,title\nx,Heat\ny,Up\n")
    (session.folder / "b.csv").write_text("id,title\n")
    assert session.run("load", "movies", "a.csv") == 1
    assert session.run("load", "movies", "b.csv") == 0


def test_every_kind_of_fault_is_told_with_its_first_place(session: Session) -> None:
    (session.folder / "a.csv").write_text("id,title,duration\n1,Heat,long\nx,Up,1\n3,,1\n4,It,many\n5\n")
    assert session.run("load", "movies", "a.csv", "--dry-run", "--json") == 1
    faults = json.loads(session.stdout.getvalue())["faults"]
    assert [(one["rows"], one["reason"], one["column"], one["first"]) for one in faults] == [
        (2, "BAD_VALUE", "duration", "line 2"),
        (1, "BAD_VALUE", "id", "line 3"),
        (1, "MISSING_VALUE", "title", "line 4"),
        (1, "BAD_ROW", None, "line 6"),
    ]
    said = session.stderr.getvalue()
    assert "first line 2: duration is 'long', expected a whole number from 0 to 65535 (2 such rows)" in said
    assert "first line 6: it has 1 cells, expected 3" in said
