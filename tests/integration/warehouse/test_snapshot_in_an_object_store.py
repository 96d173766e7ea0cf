"""The snapshot for Spark in an S3-compatible store: moto's server, in an environment of its own. The engine writes and
reads it by `s3(...)`, PyArrow lists and checks it. No job reads it here: `docs/spark.md` says why.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pyarrow import fs

from tests.conftest import ROOT
from tests.integration.resolvers.world import SESSIONS, load
from tests.integration.server.commands import free_port
from tests.integration.warehouse.modes import embedded
from warehouse import Warehouse
from warehouse.errors import Unavailable
from warehouse.staging.snapshot import EXPORTS, refresh, wrong_files
from warehouse.staging.storage import Place, staging_place

pytestmark = pytest.mark.slow

PATIENCE_S = 120.0
EVERYTHING = dict.fromkeys(EXPORTS, ())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a store that is empty."""
    folder = tmp_path_factory.mktemp("store")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True, timeout=PATIENCE_S)
    python, lock = str(folder / "venv" / "bin" / "python"), str(ROOT / "requirements-object-store.txt")
    subprocess.run([python, str(ROOT / "tools" / "install.py"), lock], check=True, timeout=PATIENCE_S)
    port = free_port()
    command = [python, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _await(f"http://127.0.0.1:{port}/moto-api/")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _await(address: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            httpx.get(address, trust_env=False)
            return
        except httpx.TransportError:
            assert time.monotonic() < end, "the store does not answer"
            time.sleep(0.1)


@pytest.fixture
def place(store: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A staging place in a bucket of the store, named as AWS' libraries have it named."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", store)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "word")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    httpx.post(f"{store}/moto-api/reset", trust_env=False).raise_for_status()
    fs.S3FileSystem(endpoint_override=store, allow_bucket_creation=True).create_dir("films")
    return staging_place("s3://films/staging")


@pytest.fixture
def warehouse(place: Place, tmp_path: Path) -> Iterator[Warehouse]:  # noqa: ARG001 - the engine reads its environment
    """A new embedded warehouse; the process of another engine would not have the credentials."""
    with embedded(tmp_path) as found:
        yield found


def refreshed(warehouse: Warehouse, place: Place) -> int:
    """The rows of sessions in a snapshot that is made or renewed there."""
    pieces = refresh(warehouse.engine, warehouse.read_consistently, place, EVERYTHING)
    assert wrong_files(warehouse.engine, place, pieces) == []
    return sum(piece.rows for piece in pieces if piece.table == "viewing_sessions")


def test_it_is_the_one_of_a_folder(warehouse: Warehouse, place: Place, tmp_path: Path) -> None:
    load(warehouse)
    beside = Place(str(tmp_path / "staging"))
    assert refreshed(warehouse, place) == refreshed(warehouse, beside) == len(SESSIONS)
    assert place.files("snapshot") == beside.files("snapshot")
    for file in place.files("snapshot"):
        assert place.read_table(file).equals(beside.read_table(file)), file
    assert place.spark_path() == "s3a://films/staging"


def test_only_what_changed_is_written_again(warehouse: Warehouse, place: Place) -> None:
    load(warehouse)
    refreshed(warehouse, place)
    system = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"])

    def times() -> dict[str, int]:
        found = system.get_file_info([f"films/staging/{file}" for file in place.files("snapshot")])
        return {info.path: info.mtime_ns for info in found}

    before = times()
    gone = next(file for file in place.files("snapshot/viewing_sessions"))
    place.remove(gone)
    time.sleep(1.1)  # An object's time has whole seconds.
    refreshed(warehouse, place)
    assert {path for path, at in times().items() if at != before[path]} == {f"films/staging/{gone}"}


def test_clearing_removes_every_file(warehouse: Warehouse, place: Place) -> None:
    load(warehouse)
    refreshed(warehouse, place)
    assert place.files("snapshot") != []
    place.clear("snapshot")
    assert place.files("snapshot") == []


def test_a_bucket_that_is_not_there_is_refused(
    warehouse: Warehouse, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    load(warehouse)
    nowhere = staging_place("s3://nowhere/staging")
    with pytest.raises(Unavailable, match="Check the bucket in MARQUEE_STAGING"):
        refreshed(warehouse, nowhere)
    assert "bucket does not exist" in caplog.text
    assert place.files("snapshot") == []
