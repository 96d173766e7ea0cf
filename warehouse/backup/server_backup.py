"""Backups on a ClickHouse server are its own: to a disk that its configuration allows."""

import re
from datetime import UTC, datetime

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput

_DEST = re.compile(r"disk:([A-Za-z0-9_-]+)/([A-Za-z0-9_./-]+)")


def back_up_server(engine: Engine, dest: str, is_incremental: bool) -> str:
    """Let the server back up the database to `disk:NAME/path`, in a folder named by the moment; returns where. An
    incremental one is based on the newest that the server remembers there.

    Raises: BadInput for another form of `dest`.
    """
    found = _DEST.fullmatch(dest)
    if found is None or ".." in dest:
        raise BadInput(f"{dest} is no place on a server. Name a disk of its configuration: disk:backups/marquee.")
    disk, path = found.groups()
    place = f"Disk('{disk}', '{path.rstrip('/')}/{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}')"
    base = _newest(engine, disk, path) if is_incremental else None
    settings = f" SETTINGS base_backup = {base}" if base else ""
    engine.command(f"BACKUP DATABASE `{engine.database}` TO {place}{settings}")
    return place


def _newest(engine: Engine, disk: str, path: str) -> str | None:
    found = engine.query(
        "SELECT name FROM system.backups WHERE status = 'BACKUP_CREATED' AND startsWith(name, {start:String}) "
        "ORDER BY end_time DESC LIMIT 1",
        {"start": f"Disk('{disk}', '{path.rstrip('/')}/"},
    )
    name: str | None = found.rows[0][0] if found.rows else None
    return name
