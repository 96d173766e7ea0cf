"""Backups on a ClickHouse server are its own: to a disk that its configuration allows.

It backs up the tables of a moment, which are linked while loads are held for milliseconds, under the names of those
whose parts they have. So loads go on while the server writes for hours.
"""

import re
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.tables.scratch_tables import SCRATCH_NAMES
from warehouse.tables.table_snapshots import SNAPSHOT_NAMES, table_snapshots

_DEST = re.compile(r"disk:([A-Za-z0-9_-]+)/([A-Za-z0-9_./-]+)")


def back_up_server(engine: Engine, dest: str, is_incremental: bool, held: AbstractContextManager[None]) -> str:
    """Let the server back up all tables to `disk:NAME/path`, in a folder named by the moment; returns where. An
    incremental one is based on the newest that the server remembers there. `held` keeps loads out for a moment.

    Raises: BadInput for another form of `dest`; Unavailable when a person was forgotten meanwhile.
    """
    found = _DEST.fullmatch(dest)
    if found is None or ".." in dest:
        raise BadInput(f"{dest} is not a place on a server. Name a disk of its configuration: disk:backups/marquee.")
    disk, path = found.groups()
    place = f"Disk('{disk}', '{path.rstrip('/')}/{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}')"
    base = _newest(engine, disk, path) if is_incremental else None
    settings = f" SETTINGS base_backup = {base}" if base else ""
    with table_snapshots(engine, _kept_tables(engine), held) as names:
        tables = ", ".join(f"TABLE {_full(engine, name)} AS {_full(engine, table)}" for table, name in names.items())
        engine.command(f"BACKUP {tables} TO {place}{settings}")
    return place


def _full(engine: Engine, table: str) -> str:
    return f"`{engine.database}`.`{table}`"


def _kept_tables(engine: Engine) -> list[str]:
    """Tables with rows that stay; scratch tables, views and dictionaries are made anew by opening."""
    found = engine.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' "
        "AND NOT match(name, {scratch:String}) AND NOT match(name, {snapshots:String}) ORDER BY name",
        {"scratch": SCRATCH_NAMES, "snapshots": SNAPSHOT_NAMES},
    )
    return [name for (name,) in found.rows]


def _newest(engine: Engine, disk: str, path: str) -> str | None:
    found = engine.query(
        "SELECT name FROM system.backups WHERE status = 'BACKUP_CREATED' AND startsWith(name, {start:String}) "
        "ORDER BY end_time DESC LIMIT 1",
        {"start": f"Disk('{disk}', '{path.rstrip('/')}/"},
    )
    name: str | None = found.rows[0][0] if found.rows else None
    return name
