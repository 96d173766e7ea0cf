"""A real warehouse, embedded in this process and behind HTTP in another: the same tests in both."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import settle
from warehouse import Warehouse, open_warehouse

MODES = ("embedded", "server")
HASH_KEY = b"a key of the tests, of 32 bytes.."
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
        with open_warehouse(f"chdb://{folder / 'warehouse'}", hash_key=lambda: HASH_KEY) as warehouse:
            yield warehouse
    else:
        with (
            served_engine(folder / "served") as address,
            open_warehouse(address, hash_key=lambda: HASH_KEY) as warehouse,
        ):
            yield warehouse


@pytest.fixture(scope="session")
def forgettable_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse with a person to forget, closed: to be copied."""
    folder = tmp_path_factory.mktemp("forgettable")
    with opened("embedded", folder) as warehouse:
        settle(warehouse)
    return folder / "warehouse"


@pytest.fixture(params=MODES)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """A new warehouse, once in each mode."""
    with opened(request.param, tmp_path) as found:
        yield found
