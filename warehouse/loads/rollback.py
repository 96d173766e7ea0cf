"""Rollback: an unfinished load of a fact is removed from facts, rollups and quarantine, whatever it had shown.

Removing needs disk space, and the disk may be full by then. So space is reserved before anything is shown.
"""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from warehouse.engine.address import Address, Embedded
from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable, disk_is_full
from warehouse.loads import ledger
from warehouse.loads.ledger import Entry, State
from warehouse.loads.rejected_rows import drop_rejected
from warehouse.model.rollups import ROLLUPS
from warehouse.tables.rebuild import rebuild_partitions

# Space that the engine reserves besides the rows: a mebibyte per part, and the ledger.
_LEAST_BYTES = 24 * 2**20


def roll_back(engine: Engine, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Remove the rows of unfinished loads, and rebuild the months that they touched. Repeatable."""
    committing = [one for one in entries if one.state is State.COMMITTING]
    for fact in sorted({one.table for one in committing}):
        loads = ", ".join(str(one.load_id) for one in committing if one.table == fact)
        engine.command(f"ALTER TABLE {fact} DELETE WHERE load_id IN ({loads}) SETTINGS mutations_sync = 2")
    rollups = {rollup.name: rollup for rollup in ROLLUPS}
    for piece in sorted({piece for one in committing for piece in one.partitions}):
        table, _, partition = piece.partition("/")
        if table in rollups:
            rebuild_partitions(engine, rollups[table], [partition])
    drop_rejected(engine, *(one.load_id for one in entries))
    return ledger.move_all(engine, entries, State.FAILED)


@contextmanager
def room_to_roll_back(engine: Engine, pieces: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Reserve the disk space that rolling back (table, partition) pieces needs; it is freed at once on an error. Does
    nothing on a server.

    Raises: Unavailable when the disk has not enough space.
    """
    file = _reserve(engine.address)
    if file is None:
        yield
        return
    _set_aside(file, _LEAST_BYTES + 2 * _rolled_up_bytes(engine, pieces))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def give_up_room(address: Address) -> None:
    """Free the reserved space, or what a killed process had reserved."""
    file = _reserve(address)
    if file is not None:
        file.unlink(missing_ok=True)


def _reserve(address: Address) -> Path | None:
    return address.folder / "marquee.reserve" if isinstance(address, Embedded) else None


def _set_aside(file: Path, size_bytes: int) -> None:
    try:
        with file.open("wb") as held:
            os.posix_fallocate(held.fileno(), 0, size_bytes)
    except OSError as error:
        file.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_is_full() from error
        raise Unavailable(f"The warehouse folder can't be written: {error.strerror}.") from error


def _rolled_up_bytes(engine: Engine, pieces: Sequence[tuple[str, str]]) -> int:
    rolled_up = [(table, piece) for table, piece in pieces if table.endswith("_analytics")]
    found = engine.query(
        # The tables are named for themselves, because the engine then looks at no others.
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE database = currentDatabase() AND active "
        "AND table IN {tables:Array(String)} AND concat(table, '/', partition_id) IN {pieces:Array(String)}",
        {
            "tables": sorted({table for table, _ in rolled_up}),
            "pieces": [f"{table}/{piece}" for table, piece in rolled_up],
        },
    )
    return int(found.scalar())
