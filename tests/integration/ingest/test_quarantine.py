"""Bad rows are kept aside with their place, reason and original text; the good ones of the same file load."""

import json
from typing import Any

import pytest

from ingest.loading.load_file import FileLoad, load_file
from ingest.loading.options import Options
from ingest.problems import FileRefused
from ingest.value_kinds.ids import NAMESPACE
from tests.integration.ingest.conftest import Session, WriteFile
from tests.integration.ingest.files import HEADER, csv_row, json_row
from tests.integration.new_warehouse import lay
from warehouse import Warehouse, ids, open_warehouse

pytestmark = pytest.mark.slow

BAD = csv_row(id=1) + csv_row(id="x") + csv_row(id=3) + "4,1\n" + csv_row(id=5, movie_id=9)


@pytest.fixture
def peopled(warehouse: Warehouse, write: WriteFile) -> Warehouse:
    """A warehouse with user 1 and film 1."""
    load_file(warehouse, "users", write("users.csv", "id\n1\n"))
    load_file(warehouse, "movies", write("movies.csv", "id,title\n1,Heat\n"))
    return warehouse


def rejected(warehouse: Warehouse, done: FileLoad) -> list[tuple[Any, ...]]:
    found = warehouse.engine.query(
        "SELECT row, reason, original FROM rejected_rows WHERE load_id = {load:UInt32} ORDER BY row",
        {"load": done.summary.load_id},
    )
    return [tuple(row) for row in found.rows]


def counts(done: FileLoad) -> tuple[int, int, int, int]:
    summary = done.summary
    return summary.rows, summary.accepted, summary.duplicates, summary.quarantined


def test_good_rows_load_and_bad_ones_wait_with_their_number_and_text(peopled: Warehouse, write: WriteFile) -> None:
    done = load_file(peopled, "viewing_sessions", write("a.csv", f"{HEADER}\n{BAD}"))
    assert counts(done) == (5, 2, 0, 3)
    assert done.summary.reasons == {"BAD_ROW": 1, "BAD_VALUE": 1, "UNKNOWN_MOVIE": 1}
    (value, torn, unknown) = rejected(peopled, done)
    assert value[:2] == (3, "BAD_VALUE")
    assert json.loads(value[2]) == {
        "id": "x",
        "user_id": "1",
        "movie_id": "1",
        "start_time": "2024-01-01T20:00:00Z",
        "watch_duration_minutes": "90.5",
    }
    assert torn == (5, "BAD_ROW", "4,1")
    assert unknown[:2] == (6, "UNKNOWN_MOVIE")


def test_a_line_that_is_no_json_is_kept_as_it_stands(peopled: Warehouse, write: WriteFile) -> None:
    done = load_file(peopled, "viewing_sessions", write("a.ndjson", f"{json_row()}\n{{oh\n[1]\n{json_row(id=2)}"))
    assert counts(done) == (4, 2, 0, 2)
    assert rejected(peopled, done) == [(3, "BAD_ROW", "{oh"), (4, "BAD_ROW", "[1]")]


def test_bad_users_and_films_wait_too(warehouse: Warehouse, write: WriteFile) -> None:
    done = load_file(warehouse, "users", write("u.csv", "id,country\n1,DE\n2,Germany\n1,FR\n,FR\n"))
    assert counts(done) == (4, 1, 1, 2)
    assert rejected(warehouse, done) == [
        (3, "BAD_VALUE", '{"country":"Germany","id":"2"}'),
        (5, "MISSING_VALUE", '{"country":"FR"}'),
    ]
    assert warehouse.engine.query("SELECT country FROM users").rows[0][0] == "FR"


def test_more_bad_rows_than_allowed_refuse_the_file_and_leave_nothing(peopled: Warehouse, write: WriteFile) -> None:
    path = write("a.csv", f"{HEADER}\n{BAD}")
    with pytest.raises(FileRefused, match="more than 2 bad rows; line 3: id is 'x'"):
        load_file(peopled, "viewing_sessions", path, options=Options(max_rejects=2))
    assert peopled.engine.query("SELECT count() FROM rejected_rows").scalar() == 0
    assert peopled.engine.query("SELECT count() FROM viewing_sessions").scalar() == 0
    assert counts(load_file(peopled, "viewing_sessions", path, options=Options(max_rejects=3))) == (5, 2, 0, 3)


def test_more_malformed_rows_than_allowed_refuse_the_file_and_rows_of_unknown_films_are_none(
    peopled: Warehouse, write: WriteFile
) -> None:
    path = write("a.csv", f"{HEADER}\n{BAD}{csv_row(movie_id=9)}")
    with pytest.raises(FileRefused, match="more than 1 malformed row, such as line 3: id is 'x'"):
        load_file(peopled, "viewing_sessions", path, options=Options(max_malformed=1))
    assert peopled.engine.query("SELECT count() FROM rejected_rows").scalar() == 0
    assert counts(load_file(peopled, "viewing_sessions", path, options=Options(max_malformed=2))) == (6, 2, 0, 4)


def test_abort_refuses_a_row_of_an_unknown_film_too(peopled: Warehouse, write: WriteFile) -> None:
    path = write("a.csv", f"{HEADER}\n{csv_row(movie_id=9)}")
    with pytest.raises(FileRefused, match="1 UNKNOWN_MOVIE"):
        load_file(peopled, "viewing_sessions", path, options=Options(max_rejects=0))


def test_a_dry_run_counts_as_a_load_does_and_leaves_nothing(peopled: Warehouse, write: WriteFile) -> None:
    dry = Options(dry_run=True)
    films = write("m.csv", "id,title\n1,Heat\n1,Ronin\n2,\n3,Alien\n")
    sessions = write("a.csv", f"{HEADER}\n{BAD}{csv_row()}")
    for table, path, expected in (("movies", films, (4, 2, 1, 1)), ("viewing_sessions", sessions, (6, 2, 1, 3))):
        assert counts(load_file(peopled, table, path, options=dry)) == expected
        assert peopled.engine.query("SELECT count() FROM rejected_rows").scalar() == 0
        assert peopled.engine.query("SELECT max(title), count() FROM movies").rows[0] == ("Heat", 1)
        assert peopled.engine.query("SELECT count() FROM viewing_sessions").scalar() == 0
    assert counts(load_file(peopled, "viewing_sessions", sessions)) == (6, 2, 1, 3)


def test_of_a_forgotten_person_no_bad_row_is_kept(write: WriteFile, session: Session) -> None:
    with open_warehouse(lay(session.folder / "forgetful"), hash_key=lambda: b"k" * 32) as warehouse:
        warehouse.forget(ids.parse("77") or 0, by="tester")
        load_file(warehouse, "movies", write("movies.csv", "id,title\n1,Heat\n"))
        rows = csv_row(user_id=77, start_time="x") + csv_row(user_id="077 ", id="y") + "5,77\n" + csv_row(id="z")
        done = load_file(warehouse, "viewing_sessions", write("a.csv", f"{HEADER}\n{rows}"))
        assert done.summary.reasons == {"BAD_VALUE": 1, "FORGOTTEN": 3}
        assert [row[:2] for row in rejected(warehouse, done)] == [
            (2, "FORGOTTEN"),
            (3, "FORGOTTEN"),
            (4, "FORGOTTEN"),
            (5, "BAD_VALUE"),
        ]
        users = load_file(warehouse, "users", write("u.csv", "id,country\n77,Germany\n077,DE\n78,DE\n"))
        assert (counts(users), users.summary.reasons) == ((3, 1, 0, 2), {"FORGOTTEN": 2})
        assert all(original == "" for _, reason, original in rejected(warehouse, users))


def test_a_person_is_forgotten_in_bad_rows_that_wait(write: WriteFile, session: Session) -> None:
    with open_warehouse(lay(session.folder / "forgetful"), hash_key=lambda: b"k" * 32) as warehouse:
        rows = "".join(csv_row(user_id=user, start_time="x") for user in ("77", "077", "1077"))
        done = load_file(warehouse, "viewing_sessions", write("a.csv", f"{HEADER}\n{rows}5,77\n5,78\n"))
        assert warehouse.forget(ids.parse("77") or 0, by="tester").removed == {"rejected_rows": 3}
        assert [row[0] for row in rejected(warehouse, done)] == [4, 6]


def test_columns_are_mapped_and_those_beyond_the_contract_named(session: Session, write: WriteFile) -> None:
    write("u.csv", "person;id;land;plan\n7;row-1;DE;Premium\n")
    options = ("--map", "person=id", "--map", "land=country", "--delimiter", ";", "--json")
    assert session.run("load", "users", "u.csv", *options) == 0
    printed = json.loads(session.stdout.getvalue())
    assert (printed["accepted"], printed["extra_columns"]) == (1, ["id", "plan"])
    found = session.warehouse().engine.query("SELECT country, id FROM users").rows[0]
    assert tuple(found) == ("DE", ids.parse("7"))


def test_a_map_that_can_not_be_is_wrong_usage(session: Session, write: WriteFile) -> None:
    write("u.csv", "id\n7\n")
    for pairs in (["x"], ["x=nothing"], ["x=id", "x=age"], ["x=id", "y=id"], ["=id"]):
        assert session.run("load", "users", "u.csv", *(word for pair in pairs for word in ("--map", pair))) == 2
    assert session.run("load", "users", "u.csv", "--delimiter", "é") == 2
    assert session.opened is None


def test_a_mapped_column_that_is_not_there_refuses_the_file(session: Session, write: WriteFile) -> None:
    write("u.csv", "id\n7\n")
    assert session.run("load", "users", "u.csv", "--map", "person=id") == 1
    assert "it has no column 'person', which --map names; it has id" in session.stderr.getvalue()


def test_the_sentence_names_reasons_extra_columns_and_a_dry_run(session: Session, write: WriteFile) -> None:
    write("u.csv", "id,plan\n7,x\nyes,\n")
    assert session.run("load", "users", "u.csv", "--dry-run") == 0
    said = session.stdout.getvalue()
    assert said.startswith("users: 1 file, 2 rows: 1 accepted, 0 duplicates, 1 quarantined (1 BAD_VALUE), in ")
    assert said.endswith(" s. Left out: plan. Nothing was loaded: this was a dry run.\n")
    assert "Quarantined from u.csv, first line 3: id is 'yes'" in session.stderr.getvalue()


def test_any_text_is_an_id_where_ids_are_hashed(session: Session, write: WriteFile) -> None:
    write("u.csv", "id,age\nada@example.com,36\n7,1\nbob,old\n")
    assert session.run("load", "users", "u.csv", "--hash-ids") == 0
    engine = session.warehouse().engine
    assert str(NAMESPACE) == "6d617271-7565-8565-8964-730000000000"
    ada = ids.parse("2cb061c3-ecf3-52f1-9b2b-489d9428e5b8")
    found = {key for (key,) in engine.query("SELECT id FROM users").rows}
    assert found == {ids.parse("7"), ada}
    assert "bob" not in engine.query("SELECT original FROM rejected_rows").scalar()
