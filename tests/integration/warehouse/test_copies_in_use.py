"""A folder that was copied while a process used it is noticed, and is accepted only if all of it is right."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import differences
from tests.integration.warehouse.modes import HASH_KEY, embedded
from warehouse import Warehouse, open_warehouse
from warehouse.backup.copied_folder import adopt
from warehouse.engine.open_mark import NAME, mark_open
from warehouse.errors import BadInput, Unavailable

pytestmark = pytest.mark.slow


@pytest.fixture
def copied(forgettable_folder: Path, tmp_path: Path) -> Path:
    """The parent of a copy that was made while the warehouse was open, and at rest."""
    shutil.copytree(forgettable_folder, tmp_path / "first" / "warehouse", symlinks=True)
    with embedded(tmp_path / "first") as warehouse:
        warehouse.audit.close()
        shutil.copytree(tmp_path / "first" / "warehouse", tmp_path / "copy" / "warehouse", symlinks=True)
    return tmp_path / "copy"


def adopted(parent: Path) -> Iterator[list[str]]:
    """What is wrong with a copy; the warehouse is closed after."""
    opened: list[Warehouse] = []

    def opening() -> Warehouse:
        opened.append(open_warehouse(f"chdb://{parent / 'warehouse'}", hash_key=lambda: HASH_KEY))
        return opened[0]

    def close() -> None:
        while opened:
            opened.pop().close()

    try:
        yield adopt(parent / "warehouse", opening, close)
    finally:
        close()


def test_a_copy_of_a_folder_in_use_is_refused_with_a_way_on(copied: Path) -> None:
    for _ in range(2):
        with (
            pytest.raises(Unavailable, match=r"is a copy that was made while .* marquee warehouse backup"),
            embedded(copied),
        ):
            pass


def test_a_copy_that_proves_to_be_whole_is_adopted(copied: Path) -> None:
    for wrong in adopted(copied):
        assert wrong == []
    with embedded(copied) as warehouse:
        assert differences(warehouse) == []


def test_a_copy_that_lacks_rows_is_refused_again(copied: Path) -> None:
    """As a copy is that took the facts before a load and the rollups after it."""
    (copied / "warehouse" / NAME).rename(copied / "mark")
    with embedded(copied) as warehouse:
        warehouse.engine.command("ALTER TABLE viewing_sessions DELETE WHERE movie_key % 2 SETTINGS mutations_sync = 2")
    (copied / "mark").rename(copied / "warehouse" / NAME)
    for wrong in adopted(copied):
        assert any("daily_analytics" in sentence for sentence in wrong)
    with pytest.raises(Unavailable, match="is a copy"), embedded(copied):
        pass


def test_a_copy_that_cant_be_read_is_refused_again(copied: Path) -> None:
    parts = sorted((copied / "warehouse" / "store").glob("*/*/*/data.bin"), key=lambda file: file.stat().st_size)
    for file in parts[-6:]:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)
    for wrong in adopted(copied):
        assert wrong != []
    with pytest.raises(Unavailable, match="is a copy"), embedded(copied):
        pass


def test_a_copy_whose_check_is_interrupted_is_refused_as_before(copied: Path) -> None:
    def interrupted() -> Warehouse:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adopt(copied / "warehouse", interrupted, lambda: None)
    with pytest.raises(Unavailable, match="is a copy"), embedded(copied):
        pass
    for wrong in adopted(copied):
        assert wrong == []


def test_a_folder_with_nothing_against_it_is_not_adopted(forgettable_folder: Path) -> None:
    with pytest.raises(BadInput, match="nothing to adopt"):
        next(adopted(forgettable_folder.parent))


def test_a_process_that_died_here_left_no_copy(tmp_path: Path) -> None:
    mark_open(tmp_path)
    mark_open(tmp_path)
    assert (tmp_path / NAME).exists()


def test_a_folder_that_was_moved_after_a_crash_is_no_copy(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    mark_open(tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "b")
    mark_open(tmp_path / "b")


def test_a_mark_that_was_not_written_whole_is_of_a_crash(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"")
    mark_open(tmp_path)
