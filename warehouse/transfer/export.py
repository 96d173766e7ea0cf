"""Exporting a warehouse as Parquet: all tables of one moment, with the ledger, old versions and undone rows.

Loads go on meanwhile. A partition whose file is there is not written again, so exporting to the same folder later
writes what has changed.
"""

import errno
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.engine.engine import Engine
from warehouse.engine.folder_sync import FolderSync
from warehouse.errors import Unavailable, disk_is_full
from warehouse.forgetting.forgotten_file import stored_tombstones
from warehouse.tables.table_snapshots import table_snapshots
from warehouse.transfer.manifest import Manifest, Piece
from warehouse.transfer.moved_tables import MovedTable, moved_tables

# Rows of a group in a file: what is held in memory when it is read.
_GROUP_ROWS = 250_000


@dataclass(frozen=True)
class Exported:
    """A finished export: of its files, so many had to be written."""

    manifest: Manifest
    files_written: int


def export(engine: Engine, dest: Path, held: AbstractContextManager[None]) -> Exported:
    """Export the warehouse to a folder; files of an earlier export there that are out of date are removed. `held` keeps
    loads out for a moment.

    Raises: Unavailable when the folder can't be written, or a person was forgotten meanwhile.
    """
    try:
        dest.mkdir(mode=0o700, parents=True, exist_ok=True)
        tables = moved_tables(engine)
        now = datetime.now(UTC)
        with table_snapshots(engine, [table.name for table in tables], held) as names:
            known = {table.name: pieces_of(engine, table, names[table.name]) for table in tables}
            last_load = engine.query(f"SELECT max(load_id) FROM {names['loads']}").scalar()
            forgotten = stored_tombstones(engine, names["forgotten"])
            written = sum(_write_missing(engine, dest, table, names[table.name], known[table.name]) for table in tables)
            migration = engine.query("SELECT max(number) FROM schema_migrations").scalar()
        manifest = Manifest(now.isoformat(), version("marquee"), migration, last_load, known, sorted(forgotten))
        FolderSync.once(dest)
        manifest.write(dest)
        FolderSync.once(dest)
        for file in dest.glob("*/*.parquet*"):
            if str(file.relative_to(dest)) not in manifest.files:
                file.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_is_full() from error
        raise Unavailable(f"The export can't be written to {dest}: {error.strerror}.") from error
    return Exported(manifest, written)


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
