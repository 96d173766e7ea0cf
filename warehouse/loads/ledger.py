"""The ledger of loads: one row a load, replaced as its state moves from `staging` over `committing` to `done`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from warehouse.engine import Engine


class State(StrEnum):
    """How far a load has come. Only rows of a load that is DONE are promised; recovery ends the others."""

    STAGING = "staging"
    COMMITTING = "committing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Entry:
    """One load as the ledger has it; `partitions` are `table/partition id` that its commit touches."""

    load_id: int
    table: str
    files: tuple[str, ...]
    state: State
    started_at: datetime
    partitions: tuple[str, ...] = ()
    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0


_COLUMNS = "load_id, table, files, state, partitions, rows, accepted, duplicates, quarantined, started_at"


def begin(engine: Engine, table: str, files: Sequence[str]) -> Entry:
    """Write a new load into the ledger, under the next number."""
    last = engine.query("SELECT max(load_id) FROM loads").scalar()
    entry = Entry(last + 1, table, tuple(files), State.STAGING, datetime.now(UTC))
    record(engine, entry)
    return entry


def record(engine: Engine, entry: Entry) -> None:
    """Write an entry's present state."""
    engine.command(
        f"INSERT INTO loads ({_COLUMNS}, updated_at) SELECT {{load_id:UInt32}}, {{table:String}}, "
        f"{{files:Array(String)}}, "
        "{state:String}, {partitions:Array(String)}, {rows:UInt64}, {accepted:UInt64}, {duplicates:UInt64}, "
        "{quarantined:UInt64}, {started_at:DateTime64(3, 'UTC')}, now64(6)",
        {
            "load_id": entry.load_id,
            "table": entry.table,
            "files": list(entry.files),
            "state": entry.state.value,
            "partitions": list(entry.partitions),
            "rows": entry.rows,
            "accepted": entry.accepted,
            "duplicates": entry.duplicates,
            "quarantined": entry.quarantined,
            "started_at": entry.started_at,
        },
    )


def move(engine: Engine, entry: Entry, state: State) -> Entry:
    """Record the entry in another state, and return it."""
    moved = replace(entry, state=state)
    record(engine, moved)
    return moved


def unfinished(engine: Engine) -> list[Entry]:
    """Loads that a process left between begin and done, oldest first."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM loads FINAL WHERE state IN ('staging', 'committing') ORDER BY load_id"
    )
    return [_entry(row) for row in found.dicts()]


def load_as_of(engine: Engine, instant: datetime) -> int:
    """The last load that was done at an instant; 0 before the first. Loads end one after the other, in their order."""
    found = engine.query(
        "SELECT max(load_id) FROM loads FINAL WHERE state = 'done' AND updated_at <= {instant:DateTime64(6, 'UTC')}",
        {"instant": instant.astimezone(UTC)},
    )
    load: int = found.scalar()
    return load


def last_done(engine: Engine) -> datetime | None:
    """When the last load was done; None before the first."""
    found = engine.query("SELECT max(updated_at), count() FROM loads FINAL WHERE state = 'done'").rows[0]
    return found[0].replace(tzinfo=UTC) if found[1] else None


def recent(engine: Engine, limit: int) -> list[Entry]:
    """The newest loads, newest first."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM loads FINAL ORDER BY load_id DESC LIMIT {{limit:UInt32}}", {"limit": limit}
    )
    return [_entry(row) for row in found.dicts()]


def _entry(row: dict[str, Any]) -> Entry:
    lists = {"files": tuple(row["files"]), "partitions": tuple(row["partitions"])}
    return Entry(**{**row, **lists, "state": State(row["state"])})
