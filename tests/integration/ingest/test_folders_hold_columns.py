"""Folders such as `country=DE`, into which Hive and Spark write a column, give it back."""

from pathlib import Path

import pyarrow as pa
import pytest

from ingest.loading.held_files import Held
from ingest.loading.load_file import opened
from ingest.loading.options import Options
from ingest.problems import FileRefused
from ingest.profiles.profile import Profile
from tests.integration.ingest.kinds_of_files import TWO, parquet

NOW_S = 1_795_000_000


def rows(folder: Path, name: str, content: bytes, table: str = "users", **profile: object) -> list[dict[str, object]]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    held = Held()
    with opened(table, path, name, Options(Profile(**profile)), NOW_S) as file:  # type: ignore[arg-type]
        file.pour(held, file.validated())
    assert held.rejects == []
    return [row for batch, _ in held.batches for row in batch.to_pylist()]


USERS = parquet(pa.table({"id": pa.array([1, 2])}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in/country=DE/part-0.parquet", USERS),
        ("in/gender=F/country=de/part-0.parquet", USERS),
        ("in/country=DE/a.csv", b"id\n1\n2\n"),
        ("in/country=DE/a.ndjson", b'{"id":1}\n{"id":2}\n'),
        ("in/country=FR/a.ndjson", b'{"id":1,"country":"DE"}\n{"id":2,"country":"DE"}\n'),
        ("in/country=FR/a.csv", b"id,country\n1,DE\n2,DE\n"),
    ],
)
def test_a_folder_s_column_is_read_and_the_file_s_own_goes_before(tmp_path: Path, name: str, content: bytes) -> None:
    found = rows(tmp_path, name, content)
    assert [(row["country"], "country" in row["absent"]) for row in found] == [("DE", False)] * 2  # type: ignore[operator]


def test_nothing_and_escapes_in_names_of_folders(tmp_path: Path) -> None:
    films = b"id\n1\n"
    (row,) = rows(tmp_path, "director=__HIVE_DEFAULT_PARTITION__/title=a%2Fb%20c/a.csv", films, "movies")
    assert (row["title"], row["director"]) == ("a/b c", None)


def test_what_sessions_have_beyond_is_an_attribute_and_may_be_mapped(tmp_path: Path) -> None:
    sessions = parquet(pa.table({name: column for name, column in TWO.items() if name != "user_id"}))
    found = rows(tmp_path, "who=1/app=v2/a.parquet", sessions, "viewing_sessions", renamed={"who": "user_id"})
    assert [row["attributes"] for row in found] == [[("app", "v2")]] * 2
    with pytest.raises(FileRefused, match="lacks the required column user_id"):
        rows(tmp_path, "app=v2/a.parquet", sessions, "viewing_sessions")


def test_only_folders_right_above_a_file_count(tmp_path: Path) -> None:
    (first, _) = rows(tmp_path, "country=DE/deep/a.parquet", USERS)
    assert first["country"] is None
