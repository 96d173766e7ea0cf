"""Makes files of answers: each is charged to its asker, few are made at once, and the last ones are kept for ranges and
repeats.

An answer that is kept is made into any number of files, and making one may take longer than the question did.
"""

import asyncio
import time
from collections.abc import Callable
from hashlib import blake2b

from anyio import CapacityLimiter, to_thread
from cachetools import LRUCache

from schema.access_policy import limits_of
from server.answering.admission import COST_PER_S, Admission
from server.answering.execution import Executed
from server.answering.statement_queue import StatementQueue
from server.export.answer_format import AnswerFormat
from server.export.files import AnswerFile, answer_file
from server.export.result_age_columns import dated
from server.export.table import Shape
from server.http.cancelled_tasks import finished
from server.identity.principal import Principal

# Files that are made at once; no subject makes two.
ENCODERS = 2
KEPT_BYTES = 32 << 20
# Cells that are written for what a unit of cost pays; what one takes beyond that is charged afterwards.
CELLS_PER_COST = 500


class FileEncoder:
    """The files of a service's answers; use from one event loop."""

    def __init__(self, admission: Admission, kept_bytes: int = KEPT_BYTES) -> None:
        self._admission = admission
        self._turns = StatementQueue(ENCODERS)
        self._threads = CapacityLimiter(ENCODERS)
        self._kept: LRUCache[bytes, AnswerFile] = LRUCache(kept_bytes, getsizeof=lambda file: len(file.content))

    async def file(
        self, principal: Principal, executed: Executed, shape: Shape, kind: AnswerFormat, name: str, raw: bool = False
    ) -> AnswerFile:
        """An answer's rows as a file. The same answer is the same file, which is charged once while it is kept.

        Raises: TooManyRequests if the budget does not cover its cells; Overloaded where too many are made; BadInput for
        a text that the format has no room for.
        """
        key = _key(executed, shape, kind, name, raw)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        cells = len(shape.rows(executed.body["data"])) * len(shape.columns)
        per_minute = limits_of(principal.role).cost_per_minute
        cost = 1 + cells // CELLS_PER_COST
        self._admission.budget.check(principal.who, cost, per_minute)
        async with self._turns.turn(principal.who, 1, (kind, cells.bit_length())):
            # The request before may have made it.
            kept = self._kept.get(key)
            if kept is not None:
                return kept
            self._admission.budget.charge(principal.who, cost, per_minute)

            def spend(took_s: float) -> None:
                self._admission.budget.spend(principal.who, max(took_s * COST_PER_S - cost, 0.0), per_minute)

            making = asyncio.ensure_future(
                to_thread.run_sync(_timed, spend, shape, executed, kind, name, raw, limiter=self._threads)
            )
            try:
                file = await asyncio.shield(making)
            finally:
                # A thread can't be stopped, so its turn ends with it though the asker has left.
                await finished(making)
        if len(file.content) <= self._kept.maxsize:
            self._kept[key] = file
        return file


def _timed(
    spend: Callable[[float], None], shape: Shape, executed: Executed, kind: AnswerFormat, name: str, raw: bool
) -> AnswerFile:
    """A file; the processor seconds that it took are told whatever becomes of it."""
    began_s = time.thread_time()
    try:
        return answer_file(*dated(shape, executed.body), kind, name, raw)
    finally:
        spend(time.thread_time() - began_s)


def _key(executed: Executed, shape: Shape, kind: AnswerFormat, name: str, raw: bool) -> bytes:
    """What a file follows from: the answer as its asker sees it, and the shape that is asked for."""
    return blake2b(f"{executed.etag} {kind} {raw} {name} {shape}".encode(), digest_size=16).digest()
