"""A part that can't be read: what is lost is named, the rest is served, and what can be built again is."""

import os
import shutil
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.story import Picture, Story, faults, look, take
from warehouse import open_warehouse
from warehouse.errors import Unavailable

pytestmark = pytest.mark.slow

STORY = Story(Random(1))
STEPS = STORY.opening()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed warehouse, to be copied."""
    folder = tmp_path_factory.mktemp("whole") / "warehouse"
    with open_warehouse(f"chdb://{folder}") as warehouse:
        for step in STEPS:
            take(warehouse, step)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "warehouse", symlinks=True)
    return tmp_path / "warehouse"


def shown() -> Picture:
    picture = Picture()
    for step in STEPS:
        picture = step.outcomes(picture)[-1]
    return picture


def a_part(folder: Path, table: str) -> Path:
    """The folder of a table's first part with rows."""
    with open_warehouse(f"chdb://{folder}") as warehouse:
        name = warehouse.engine.query(
            "SELECT name FROM system.parts WHERE table = {table:String} AND active AND rows > 0 "
            "AND database = currentDatabase() ORDER BY name",
            {"table": table},
        ).scalar()
        uuid = str(
            warehouse.engine.query(
                "SELECT toString(uuid) FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
                {"table": table},
            ).scalar()
        )
    return folder / "store" / uuid[:3] / uuid / str(name)


def test_lost_facts_are_named_and_come_back_by_loading_their_file_again(folder: Path) -> None:
    part = a_part(folder, "viewing_sessions")
    os.truncate(part / "data.bin", 10)
    with open_warehouse(f"chdb://{folder}") as warehouse:
        assert [str(one) for one in warehouse.repairs.lost] == [
            f"lost 10 rows of 202601 in viewing_sessions: part broken-on-start_{part.name} is damaged and set aside. "
            "Load the files of that time again: rows that are still stored count as duplicates."
        ]
        assert len(look(warehouse).sessions) == 20
        assert faults(warehouse) == []
        assert take(warehouse, STEPS[2]) == (30, 10, 20, 0)
        assert (look(warehouse), faults(warehouse)) == (shown(), [])


def test_a_lost_part_of_a_rollup_is_built_again(folder: Path) -> None:
    (a_part(folder, "genre_analytics") / "columns.txt").unlink()
    with open_warehouse(f"chdb://{folder}") as warehouse:
        assert warehouse.repairs.lost == []
        assert (look(warehouse), faults(warehouse)) == (shown(), [])


def test_a_lost_part_of_the_ledger_is_named_and_the_rows_are_served(folder: Path) -> None:
    (a_part(folder, "loads") / "checksums.txt").write_bytes(b"torn")
    with open_warehouse(f"chdb://{folder}") as warehouse:
        assert [(one.table, one.partition) for one in warehouse.repairs.lost] == [("loads", "all")]
        assert look(warehouse) == shown()
        take(warehouse, STORY.sessions(1))
        numbered = warehouse.engine.query("SELECT DISTINCT load_id FROM viewing_sessions ORDER BY load_id").rows
        assert [load_id for (load_id,) in numbered] == [3, 4]  # not 1, which is of the films


def test_a_flipped_byte_is_no_wrong_number_but_an_error_that_says_what_to_do(folder: Path) -> None:
    data = a_part(folder, "genre_analytics") / "data.bin"
    bytes_ = bytearray(data.read_bytes())
    for index in range(len(bytes_) // 3, len(bytes_) // 3 + 40):
        bytes_[index] ^= 0xFF
    data.write_bytes(bytes_)
    with open_warehouse(f"chdb://{folder}") as warehouse:
        with pytest.raises(Unavailable, match="marquee warehouse rebuild"):
            warehouse.engine.query("SELECT sum(ignore(*)) FROM genre_analytics")
        assert look(warehouse) == shown()
        warehouse.rebuild()
        assert faults(warehouse) == []
