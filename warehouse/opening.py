"""Opening a warehouse: first its folder's lock, then all that works with it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.engine.address import Embedded, parse
from warehouse.engine.folder import FolderLock
from warehouse.engine.limits import Limits

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse


def _no_key() -> bytes:
    """Where none was given."""
    return b""


def open_warehouse(
    address: str,
    limits: Limits | None = None,
    base: Path | None = None,
    hash_key: Callable[[], bytes] = _no_key,
    lock: FolderLock | None = None,
) -> "Warehouse":
    """Open the warehouse at an address of MARQUEE_WAREHOUSE's form; `hash_key` gives the key of tombstones when asked.
    Who has the folder's lock already hands it over.

    Raises: BadInput for the address, WarehouseHeld when another process has the folder, Unavailable.
    """
    where = parse(address, base)
    if isinstance(where, Embedded) and lock is None:
        lock = FolderLock(where.folder)
    # Not above: the engine's driver, Arrow and NumPy take longer to import than a command takes that finds the folder
    # held and is sent to its holder.
    from warehouse.warehouse import Warehouse

    return Warehouse(where, lock, limits or Limits(), hash_key)
