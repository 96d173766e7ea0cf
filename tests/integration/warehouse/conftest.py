"""A real warehouse, embedded in this process and behind HTTP in another: the same tests in both."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from warehouse import Warehouse, open_warehouse

MODES = ("embedded", "server")
ROOT = Path(__file__).parents[3]


@contextmanager
def served_engine(folder: Path) -> Iterator[str]:
    """The engine behind ClickHouse's HTTP interface in a process of its own; yields its address."""
    command = [sys.executable, "-m", "tests.integration.warehouse.clickhouse_http", "0", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"clickhouse://default@127.0.0.1:{process.stdout.readline().strip()}/marquee"
        finally:
            process.terminate()


@contextmanager
def opened(mode: str, folder: Path) -> Iterator[Warehouse]:
    """A new warehouse in a mode."""
    if mode == "embedded":
        with open_warehouse(f"chdb://{folder / 'warehouse'}") as warehouse:
            yield warehouse
    else:
        with served_engine(folder / "served") as address, open_warehouse(address) as warehouse:
            yield warehouse


@pytest.fixture(params=MODES)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """A new warehouse, once in each mode."""
    with opened(request.param, tmp_path) as found:
        yield found
