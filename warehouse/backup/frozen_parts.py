"""Frozen parts: the engine links every part of every table into a folder beside them, in milliseconds.

Parts are never changed once they are written, so the links stay what they were while loads and merges go on.
"""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile

from warehouse.backup.copying import copy_tree
from warehouse.engine.address import Embedded
from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable
from warehouse.tables.table_snapshots import SNAPSHOT_NAMES

_SHADOW = "shadow"
# The engine spells other characters than letters, digits and _ differently in names of folders.
_PREFIX = "marquee_"
# What describes tables, as text files.
_METADATA = ("metadata", "data")


@contextmanager
def frozen(engine: Engine, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Freeze all tables of an embedded warehouse and copy what describes them; yields the folders of both, laid out as
    in the warehouse. Nothing may change tables until the block begins: the caller holds loads back. The folders are
    gone after the block.
    """
    name = f"{_PREFIX}{secrets.token_hex(8)}"
    shadow = folder / _SHADOW / name
    described = folder / _SHADOW / f"{name}_tables"
    try:
        for table in tables_of(engine):
            engine.command(f"ALTER TABLE `{table}` FREEZE WITH NAME '{name}'")
        if not shadow.is_dir():
            raise Unavailable(f"The engine put its links somewhere else than {shadow}. Nothing was backed up.")
        _describe(folder, described)
        yield shadow, described
    finally:
        shutil.rmtree(shadow, ignore_errors=True)
        shutil.rmtree(described, ignore_errors=True)


def tables_of(engine: Engine) -> list[str]:
    """The tables that hold rows, by name."""
    found = engine.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' "
        "AND NOT match(name, {moments:String}) ORDER BY name",
        {"moments": SNAPSHOT_NAMES},
    )
    return [name for (name,) in found.rows]


def damaged_parts(engine: Engine, table: str) -> list[str]:
    """The parts of a table that do not have the checksums that they were written with."""
    checked = (row for batch in engine.stream(f"CHECK TABLE `{table}`") for row in batch.to_pylist())
    return [row["part_path"] for row in checked if not row["is_passed"]]


def remove_frozen(address: Embedded) -> None:
    """Remove what a backup left that was killed: it may hold people who were forgotten since."""
    for left in (address.folder / _SHADOW).glob(f"{_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


def _describe(folder: Path, target: Path) -> None:
    """Copy declarations of tables, links between folders, and the small files beside parts. Files of finished deletes
    stay behind: their parts are what they left."""
    for name in _METADATA:
        copy_tree(folder / name, target / name, copyfile)
    for path in sorted((folder / "store").glob("*/*/*")):
        there = target / path.relative_to(folder)
        if path.is_file() and not path.name.startswith("mutation_"):
            there.parent.mkdir(parents=True, exist_ok=True)
            copyfile(path, there)
        elif path.name == "deduplication_logs":
            copy_tree(path, there, copyfile)
