"""Exports and imports of the warehouse that has somebody to forget, and what they hold."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.integration.warehouse.modes import HASH_KEY, Modes, embedded
from warehouse import Warehouse, open_warehouse
from warehouse.forgetting.personal_rows import PERSONAL
from warehouse.transfer.export import Exported
from warehouse.transfer.export import export as exported_to
from warehouse.transfer.moved_tables import moved_tables

# What the audit log has of an import itself is there besides.
ADDED_TO = ("audit_log", "revoked_tokens")


@pytest.fixture
def settled(forgettable_folder: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with everybody in it, in a folder."""
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)
    with embedded(tmp_path) as warehouse:
        yield warehouse


@contextmanager
def other_warehouse(modes: Modes, tmp_path: Path) -> Iterator[Warehouse]:
    """An empty warehouse on a server."""
    database = f"moved_{tmp_path.name}"
    try:
        with open_warehouse(modes.engine().address(database), hash_key=lambda: HASH_KEY) as warehouse:
            yield warehouse
    finally:
        modes.engine().drop(database)


def export(warehouse: Warehouse, dest: Path) -> Exported:
    return exported_to(warehouse.engine, dest, warehouse.held_still())


def contents(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is moved."""
    engine = warehouse.engine
    return {
        table.name: sorted(map(tuple, engine.query(f"SELECT * FROM {table.source(table.name)}").rows), key=str)
        for table in moved_tables(engine)
        if table.name not in ADDED_TO
    }


def personal_rows(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that holds people."""
    return {name: rows for name, rows in contents(warehouse).items() if name in PERSONAL}


def count_files(dest: Path) -> dict[str, int]:
    """The rows of each table by another reader of Parquet."""
    counted: dict[str, int] = {}
    for file in dest.glob("*/*.parquet"):
        counted[file.parent.name] = counted.get(file.parent.name, 0) + pq.read_metadata(file).num_rows
    return counted
