"""The warehouse: one value that holds the engine and the locks, and hands out loads."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date, datetime
from types import TracebackType
from typing import Self

from warehouse.alerts.history import AlertHistory
from warehouse.alerts.rules import Alerts
from warehouse.audit.log import AuditTable
from warehouse.audit.record import AuditKind, Record, joined, own_work
from warehouse.audit.writer import AuditWriter
from warehouse.boards import Boards
from warehouse.checks.check_schedule import Inspector
from warehouse.day_range import ALL_DAYS, DayRange
from warehouse.engine.address import Address, Embedded
from warehouse.engine.change_signal import ChangeSignal
from warehouse.engine.engine import Engine
from warehouse.engine.folder import FolderLock
from warehouse.engine.open_mark import mark_closed
from warehouse.engine.probe import Probe
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.errors import BadInput, MarqueeError
from warehouse.forgetting.forget import Forgotten, finish_forgetting, forget
from warehouse.forgetting.forgotten_file import (
    keep_out,
    note_forgotten,
    people_of,
    read_forgotten,
    stored_tombstones,
)
from warehouse.forgetting.tombstones import Tombstones
from warehouse.loads.dimension_load import DIMENSION_TABLES, DimensionLoad
from warehouse.loads.fact_load import FactLoad
from warehouse.loads.history_retention import HistoryAges, OldRows, drop_history
from warehouse.loads.ledger import Entry, State
from warehouse.loads.load import Load
from warehouse.loads.quarantine_release import Released, release_arrived
from warehouse.loads.recovery import recover
from warehouse.loads.repair import Repair
from warehouse.loads.replacement import Replacement
from warehouse.loads.shared_load import SharedLoad
from warehouse.loads.staging_tables import Stages
from warehouse.loads.undo import Undone, undo
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.published_operations import PublishedOperations
from warehouse.query.consistent_reads import ConsistentReads
from warehouse.query.reader import Reader
from warehouse.reports.history import ReportHistory
from warehouse.reports.schedules import Reports
from warehouse.revocations import Revocations
from warehouse.shared_spending import SharedSpending
from warehouse.staging.swap import finish_swaps
from warehouse.tables.data_changes import drop_partitions, finish_changes, rebuilding
from warehouse.tables.incoming_schemas import INCOMING
from warehouse.tables.partition_retention import OldPartition, Retention, old_partitions
from warehouse.tables.rebuild import rebuild_partitions, stale_rollups, stored_months
from warehouse.tables.refill import Refill
from warehouse.tables.table_snapshots import drop_table_snapshots
from warehouse.writing.data_version import DataVersion
from warehouse.writing.takeover import Repairs, begin_tenure
from warehouse.writing.write_lock import WriteLock

LOG = logging.getLogger("marquee.warehouse")


class Warehouse:
    """An open warehouse, as `open_warehouse` returns it; safe to use from threads.

    An embedded folder's `lock` is released when it is closed. `repairs` is what opening did to the data.
    """

    def __init__(
        self,
        engine: Engine,
        lock: FolderLock | None,
        write_lock: WriteLock,
        tombstones: Tombstones,
        revocations: Revocations,
        inspector: Inspector,
        audit_table: AuditTable,
        repairs: Repairs,
    ) -> None:
        self.engine = engine
        self.lock = lock
        self.tombstones = tombstones
        self.revocations = revocations
        self.boards = Boards(engine)
        self.alerts = Alerts(engine)
        self.alert_history = AlertHistory(engine, self.alerts, write_lock.hold)
        self.reports = Reports(engine)
        self.report_history = ReportHistory(engine, self.reports, write_lock.hold)
        self.published_operations = PublishedOperations(engine)
        self.inspector = inspector
        self.repairs = repairs
        self.change_signal = ChangeSignal()
        self.data_lock = ReadWriteLock(after_change=self.change_signal.notify)
        self.audit = AuditWriter(audit_table.append)
        self.spending = SharedSpending(engine, is_shared=lock is None)
        self.probe = Probe(engine.address, engine.limits)
        # Called when a load has ended, with its entry and why rows were put aside.
        self.on_load: Callable[[Entry, Mapping[str, int]], None] = lambda *_: None
        # Called when a batch of a topic is loaded: table, topic, and how many messages of each partition come after it.
        self.on_topic_lag: Callable[[str, str, Mapping[int, int]], None] = lambda *_: None
        self._audit_table = audit_table
        self._write_lock = write_lock
        self._one_takes_over = threading.Lock()
        # False once a load ended with an error: what it left is finished before the next one begins.
        self._is_settled = True
        self._stages = Stages(engine)
        self._version = DataVersion(
            engine, self.data_lock.note_change, self._take_over_from_the_dead, engine.limits.lease_seconds
        )
        self.read_consistently = ConsistentReads(
            self.data_lock, write_lock, None if self.is_ours_alone else self._version
        )
        self.refill = Refill(engine, write_lock)
        self.reader = Reader(engine, self.data_lock, is_shared=not self.is_ours_alone)
        if write_lock.lease:
            write_lock.lease.prepare = self._begin_tenure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Check waiting loads, fill stale rollups, write waiting audit records, close the engine, and release the
        folder."""
        self.tidy_up()
        self._stop_inspecting()
        self.refill.close()
        self._write_lock.close()
        self.spending.close()
        self.audit.close()
        self._audit_table.close()
        self.probe.close()
        self.engine.close()
        if isinstance(self.address, Embedded):
            mark_closed(self.address.folder)
        if self.lock:
            self.lock.release()

    def _stop_inspecting(self) -> None:
        """Check what waits; on a server only if nobody else is writing, because the others check it too."""
        if self.is_ours_alone:
            self.inspector.close()
            return
        if not self.inspector.is_waiting:
            self.inspector.stop()
            return
        with self._write_lock.hold_if_free() as is_held:
            if is_held:
                self.inspector.close()
            else:
                self.inspector.stop()

    @property
    def address(self) -> Address:
        """Where the data is."""
        return self.engine.address

    @property
    def is_ours_alone(self) -> bool:
        """Whether no other process can change the data: true for an embedded folder, false on a server."""
        return self.lock is not None

    @contextmanager
    def load(self, table: str, files: Sequence[str], replaces: int = 0, repairs: int = 0) -> Iterator[Load]:
        """Open a load of `table`; one at a time, others wait. Leaving without `commit` drops what was written. `commit`
        also takes back the load `replaces` in the same moment; 0 is none. Rows of a load that `repairs` another replace
        those that the other quarantined, by their numbers. The load is audited in the caller's record, or one of its
        own.

        Raises: BadInput for a table that takes no loads, or a load that can't be replaced; Unavailable when people were
        forgotten and can't be recognised, because the key of their tombstones is missing or has changed.
        """
        if table not in INCOMING:
            raise BadInput(f"There is no table {table} to load. Tables: {', '.join(INCOMING)}.")
        what = f" in the place of load {replaces}" if replaces else f" repairing load {repairs}" if repairs else ""
        with self._loading(table, lambda _: self._begun(table, files, replaces, repairs), what) as load:
            yield load

    @contextmanager
    def load_shared(self, table: str, sources: Sequence[Sequence[str]]) -> Iterator[Load]:
        """Open small loads of a fact as one, which are shown in the same moment: a load for each source, of the names
        of its files. Otherwise like `load`; `tidy_up` afterwards, when nobody waits for it.
        """

        def begun(is_stage_empty: bool) -> Load:
            return SharedLoad(self.engine, self.data_lock, table, sources, self.tombstones, is_stage_empty)

        with self._loading(table, begun) as load:
            yield load
            if load.entry.state is State.DONE:
                self._stages.note_shown(table)
                if not self.is_ours_alone:
                    self._stages.empty()

    def tidy_up(self) -> None:
        """Empty what shared loads staged. Holds the load lock."""
        if self._stages.are_to_be_emptied:
            with self._write_lock.hold():
                self._stages.empty()

    @contextmanager
    def _loading(self, table: str, begun: Callable[[bool], Load], what: str = "") -> Iterator[Load]:
        try:
            with (
                joined(self.audit.take, own_work(AuditKind.LOAD, f"load {table}")) as record,
                self.exclusive(),
                self._begun_load(table, begun, record, what) as load,
            ):
                yield load
        except BaseException:
            self._end_what_has_no_answer()
            raise

    @contextmanager
    def _begun_load(self, table: str, begun: Callable[[bool], Load], record: Record, what: str) -> Iterator[Load]:
        load = begun(self._stages.take(table) and self.is_ours_alone)
        record.note(f"{load.name} of {table}{what}")
        try:
            with load:
                yield load
        finally:
            self.on_load(load.entry, dict(load.reasons))
        self._is_settled = load.entry.state in (State.DONE, State.FAILED)
        if load.entry.state is State.DONE:
            record.rows += load.entry.accepted
            if load.corrected or self.refill.has_failed:
                self.refill.start()
            if table in DIMENSION_TABLES:
                self._release_if_possible(record)
            self.inspector.after(load.entry)

    def _end_what_has_no_answer(self) -> None:
        """A statement that a server did not answer may still be running: starting to write again ends it, and takes
        back what it has shown. If the server does not answer that either, the next writer does so.
        """
        if self.engine.fence.lease and self.engine.is_uncertain:
            with suppress(MarqueeError), self._write_lock.hold():
                pass

    def _begun(self, table: str, files: Sequence[str], replaces: int, repairs: int) -> Load:
        if repairs:
            return Repair(self.engine, self.data_lock, table, files, self.tombstones, repairs)
        if replaces:
            return Replacement(self.engine, self.data_lock, table, files, self.tombstones, replaces)
        if table in DIMENSION_TABLES:
            return DimensionLoad(self.engine, self.data_lock, table, files, self.tombstones)
        return FactLoad(self.engine, self.data_lock, table, files, self.tombstones)

    def retry(self) -> list[Released]:
        """Load quarantined rows whose missing user or film has arrived; one item for each load that brought such rows.
        Holds the load lock, and is audited like a load.

        Raises: Unavailable when people were forgotten and the key of their tombstones is missing.
        """
        with joined(self.audit.take, own_work(AuditKind.LOAD, "retry")) as record, self.exclusive():
            return self._release(record)

    def undo(self, load_id: int) -> Undone:
        """Take a load back: its rows leave facts, rollups and the quarantine in one moment. Questions as of an earlier
        load still see them. Holds the load lock.

        Raises: BadInput for a load that is not there or not done, or whose films or users later loads need.
        """
        with joined(self.audit.take, own_work(AuditKind.ADMIN, "undo")) as record, self.exclusive():
            done = undo(self.engine, load_id, self.data_lock.writing)
            self.refill.start()
            record.note(f"load {done.load_id} of {done.table}, by load {done.undone_by}")
            record.rows += done.rows
            return done

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Let nobody else write during the block, and first finish what was left unfinished: in a folder that is ours
        alone by a load that failed, on a server also by processes that died. Otherwise the ledger is not read: that
        would add a tenth to a small load.

        Raises: WriterBusy while another process on the same server writes.
        """
        with self._write_lock.hold():
            if not self._is_settled:
                self._stages.doubt()
                recover(self.engine, self.data_lock.writing)
                finish_forgetting(self.engine, self.data_lock.writing)
                finish_changes(self.engine, self.data_lock.writing)
                self.refill.start()
                self._is_settled = True
            try:
                yield
            except BaseException:
                self._is_settled = False
                raise

    def _begin_tenure(self, fence_off: Callable[[], None]) -> None:
        begin_tenure(self.engine, fence_off, self.data_lock.writing)
        self._is_settled = True
        self._stages.forget()
        self.inspector.check()
        if stale_rollups(self.engine):
            self.refill.resume()

    def _release(self, record: Record) -> list[Released]:
        self._stages.doubt()
        released = release_arrived(self.engine, self.data_lock, self.tombstones)
        for one in released:
            record.note(f"load {one.released_by} released rows of load {one.load_id}")
            record.rows += one.accepted
        return released

    def _release_if_possible(self, record: Record) -> None:
        """Release rows after a load of films or users. The load itself is done, whether or not this works."""
        try:
            self._release(record)
        except MarqueeError as error:
            self._is_settled = False
            LOG.warning("Rows that waited for this load stay in the quarantine; marquee ingest retry: %s", error)

    def catch_up(self, at_most_old_s: float = 0.0) -> bool:
        """Notice what other processes on the same server have changed, as of now or of at most so long ago; returns
        whether the data is in one state, with nothing being shown.

        Raises: MarqueeError when the server does not answer.
        """
        return self.is_ours_alone or not self._version.look(at_most_old_s).is_showing

    def _take_over_from_the_dead(self) -> None:
        """End what a process left half-shown. In the background: readers need not wait for it."""

        def take_over() -> None:
            try:
                with self._write_lock.hold():
                    pass
            except MarqueeError as error:
                LOG.warning("A load that is being shown does not end: %s", error)
            finally:
                self._one_takes_over.release()

        if not self._one_takes_over.acquire(blocking=False):
            return

        threading.Thread(target=take_over, name="take over", daemon=True).start()

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """Hold loads, corrections, rebuilds and what shows them back for the block, which should be short."""
        with self.exclusive(), self.data_lock.reading():
            yield

    def retain(self, retention: Retention, today: date) -> list[OldPartition]:
        """Drop whole partitions older than allowed; returns them. Holds the load lock; readers wait briefly."""
        with joined(self.audit.take, own_work(AuditKind.ADMIN, "retain")) as record, self.exclusive():
            old = old_partitions(self.engine, retention, today)
            if old:
                drop_partitions(self.engine, [one.piece for one in old], self.data_lock.writing)
                record.note(f"dropped {len(old)} partitions")
                record.rows += sum(one.rows for one in old)
            return old

    def drop_history(self, ages: HistoryAges, now: datetime) -> list[OldRows]:
        """Drop history and quarantined rows that are older than allowed; returns how many, by table. Holds the load
        lock. Answers about the present stay; those as of an earlier moment, and undoing, are refused from then on.
        """
        with self.recording_admin("retain") as record, self.exclusive():
            old = drop_history(self.engine, ages, now, self.data_lock.writing)
            if old:
                record.note(f"dropped history: {', '.join(f'{one.rows} of {one.table}' for one in old)}")
                record.rows += sum(one.rows for one in old)
            return old

    def forget_again(self, by: str) -> int:
        """Forget the people whom the file of tombstones beside an embedded folder names and the warehouse does not, and
        update the file; returns how many.

        Raises: Unavailable without the key of the tombstones, if there are such people.
        """
        if not isinstance(self.address, Embedded):
            return 0
        folder, stored = self.address.folder, stored_tombstones(self.engine)
        lacking = read_forgotten(folder) - stored
        if lacking:
            for user_id in people_of(self.engine, self.tombstones, lacking):
                self.forget(user_id, by)
            # About these nothing is stored.
            keep_out(self.engine, self.tombstones, lacking - stored_tombstones(self.engine), by)
            LOG.warning("Forgotten again, as the warehouse is older than these requests: %d.", len(lacking))
        note_forgotten(folder, stored)
        return len(lacking)

    def recording_admin(self, what: str) -> AbstractContextManager[Record]:
        """The record of an administrator's work for the block: the caller's, or one of its own."""
        return joined(self.audit.take, own_work(AuditKind.ADMIN, what))

    def is_empty(self) -> bool:
        """Whether there are no films, users, sessions or ratings."""
        held = " + ".join(f"(SELECT count() FROM {table})" for table in INCOMING)
        return bool(self.engine.query(f"SELECT {held} = 0").scalar())

    def rebuild(self, rollups: Sequence[Rollup] = ROLLUPS, days: DayRange = ALL_DAYS) -> int:
        """Rebuild from the facts the months that `days` touch; returns how many were swapped in.

        Loads may go on. Each month is built and swapped under the load lock, which is granted in order: no load stages
        or shows rows meanwhile, so the new month has what the facts have, and a load waits for one month of one rollup
        at most. Readers wait for the swap alone, as for a load's commit, and no request sees both states.
        """
        swapped = 0
        for rollup in rollups:
            for month in stored_months(self.engine, rollup):
                if days.touches(int(month)):
                    swapping = rebuilding(self.engine, rollup.name, month, self.data_lock.writing)
                    with self._write_lock.hold():
                        rebuild_partitions(self.engine, rollup, [month], swapping)
                    swapped += 1
        return swapped

    def forget(self, user_id: int, by: str) -> Forgotten:
        """Remove everything stored about a person, given by the source's id, and keep later loads from bringing it
        back.

        Holds the load lock. Readers wait briefly, as for a load's commit, and find the person everywhere or nowhere. No
        Spark job may run: it would bring back what it computed of the person. `by` is who asked; the audit log records
        it under the tombstone.

        Raises: Unavailable without the key of the tombstones.
        """
        with joined(self.audit.take, own_work(AuditKind.ADMIN, "forget")) as record, self.exclusive():
            # Exports and backups under way would hold the person.
            drop_table_snapshots(self.engine)
            # A Spark result that waits to be swapped in was computed with the person.
            finish_swaps(self.engine, self.data_lock.writing)
            done = forget(self.engine, self.tombstones, user_id, by, self.data_lock.writing)
            if isinstance(self.address, Embedded):
                note_forgotten(self.address.folder, [done.tombstone])
            record.note(f"tombstone {done.tombstone}")
            record.rows += sum(done.removed.values())
            return done
