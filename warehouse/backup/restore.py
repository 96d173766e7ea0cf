"""Restoring a backup of an embedded warehouse: checked, copied, opened, and without the people forgotten since."""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

from warehouse.backup.frozen_parts import damaged_parts, tables_of
from warehouse.backup.manifest import DATA, Manifest, backups_in, read_manifest
from warehouse.engine.folder_sync import FolderSync
from warehouse.errors import BadInput, Unavailable
from warehouse.forgetting.forgotten_file import note_forgotten, read_forgotten
from warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Restored:
    """A restored warehouse. `forgotten` is how many tombstones are newer than the backup, `moved` where the previous
    warehouse is now, `differing` tables with other numbers of rows: (in the backup, here).
    """

    manifest: Manifest
    forgotten: int
    moved: Path | None
    differing: dict[str, tuple[int, int]] = field(default_factory=dict)


def restore(backup: Path, folder: Path, is_replacing: bool, opened: Callable[[], Warehouse]) -> Restored:
    """Restore a backup into a warehouse's folder, whose lock the caller holds; `opened` opens it then.

    People who were forgotten after the backup was made are forgotten again: those of later backups beside it, and those
    that the folder's own file of tombstones names.

    Raises: BadInput for a backup that is incomplete or of a later format, or a folder that holds a warehouse unless
    `is_replacing`; Unavailable when the disk is full, or the key of the tombstones is missing.
    """
    manifest = read_manifest(backup)
    check_whole(backup, manifest)
    holds = folder.is_dir() and any(folder.iterdir())
    if holds and not is_replacing:
        raise BadInput(
            f"{folder} holds a warehouse. Add --replace to move it aside, or set MARQUEE_WAREHOUSE to another."
        )
    tombstones = _tombstones(backup, folder) - set(manifest.forgotten)
    arriving = folder.with_name(f"{folder.name}.restoring")
    shutil.rmtree(arriving, ignore_errors=True)
    try:
        _copy(backup / DATA, arriving, manifest)
    except OSError as error:
        shutil.rmtree(arriving, ignore_errors=True)
        raise Unavailable(f"The backup can't be copied to {folder}: {error.strerror}. Nothing was changed.") from error
    # Before it can be opened: opening forgets again whom this file names.
    note_forgotten(folder, tombstones)
    moved = _swap(arriving, folder, holds)
    warehouse = opened()
    differing = check_rows(warehouse, manifest)
    # Who was forgotten again has left some tables with fewer rows.
    return Restored(manifest, len(tombstones), moved, {} if tombstones else differing)


def check_whole(backup: Path, manifest: Manifest) -> None:
    """Raises: BadInput naming the first file that is missing or has another size."""
    for name, size in manifest.files.items():
        path = backup / DATA / name
        found = path.stat().st_size if path.is_file() else None
        if found != size:
            told = "is missing" if found is None else f"has {found:,} bytes instead of {size:,}"
            raise BadInput(f"The backup {backup} is damaged: {name} {told}. Restore another one.")


def check_rows(warehouse: Warehouse, manifest: Manifest) -> dict[str, tuple[int, int]]:
    """Let the engine check every part by its checksums, and count; returns (in the backup, here) by table that differs.
    Tables that opening writes to are left out.

    Raises: Unavailable for a part that is damaged.
    """
    engine, differing = warehouse.engine, {}
    there = set(tables_of(engine))
    for table, rows in manifest.tables.items():
        if table not in there:
            continue
        if damaged_parts(engine, table):
            raise Unavailable(f"The restored table {table} is damaged. Restore another backup.")
        found = engine.query(f"SELECT count() FROM `{table}`").scalar()
        if found != rows and table not in _WRITTEN_BY_OPENING:
            differing[table] = (rows, found)
    return differing


_WRITTEN_BY_OPENING = frozenset({"audit_log", "schema_migrations", "load_checks", "loads", "pipeline_runs"})


def _tombstones(backup: Path, folder: Path) -> set[str]:
    """The tombstones that are known here, in hex."""
    later = (tombstone for _, manifest in backups_in(backup.parent) for tombstone in manifest.forgotten)
    return {*later, *read_forgotten(folder)}


def _copy(data: Path, arriving: Path, manifest: Manifest) -> None:
    arriving.mkdir(mode=0o700, parents=True)
    for name, target in manifest.links.items():
        (arriving / name).parent.mkdir(parents=True, exist_ok=True)
        (arriving / name).symlink_to(target)
    for name in manifest.files:
        (arriving / name).parent.mkdir(parents=True, exist_ok=True)
        copyfile(data / name, arriving / name)
    FolderSync.once(arriving)


def _swap(arriving: Path, folder: Path, holds: bool) -> Path | None:
    moved = folder.with_name(f"{folder.name}.replaced-{secrets.token_hex(4)}") if holds else None
    if moved is not None:
        folder.rename(moved)
    elif folder.is_dir():
        folder.rmdir()
    arriving.rename(folder)
    FolderSync.once(folder.parent)
    return moved
