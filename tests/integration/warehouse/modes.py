"""A warehouse in either mode: embedded in this process, or in a database of an engine that another process serves."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.integration.new_warehouse import lay
from warehouse import Warehouse, open_warehouse

MODES = ("embedded", "server")
HASH_KEY = b"a key of the tests, of 32 bytes.."
ROOT = Path(__file__).parents[3]


@dataclass
class ServedEngine:
    """A running engine behind ClickHouse's HTTP interface."""

    host: str
    pid: int
    restart: Callable[[], None] = lambda: None
    """Kill it and start it again over its folder, at the same port."""

    def fault(self, kind: str, at: str, seconds: float = 0.0) -> None:
        """Let something happen to the next statement that contains a text, see `tests.support.clickhouse_server`."""
        told = {"kind": kind, "at": at, "seconds": seconds}
        httpx.post(f"http://{self.host}/_fault", json=told, trust_env=False).raise_for_status()

    def address(self, database: str = "marquee") -> str:
        """Where the warehouse of a database is, in MARQUEE_WAREHOUSE's form."""
        return f"clickhouse://default@{self.host}/{database}"

    def drop(self, database: str) -> None:
        """Remove a database with everything in it."""
        statement = f"DROP DATABASE IF EXISTS `{database}` SYNC"
        httpx.post(f"http://{self.host}", content=statement, trust_env=False, timeout=60).raise_for_status()


@contextmanager
def served_engine(folder: Path, accounts: Sequence[str] = (), profile: Sequence[str] = ()) -> Iterator[ServedEngine]:
    """An engine over a folder, in a process that ends with the block; anybody may use it, or these accounts. `profile`
    has settings (`name=value`) of their statements."""
    options = [word for account in accounts for word in ("--account", account)]
    options += [word for setting in profile for word in ("--profile", setting)]
    process, port = _started("0", folder, options)
    engine = ServedEngine(f"127.0.0.1:{port}", process.pid)

    def restart() -> None:
        nonlocal process
        _ended(process, signal.SIGKILL)
        process, _ = _started(port, folder, options)
        engine.pid = process.pid

    engine.restart = restart
    try:
        yield engine
    finally:
        _ended(process, signal.SIGTERM)


def _started(port: str, folder: Path, options: Sequence[str]) -> tuple["subprocess.Popen[str]", str]:
    command = [sys.executable, "-m", "tests.support.clickhouse_server", port, str(folder), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _ended(process: "subprocess.Popen[str]", by: signal.Signals) -> None:
    process.send_signal(by)
    process.wait(timeout=60)
    if process.stdout:
        process.stdout.close()


@contextmanager
def embedded(folder: Path) -> Iterator[Warehouse]:
    """The warehouse of a folder in this process; a new one where the folder has none."""
    place = folder / "warehouse"
    address = f"chdb://{place}" if place.exists() else lay(place)
    with open_warehouse(address, hash_key=lambda: HASH_KEY) as warehouse:
        yield warehouse


@dataclass(frozen=True)
class Modes:
    """Opens warehouses in either mode; behind HTTP each is a database of one engine, which starts when it is asked for.

    One engine, for starting one takes longer than most tests: those that kill it start their own.
    """

    engine: Callable[[], ServedEngine]

    @contextmanager
    def opened(self, mode: str, folder: Path) -> Iterator[Warehouse]:
        """The warehouse of a folder; behind HTTP, of the database that is called as the folder is."""
        if mode == "embedded":
            with embedded(folder) as warehouse:
                yield warehouse
        else:
            with open_warehouse(self.engine().address(folder.name), hash_key=lambda: HASH_KEY) as warehouse:
                yield warehouse

    @contextmanager
    def new(self, mode: str, folder: Path) -> Iterator[Warehouse]:
        """A new warehouse that nobody needs after the block."""
        try:
            with self.opened(mode, folder) as warehouse:
                yield warehouse
        finally:
            if mode != "embedded":
                self.engine().drop(folder.name)
