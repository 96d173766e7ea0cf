"""Exporting a warehouse as Parquet: all tables of one moment, with the ledger, old versions and undone rows.

Loads go on meanwhile. A partition whose file is there is not written again, so exporting to the same folder later
writes what has changed.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.engine.engine import Engine
from warehouse.engine.folder_sync import FolderSync
from warehouse.errors import BadInput, Unavailable
from warehouse.forgetting.forgotten_file import stored_tombstones
from warehouse.query.local_time import instant_text
from warehouse.tables.table_snapshots import table_snapshots
from warehouse.transfer.manifest import NAME, Manifest, Piece, read_manifest
from warehouse.transfer.moved_tables import MovedTable, moved_tables

# Rows of a group in a file: what is held in memory when it is read.
_GROUP_ROWS = 250_000
# The names of an export's files, see `pieces_of`.
_OF_EXPORT = re.compile(r".+-\d+-[0-9a-f]{16}\.parquet(\.writing)?")


@dataclass(frozen=True)
class Exported:
    """A finished export: of its files, so many had to be written."""

    manifest: Manifest
    files_written: int


def export(engine: Engine, dest: Path, held: AbstractContextManager[None]) -> Exported:
    """Export the warehouse to a folder; files of an earlier export there that are out of date are removed. `held` keeps
    loads out for a moment.

    Raises: BadInput where the folder holds an export that can't be read; Unavailable when the folder can't be written,
    or a person was forgotten meanwhile. Then the folder holds the export that it held before, and nothing else.
    """
    try:
        dest.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone_in(dest):
            before = _found(dest)
            # What an export that was killed has left: who was forgotten since may be in it.
            _remove_all_but(dest, before)
            try:
                manifest, written = _write_all(engine, dest, held)
                FolderSync.once(dest)
                manifest.write(dest)
            except BaseException:
                _remove_all_but(dest, before)
                raise
            FolderSync.once(dest)
            _remove_all_but(dest, manifest)
    except OSError as error:
        raise Unavailable(
            f"The export can't be written to {dest}: {error.strerror}. The one that was there before is kept."
        ) from error
    return Exported(manifest, written)


def _found(dest: Path) -> Manifest | None:
    """The export that a folder holds, if it holds one.

    Raises: BadInput for one that can't be read: its files are not ours to remove.
    """
    if not (dest / NAME).exists():
        return None
    try:
        return read_manifest(dest)
    except BadInput as error:
        raise BadInput(
            f"{dest} holds an export that this version of Marquee can't read. Name another folder, or remove it."
        ) from error


def _write_all(engine: Engine, dest: Path, held: AbstractContextManager[None]) -> tuple[Manifest, int]:
    """Write the files of one moment that are not there; returns what is in the folder, and how many were written."""
    tables, now = moved_tables(engine), datetime.now(UTC)
    with table_snapshots(engine, [table.name for table in tables], held) as names:
        known = {table.name: pieces_of(engine, table, names[table.name]) for table in tables}
        last_load = engine.query(f"SELECT max(load_id) FROM {names['loads']}").scalar()
        forgotten = stored_tombstones(engine, names["forgotten"])
        written = sum(_write_missing(engine, dest, table, names[table.name], known[table.name]) for table in tables)
        migration = engine.query("SELECT max(number) FROM schema_migrations").scalar()
    return Manifest(instant_text(now), version("marquee"), migration, last_load, known, sorted(forgotten)), written


def _remove_all_but(dest: Path, manifest: Manifest | None) -> None:
    """Remove an export's files that belong to none: it is out of date, or was killed or refused. Other files that lie
    there stay."""
    kept = manifest.files if manifest else set()
    for file in dest.glob("*/*.parquet*"):
        if _OF_EXPORT.fullmatch(file.name) and str(file.relative_to(dest)) not in kept:
            file.unlink()


@contextmanager
def _alone_in(dest: Path) -> Iterator[None]:
    """Keep other exports out of the folder for the block.

    Raises: Unavailable while another process exports to it.
    """
    folder = os.open(dest, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(f"Another process exports to {dest}. Wait for it, or name another folder.") from error
        yield
    finally:
        os.close(folder)


def pieces_of(engine: Engine, table: MovedTable, name: str) -> dict[str, Piece]:
    """The partitions of a table (`name` may be one of a moment) as they would be written. Reads all rows."""
    found = engine.stream(
        # The names of columns must not be those of the result.
        f"SELECT _partition_id AS piece_, count() AS rows_, sum({table.hash_sql}) AS fingerprint_ "
        f"FROM {table.source(name)} GROUP BY piece_ ORDER BY piece_"
    )
    rows = (
        {name.removesuffix("_"): value for name, value in row.items()} for batch in found for row in batch.to_pylist()
    )
    return {
        row["piece"]: Piece(
            f"{table.name}/{row['piece']}-{row['rows']}-{row['fingerprint']:016x}.parquet",
            row["rows"],
            row["fingerprint"],
        )
        for row in rows
    }


def _write_missing(engine: Engine, dest: Path, table: MovedTable, name: str, pieces: Mapping[str, Piece]) -> int:
    """Write the files that are not there; returns how many."""
    written = 0
    for part, piece in pieces.items():
        file = dest / piece.file
        if not file.exists():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            _write(engine, table, name, part, file)
            written += 1
    return written


def _write(engine: Engine, table: MovedTable, name: str, part: str, file: Path) -> None:
    arriving = file.with_name(f"{file.name}.writing")
    batches = engine.stream(
        f"SELECT {', '.join(table.written)} FROM {table.source(name)} WHERE _partition_id = {{part:String}}",
        {"part": part},
    )
    writer: pq.ParquetWriter | None = None
    try:
        for batch in batches:
            writer = writer or pq.ParquetWriter(arriving, batch.schema, compression="zstd")
            writer.write_table(pa.Table.from_batches([batch]), row_group_size=_GROUP_ROWS)
    finally:
        if writer:
            writer.close()
    arriving.replace(file)
