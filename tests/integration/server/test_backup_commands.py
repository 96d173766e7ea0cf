"""`marquee warehouse backup` runs in the server that holds the folder; `restore` needs the folder for itself."""

import shutil
from pathlib import Path

import pytest

from tests.integration.server.commands import Place

pytestmark = pytest.mark.slow

ELSEWHERE = {"MARQUEE_WAREHOUSE": "chdb://restored/warehouse"}


def test_a_running_server_is_backed_up_and_restored_elsewhere(world_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(world_folder, tmp_path / ".marquee" / "warehouse", symlinks=True)
    place, other = Place(tmp_path), Place(tmp_path, ELSEWHERE)
    with place.serving():
        backed_up = place.run("warehouse", "backup", "backups")
        refused = place.run("warehouse", "restore", "backups", "--replace")
    assert backed_up.returncode == 0, backed_up.stderr
    (backup,) = (tmp_path / "backups").iterdir()
    assert str(backup) in backed_up.stdout
    assert "Keep the hash key with it" in backed_up.stdout
    assert refused.returncode == 1
    assert "It can't be done while the warehouse is used." in refused.stderr
    restored = other.run("warehouse", "restore", f"backups/{backup.name}")
    assert restored.returncode == 0, restored.stderr
    assert "every part has its checksums" in restored.stdout
    verified = other.run("warehouse", "verify")
    assert "rollups agree with the facts" in verified.stdout
    again = other.run("warehouse", "restore", f"backups/{backup.name}")
    assert (again.returncode, "Add --replace" in again.stderr) == (1, True)


def test_what_is_no_backup_is_told_so_and_leaves_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    restored = place.run("warehouse", "restore", "nothing")
    assert restored.returncode == 1
    assert "nothing is not a backup" in restored.stderr
    assert list((tmp_path / ".marquee" / "warehouse").iterdir()) == []


def test_a_folder_that_was_never_copied_is_not_adopted(tmp_path: Path) -> None:
    adopted = Place(tmp_path).run("warehouse", "adopt")
    assert (adopted.returncode, "nothing to adopt" in adopted.stderr) == (1, True)
