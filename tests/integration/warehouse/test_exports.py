"""An export is whole or the one before: when it fails, is refused, meets another, or somebody is forgotten."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import ID, WORLD
from tests.integration.warehouse.transfers import contents, export, settled
from tests.integration.warehouse.worlds import load, session_row
from warehouse import Warehouse
from warehouse.errors import BadInput, Unavailable
from warehouse.tables.table_snapshots import drop_table_snapshots, table_snapshots
from warehouse.transfer.export import export as exported_to
from warehouse.transfer.importing import import_export
from warehouse.transfer.manifest import NAME, Manifest, read_manifest
from warehouse.transfer.moved_tables import moved_tables

__all__ = ["settled"]
pytestmark = pytest.mark.slow


def test_what_is_no_whole_export_is_refused_and_nothing_is_touched(settled: Warehouse, tmp_path: Path) -> None:
    dest = tmp_path / "export"
    with pytest.raises(BadInput, match=f"it has no readable {NAME}"):
        import_export(settled, dest)
    export(settled, dest)
    assert read_manifest(dest).last_load == settled.engine.query("SELECT max(load_id) FROM loads").scalar()
    file = next(dest.glob("viewing_sessions/*.parquet"))
    file.write_bytes(file.read_bytes()[:-100])
    before = contents(settled)
    with pytest.raises(BadInput, match=r"is damaged: viewing_sessions/.* can't be read. Export again"):
        import_export(settled, dest)
    assert contents(settled) == before


def test_an_export_leaves_no_table_behind(settled: Warehouse, tmp_path: Path) -> None:
    export(settled, tmp_path / "export")
    left = "SELECT name FROM system.tables WHERE database = currentDatabase() AND position(name, '_moment_') > 0"
    assert settled.engine.query(left).rows == []
    settled.engine.command("CREATE TABLE users_moment_0123abcd AS users")
    drop_table_snapshots(settled.engine)
    assert settled.engine.query(left).rows == []


def files(dest: Path) -> set[str]:
    return {str(file.relative_to(dest)) for file in dest.glob("*/*")}


def test_an_export_that_fails_leaves_the_one_before_and_no_rows_of_its_own(settled: Warehouse, tmp_path: Path) -> None:
    dest = tmp_path / "export"
    export(settled, dest)
    before, manifest = files(dest), read_manifest(dest)
    # Files that an export did not make, and one that a killed one did.
    (dest / "users" / "people.parquet").write_bytes(b"somebody's own")
    (dest / "users" / f"all-12-{1:016x}.parquet.writing").write_bytes(b"half")
    load(settled, "viewing_sessions", [{**session_row(WORLD.sessions[0]), "id": 700_001}])
    with pytest.raises(Unavailable, match="A person was forgotten meanwhile"):
        exported_to(settled.engine, dest, _forgetting_later(settled))
    assert files(dest) == before | {"users/people.parquet"}
    assert read_manifest(dest) == manifest
    export(settled, dest)
    assert files(dest) == read_manifest(dest).files | {"users/people.parquet"}
    assert read_manifest(dest).forgotten


@pytest.mark.parametrize("manifest", [b"[]", b'{"format": 2, "tables": {}}', b'{"format": 1}', b"\xff"])
def test_an_export_that_can_not_be_read_is_not_overwritten(settled: Warehouse, tmp_path: Path, manifest: bytes) -> None:
    dest = tmp_path / "export"
    export(settled, dest)
    (dest / NAME).write_bytes(manifest)
    before = files(dest)
    with pytest.raises(BadInput, match=r"holds an export that this version of Marquee can't read"):
        export(settled, dest)
    assert files(dest) == before
    assert (dest / NAME).read_bytes() == manifest


@contextmanager
def _forgetting_later(warehouse: Warehouse) -> Iterator[None]:
    """Holds loads back for the block; then somebody is forgotten."""
    with warehouse.held_still():
        yield
    warehouse.forget(ID, "a test")


def test_who_is_forgotten_once_all_is_read_is_noticed_too(settled: Warehouse) -> None:
    tables = [table.name for table in moved_tables(settled.engine)]
    with (
        pytest.raises(Unavailable, match="A person was forgotten meanwhile"),
        table_snapshots(settled.engine, tables, settled.held_still()),
    ):
        settled.forget(ID, "a test")


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS])
def test_a_place_that_can_not_be_written_is_named_and_not_the_warehouse(
    settled: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def failing(_: Manifest, folder: Path) -> None:
        raise OSError(reason, os.strerror(reason), str(folder))

    monkeypatch.setattr(Manifest, "write", failing)
    with pytest.raises(Unavailable, match=rf"can't be written to {tmp_path}.*: {os.strerror(reason)}\. The one"):
        export(settled, tmp_path / "export")
    assert not list((tmp_path / "export").glob("*/*"))


def test_two_exports_to_one_folder_are_not_mixed(settled: Warehouse, tmp_path: Path) -> None:
    second: list[str] = []

    @contextmanager
    def meanwhile() -> Iterator[None]:
        with pytest.raises(Unavailable, match="Another process exports to") as told:
            export(settled, tmp_path / "export")
        second.append(str(told.value))
        with settled.held_still():
            yield

    exported_to(settled.engine, tmp_path / "export", meanwhile())
    assert len(second) == 1
    assert files(tmp_path / "export") == read_manifest(tmp_path / "export").files
