"""Opening a warehouse: create or migrate it, finish or undo what a process that died left, then hand it out.

Steps run in the order of the code below, while no load and no reader can be there.
"""

from warehouse.audit.log import AuditTable
from warehouse.audit.record import AuditKind, own_work, recording
from warehouse.backup.frozen import remove_frozen
from warehouse.checks.inspector import Inspector
from warehouse.engine.address import Address, Embedded
from warehouse.engine.engine import Engine
from warehouse.engine.fifo_lock import FifoLock
from warehouse.engine.folder import FolderLock
from warehouse.engine.limits import Limits
from warehouse.engine.open_mark import mark_open
from warehouse.forgetting.forget import finish_forgetting
from warehouse.forgetting.tombstones import HashKey, Tombstones
from warehouse.loads.recovery import recover
from warehouse.loads.rollback import give_up_room
from warehouse.pipeline_runs import interrupt_unfinished
from warehouse.revocations import Revocations
from warehouse.staging.swap import finish_swaps
from warehouse.tables.damage import mend
from warehouse.tables.migrate import migrate
from warehouse.tables.rebuild import fill_rollups, stale_rollups
from warehouse.tables.reconcile import reconcile
from warehouse.tables.table_settings import apply_settings
from warehouse.tables.torn_files import remove_torn_files
from warehouse.warehouse import Repairs, Warehouse


def open_at(address: Address, lock: FolderLock | None, limits: Limits, hash_key: HashKey) -> Warehouse:
    """Open the warehouse at an address. An embedded folder's `lock` is released when it can't be opened."""
    try:
        return _opened(address, lock, limits, hash_key)
    except BaseException:
        if lock:
            lock.release()
        raise


def _opened(address: Address, lock: FolderLock | None, limits: Limits, hash_key: HashKey) -> Warehouse:
    if isinstance(address, Embedded):
        give_up_room(address)
        remove_torn_files(address.folder)
        remove_frozen(address)
        mark_open(address.folder)
    engine = Engine(address, limits)
    repairs = _repaired(engine, is_ours_alone=lock is not None)
    load_lock = FifoLock()
    opened = Warehouse(
        engine,
        lock,
        load_lock,
        Tombstones(engine, hash_key),
        Revocations(engine, is_shared=not isinstance(address, Embedded)),
        Inspector(engine, load_lock.hold),
        AuditTable(address, limits),
        repairs,
    )
    _log_migrations(opened)
    opened.forget_again(by="opening")
    # Loads that a process which died had not checked yet.
    opened.inspector.check()
    return opened


def _repaired(engine: Engine, is_ours_alone: bool) -> Repairs:
    migrated = migrate(engine)
    new = reconcile(engine)
    apply_settings(engine)
    recovered = recover(engine)
    if is_ours_alone:
        interrupt_unfinished(engine)
        # On a server another process may be about to swap: its next swap finishes what a dead one had begun.
        finish_swaps(engine)
    finish_forgetting(engine)
    lost = mend(engine)
    # On a server another process may be filling what it has made stale.
    fill_rollups(engine, stale_rollups(engine) if is_ours_alone else new)
    return Repairs(migrated, recovered, lost)


def _log_migrations(opened: Warehouse) -> None:
    if opened.repairs.migrated:
        with recording(opened.audit.take, own_work(AuditKind.ADMIN, "migrate")) as record:
            record.note(", ".join(opened.repairs.migrated))
