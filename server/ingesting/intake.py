"""The intake: queues deliveries for the writer and passes it several at once.

Small requests of one table collect while the writer is busy, and for a moment when it is free. They are staged and
shown together; each sender's become a load of their own, so that undoing it affects no other sender.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from anyio import to_thread

from ingest.files.file_format import FileFormat
from ingest.loading.failure_boundaries import refusing
from ingest.loading.held_files import Held, hold_file
from ingest.problems import TooManyRows
from ingest.readers import Decoders
from server.ingesting import repairs
from server.ingesting.capacity import MOST_INSPECTIONS, Capacity
from server.ingesting.daily_rows import DailyRows
from server.ingesting.delivery import Delivery, DeliveryResult, Sender, restored
from server.ingesting.inbox import Inbox
from server.ingesting.turns import Turns
from server.ingesting.writer import LAST_ROW, Writer
from server.settings import Settings
from warehouse import Warehouse
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.loads.ingest_requests import KnownRequest, kept_aside_of, reasons_of
from warehouse.loads.quarantine import KeptAside
from warehouse.loads.row_verdicts import FACT_TABLES

T = TypeVar("T")

# Requests are loaded when none has come for so long, and none is still arriving.
QUIET_S = 0.02
GATHERED_ROWS = 50_000
# Larger bodies are streamed during the load instead of being held in memory.
HELD_BYTES = 1 << 20
# Packed bodies that are measured at once, by half of the processes that decode.
MEASURED_AT_ONCE = 2


class NoRequest(BadInput):
    """The request is unknown."""


@dataclass(eq=False)
class _Waiting:
    delivery: Delivery
    done: "asyncio.Future[DeliveryResult]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    """Receives rows over HTTP in this process; use from one event loop."""

    def __init__(self, warehouse: Warehouse, settings: Settings) -> None:
        self._warehouse = warehouse
        self.capacity = Capacity(settings.ingest_waiting_bytes, settings.ingest_body_bytes)
        self.inspections = Capacity(settings.ingest_waiting_bytes, settings.ingest_body_bytes, MOST_INSPECTIONS)
        self.decoders = Decoders(settings.ingest_decode_bytes)
        self.measuring = Turns(MEASURED_AT_ONCE)
        self.inbox = Inbox(warehouse.address, settings.inbox)
        self._writer = Writer(warehouse, settings.ingest_body_bytes, settings.ingest_key_hours)
        # Its own thread, because long loads must not occupy the threads that serve reads.
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="ingest")
        self._reading = ThreadPoolExecutor(2, thread_name_prefix="ingest-read")
        # One at a time: looking at a file keeps a core busy, and others have rows to load.
        self._inspecting = ThreadPoolExecutor(1, thread_name_prefix="inspect")
        self._daily = DailyRows(self._writer.rows_since)
        self._gather_s = settings.ingest_gather_ms / 1000
        self._came = asyncio.Event()
        self._waiting: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None

    async def take(self, delivery: Delivery) -> DeliveryResult:
        """Load a delivery; returns when its rows are durable and visible to queries.

        Raises: FileRefused if the whole body is refused, KeyTaken, DayUsedUp; MarqueeError if the warehouse fails.
        """
        delivery.decoders = self.decoders
        most = delivery.writes.rows_a_day
        if most is None:
            return await self._take(delivery)
        reserved = await self._daily.reserve(delivery.sender, most, _most_rows_of(delivery))
        delivery.most_rows, counted = reserved, 0
        try:
            done = await self._take(delivery)
            counted = 0 if done.replayed else done.rows
        except TooManyRows as error:
            raise self._daily.used_up(most) from error
        finally:
            self._daily.count(delivery.sender, reserved, counted)
        return done

    async def _take(self, delivery: Delivery) -> DeliveryResult:
        loop = asyncio.get_running_loop()
        if delivery.table in FACT_TABLES and delivery.size_bytes <= HELD_BYTES:
            delivery.held = await loop.run_in_executor(self._reading, _held, delivery)
        waiting = _Waiting(delivery)
        self._waiting.append(waiting)
        self._came.set()
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        # Shielded: a load is never stopped half-way by a disconnect.
        return await asyncio.shield(waiting.done)

    async def malformed_rows(self, request: str, sender: Sender) -> Sequence[tuple[int, str, str]]:
        """The numbers of the first malformed rows of a sender's request, each with its reason and its wrong column.

        Raises: NoRequest, also for somebody else's.
        """
        found = await self._find(request)
        if sender != Sender(found.subject, found.issuer):
            raise _no_request(request)
        return restored(found.answer, found.load_id).malformed_rows

    async def rejects(self, request: str, limit: int) -> list[KeptAside]:
        """The quarantined rows of anybody's request.

        Raises: NoRequest.
        """
        return await to_thread.run_sync(kept_aside_of, self._warehouse.engine, await self._find(request), limit)

    async def outcome(self, request: str) -> dict[str, Any]:
        """The counts of the load that a request came with, and how many of the request's rows are quarantined by
        reason.

        Raises: NoRequest.
        """
        return await to_thread.run_sync(_outcome, self._warehouse.engine, await self._find(request))

    async def loads_in_quarantine(self) -> list[dict[str, Any]]:
        """The loads with quarantined rows, newest first."""
        return await to_thread.run_sync(repairs.loads_in_quarantine, self._warehouse.engine)

    async def quarantined_rows(self, load_id: int, after: int) -> dict[str, Any]:
        """The next quarantined rows of a load.

        Raises: BadInput.
        """
        return await to_thread.run_sync(repairs.quarantined_rows, self._warehouse.engine, load_id, after)

    async def repair(self, load_id: int, rows: repairs.CorrectedRows) -> repairs.Repaired:
        """Load corrected rows of a load in the place of its quarantined ones.

        Raises: BadInput, FileRefused; MarqueeError if the warehouse fails.
        """
        path = self.inbox.path()
        work = asyncio.get_running_loop().run_in_executor(
            self._writing, repairs.repair, self._warehouse, path, load_id, rows
        )
        # Shielded: a load is never stopped half-way by a disconnect.
        return await asyncio.shield(work)

    async def inspect(self, look: Callable[[Path, FileFormat, Decoders], T], path: Path, kind: FileFormat) -> T:
        """Look at a file that is in the inbox.

        Raises: FileRefused, BadInput.
        """
        with refusing("the file"):
            return await asyncio.get_running_loop().run_in_executor(self._inspecting, look, path, kind, self.decoders)

    async def _find(self, request: str) -> KnownRequest:
        found = await to_thread.run_sync(self._writer.find, request)
        if found is None:
            raise _no_request(request)
        return found

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                await self._load(self._next_group())
        finally:
            self._working = None

    async def _gather(self) -> None:
        """Wait a moment: senders that just got an answer are about to send their next request."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._gather_s):
                while await self._comes() or self.capacity.requests > len(self._waiting):
                    pass

    async def _comes(self) -> bool:
        """Whether another request comes in a moment."""
        self._came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_S):
                return await self._came.wait()
        return False

    async def _load(self, group: Sequence[_Waiting]) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcomes = await loop.run_in_executor(self._writing, self._writer.load, [one.delivery for one in group])
        except Exception as error:  # noqa: BLE001 - any error is passed on to the waiting requests
            outcomes = [error for _ in group]
        for one, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, DeliveryResult):
                one.done.set_result(outcome)
            else:
                one.done.set_exception(outcome)
        # While the senders read their answers, and others gather.
        self._writing.submit(self._warehouse.tidy_up)

    def _next_group(self) -> list[_Waiting]:
        """The longest waiting request, and those behind it that can be loaded with it, sender by sender."""
        first = self._waiting[0].delivery
        group: list[_Waiting] = []
        ids: set[str] = set()
        rows = 0
        for one in self._waiting:
            if not group or (_fit(first, one.delivery) and one.delivery.id not in ids):
                rows += _rows(one.delivery)
                if group and rows > GATHERED_ROWS:
                    break
                group.append(one)
            ids.add(one.delivery.id)
        self._waiting = [one for one in self._waiting if one not in group]
        senders = list(dict.fromkeys(one.delivery.sender for one in group))
        return sorted(group, key=lambda one: senders.index(one.delivery.sender))


def _most_rows_of(delivery: Delivery) -> int:
    """How many rows a body may have: in text each is a character and the end of its line, and packed ones are many."""
    is_text = delivery.format in (FileFormat.CSV, FileFormat.NDJSON)
    return delivery.size_bytes // 2 + 1 if is_text else LAST_ROW


def _no_request(request: str) -> NoRequest:
    return NoRequest(f"There is no request {request}, or its rows came more than 30 days ago.")


def _outcome(engine: Engine, request: KnownRequest) -> dict[str, Any]:
    load = ledger.find(engine, request.load_id)
    counts = ("load_id", "rows", "accepted", "duplicates", "quarantined")
    told = {} if load is None else {"load": {name: getattr(load, name) for name in counts}}
    return {"reasons": reasons_of(engine, request), **told}


def _held(delivery: Delivery) -> Held | None:
    return hold_file(delivery.table, delivery.path, delivery.name, delivery.options)


def _fit(first: Delivery, other: Delivery) -> bool:
    """Whether both can be loaded together."""
    held = first.held is not None and other.held is not None
    return held and first.table == other.table


def _rows(delivery: Delivery) -> int:
    return delivery.held.last if delivery.held else 0
