"""What subjects have spent of their minute, told among the processes on one server: so a budget is one, however many
processes answer.

Each process tells once a second what was spent there, and reads what the others told; who answers nobody does neither.
The table is in the server's memory, because a minute later it is of no use.
"""

import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.engine.engine_errors import UNKNOWN_TABLE
from warehouse.errors import EngineFault

LOG = logging.getLogger("marquee.warehouse")
EVERY_S = 1.0
# What was spent longer ago has been refilled.
MINUTE_S = 60.0
# How long a row may be on its way: so much more is read than was told since the last look.
_ON_ITS_WAY_S = 5.0
_SCHEMA = pa.schema(
    [
        ("process", pa.string()),
        ("number", pa.uint64()),
        ("who", pa.string()),
        ("per_minute", pa.uint64()),
        ("spent", pa.float64()),
    ]
)


class SharedSpending:
    """Tells and hears spending; safe to use from threads. `on_others` is called in a thread of its own with what
    another process told: who, how much, of how much a minute, and how many seconds ago. Where no other process can be
    (`is_shared` is false) nothing is told.
    """

    def __init__(self, engine: Engine, is_shared: bool, every_s: float = EVERY_S) -> None:
        self.on_others: Callable[[str, float, int, float], object] = lambda *_: None
        self._engine = engine
        self._is_shared = is_shared
        self._every_s = every_s
        self._process = secrets.token_hex(8)
        self._number = 0
        self._change = threading.Lock()
        self._one_exchanges = threading.Lock()
        # By who, and how much a minute.
        self._spent: defaultdict[tuple[str, int], float] = defaultdict(float)
        self._waits = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        # The last number of each process that was heard.
        self._heard: dict[str, int] = {}
        self._heard_at = float("-inf")
        self._is_warned = False

    def note(self, who: str, spent: float, per_minute: int) -> None:
        """Note what a subject has spent; never waits."""
        if not self._is_shared or not spent:
            return
        with self._change:
            self._spent[who, per_minute] += spent
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="spending", daemon=True)
                self._thread.start()
        self._waits.set()

    def exchange(self) -> None:
        """Tell what was noted, and hear what others told.

        Raises: MarqueeError when the server does not answer; what was noted is not told then.
        """
        with self._one_exchanges:
            with self._change:
                spent, self._spent = self._spent, defaultdict(float)
            try:
                self._tell(spent)
            except EngineFault as error:
                if error.engine_code != UNKNOWN_TABLE:
                    raise
                self._make_table()
                self._tell(spent)
            self._hear()

    def close(self) -> None:
        """Tell nothing more."""
        self._ending.set()
        self._waits.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._waits.wait()
            self._waits.clear()
            if self._ending.is_set():
                return
            self._try_to_exchange()
            self._ending.wait(self._every_s)

    def _try_to_exchange(self) -> None:
        """Exchange, and go on whatever happens."""
        try:
            self.exchange()
            self._is_warned = False
        except Exception as error:  # noqa: BLE001 - what another version told may not be readable here
            LOG.log(
                logging.DEBUG if self._is_warned else logging.WARNING,
                "What was spent can't be told among the processes at the moment, so each counts for itself: %s",
                error,
            )
            self._is_warned = True

    def _tell(self, spent: Mapping[tuple[str, int], float]) -> None:
        self._number += 1
        rows = [
            {"process": self._process, "number": self._number, "who": who, "per_minute": per_minute, "spent": amount}
            for (who, per_minute), amount in spent.items()
        ]
        self._engine.insert("spending", pa.Table.from_pylist(rows, _SCHEMA))

    def _hear(self) -> None:
        now = time.monotonic()
        since_s = min(MINUTE_S, now - self._heard_at + _ON_ITS_WAY_S)
        found = self._engine.query(
            "SELECT process, number, who, per_minute, spent, "
            "toUnixTimestamp64Milli(now64(3)) - toUnixTimestamp64Milli(at) AS age_ms FROM spending "
            "WHERE process != {ours:String} AND at > now64(3) - toIntervalMillisecond({since_ms:UInt32}) "
            "ORDER BY at, process, number",
            {"ours": self._process, "since_ms": int(since_s * 1000)},
        )
        before, self._heard_at = dict(self._heard), now
        for process, number, who, per_minute, spent, age_ms in found.rows:
            if number > before.get(process, 0):
                # The server's clock may have been put back.
                self._heard[process] = max(number, self._heard.get(process, 0))
                self.on_others(who, spent, per_minute, max(age_ms, 0) / 1000)

    def _make_table(self) -> None:
        self._engine.command(
            "CREATE TABLE IF NOT EXISTS spending (process String, number UInt64, who String, per_minute UInt64, "
            "spent Float64, at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = Memory "
            "SETTINGS min_rows_to_keep = 1000, max_rows_to_keep = 100000"
        )
