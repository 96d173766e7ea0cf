"""Files of users and films: a column that a file or line lacks keeps what is known, an empty cell clears it."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.files.dialect import Dialect
from ingest.loading.load_file import load_file
from ingest.loading.options import Options
from ingest.profiles.profile import Profile
from tests.integration.ingest.conftest import WriteFile
from warehouse import Warehouse, open_warehouse
from warehouse.ids import parse
from warehouse.loads.load import LoadSummary

HASH_KEY = b"a key of the tests, of 32 bytes.."
ADA = "id,username,email,country,subscription,age,gender\n{0},ada,ada@example.org,GB,Premium,36,F\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse for all tests; each has ids of its own."""
    folder: Path = tmp_path_factory.mktemp("kept")
    with open_warehouse(f"chdb://{folder / 'warehouse'}", hash_key=lambda: HASH_KEY) as opened:
        yield opened


def load(kept: Warehouse, path: Path, table: str = "users", options: Options | None = None) -> LoadSummary:
    return load_file(kept, table, path, options=options or Options()).summary


def user(kept: Warehouse, number: int, table: str = "users") -> list[tuple[object, ...]]:
    columns = "username, email, country, subscription, age, gender"
    found = kept.engine.query(
        f"SELECT {columns} FROM {table} WHERE id = {{id:UInt128}} ORDER BY load_id", {"id": parse(str(number))}
    )
    return [tuple(row) for row in found.rows]


@pytest.mark.slow
def test_a_column_that_csv_lacks_keeps_and_an_empty_cell_clears(kept: Warehouse, write: WriteFile) -> None:
    load(kept, write("a.csv", ADA.format(1)))
    done = load(kept, write("b.csv", "id,country,age\n1,FR,\n2,DE,20\n"))
    assert (done.accepted, done.duplicates) == (2, 0)
    assert user(kept, 1) == [("ada", "ada@example.org", "FR", "Premium", None, "F")]
    assert user(kept, 2) == [("", "", "DE", "", 20, "")]


def test_a_line_of_json_keeps_by_saying_nothing_and_clears_by_null(kept: Warehouse, write: WriteFile) -> None:
    load(kept, write("a.csv", ADA.format(11) + ADA.format(12).splitlines()[1]))
    lines = '{"id": 11, "age": 37}\n{"id": 12, "age": null, "email": "", "country": "FR"}\n{"id": 13, "age": 5}\n'
    assert load(kept, write("b.ndjson", lines)).accepted == 3
    assert user(kept, 11) == [("ada", "ada@example.org", "GB", "Premium", 37, "F")]
    assert user(kept, 12) == [("ada", "", "FR", "Premium", None, "F")]
    assert user(kept, 13) == [("", "", "", "", 5, "")]


def test_lines_that_are_all_alike_keep_as_well(kept: Warehouse, write: WriteFile) -> None:
    load(kept, write("a.csv", "id,country,age\n" + "".join(f"{n},DE,30\n" for n in range(100, 200))))
    done = load(kept, write("b.ndjson", "".join(f'{{"id": {n}, "age": 31}}\n' for n in range(100, 200))))
    assert (done.accepted, done.duplicates) == (100, 0)
    assert user(kept, 100) == user(kept, 199) == [("", "", "DE", "", 31, "")]


def test_of_several_rows_of_an_id_each_column_has_what_was_said_last(kept: Warehouse, write: WriteFile) -> None:
    load(kept, write("a.csv", ADA.format(21)))
    lines = (
        '{"id": 21, "country": "FR", "age": 40}\n'
        '{"id": 21, "age": null, "username": "lovelace"}\n'
        '{"id": 21, "gender": "X"}\n'
        '{"id": 22, "country": "DE"}\n{"id": 22, "age": 9}\n'
    )
    done = load(kept, write("b.ndjson", lines))
    assert (done.rows, done.accepted, done.duplicates) == (5, 2, 3)
    assert user(kept, 21) == [("lovelace", "ada@example.org", "FR", "Premium", None, "X")]
    assert user(kept, 22) == [("", "", "DE", "", 9, "")]


def test_a_row_that_says_nothing_new_is_a_duplicate(kept: Warehouse, write: WriteFile) -> None:
    load(kept, write("a.csv", ADA.format(31)))
    done = load(kept, write("b.csv", "id\n31\n"))
    assert (done.accepted, done.duplicates) == (0, 1)
    done = load(kept, write("c.csv", "id,country\n31,gb\n"))
    assert (done.accepted, done.duplicates) == (0, 1)


def test_a_version_is_the_whole_row_as_it_became(kept: Warehouse, write: WriteFile) -> None:
    load(kept, write("a.csv", ADA.format(41)))
    load(
        kept,
        write("b.csv", "land;id\nFR;41\n"),
        options=Options(Profile(renamed={"land": "country"}, dialect=Dialect(";"))),
    )
    assert user(kept, 41, "users_versions") == [
        ("ada", "ada@example.org", "GB", "Premium", 36, "F"),
        ("ada", "ada@example.org", "FR", "Premium", 36, "F"),
    ]


def test_films_keep_their_genres_with_the_first_of_them(kept: Warehouse, tmp_path: Path, write: WriteFile) -> None:
    load(
        kept, write("a.csv", "id,title,genres,duration,director\n1,Heat,Crime|Drama,170,Mann\n2,M,Crime,,\n"), "movies"
    )
    pq.write_table(
        pa.table({"id": [1, 2, 3], "title": ["Heat", "M", "Ran"], "duration": [171, 117, 162]}), tmp_path / "b.pq"
    )
    assert load(kept, tmp_path / "b.pq", "movies").accepted == 3
    load(kept, write("c.csv", "id,title,genres\n2,M,\n"), "movies")
    found = kept.engine.query("SELECT title, genres, genre, duration_minutes, director FROM movies ORDER BY id")
    assert [tuple(row) for row in found.rows] == [
        ("Heat", ["Crime", "Drama"], "Crime", 171, "Mann"),
        ("M", [], "Unknown", 117, ""),
        ("Ran", [], "Unknown", 162, ""),
    ]


def test_nothing_of_a_forgotten_person_is_kept_or_comes_back(kept: Warehouse, write: WriteFile) -> None:
    load(kept, write("a.csv", ADA.format(51)))
    kept.forget(int(parse("51") or 0), by="a test")
    done = load(kept, write("b.ndjson", '{"id": 51, "age": 50}\n{"id": 52, "age": 50}\n'))
    assert (done.accepted, done.reasons) == (1, {"FORGOTTEN": 1})
    assert (user(kept, 51), user(kept, 51, "users_versions")) == ([], [])
    assert user(kept, 52) == [("", "", "", "", 50, "")]
