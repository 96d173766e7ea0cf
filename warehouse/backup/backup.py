"""Making a backup of an embedded warehouse while it is used.

Loads are held for the milliseconds in which the engine links its parts; all else happens beside them. A
backup is a folder that can be opened by itself. An incremental one is too: files that the one before has are linked to
it instead of being copied, so that each can be removed alone.
"""

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile

from warehouse.backup.copying import copy_tree, link, walk
from warehouse.backup.frozen_parts import frozen, tables_of
from warehouse.backup.manifest import DATA, Manifest, backups_in
from warehouse.engine.engine import Engine
from warehouse.engine.folder_sync import FolderSync
from warehouse.errors import BadInput, Unavailable


@dataclass(frozen=True)
class BackupDone:
    """A finished backup. `linked_bytes` are shared with the backup before it, or with the warehouse itself."""

    path: Path
    manifest: Manifest
    linked_bytes: int


def back_up(
    engine: Engine, folder: Path, dest: Path, is_incremental: bool, held: AbstractContextManager[None]
) -> BackupDone:
    """Make a backup of the warehouse in `folder` below `dest`, named by the moment. `held` keeps loads and changes of
    tables out; it is held while parts are linked.

    Raises: BadInput for a place that is within the warehouse; Unavailable when the disk is full or can't be written.
    """
    if dest == folder or folder in dest.parents:
        raise BadInput(f"{dest} is within the warehouse. Name a folder elsewhere, best on another disk.")
    now = datetime.now(UTC)
    name = now.strftime("%Y-%m-%dT%H%M%S.%fZ")
    partial = dest / f"{name}.partial"
    try:
        dest.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = list(backups_in(dest))[-1:] if is_incremental else []
        partial.mkdir(mode=0o700)
        try:
            with ExitStack() as stack:
                with held:
                    shadow, described = stack.enter_context(frozen(engine, folder))
                    told = _told(engine)
                linked_bytes = _gather(shadow, described, partial / DATA, before[0][0] if before else None)
            manifest = _manifest(partial, now, told)
            manifest.write(partial)
            FolderSync.once(partial)
            partial.rename(dest / name)
            FolderSync.once(dest)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    except OSError as error:
        raise Unavailable(
            f"The backup can't be written to {dest}: {error.strerror}. Nothing of it was kept."
        ) from error
    return BackupDone(dest / name, manifest, linked_bytes)


def _told(engine: Engine) -> Mapping[str, object]:
    """What the warehouse says of itself in the moment of the backup."""
    last, migration = engine.query(
        "SELECT (SELECT max(load_id) FROM loads), (SELECT max(number) FROM schema_migrations)"
    ).rows[0]
    counts = " UNION ALL ".join(f"SELECT '{table}', count() FROM `{table}`" for table in tables_of(engine))
    forgotten = engine.query("SELECT DISTINCT hex(tombstone) FROM forgotten ORDER BY 1").rows
    return {
        "last_load": last,
        "migration": migration,
        "tables": dict(sorted(map(tuple, engine.query(counts).rows))),
        "forgotten": [tombstone.lower() for (tombstone,) in forgotten],
    }


def _gather(shadow: Path, described: Path, target: Path, before: Path | None) -> int:
    """Bring frozen parts and descriptions together as a warehouse's folder; returns the bytes that were linked."""
    linked = 0

    def bring(source: Path, there: Path) -> None:
        nonlocal linked
        size = source.stat().st_size
        known = before / DATA / there.relative_to(target) if before else None
        if known is not None and known.is_file() and known.stat().st_size == size and _is_same_part(source, known):
            link(known, there)
            linked += size
        else:
            copyfile(source, there)

    copy_tree(described, target, copyfile)
    copy_tree(shadow, target, bring)
    return linked


def _is_same_part(source: Path, known: Path) -> bool:
    """Whether two parts of one name are the same: by the checksums of all their files, which the engine wrote."""
    mine, theirs = source.with_name("checksums.txt"), known.with_name("checksums.txt")
    return mine.is_file() and theirs.is_file() and mine.read_bytes() == theirs.read_bytes()


def _manifest(partial: Path, now: datetime, told: Mapping[str, object]) -> Manifest:
    data = partial / DATA
    files: dict[str, int] = {}
    links: dict[str, str] = {}
    for folder, found, names in walk(data):
        links |= {str(folder / name): points_to for name, points_to in found}
        files |= {str(folder / name): (data / folder / name).stat().st_size for name in names}
    return Manifest(made_at=now.isoformat(), version=version("marquee"), files=files, links=links, **told)  # type: ignore[arg-type]
