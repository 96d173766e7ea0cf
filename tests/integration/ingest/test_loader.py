"""Loading into the real warehouse: counts add up, and the same rows from another format are known already."""

from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.files.file_format import FileFormat
from ingest.files.writers import WRITERS
from ingest.generator import GENERATORS
from ingest.generator.demo import DemoSize, load_demo, write_demo
from ingest.loading.load_file import load_file
from tests.integration.ingest.conftest import WriteFile
from tests.integration.ingest.files import HEADER, csv_row
from warehouse import Warehouse

pytestmark = pytest.mark.slow

SMALL = DemoSize(movies=30, users=200, sessions=3_000, ratings=500, days=20)
UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def test_the_demo_loads_whole_and_its_files_are_the_same_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    summaries = load_demo(warehouse, SMALL, seed=5, until=UNTIL)
    assert [(s.table, s.accepted, s.duplicates, s.quarantined) for s in summaries] == [
        ("movies", 30, 0, 0),
        ("users", 200, 0, 0),
        ("viewing_sessions", 3_000, 0, 0),
        ("ratings", 500, 0, 0),
    ]
    for file_format in WRITERS:
        for path in write_demo(tmp_path / file_format, file_format, SMALL, seed=5, until=UNTIL):
            summary = load_file(warehouse, path.stem, path, clock=UNTIL.timestamp).summary
            assert (summary.accepted, summary.duplicates, summary.quarantined) == (0, SMALL.rows(path.stem), 0)


def test_a_demo_with_experiments_has_two_more_tables_and_more_sessions(warehouse: Warehouse, tmp_path: Path) -> None:
    summaries = load_demo(warehouse, SMALL, seed=5, until=UNTIL, experiments=True)
    accepted = {one.table: one.accepted for one in summaries}
    assert list(accepted) == ["movies", "users", "viewing_sessions", "ratings", "experiments", "assignments"]
    assert [one.duplicates + one.quarantined for one in summaries] == [0] * 6
    assert (accepted["viewing_sessions"], accepted["experiments"], accepted["assignments"]) == (3_069, 3, 459)
    for file_format in WRITERS:
        for path in write_demo(tmp_path / file_format, file_format, SMALL, 5, UNTIL, experiments=True):
            known = load_file(warehouse, path.stem, path, clock=UNTIL.timestamp).summary
            assert (known.accepted, known.duplicates, known.quarantined) == (0, accepted[path.stem], 0)


@pytest.mark.parametrize("file_format", list(WRITERS))
def test_files_of_an_empty_demo_have_their_columns(tmp_path: Path, file_format: FileFormat) -> None:
    empty = DemoSize(movies=1, users=1, sessions=0, ratings=0, days=1)
    paths = write_demo(tmp_path, file_format, empty, seed=1, until=UNTIL)
    assert [path.stem for path in paths] == list(GENERATORS)
    assert all(path.exists() for path in paths)


@pytest.mark.parametrize("file_format", list(WRITERS))
def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, file_format: FileFormat) -> None:
    once = write_demo(tmp_path / "once", file_format, SMALL, seed=5, until=UNTIL)
    again = write_demo(tmp_path / "again", file_format, SMALL, seed=5, until=UNTIL)
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_accepted_duplicates_and_quarantined_add_up_to_the_rows(warehouse: Warehouse, write: WriteFile) -> None:
    load_file(warehouse, "users", write("users.csv", "id\n1\n"))
    load_file(warehouse, "movies", write("movies.csv", "id,title\n1,Heat\n"))
    rows = csv_row(id=1) + csv_row(id=1) + csv_row(id=2, user_id=9) + csv_row(id=3, movie_id=9) + csv_row(id=4)
    summary = load_file(warehouse, "viewing_sessions", write("a.csv", f"{HEADER}\n{rows}")).summary
    assert astuple(summary)[1:6] == ("viewing_sessions", 5, 2, 1, 2)


def test_a_header_alone_is_a_load_of_no_rows(warehouse: Warehouse, write: WriteFile) -> None:
    assert load_file(warehouse, "users", write("users.csv", "id,username\n")).summary.rows == 0
    assert load_file(warehouse, "viewing_sessions", write("a.csv", HEADER)).summary.rows == 0


def test_progress_ends_with_the_whole_file(warehouse: Warehouse, write: WriteFile) -> None:
    seen: list[tuple[str, int, int]] = []
    path = write("users.csv", "id\n" + "\n".join(map(str, range(1, 1_000))))
    load_file(warehouse, "users", path, name="users.csv", progress=lambda *told: seen.append(told))
    assert seen[-1] == ("users.csv", path.stat().st_size, path.stat().st_size)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


@pytest.mark.parametrize("last", ["viewing_sessions", "assignments"])
def test_demo_data_that_is_ended_half_way_is_taken_back(warehouse: Warehouse, last: str) -> None:
    def ended(stage: str, done: int, total: int) -> None:
        if stage == last:
            raise KeyboardInterrupt(f"{done} of {total}")

    with pytest.raises(KeyboardInterrupt):
        load_demo(warehouse, SMALL, seed=5, until=UNTIL, progress=ended, experiments=True)
    assert warehouse.is_empty(), "films without sessions pass for a warehouse in use"
    assert sum(one.accepted for one in load_demo(warehouse, SMALL, seed=5, until=UNTIL)) > 0
    assert not warehouse.is_empty()
