"""Opening a warehouse: create or migrate it, finish or undo what a process that died left, then hand it out.

In a folder the steps run in the order of the code below, while no load and no reader can be there. On a server other
processes may be at work: there the next writer does this, see `writing.takeover`.
"""

from collections.abc import Callable
from dataclasses import replace

from warehouse.audit.log import AuditTable
from warehouse.audit.record import AuditKind, own_work, recording
from warehouse.backup.frozen_parts import remove_frozen
from warehouse.checks.check_schedule import Inspector
from warehouse.cluster.layout import local_table
from warehouse.engine.address import Address, Embedded
from warehouse.engine.engine import Engine
from warehouse.engine.folder import FolderLock
from warehouse.engine.limits import Limits
from warehouse.engine.open_mark import mark_open
from warehouse.errors import Unavailable
from warehouse.forgetting.forget import finish_forgetting
from warehouse.forgetting.tombstones import HashKey, Tombstones
from warehouse.loads.recovery import recover
from warehouse.loads.rollback import give_up_room
from warehouse.pipeline_runs import interrupt_unfinished
from warehouse.revocations import Revocations
from warehouse.staging.swap import finish_swaps
from warehouse.tables.damage import mend
from warehouse.tables.data_changes import finish_changes
from warehouse.tables.migrate import is_migrated, migrate
from warehouse.tables.rebuild import fill_rollups, stale_rollups
from warehouse.tables.reconcile import is_reconciled, reconcile
from warehouse.tables.rollup_tables import FACT
from warehouse.tables.table_settings import apply_settings
from warehouse.tables.table_snapshots import drop_table_snapshots
from warehouse.tables.torn_files import remove_torn_files
from warehouse.warehouse import Warehouse
from warehouse.writing.takeover import Repairs, begin_tenure
from warehouse.writing.write_lock import WriteLock
from warehouse.writing.writer_lease import WriterLease

Tell = Callable[[str], None]
SHORT_S = 10.0


def open_at(
    address: Address, lock: FolderLock | None, limits: Limits, hash_key: HashKey, tell: Tell | None = None
) -> Warehouse:
    """Open the warehouse at an address. An embedded folder's `lock` is released when it can't be opened."""
    try:
        return _opened(address, lock, limits, hash_key, tell)
    except BaseException:
        if lock:
            lock.release()
        raise


def _opened(
    address: Address, lock: FolderLock | None, limits: Limits, hash_key: HashKey, tell: Tell | None
) -> Warehouse:
    if isinstance(address, Embedded):
        give_up_room(address)
        remove_torn_files(address.folder)
        remove_frozen(address)
        mark_open(address.folder)
    engine = Engine(address, limits)
    if isinstance(address, Embedded):
        write_lock = WriteLock()
        repairs = _repaired(engine)
    else:
        beside = Engine(address, _short(limits))
        lease = WriterLease(engine, beside, limits.lease_seconds, limits.wait_seconds)
        lease.tell = tell or lease.tell
        write_lock = WriteLock(lease)
        repairs = _made_ready(engine, write_lock)
    opened = Warehouse(
        engine,
        lock,
        write_lock,
        Tombstones(engine, hash_key),
        Revocations(engine, is_shared=not isinstance(address, Embedded)),
        Inspector(engine, write_lock.hold),
        AuditTable(address, limits),
        repairs,
    )
    _log_migrations(opened)
    opened.forget_again(by="opening")
    if opened.is_ours_alone:
        # Loads that a process which died had not checked yet.
        opened.inspector.check()
    return opened


def _short(limits: Limits) -> Limits:
    """For statements about the lease: they take no time, and a server that does not answer is noticed soon."""
    return replace(limits, clients=2, statement_seconds=SHORT_S, load_seconds=SHORT_S, wait_seconds=SHORT_S)


def _repaired(engine: Engine) -> Repairs:
    """Of a folder that is ours alone: whatever is unfinished there is a dead process's."""
    migrated = migrate(engine)
    reconcile(engine)
    apply_settings(engine)
    recovered = recover(engine)
    interrupt_unfinished(engine)
    finish_swaps(engine)
    finish_forgetting(engine)
    finish_changes(engine)
    drop_table_snapshots(engine)
    lost = mend(engine)
    fill_rollups(engine, stale_rollups(engine))
    return Repairs(migrated, recovered, lost)


def _made_ready(engine: Engine, write_lock: WriteLock) -> Repairs:
    """Of a server: nothing is written where everything that readers need is there. What a dead process left unfinished
    is ended by the next writer."""
    _refuse_cluster(engine)
    migrated: list[str] = []
    if write_lock.lease and not (is_migrated(engine) and is_reconciled(engine)):

        def make_ready(fence_off: Callable[[], None]) -> None:
            migrated.extend(begin_tenure(engine, fence_off).migrated)

        write_lock.lease.prepare = make_ready
        with write_lock.hold():
            pass
    return Repairs(migrated, [], [])


def _refuse_cluster(engine: Engine) -> None:
    """Raises: Unavailable for a database with a cluster's tables. A load would show rows on one shard only."""
    if engine.query(f"EXISTS TABLE {local_table(FACT)}").scalar():
        raise Unavailable(
            f"The database {engine.database} has the tables of a cluster, which this version neither loads into nor "
            "answers from. Name another database in MARQUEE_WAREHOUSE."
        )


def _log_migrations(opened: Warehouse) -> None:
    if opened.repairs.migrated:
        with recording(opened.audit.take, own_work(AuditKind.ADMIN, "migrate")) as record:
            record.note(", ".join(opened.repairs.migrated))
