"""The ledger of loads: one row per load, whose state moves from `staging` to `committing` to `done`, and to `undone`
when it is taken back. Repeats are recognised by row, not by file: `row_verdicts.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput, Unavailable
from warehouse.tables.data_changes import HALF_IMPORTED, IS_IMPORTING


class State(StrEnum):
    """The state of a load. Only rows of a DONE load are promised; recovery ends loads in an earlier state."""

    STAGING = "staging"
    COMMITTING = "committing"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


@dataclass(frozen=True)
class Entry:
    """One load. `partitions` are the `table/partition id` that its commit touches.

    accepted + duplicates + quarantined = rows, always: when rows leave the quarantine, the counts of the load that
    brought them change too. `retry_of` is the load whose quarantined rows this one released; `undo_of` is the load that
    this one takes back, and may replace with rows of its own; 0 is none. `updated_at` is when this was written, None
    before; the newest row counts.
    """

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
    retry_of: int = 0
    undo_of: int = 0
    done_at: datetime | None = None
    updated_at: datetime | None = None


# Higher than any load's number.
NO_END = 2**32 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INSTANTS = ("started_at", "done_at", "updated_at")
_WRITTEN = pa.schema(
    [
        ("load_id", pa.uint32()),
        ("table", pa.string()),
        ("files", pa.list_(pa.string())),
        ("state", pa.string()),
        ("partitions", pa.list_(pa.string())),
        ("rows", pa.uint64()),
        ("accepted", pa.uint64()),
        ("duplicates", pa.uint64()),
        ("quarantined", pa.uint64()),
        ("retry_of", pa.uint32()),
        ("undo_of", pa.uint32()),
        *((name, pa.timestamp("us", "UTC")) for name in _INSTANTS),
    ]
)
_COLUMNS = ", ".join(_WRITTEN.names)
# SQL of whether a load brought files of its own: not a retry, and not an undo without a replacement.
_OF_FILES = "retry_of = 0 AND (undo_of = 0 OR rows > 0)"


def begin(engine: Engine, table: str, files: Sequence[str], retry_of: int = 0, undo_of: int = 0) -> Entry:
    """Write a new load into the ledger, under the next number."""
    return begin_several(engine, table, [files], retry_of, undo_of)[0]


def begin_several(
    engine: Engine, table: str, sources: Sequence[Sequence[str]], retry_of: int = 0, undo_of: int = 0
) -> tuple[Entry, ...]:
    """Write new loads into the ledger, one for the files of each source, under the next numbers.

    Raises: Unavailable after an interrupted import: the tables may have its rows while the ledger does not have its
    loads yet, so their numbers would be given twice.
    """
    last, newest, is_half_imported = engine.query(
        f"SELECT max(load_id), max(updated_at), {IS_IMPORTING} FROM loads"
    ).rows[0]
    if is_half_imported:
        raise Unavailable(HALF_IMPORTED)
    entries = (
        Entry(
            number,
            table,
            tuple(files),
            State.STAGING,
            datetime.now(UTC),
            retry_of=retry_of,
            undo_of=undo_of,
            updated_at=_instant(newest),
        )
        for number, files in enumerate(sources, last + 1)
    )
    return record(engine, *entries)


def record(engine: Engine, *entries: Entry) -> tuple[Entry, ...]:
    """Write the state of entries, all or none, as one block. Returns them as written.

    The ledger never says more than the disk holds: all that was written before is synced first, and its own rows before
    anything that follows from them. Losing an entry that only begins a load loses nothing.

    Raises: LeaseLost when another process has taken over writing.
    """
    # The newest state must win, and loads must end in order, even if the machine's clock was set back.
    now = max(datetime.now(UTC), *((one.updated_at or _EPOCH) + _MICROSECOND for one in entries))
    written = tuple(
        replace(one, updated_at=now, done_at=one.done_at or (now if one.state is State.DONE else None))
        for one in entries
    )
    rows = [{**vars(one), "done_at": one.done_at or _EPOCH} for one in written]
    is_promise = any(one.state is not State.STAGING for one in written)
    if is_promise:
        engine.sync()
    engine.write("loads", pa.Table.from_pylist(rows, _WRITTEN))
    if is_promise:
        engine.sync()
    return written


def move_all(engine: Engine, entries: Sequence[Entry], state: State) -> tuple[Entry, ...]:
    """Record entries in another state, all or none, and return them."""
    return record(engine, *(replace(one, state=state) for one in entries))


def move(engine: Engine, entry: Entry, state: State) -> Entry:
    """Record the entry in another state, and return it."""
    return record(engine, replace(entry, state=state))[0]


def erase(engine: Engine, entry: Entry) -> None:
    """Remove a failed load, of which nothing is stored."""
    engine.command(
        f"DELETE FROM loads WHERE load_id = {entry.load_id} AND load_id NOT IN "
        "(SELECT load_id FROM loads WHERE state != 'failed' AND state != 'staging')"
    )


def unfinished(engine: Engine) -> list[Entry]:
    """Loads that are neither done nor failed, oldest first."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM loads FINAL WHERE state IN ('staging', 'committing') ORDER BY load_id"
    )
    return [_entry(row) for row in found.dicts()]


def failed_spans(engine: Engine) -> list[tuple[datetime, datetime]]:
    """From when to when each failed load was under way; what was written meanwhile is of no load that was done."""
    found = engine.query("SELECT started_at, updated_at FROM loads FINAL WHERE state = 'failed'")
    return [(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)) for start, end in found.rows]


@dataclass(frozen=True)
class KeptFrom:
    """The first load of which history is kept, and when it was done."""

    load: int
    at: datetime


def kept_from(engine: Engine) -> KeptFrom | None:
    """From which load on history is kept; None if all of it is."""
    load, at = engine.query("SELECT max(from_load), argMax(from_at, from_load) FROM kept_history").rows[0]
    return KeptFrom(load, at.replace(tzinfo=UTC)) if load else None


def load_as_of(engine: Engine, instant: datetime) -> int:
    """The last load that was done at an instant; 0 before the first. Loads end in order.

    Raises: BadInput for an instant of which history is not kept.
    """
    found = engine.query(
        "SELECT max(load_id) FROM loads FINAL WHERE state IN ('done', 'undone') "
        "AND done_at <= {instant:DateTime64(6, 'UTC')}",
        {"instant": instant.astimezone(UTC)},
    )
    load: int = found.scalar()
    kept = kept_from(engine)
    if kept and load < kept.load:
        raise BadInput(
            f"History is kept from {kept.at:%Y-%m-%d %H:%M:%S} UTC on. Ask as of that moment or a later one."
        )
    return load


def undone_sql(after: int = 0, by: int = NO_END) -> str:
    """SQL of the loads that were taken back by an undo whose number is above `after` and at most `by`."""
    # What an undo took back stays undone, even if the undo brought rows itself and was undone for them.
    undoings = f"state IN ('done', 'undone') AND undo_of != 0 AND load_id > {int(after)} AND load_id <= {int(by)}"
    return (
        "(SELECT load_id FROM loads FINAL WHERE state = 'undone' AND if(retry_of = 0, load_id, retry_of) IN "
        f"(SELECT undo_of FROM loads FINAL WHERE {undoings}))"
    )


def with_retries(engine: Engine, load_id: int) -> list[Entry]:
    """A done load, and the loads that released its rows from the quarantine."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM loads FINAL WHERE state = 'done' AND {{load:UInt32}} IN (load_id, retry_of) "
        "ORDER BY load_id",
        {"load": load_id},
    )
    return [_entry(row) for row in found.dicts()]


def last_done(engine: Engine) -> datetime | None:
    """When the last load was done; None before the first."""
    found = engine.query("SELECT max(done_at), count() FROM loads FINAL WHERE state = 'done'").rows[0]
    return found[0].replace(tzinfo=UTC) if found[1] else None


def recent(engine: Engine, limit: int) -> list[Entry]:
    """The newest loads, newest first."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM loads FINAL ORDER BY load_id DESC LIMIT {{limit:UInt32}}", {"limit": limit}
    )
    return [_entry(row) for row in found.dicts()]


def unchecked(engine: Engine) -> list[Entry]:
    """Done loads of files without checks, oldest first. Loads from before checks existed get none."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM loads AS l FINAL LEFT JOIN "
        "(SELECT table, max(load_id) AS last FROM load_checks GROUP BY table) AS c ON l.table = c.table "
        f"WHERE state = 'done' AND {_OF_FILES} AND load_id > c.last "
        "AND done_at > (SELECT max(applied_at) FROM schema_migrations WHERE number = 13) ORDER BY load_id"
    )
    return [_entry(row) for row in found.dicts()]


def between(engine: Engine, first: int, last: int) -> list[Entry]:
    """Done loads of files from `first` to `last`, both included, in order; undone ones too."""
    found = engine.query(
        f"SELECT {_COLUMNS} FROM loads FINAL WHERE state IN ('done', 'undone') AND {_OF_FILES} "
        "AND load_id BETWEEN {first:UInt32} AND {last:UInt32} ORDER BY load_id",
        {"first": first, "last": last},
    )
    return [_entry(row) for row in found.dicts()]


def files_of(engine: Engine, load_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The names of the files of loads."""
    found = engine.query(
        "SELECT load_id, argMax(files, updated_at) FROM loads WHERE load_id IN {loads:Array(UInt32)} GROUP BY load_id",
        {"loads": sorted(load_ids)},
    )
    return {load_id: tuple(files) for load_id, files in found.rows}


def find(engine: Engine, load_id: int) -> Entry | None:
    """A load by its number; None if there is none."""
    found = engine.query(f"SELECT {_COLUMNS} FROM loads FINAL WHERE load_id = {{load:UInt32}}", {"load": load_id})
    return _entry(found.dicts()[0]) if found.rows else None


def _entry(row: dict[str, Any]) -> Entry:
    lists = {"files": tuple(row["files"]), "partitions": tuple(row["partitions"])}
    instants = {name: _instant(row[name]) for name in _INSTANTS}
    return Entry(**{**row, **lists, **instants, "state": State(row["state"])})


def _instant(found: datetime) -> datetime | None:
    instant = found.replace(tzinfo=UTC)
    return None if instant == _EPOCH else instant
