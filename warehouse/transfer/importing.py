"""Importing an export: into a new warehouse, or into one that an earlier export of the same warehouse made, which then
catches up.

Partitions that differ are made aside from the files and compared with the manifest; only then do they replace the old
ones. Rollups are stale from that moment, so facts answer until they are filled. The ledger comes last: an import that
is interrupted is completed by doing it again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput, Unavailable
from warehouse.forgetting.forgotten_file import stored_tombstones
from warehouse.forgetting.tombstones import Tombstones
from warehouse.model.dictionaries import DICTIONARIES
from warehouse.model.rollups import ROLLUPS
from warehouse.plurals import counted
from warehouse.tables.data_changes import ChangeKind, changing_data, end_import
from warehouse.tables.rebuild import rebuild_partitions
from warehouse.tables.rollup_tables import FACT, note_all_stale, note_filled, stale_versions
from warehouse.tables.scratch_tables import make_scratch_table, remove_partition
from warehouse.tables.shadow_tables import partitions
from warehouse.transfer.absent_people import leave_out
from warehouse.transfer.export import pieces_of
from warehouse.transfer.manifest import Manifest, Piece, read_manifest
from warehouse.transfer.moved_tables import ADDED_TO, MovedTable, moved_tables
from warehouse.warehouse import Warehouse

_LEDGER = "loads"
_BATCH_ROWS = 250_000


@dataclass(frozen=True)
class Imported:
    """What an import came to: partitions that were replaced, added or removed, and how many people, forgotten here and
    not there, were left out."""

    manifest: Manifest
    partitions: int
    forgotten: int


def import_export(warehouse: Warehouse, source: Path) -> Imported:
    """Make a warehouse what an export says. Holds the load lock; readers wait for the exchange alone.

    Raises: BadInput for a folder that is not a complete export, has another schema, or lacks loads that the warehouse
    has; Unavailable when a file does not hold what the manifest says.
    """
    manifest = read_manifest(source)
    _check_files(source, manifest)
    engine = warehouse.engine
    with warehouse.recording_admin("import") as record, warehouse.exclusive():
        _check_schema(engine, manifest)
        _check_ledger(engine, source, manifest)
        lacking = stored_tombstones(engine) - set(manifest.forgotten)
        changes = _changes(engine, manifest)
        for change in changes:
            _make(engine, source, change)
        changes = [change for change in changes if _lacks_rows(engine, change)]
        changes, left_out = _without_people(engine, warehouse.tombstones, lacking, changes)
        if changes:
            _show(warehouse, changes)
        end_import(engine, warehouse.data_lock.writing)
        record.note(f"{len(changes)} tables of the export of {manifest.made_at}")
        if left_out:
            record.note(f"without people who were forgotten here: {left_out:,}")
    warehouse.revocations.read()
    warehouse.refill.wait()
    return Imported(manifest, sum(len(change.parts) for change in changes), left_out)


@dataclass(frozen=True)
class _Change:
    """The partitions of a table that differ, each as it will be; None for one that goes."""

    table: MovedTable
    parts: Mapping[str, Piece | None]


def _check_files(source: Path, manifest: Manifest) -> None:
    for pieces in manifest.tables.values():
        for piece in pieces.values():
            try:
                rows = pq.read_metadata(source / piece.file).num_rows
            except (OSError, pa.ArrowException) as error:
                raise BadInput(f"The export {source} is damaged: {piece.file} can't be read. Export again.") from error
            if rows != piece.rows:
                raise BadInput(
                    f"The export {source} is damaged: {piece.file} has {counted(rows, 'row')} instead of "
                    f"{piece.rows:,}. Export again."
                )


def _check_schema(engine: Engine, manifest: Manifest) -> None:
    ours = engine.query("SELECT max(number) FROM schema_migrations").scalar()
    if ours != manifest.migration:
        raise BadInput(
            f"The export has schema {manifest.migration}, and this warehouse {ours}. Use one version of Marquee for "
            "both: upgrade the older one, and export again."
        )


def _check_ledger(engine: Engine, source: Path, manifest: Manifest) -> None:
    """Raises: BadInput when the warehouse has a load that the export does not know: its rows would be lost. The newest
    one tells, because loads are numbered in order, and history that is dropped begins with the oldest."""
    exported: set[tuple[int, int]] = set()
    for piece in manifest.tables.get(_LEDGER, {}).values():
        read = pq.read_table(source / piece.file, columns=["load_id", "started_at"])
        started = read["started_at"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_pylist()
        exported |= set(zip(read["load_id"].to_pylist(), started, strict=True))
    newest = engine.query(
        "SELECT load_id, toUnixTimestamp64Milli(started_at) FROM loads FINAL WHERE state != 'failed' "
        "ORDER BY load_id DESC LIMIT 1"
    ).rows
    if newest and tuple(newest[0]) not in exported:
        raise BadInput(
            f"This warehouse has a load of its own, {newest[0][0]}, which the export lacks: its rows would be lost. "
            "Import into a new warehouse, or into one that only imports have filled, the last of them since the "
            "history that the export begins with."
        )


def _changes(engine: Engine, manifest: Manifest) -> list[_Change]:
    """What differs, the ledger last."""
    changes = []
    for table in sorted(moved_tables(engine), key=lambda one: one.name == _LEDGER):
        here, there = pieces_of(engine, table, table.name), manifest.tables.get(table.name, {})
        parts = {
            part: there.get(part)
            for part in sorted({*here, *there})
            if here.get(part) != there.get(part) and (part in there or table.name not in ADDED_TO)
        }
        if parts:
            changes.append(_Change(table, parts))
    return changes


def _make(engine: Engine, source: Path, change: _Change) -> None:
    """Fill a scratch table with the partitions as they will be.

    Raises: Unavailable when a file does not hold what the manifest says.
    """
    table, wanted = change.table, {part: piece for part, piece in change.parts.items() if piece}
    following, arriving = (engine.scratch_table(f"{table.name}{end}") for end in ("_next", "_computed"))
    for left in (following, arriving):
        engine.command(f"DROP TABLE IF EXISTS {left}")
    make_scratch_table(engine, f"{table.name}_next", f"AS {table.name}")
    make_scratch_table(engine, f"{table.name}_computed", f"({table.structure}) ENGINE = Memory")
    names = ", ".join(f"`{name}`" for name in table.columns)
    for piece in wanted.values():
        for rows in _batches(source / piece.file):
            engine.insert(arriving, rows)
            engine.command(f"INSERT INTO {following} ({names}) SELECT {', '.join(table.read)} FROM {arriving}")
            engine.command(f"TRUNCATE TABLE {arriving}")
    engine.command(f"DROP TABLE {arriving}")
    for part, piece in pieces_of(engine, table, following).items():
        if wanted.get(part) != piece:
            raise Unavailable(f"{source} does not hold of {table.name} what its manifest says. Export again.")


def _lacks_rows(engine: Engine, change: _Change) -> bool:
    """Whether showing a change changes anything: a table that is added to has rows of its own besides."""
    table, row = change.table.name, change.table.hash_sql
    following = engine.scratch_table(f"{table}_next")
    if table not in ADDED_TO:
        return True
    lacking = f"SELECT count() FROM {following} WHERE {row} NOT IN (SELECT {row} FROM {table})"
    return bool(engine.query(lacking).scalar())


def _without_people(
    engine: Engine, tombstones: Tombstones, wanted: Collection[str], changes: Sequence[_Change]
) -> tuple[list[_Change], int]:
    """Leave people out of what is about to be shown, and count them; a partition that only they had goes."""
    arriving = {one.table.name: engine.scratch_table(f"{one.table.name}_next") for one in changes}
    left_out = leave_out(engine, tombstones, wanted, arriving)
    kept = [_without_empty(engine, one) if one.table.name in left_out.tables else one for one in changes]
    return kept, left_out.people


def _without_empty(engine: Engine, change: _Change) -> _Change:
    there = set(partitions(engine, engine.scratch_table(f"{change.table.name}_next")))
    return replace(change, parts={part: piece if part in there else None for part, piece in change.parts.items()})


def _batches(file: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(file) as opened:
        for batch in opened.iter_batches(_BATCH_ROWS):
            yield pa.Table.from_batches([batch])


def _show(warehouse: Warehouse, changes: Sequence[_Change]) -> None:
    engine = warehouse.engine
    before = {rollup.name for rollup in stale_versions(engine)}
    note_all_stale(engine)
    pieces = [f"{change.table.name}/{part}" for change in changes for part in change.parts]
    with changing_data(engine, ChangeKind.IMPORT, pieces, warehouse.data_lock.writing):
        for change in changes:
            _exchange(engine, change)
        for dictionary in DICTIONARIES:
            engine.command(f"SYSTEM RELOAD DICTIONARY {dictionary.name}")
    for change in changes:
        engine.command(f"DROP TABLE {engine.scratch_table(f'{change.table.name}_next')}")
    changed = {change.table.name: change for change in changes}
    if before or changed.keys() & {"movies", "users"}:
        warehouse.refill.start()
    else:
        # Only months of which a session has come or gone.
        for rollup in ROLLUPS:
            rebuild_partitions(engine, rollup, list(changed[FACT].parts) if FACT in changed else [])
            note_filled(engine, rollup)


def _exchange(engine: Engine, change: _Change) -> None:
    table, following = change.table.name, engine.scratch_table(f"{change.table.name}_next")
    if table in ADDED_TO:
        known = f"(SELECT {change.table.hash_sql} FROM {table})"
        engine.command(
            f"INSERT INTO {table} SELECT * FROM {following} WHERE {change.table.hash_sql} NOT IN {known} "
            f"AND {engine.fence.holds}"
        )
        return
    for part, piece in change.parts.items():
        if piece:
            engine.command(f"ALTER TABLE {table} REPLACE PARTITION ID '{part}' FROM {following}")
        else:
            remove_partition(engine, table, part)
