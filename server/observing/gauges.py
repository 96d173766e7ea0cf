"""The present state as figures: queues, lanes, cached answers, tables, disk, and how old the data is. Read when
somebody asks. One reader at a time asks the warehouse, and waits only for a moment: figures of a warehouse that does
not answer are left as they were, and `marquee_warehouse_up` says 0.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from shutil import disk_usage

from anyio import to_thread

from server.answering.service import Service
from server.answering.statement_queue import Lane
from server.ingesting.intake import Intake
from warehouse.engine.address import Embedded
from warehouse.errors import MarqueeError
from warehouse.loads import ledger
from warehouse.status import TableStatus, Watermark, table_status, watermarks

# Scrapes that come closer together share what was read of the warehouse.
_FRESH_S = 2.0
_PATIENCE_S = 3.0


@dataclass(frozen=True)
class _Stored:
    """What was read of the warehouse; `loaded_at` is None before the first load."""

    tables: Sequence[TableStatus]
    marks: Sequence[Watermark]
    loaded_at: datetime | None


class State:
    """Shows what is now in the figures of a service's observer. Use from one event loop."""

    def __init__(self, service: Service, intake: Intake, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._intake = intake
        self._clock = clock
        self._reading: asyncio.Task[_Stored | None] | None = None
        self._stored: _Stored | None = None
        self._read_at = float("-inf")

    async def show(self) -> None:
        """Set all gauges."""
        self._show_process()
        is_up = await self._read()
        self._service.observer.metrics.show("warehouse_up", "Whether the warehouse answered in time: 1 or 0.", is_up)
        if self._stored is not None:
            self._show_stored(self._stored)

    def _show_process(self) -> None:
        service, show = self._service, self._service.observer.metrics.show
        queue, engine = service.admission.turns, service.warehouse.engine
        running = queue.running
        lanes = {lane.name.lower(): running.get(lane, 0) for lane in Lane}
        show("queue_running", "Statements that hold a turn, by lane.", lanes, "lane")
        show("queue_waiting", "Statements that wait for a turn.", queue.waiting)
        pools = {"questions": engine.asker_pool.in_use, "work": engine.pool.in_use}
        show("clients_in_use", "Clients of the engine in use, of questions and of loads.", pools, "pool")
        show("kept_answers", "Answers in the cache.", len(service.answers))
        show("answers_in_flight", "Answers that are being computed.", len(service.in_flight))
        show("audit_waiting", "Audit records that wait to be written.", service.warehouse.audit.waiting)
        arriving = self._intake.capacity.requests
        show("ingest_requests_waiting", "Bodies of rows that arrive or wait.", arriving)
        address = service.warehouse.address
        if isinstance(address, Embedded):
            usage = disk_usage(address.folder)
            sizes = {"free": usage.free, "total": usage.total}
            show("disk_bytes", "The disk of the warehouse's folder.", sizes, "what")

    def _show_stored(self, stored: _Stored) -> None:
        show, now = self._service.observer.metrics.show, datetime.now(UTC)
        for slug, told in (
            ("rows", "Rows stored by table."),
            ("size_bytes", "Bytes on disk by table."),
            ("parts", "Active parts by table."),
        ):
            values = {one.table: getattr(one, slug) for one in stored.tables}
            show(f"table_{slug}", told, values, "table")
        ages = {one.table: (now - one.newest).total_seconds() for one in stored.marks if one.newest}
        show("data_age_seconds", "How old the newest row of a fact is, by the source's clock.", ages, "table")
        if stored.loaded_at is not None:
            age = (now - stored.loaded_at).total_seconds()
            show("load_age_seconds", "How long ago the last load was done.", age)

    async def _read(self) -> bool:
        """Read the warehouse if what is known is old; returns whether it answered."""
        if self._clock() - self._read_at < _FRESH_S:
            return True
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_once())
        done, _ = await asyncio.wait({self._reading}, timeout=_PATIENCE_S)
        return bool(done) and next(iter(done)).result() is not None

    async def _read_once(self) -> _Stored | None:
        engine = self._service.warehouse.engine
        try:
            self._stored = await to_thread.run_sync(
                lambda: _Stored(table_status(engine), watermarks(engine), ledger.last_done(engine))
            )
            self._read_at = self._clock()
            return self._stored
        except MarqueeError:
            return None
        finally:
            self._reading = None
