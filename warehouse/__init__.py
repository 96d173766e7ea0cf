"""ClickHouse: connection, migrations, the model, the query compiler, masks as SQL, loads."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.engine.address import Embedded, parse
from warehouse.engine.folder import FolderLock
from warehouse.engine.limits import Limits

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse
else:

    def __getattr__(name: str) -> Any:
        """`Warehouse`, imported on first use: code that needs only a model or an error does not load the engine."""
        if name != "Warehouse":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from warehouse.warehouse import Warehouse

        return Warehouse


__all__ = ["Warehouse", "open_warehouse"]


def _no_key() -> bytes:
    """The hash key of a warehouse that was given none."""
    return b""


def open_warehouse(
    address: str,
    limits: Limits | None = None,
    base: Path | None = None,
    hash_key: Callable[[], bytes] = _no_key,
    lock: FolderLock | None = None,
    tell: Callable[[str], None] | None = None,
) -> "Warehouse":
    """Open the warehouse at an address of MARQUEE_WAREHOUSE's form. `hash_key` is called when the key of tombstones is
    needed. A caller that holds the folder's lock already passes it. `tell` is called with a sentence whenever another
    process on a server must be waited for.

    Raises: BadInput for the address, WarehouseHeld when another process has the folder, Unavailable.
    """
    where = parse(address, base)
    if isinstance(where, Embedded) and lock is None:
        lock = FolderLock(where.folder)
    # Imported after the lock is taken: a command that finds the folder held is sent to its holder, and need not wait
    # for the engine's driver, Arrow and NumPy to load.
    from warehouse.opening import open_at

    return open_at(where, lock, limits or Limits(), hash_key, tell)
