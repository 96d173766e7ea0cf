"""The snapshot for Spark is what the warehouse holds, and only what changed is written anew."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.resolvers.world import PEOPLE, SESSIONS, SMALL, World, load
from warehouse import Warehouse, ids
from warehouse.errors import BadInput, EngineFault, Unavailable
from warehouse.staging.snapshot import EXPORTS, refresh, wrong_files
from warehouse.staging.storage import Place, staging_place

pytestmark = pytest.mark.slow

ZONES = {"US": "America/New_York", "DE": "Europe/Berlin", "HU": "Europe/Budapest", "IN": "Asia/Kolkata"}
EVERYTHING = dict.fromkeys(EXPORTS, ())
SESSIONS_ONLY = {"viewing_sessions": ("movie_key", "start_time", "country")}
MARCH = "snapshot/viewing_sessions/month=202603"


def rows_of(place: Place, table: str) -> list[dict[str, Any]]:
    """Every row that Spark would read of a table."""
    files = place.files(f"snapshot/{table}")
    return [row for file in files for row in pq.ParquetFile(Path(place.root) / file).read().to_pylist()]


def counted(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True, default=str) for row in rows)


def written(place: Place) -> Mapping[str, int]:
    """The files that are there, and which file each is."""
    return {str(path): path.stat().st_ino for path in Path(place.root).rglob("*.parquet")}


def keys_of(warehouse: Warehouse, table: str, key: str) -> Mapping[str, int]:
    """The source's id → the dense key."""
    return {ids.to_text(one): dense for one, dense in warehouse.engine.query(f"SELECT id, {key} FROM {table}").rows}


def test_it_holds_every_row_as_it_is_known_now(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse)
    place = Place(str(tmp_path / "staging"))
    pieces = refresh(warehouse.engine, warehouse.read_consistently, place, EVERYTHING)
    users, films = keys_of(warehouse, "users", "user_key"), keys_of(warehouse, "movies", "movie_key")
    assert counted(rows_of(place, "viewing_sessions")) == counted(
        [
            {
                "user_key": users[one.user.id],
                "movie_key": films[one.film.id],
                "device": one.device or "Unknown",
                "country": one.user.country or "Unknown",
                "quality": one.quality or "Unknown",
                "watch_minutes_e4": one.minutes_e4,
                "completion_e6": one.completion_e6,
                "buffering_count": one.buffering,
                "start_time": one.start.replace(microsecond=0),
            }
            for one in SESSIONS
        ]
    )
    assert sum(piece.rows for piece in pieces if piece.table == "ratings") == len(SMALL.reviews)
    told = {row["user_key"]: (row["country"], row["time_zone"]) for row in rows_of(place, "users")}
    assert told[users["10"]] == ("US", "America/New_York")
    assert {told[users[one.id]] for one in PEOPLE if one.country in ZONES} == set(ZONES.items())
    assert told[users[PEOPLE[6].id]] == ("Unknown", "UTC")
    assert {row["user_id"] for row in rows_of(place, "user_countries")} == {one.id for one in PEOPLE}
    assert {(row["movie_id"], row["genre"]) for row in rows_of(place, "movies")} == {
        (one.id, one.genre or "Unknown") for one in SMALL.films
    }


def test_only_pieces_that_changed_are_written_anew(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse)
    place = Place(str(tmp_path / "staging"))
    refresh(warehouse.engine, warehouse.read_consistently, place, EVERYTHING)
    before = written(place)
    refresh(warehouse.engine, warehouse.read_consistently, place, EVERYTHING)
    assert written(place) == before

    one = replace(SESSIONS[0], id="9000", start=datetime(2026, 3, 5, tzinfo=UTC))
    load(warehouse, World((), (), (one,), ()))
    refresh(warehouse.engine, warehouse.read_consistently, place, EVERYTHING)
    changed = [path.removeprefix(f"{place.root}/") for path in set(written(place)) - set(before)]
    gone = [path.removeprefix(f"{place.root}/") for path in set(before) - set(written(place))]
    assert [path.rpartition("/")[0] for path in changed] == [MARCH]
    assert [path.rpartition("/")[0] for path in gone] == [MARCH]


def _files_by_part(warehouse: Warehouse, place: Place) -> dict[str, str]:
    pieces = refresh(warehouse.engine, warehouse.read_consistently, place, SESSIONS_ONLY)
    return {piece.part: piece.file for piece in pieces}


def test_a_corrected_country_moves_the_months_in_which_the_user_watched(warehouse: Warehouse, tmp_path: Path) -> None:
    february, march = (datetime(2026, month, 10, tzinfo=UTC) for month in (2, 3))
    sessions = (replace(SESSIONS[0], user=PEOPLE[0], start=march), replace(SESSIONS[1], user=PEOPLE[2], start=february))
    load(warehouse, World(SMALL.films, PEOPLE, sessions, ()))
    place = Place(str(tmp_path / "staging"))
    before = _files_by_part(warehouse, place)
    load(warehouse, World((), (replace(PEOPLE[0], country="FR"),), (), ()))
    after = _files_by_part(warehouse, place)
    assert (before["202602"], before["202603"] == after["202603"]) == (after["202602"], False)


def test_a_table_without_rows_has_its_columns(warehouse: Warehouse, tmp_path: Path) -> None:
    place = Place(str(tmp_path / "staging"))
    pieces = refresh(warehouse.engine, warehouse.read_consistently, place, {"viewing_sessions": (), "users": ()})
    assert [(piece.table, piece.part, piece.rows) for piece in pieces] == [
        ("viewing_sessions", "0", 0),
        ("users", "", 0),
    ]
    for table in ("viewing_sessions", "users"):
        (file,) = place.files(f"snapshot/{table}")
        assert set(pq.ParquetFile(Path(place.root) / file).schema_arrow.names) == set(EXPORTS[table].shown)


def test_a_file_with_the_columns_of_another_statement_is_kept_from_spark(tmp_path: Path) -> None:
    place = Place(str(tmp_path))

    def write(name: str) -> None:
        pq.write_table(pa.table({"n": [1], "s": ["foreign"]}), tmp_path / name)

    with pytest.raises(EngineFault) as refused:
        place.write("snapshot/users/piece.parquet", ["user_key", "country"], write, lambda _: None)
    assert "['n', 's']" in refused.value.told
    assert "['user_key', 'country']" in refused.value.told
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


class Meddled(Place):
    """A place in which something happens just before and just after a file is written, the first time."""

    def set(self, before: Callable[[], object], after: Callable[[], object]) -> "Meddled":
        object.__setattr__(self, "acts", [before, after])
        return self

    def write(self, *given: Any) -> None:
        acts = vars(self)["acts"]
        before, after = acts or (lambda: None, lambda: None)
        object.__setattr__(self, "acts", [])
        before()
        try:
            super().write(*given)
        finally:
            after()


def test_a_load_between_the_look_and_the_writing_leaves_no_file_with_a_wrong_name(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    load(warehouse, World(SMALL.films, PEOPLE, SESSIONS[:3], ()))
    more = World((), (), tuple(replace(SESSIONS[0], id=str(9000 + number)) for number in range(2)), ())

    def undo() -> None:
        warehouse.undo(warehouse.engine.query("SELECT max(load_id) FROM loads").scalar())

    place = Meddled(str(tmp_path / "staging")).set(lambda: load(warehouse, more), undo)
    pieces = refresh(warehouse.engine, warehouse.read_consistently, place, SESSIONS_ONLY)
    assert sum(piece.rows for piece in pieces) == 3
    assert {piece.file: place.rows_of(piece.file) for piece in pieces} == {piece.file: piece.rows for piece in pieces}
    assert {path.name for path in Path(place.root).rglob("*") if path.is_file()} == {
        Path(piece.file).name for piece in pieces
    }


def test_as_many_rows_with_other_values_are_another_content(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse, World(SMALL.films, PEOPLE, SESSIONS[:3], ()))
    place = Meddled(str(tmp_path / "staging")).set(
        lambda: load(warehouse, World((), (replace(SESSIONS[0].user, country="FR"),), (), ())), lambda: None
    )
    refresh(warehouse.engine, warehouse.read_consistently, place, SESSIONS_ONLY)
    assert {row["country"] for row in rows_of(place, "viewing_sessions")} == {
        "FR" if one.user == SESSIONS[0].user else one.user.country or "Unknown" for one in SESSIONS[:3]
    }


def test_a_file_that_does_not_hold_what_its_name_says_is_found_and_removed(
    warehouse: Warehouse, mode: str, tmp_path: Path
) -> None:
    load(warehouse)
    place = Place(str(tmp_path / "staging"))
    pieces = refresh(warehouse.engine, warehouse.read_consistently, place, EVERYTHING)
    assert wrong_files(warehouse.engine, place, pieces) == []
    for piece in pieces[:1]:
        path = Path(place.root) / piece.file
        rows = pq.read_table(path, partitioning=None)
        pq.write_table(pa.concat_tables([rows.slice(1), rows.slice(0, 1)]), path)
        # The same rows in another order are the same.
        assert wrong_files(warehouse.engine, place, [piece]) == []
        # A server can't reach the folder: there only the number of rows is compared.
        again = rows.slice(1, 1) if mode == "embedded" else rows.slice(1, 0)
        pq.write_table(pa.concat_tables([rows.slice(1), again]), path)
    (Path(place.root) / pieces[-1].file).unlink()
    assert wrong_files(warehouse.engine, place, pieces) == [pieces[0], pieces[-1]]
    assert not place.has(pieces[0].file)
    assert refresh(warehouse.engine, warehouse.read_consistently, place, EVERYTHING) == pieces
    assert wrong_files(warehouse.engine, place, pieces) == []


@pytest.mark.parametrize("name", ["one [a]", "{b,c}", "d\\e", "*f?", "it's"])
def test_a_folder_may_have_any_name(warehouse: Warehouse, tmp_path: Path, name: str) -> None:
    load(warehouse)
    place = Place(str(tmp_path / name / "staging"))
    pieces = refresh(warehouse.engine, warehouse.read_consistently, place, SESSIONS_ONLY)
    assert len(rows_of(place, "viewing_sessions")) == len(SESSIONS)
    assert wrong_files(warehouse.engine, place, pieces) == []


def test_what_a_dead_process_was_writing_is_seen_by_nobody(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse)
    place = Place(str(tmp_path / "staging"))
    half = Path(place.root) / MARCH / ".writing-0-half.parquet"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"PAR1")
    refresh(warehouse.engine, warehouse.read_consistently, place, SESSIONS_ONLY)
    assert len(rows_of(place, "viewing_sessions")) == len(SESSIONS)


def test_a_place_that_cannot_be_written_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"file/in \(MARQUEE_STAGING\) can't be used: Not a directory"):
        refresh(warehouse.engine, warehouse.read_consistently, Place(str(tmp_path / "file" / "in")), {"users": ()})


@pytest.mark.parametrize("text", ["s3://bucket", "s3://bucket/", "gs://bucket/prefix", "file:///tmp/x"])
def test_an_address_that_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="s3://bucket/prefix"):
        staging_place(text)
