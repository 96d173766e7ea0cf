"""The lease of the one writer on a server: a table whose name has its number.

`CREATE TABLE writer_8` is the atomic step: of several processes one creates it. Then the holder of `writer_7` is fenced
off: its table is dropped, its statements under way are ended, and its scratch tables are dropped or taken over. Clocks
decide when to take over, never whether that is safe: a holder who was only slow gets an error and loses nothing that
it acknowledged.

The newest lease's table always stays, so numbers only grow. Its comment says who holds it, its rows what the holder
does: `busy` once a beat, `idle` when it wrote to the end, `broken` when a statement ended without an answer. Others add
`wanted` while they wait. An idle lease may be taken at once.
"""

import json
import logging
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from warehouse.engine.engine import Engine
from warehouse.engine.engine_errors import TABLE_EXISTS, UNKNOWN_TABLE
from warehouse.engine.fence import Fence
from warehouse.engine.folder import command_line
from warehouse.errors import EngineFault, LeaseLost, MarqueeError, Unavailable, WriterBusy
from warehouse.query.parameters import literal_sql
from warehouse.tables.scratch_tables import drop_scratch_tables

LOG = logging.getLogger("marquee.warehouse")
# How often a waiter looks.
_LOOK_S = 0.05
# How long a holder that others wait for steps back, so that one of them finds the lease idle.
_STEP_BACK_S = 4 * _LOOK_S
# Beats in the time after which a silent holder is taken for dead.
_BEATS = 6
# How long the statements of a former holder may take to end.
_END_S = 60.0
# Scratch tables of a process that had the lease so many times ago, and has not come back, are dropped.
_KEPT_TENURES = 4
# The scratch table by which a process sees whether it still has its own.
FACT_STAGE = "viewing_sessions_staging"
_LEASE = re.compile(r"writer_(\d+)")
# Numbers of the leases and scratch tables that a statement names.
_NAMED = r"(?:\\bwriter_|_w)(\\d+)\\b"


@dataclass(frozen=True)
class Holder:
    """What a lease's table says: its number, what its holder does, and how old the last sign of them is by the server's
    clock. Without any row, as after a restart of the server, it is old."""

    number: int
    what: str
    turn: int
    age_s: float
    is_wanted: bool

    @property
    def is_free(self) -> bool:
        """Whether the holder has said that it is not writing."""
        return self.what in ("idle", "broken")


class WriterLease:
    """This process's hold on the right to write. One thread at a time calls it: `FifoLock` sees to that.

    `engine` writes; `beside` is an engine of its own, so that signs of life wait for no load. A tenure lasts from a
    claim to the next claim of another process. It begins with `prepare`, before anything else is written; that calls
    what it is given once it has taken over what it needs of earlier writers. `tell` is called with a sentence when
    somebody else must be waited for.
    """

    def __init__(self, engine: Engine, beside: Engine, lease_s: float, wait_s: float) -> None:
        self._engine = engine
        self._beside = beside
        self._lease_s = lease_s
        self._wait_s = wait_s
        self.prepare: Callable[[Callable[[], None]], object] = lambda fence_off: fence_off()
        self.tell: Callable[[str], None] = LOG.info
        self._number = 0
        self._turn = 0

    @contextmanager
    def held(self, wait_s: float | None = None) -> Iterator[None]:
        """Hold the lease for the block; waits for another process at most `wait_s` (by default as long as set up).

        Raises: WriterBusy, which names who holds it.
        """
        if not self._resumed():
            self._acquire(self._wait_s if wait_s is None else wait_s)
        try:
            with self._beating():
                yield
        finally:
            self._put_down()

    def close(self) -> None:
        """Drop this process's scratch tables, if its tenure lasts. Otherwise those who write later do it."""
        with suppress(MarqueeError):
            if self._resumed():
                drop_scratch_tables(self._engine, lambda number: number == self._workshop)
                self._put_down()
        self._beside.close()

    @property
    def _workshop(self) -> int:
        """The tenure in which this process's scratch tables were made."""
        return int(self._engine.fence.suffix.removeprefix("_w") or 0)

    def _resumed(self) -> bool:
        """Go on with the present tenure, unless another process has claimed the next one."""
        if not self._number:
            return False
        try:
            # First the sign, then the look: of two processes that do this at once, at least one sees the other.
            self._note("busy")
            if self._newest() == self._number:
                return True
            # A process that is claiming the next number may see the sign first, and step back.
            self._note("idle")
        except LeaseLost:
            pass  # another process has taken over, so a new tenure begins
        self._number = 0
        return False

    def _acquire(self, wait_s: float) -> None:
        began, watch, told = time.monotonic(), _Watch(self._lease_s), False
        while True:
            newest = self._newest()
            holder = self._holder_of(newest)
            if newest and holder is None:
                time.sleep(_LOOK_S)  # dropped between the two looks
                continue
            if holder is None or holder.is_free or watch.is_silent(holder):
                if self._claim(holder):
                    return
                continue
            if time.monotonic() - began >= wait_s:
                who = self._name_of(newest)
                raise WriterBusy(f"{who} is writing into the warehouse. Try again in {WriterBusy.retry_after_s} s.")
            if not told:
                self.tell(f"Waiting for {self._name_of(newest)}, which is writing into the warehouse.")
                told = True
            with suppress(EngineFault):
                self._want(holder)
            time.sleep(_LOOK_S)

    def _claim(self, former: Holder | None) -> bool:
        """Take the number after the former holder's, unless somebody else has or the former holder goes on."""
        number = former.number + 1 if former else 1
        if not self._create(number):
            return False
        again = self._holder_of(former.number) if former else None
        # The former holder has given a sign since it was taken for dead: it was this process that was stopped.
        is_alive = former and again and again.turn != former.turn
        is_outrun = self._newest() != number
        if is_outrun or is_alive or (former and former.is_free and not (again and again.is_free)):
            self._beside.command(f"DROP TABLE IF EXISTS {_lease(number)} SYNC")
            time.sleep(_LOOK_S * (1 + os.getpid() % 7))
            return False
        try:
            self._number, self._turn = number, 0
            self._note("busy")
            with self._beating():
                self._begin(was_clean=again is not None and again.what == "idle")
        except BaseException as error:
            self._give_up()
            if isinstance(error, LeaseLost):
                return False  # somebody was faster, or this process was stopped for long
            raise
        return True

    def _begin(self, was_clean: bool) -> None:
        """Fence off the previous holders, then get everything ready."""
        for number in self._numbers():
            if number < self._number:
                self._beside.command(f"DROP TABLE IF EXISTS {_lease(number)} SYNC")
        if not was_clean:
            self._end_statements()
        is_kept = was_clean and self._beside.query(f"EXISTS TABLE {self._engine.scratch_table(FACT_STAGE)}").scalar()
        suffix = self._engine.fence.suffix if is_kept and self._workshop else f"_w{self._number}"
        self._engine.fence, self._engine.is_uncertain = Fence(_lease(self._number), suffix), False
        # Those of processes that wrote to the end may be used again.
        until = self._number - _KEPT_TENURES if was_clean else self._number

        def fence_off() -> None:
            self._engine.check_holds()
            drop_scratch_tables(self._engine, lambda number: number < until and number != self._workshop)
            if not was_clean:
                self._end_statements()

        self.prepare(fence_off)

    def _end_statements(self) -> None:
        """Kill the statements of former holders, and wait until they have ended. New ones can't begin: what they name
        is gone, or is dropped next."""
        named = f"arrayExists(one -> toUInt64OrZero(one) < {self._number}, extractAll(query, '{_NAMED}'))"
        theirs = (
            f"current_database = currentDatabase() AND query_id != queryID() AND position(query, '{_BESIDE}') = 0 "
            f"AND {named}"
        )
        until = time.monotonic() + _END_S
        while self._beside.query(f"SELECT count() FROM system.processes WHERE {theirs} {_BESIDE}").scalar():
            if time.monotonic() > until:
                raise Unavailable("A statement of the process that wrote before does not end. Try again in a minute.")
            self._beside.command(f"KILL QUERY WHERE {theirs} {_BESIDE} ASYNC FORMAT Null")
            time.sleep(_LOOK_S)

    def _put_down(self) -> None:
        """Say that nothing is written any more. A statement without an answer may still be running: the next writer
        ends it first."""
        if not self._number:
            return
        if self._engine.is_uncertain:
            self._give_up()
            return
        try:
            self._note("idle")
            holder = self._holder_of(self._number)
        except MarqueeError as error:
            self._number = 0
            LOG.warning("The lease of the writer was lost: %s", error)
            return
        if holder is None or holder.is_wanted:
            time.sleep(_STEP_BACK_S)

    def _give_up(self) -> None:
        """End the tenure, so that the next one begins with what a dead process would have left."""
        with suppress(MarqueeError):
            self._note("broken")
        self._number = 0

    @contextmanager
    def _beating(self) -> Iterator[None]:
        """Give signs of life during the block."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(self._lease_s / _BEATS):
                with suppress(MarqueeError):
                    self._note("busy")

        beating = threading.Thread(target=beat, name="lease", daemon=True)
        beating.start()
        try:
            yield
        finally:
            ended.set()
            beating.join()

    def _create(self, number: int) -> bool:
        try:
            self._beside.command(
                f"CREATE TABLE {_lease(number)} (turn UInt64, what LowCardinality(String), "
                "at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = Memory "
                f"SETTINGS min_rows_to_keep = 100, max_rows_to_keep = 1000 COMMENT {literal_sql(_ourselves())}"
            )
        except EngineFault as error:
            if error.engine_code == TABLE_EXISTS:
                return False
            raise
        return True

    def _note(self, what: str) -> None:
        """Write what this process does.

        Raises: LeaseLost when the table is gone.
        """
        self._turn += 1
        try:
            self._beside.command(
                f"INSERT INTO {_lease(self._number)} (turn, what) {_BESIDE} VALUES ({self._turn}, '{what}')"
            )
        except EngineFault as error:
            if error.engine_code == UNKNOWN_TABLE:
                raise LeaseLost from error
            raise

    def _want(self, holder: Holder) -> None:
        self._beside.command(
            f"INSERT INTO {_lease(holder.number)} (turn, what) {_BESIDE} VALUES ({holder.turn}, 'wanted')"
        )

    def _numbers(self) -> list[int]:
        found = self._beside.query(
            "SELECT name FROM system.tables WHERE database = currentDatabase() "
            f"AND startsWith(name, 'writer_') {_BESIDE}"
        )
        named = (_LEASE.fullmatch(str(name)) for (name,) in found.rows)
        return sorted(int(one[1]) for one in named if one)

    def _newest(self) -> int:
        return max(self._numbers(), default=0)

    def _holder_of(self, number: int) -> Holder | None:
        """What the holder of a lease does; None if the table is not there, or not any more."""
        try:
            what, turn, silent_ms, wanted = self._beside.query(
                "SELECT argMaxIf(what, turn, what != 'wanted'), maxIf(turn, what != 'wanted'), "
                "toUnixTimestamp64Milli(now64(3)) - toUnixTimestamp64Milli(maxIf(at, what != 'wanted')), "
                f"countIf(what = 'wanted' AND at > now64(3) - 2) FROM {_lease(number)} {_BESIDE}"
            ).rows[0]
        except EngineFault as error:
            if error.engine_code == UNKNOWN_TABLE:
                return None
            raise
        return Holder(number, what, turn, silent_ms / 1000, bool(wanted))

    def _name_of(self, number: int) -> str:
        """Who holds a lease, as it stands in a sentence."""
        found = self._beside.query(
            "SELECT comment FROM system.tables "
            f"WHERE database = currentDatabase() AND name = '{_lease(number)}' {_BESIDE}"
        )
        return _told(found.scalar() if found.rows else "")


# A comment in statements about the lease itself, which are nobody's writing.
_BESIDE = "/* lease */"


class _Watch:
    """Watches a holder by this process's clock: one that gives no sign of life is dead, or will be fenced off."""

    def __init__(self, lease_s: float) -> None:
        self._lease_s = lease_s
        self._seen: tuple[int, int] = (-1, -1)
        self._since = time.monotonic()

    def is_silent(self, holder: Holder) -> bool:
        """Whether the holder has been silent for long enough. If only the server's clock says so, it is watched for two
        beats: the clock may have jumped."""
        now, seen = time.monotonic(), (holder.number, holder.turn)
        if seen != self._seen:
            self._seen, self._since = seen, now
        watched_s = now - self._since
        is_old = holder.age_s > self._lease_s and watched_s > 2 * self._lease_s / _BEATS
        return is_old or watched_s > self._lease_s


def _lease(number: int) -> str:
    return f"writer_{number}"


def _ourselves() -> str:
    return json.dumps({"command": command_line(sys.argv[1:]), "pid": os.getpid(), "host": socket.gethostname()})


def _told(comment: str) -> str:
    """A holder in a sentence."""
    try:
        who = json.loads(comment)
        return f"Process {who['pid']} on {who['host']} ({who['command']})"
    except (ValueError, KeyError, TypeError):
        return "Another process"
