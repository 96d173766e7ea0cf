"""Profiles: how cells are read by them, what is refused, and how commands and watched folders take them."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.commands.watch import loading
from ingest.problems import FileRefused, WrongProfile
from ingest.profiles.profile import profile_of, read_profile
from ingest.watching.watch import Watch
from tests.integration.ingest.conftest import Session
from tests.integration.ingest.profiled_files import Rows, at, loaded, rows
from tests.integration.ingest.test_a_folder_is_watched import Dropped
from warehouse.errors import BadInput

SESSION = "id,user_id,movie_id,start_time,watch_duration_minutes"
PLAIN = {
    "id": "1",
    "user_id": "1",
    "movie_id": "1",
    "start_time": at("2026-05-17T10:00:00"),
    "watch_minutes_e4": 900_000,
}


def session_of(header: str, cells: str, document: dict[str, Any], folder: Path) -> tuple[Rows, list[str]]:
    """What one row becomes, and the reasons if it is left aside."""
    held = loaded(f"{header}\n{cells}\n", folder, "viewing_sessions", document)
    return rows(held), [one.reason for one in held.rejects]


MINUTES, TEN = "watch_duration_minutes", "2026-05-17T10:00:00Z"
TOLD: dict[str, tuple[str, str, dict[str, Any]]] = {
    "seconds": (SESSION, f"1,1,1,{TEN},5400", {"units": {MINUTES: "seconds"}}),
    "milliseconds": (SESSION, f"1,1,1,{TEN},5.4e6", {"units": {MINUTES: "milliseconds"}}),
    "hours with a comma": (
        SESSION.replace(",", ";"),
        f"1;1;1;{TEN};1,5",
        {"units": {MINUTES: "hours"}, "decimal": ",", "delimiter": ";"},
    ),
    "a clock": (SESSION, f"1,1,1,{TEN},01:30:00", {"units": {MINUTES: "hh:mm:ss"}}),
    "points between thousands": (
        SESSION.replace(",", ";"),
        f"1;1;1;{TEN};5.400,00",
        {"units": {MINUTES: "seconds"}, "decimal": ",", "delimiter": ";"},
    ),
    "days first": (SESSION, "1,1,1,17.05.2026 10:00,90", {"dates": {"start_time": ["%d.%m.%Y %H:%M"]}}),
    "a zone as a word": (
        SESSION,
        "1,1,1,2026-05-17 10:00:00 UTC,90",
        {"dates": {"start_time": ["%Y-%m-%d %H:%M:%S UTC"]}},
    ),
    "an offset": (SESSION, "1,1,1,17/May/2026:12:00:00 +0200,90", {"dates": {"start_time": ["%d/%b/%Y:%H:%M:%S %z"]}}),
    "one of several formats": (
        SESSION,
        "1,1,1,2026.05.17 10h,90",
        {"dates": {"start_time": ["%d.%m", "%Y.%m.%d %Hh"]}},
    ),
    "nulls": (f"{SESSION},quality,x", f"1,1,1,{TEN},90,\\N,NULL", {"nulls": ["\\N", "NULL"]}),
    "a column left out": (f"{SESSION},x", f"1,1,1,{TEN},90,secret", {"leave_out": ["x"]}),
    "constants": (SESSION.replace("user_id,", ""), f"1,1,{TEN},90", {"constants": {"user_id": "1"}}),
    "a constant in the place of a column": (SESSION, f"1,7,1,{TEN},90", {"constants": {"user_id": "1"}}),
    "another name": (SESSION.replace("user_id", "who"), f"1,1,1,{TEN},90", {"map": {"who": "user_id"}}),
}


@pytest.mark.parametrize("name", TOLD)
def test_cells_are_read_as_a_profile_tells(tmp_path: Path, name: str) -> None:
    header, cells, document = TOLD[name]
    assert session_of(header, cells, document, tmp_path) == ([PLAIN], [])


def test_a_cell_that_is_not_as_told_is_left_aside_as_it_is(tmp_path: Path) -> None:
    document = {"units": {"watch_duration_minutes": "hh:mm:ss"}, "dates": {"start_time": ["%d.%m.%Y"]}}
    content = f"{SESSION}\n1,1,1,2026-05-17,long\n2,1,1,32.05.2026,0:30:00\n"
    held = loaded(content, tmp_path, "viewing_sessions", document)
    assert rows(held) == []
    assert [json.loads(one.original)["watch_duration_minutes"] for one in held.rejects] == ["long", "30"]
    assert json.loads(held.rejects[1].original)["start_time"] == "32.05.2026"


# How a dataset writes its genres, and what they are; None if that is no list of texts.
LISTS: dict[str, list[str] | None] = {
    '["War", "Film Noir"]': ["War", "Film Noir"],
    '[{"id": 1, "name": "War"}]': ["War"],
    "['War', 'Film Noir']": ["War", "Film Noir"],
    "[{'id': 1, 'name': 'War'}, {'id': 2, 'name': 'Noir'}]": ["War", "Noir"],
    """["Children's", 'War']""": ["Children's", "War"],
    r"['Children\'s', 'War\x21']": ["Children's", "War!"],
    "('War', 'Noir')": None,
    "['War', 'Noir',]": ["War", "Noir"],
    "['War' 'Noir']": ["WarNoir"],
    "['Wär', 'Noir']": ["Wär", "Noir"],
    "['War', None]": None,
    "['War', true]": None,
    "[]": [],
    "['War'": None,
    "War": None,
}


@pytest.mark.parametrize("text", LISTS)
def test_a_list_is_read_as_json_or_python_writes_it(tmp_path: Path, text: str) -> None:
    cell = text.replace('"', '""')
    content = f'id,title,genres\n1,A,"{cell}"\n2,B,"{cell}"\n'
    held = loaded(content, tmp_path, "movies", {"separators": {"genres": "json"}})
    expected = LISTS[text] if LISTS[text] is not None else [text]
    assert [row.get("genres", []) for row in rows(held)] == [expected, expected]


def test_percent_and_stars_of_ten(tmp_path: Path) -> None:
    document = {"units": {"completion_rate": "percent"}}
    (row,), _ = session_of(f"{SESSION},completion_rate", "1,1,1,2026-05-17T10:00:00Z,90,95.5%", document, tmp_path)
    assert row["completion_e6"] == 955_000
    content = "id,user_id,movie_id,rating,rating_date\n1,1,1,7,2026-01-01\n"
    held = loaded(content, tmp_path, "ratings", {"units": {"rating": "of 10"}})
    assert [one["rating_e2"] for one in rows(held)] == [350]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"nuls": ["x"]}, "a profile has no key 'nuls'; keys: constants, dates, decimal"),
    "a number": ({"delimiter": 5}, "delimiter is not a text"),
    "a text for a list": ({"nulls": "x"}, "nulls is not a list of texts"),
    "an unknown table": (
        {"table": "films"},
        "table is not one of movies, users, experiments, viewing_sessions, ratings, assignments",
    ),
    "an unknown unit": ({"units": {"rating": "stars"}}, "units says 'stars', expected one of"),
    "an encoding that nobody knows": ({"encoding": "utf-9"}, "the encoding is 'utf-9', which is unknown"),
    "a long quote": ({"quote": "''"}, "the quote is \"''\", expected one ASCII character"),
    "no sign for a decimal": ({"decimal": ";"}, "decimal is not one of ., ,"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_profile_is_refused_by_its_key(name: str) -> None:
    document, sentence = WRONG[name]
    with pytest.raises(BadInput) as refused:
        profile_of(document)
    assert sentence in str(refused.value)


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "another table": ({"table": "ratings"}, "the profile is of ratings, not of movies"),
    "a column that is not there": ({"dates": {"start_time": ["%Y"]}}, "dates names 'start_time'; of movies"),
    "a unit of other numbers": ({"units": {"duration": "percent"}}, "units says duration is in percent, expected"),
    "a separator of a text": ({"separators": {"title": ","}}, "separators names 'title'; of movies it may name genres"),
    "an id of a text": ({"ids": {"title": ["a"]}}, "ids names 'title'; of movies it may name id"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_profile_that_does_not_fit_the_table_is_refused(tmp_path: Path, name: str) -> None:
    document, sentence = UNFIT[name]
    with pytest.raises(WrongProfile) as refused:
        loaded("id,title\n1,a\n", tmp_path, "movies", document)
    assert sentence in str(refused.value)


def test_a_profile_of_ones_own_goes_before_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "tmdb-movies.toml").write_text('nulls = ["-"]')
    assert read_profile("tmdb-movies", tmp_path) == {"nulls": ["-"]}
    with pytest.raises(WrongProfile, match=r"there is no profile '\.\./x'; profiles: imdb-movies"):
        read_profile("../x", tmp_path)
    (tmp_path / "torn.toml").write_text("nulls = [")
    with pytest.raises(WrongProfile, match="the profile torn can't be read"):
        read_profile("torn", tmp_path)


def test_the_command_takes_a_profile_and_options_over_it(session: Session) -> None:
    (session.folder / "profiles").mkdir()
    (session.folder / "profiles" / "ours.toml").write_text('table = "movies"\nnulls = ["-"]\n[map]\nno = "id"\n')
    (session.folder / "a.csv").write_text("no;name;length;made\n1;Heat;02:50:00;17.05.1987\n2;-;-;-\n")
    typed = ["--delimiter", ";", "--map", "name=title", "--map", "length=duration", "--unit", "duration=hh:mm:ss"]
    typed += ["--map", "made=release_date", "--dates", "release_date=%d.%m.%Y", "--constant", "director=Mann"]
    assert session.run("load", "movies", "a.csv", "--profile", "ours", *typed) == 0
    assert "2 rows: 1 accepted, 0 duplicates, 1 quarantined (1 MISSING_VALUE)" in session.stdout.getvalue()
    columns = "title, duration_minutes, toString(release_date), director"
    found = session.warehouse().engine.query(f"SELECT {columns} FROM movies")
    assert found.rows == [("Heat", 170, "1987-05-17", "Mann")]
    assert session.run("load", "users", "a.csv", "--profile", "ours") == 2
    assert "the profile is of movies, not of users" in " ".join(session.stderr.getvalue().split())
    assert session.run("load", "users", "a.csv", "--profile", "theirs") == 2


HINTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "another delimiter": ("id;title\n1;a\n", {}, ". Its cells seem to be separated by ';': --delimiter ';'"),
    "a tab": ("id\ttitle\n1\ta\n", {}, "--delimiter tab"),
    "capitals": ("ID,Title\n1,a\n", {}, ". Perhaps --map ID=id --map Title=title"),
    "names of other tools": ("movieId,Name\n1,a\n", {}, ". Perhaps --map movieId=id --map Name=title"),
    "names with blanks": ("Film ID,Movie Title\n1,a\n", {}, "--map Film ID=id --map Movie Title=title"),
    "a slip of the keys": ("id,titel\n1,a\n", {}, "--map titel=title"),
}


@pytest.mark.parametrize("name", HINTS)
def test_a_file_that_lacks_columns_is_told_what_to_try(tmp_path: Path, name: str) -> None:
    content, document, hint = HINTS[name]
    with pytest.raises(FileRefused) as refused:
        loaded(content, tmp_path, "movies", document)
    assert refused.value.reason.endswith(hint)


def test_a_mistyped_column_of_map_is_named(session: Session) -> None:
    (session.folder / "a.csv").write_text("number,title\n1,Heat\n")
    assert session.run("load", "movies", "a.csv", "--map", "nubmer=id") == 1
    said = session.stderr.getvalue()
    assert "it has no column 'nubmer', which --map names; it has number, title; did you mean 'number'?" in said


def test_a_watched_folder_is_read_by_the_profile_of_its_table(session: Session) -> None:
    dropped = Dropped(session, session.folder / "incoming")
    read_by = {"movies": "movielens-1m-movies"}
    dropped.watch = Watch(dropped.folder, lambda: loading(dropped.running, read_by), clock=lambda: 100.0)
    (dropped.path / "movies" / "movies.dat").write_bytes(b"1::Heat::Crime\n")
    (dropped.path / "users" / "users.csv").write_bytes(b"id\n1\n")
    assert dropped.look() == ["movies.dat loaded 1/0", "users.csv loaded 1/0"]


def test_a_watcher_takes_one_profile_a_table(session: Session) -> None:
    (session.folder / "in").mkdir()
    assert session.run("watch", "in", "--once", "--profile", "theirs") == 2
    assert session.run("watch", "in", "--once", "--profile", "tmdb-movies", "--profile", "trakt-movies") == 2
    said = " ".join(session.stderr.getvalue().replace("│", " ").split())
    assert "there is no profile 'theirs'" in said
    assert "the profile trakt-movies is of movies, like tmdb-movies" in said
