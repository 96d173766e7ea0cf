"""Jobs run on a standalone cluster of two workers, and a master that can't be reached is said in a sentence."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from server.spark_jobs.jobs import JOBS
from spark.session import Machine, configuration
from tests.conftest import ROOT
from tests.integration.spark.cluster import DRIVER, MASTER, Cluster, cluster, free_port
from tests.integration.spark.snapshots import write_demo
from warehouse.staging.results import RESULT_TABLES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp("demo") / "in", users=400, sessions=6000, ratings=300, movies=80)


def run_job(name: str, *more: str) -> tuple[int, list[dict[str, Any]]]:
    """Its exit code and its progress."""
    command = [sys.executable, "-m", f"spark.jobs.{name}", *more]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=3000)
    return ended.returncode, [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]


# All jobs in `make prove`; each takes as long to start as to compute.
@pytest.mark.sampled(1)
@pytest.mark.timeout(3600)
def test_jobs_run_on_two_workers(
    two_workers: Cluster, demo: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    names = list(JOBS) if request.config.getoption("all_cases") else ["geography"]
    for name in names:
        before = two_workers.applications()
        ports = ("--driver-port", str(free_port(DRIVER)), "--block-port", str(free_port(DRIVER)))
        code, progress = run_job(
            name,
            *("--in", str(demo), "--out", str(tmp_path / "out"), "--master", two_workers.address, "--host", DRIVER),
            *("--bind", DRIVER, "--executor-memory", "512m", "--executor-cores", "1", "--patience-s", "900", *ports),
        )
        assert (code, progress[-1]["event"]) == (0, "done"), progress[-1]
        for table in RESULT_TABLES[name]:
            assert pq.read_table(tmp_path / "out" / table).num_rows > 0
        assert two_workers.applications() == [count + 1 for count in before]


def test_workers_without_as_much_memory_are_said(two_workers: Cluster, demo: Path, tmp_path: Path) -> None:
    given = ("--in", str(demo), "--out", str(tmp_path), "--master", two_workers.address, "--executor-memory", "3g")
    code, progress = run_job("rankings", *given, "--patience-s", "5")
    assert code == 1
    assert "gave no executor in 5 seconds. Either no worker has 3g of memory" in progress[-1]["message"]


def test_a_master_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    master = f"spark://{MASTER}:{free_port(MASTER)}"
    code, progress = run_job("rankings", "--in", str(tmp_path), "--out", str(tmp_path / "out"), "--master", master)
    assert code == 1
    assert progress[-1]["message"] == (
        f"The Spark master {master} can't be reached: {master.removeprefix('spark://')} Connection refused. Check"
        " MARQUEE_SPARK_MASTER, and that the master runs."
    )


def test_what_listens_there_and_is_no_master_is_said(tmp_path: Path) -> None:
    with socket.create_server((MASTER, 0)) as mute:
        master = f"spark://{MASTER}:{mute.getsockname()[1]}"
        code, progress = run_job("rankings", "--in", str(tmp_path), "--out", str(tmp_path / "out"), "--master", master)
    assert code == 1
    assert progress[-1]["message"].startswith(f"The Spark master {master} can't be reached: ")
    assert "does not answer" in progress[-1]["message"]


@pytest.mark.parametrize("address", ["spark://", "spark://:7077", "spark://host:many"])
def test_what_is_no_address_is_said(tmp_path: Path, address: str) -> None:
    code, progress = run_job("rankings", "--in", str(tmp_path), "--out", str(tmp_path / "out"), "--master", address)
    assert code == 1
    assert progress[-1]["message"] == f"The Spark master {address} is not an address: it is spark://HOST:PORT."


def test_on_this_machine_nothing_listens_but_on_loopback() -> None:
    local = configuration(Machine(host="10.0.0.1", bind="0.0.0.0"))
    assert (local["spark.driver.host"], local["spark.driver.bindAddress"]) == ("127.0.0.1", "127.0.0.1")
    away = configuration(Machine("spark://there:7077", host="10.0.0.1", executor_memory="4g", executor_cores=3))
    assert {name: away.get(f"spark.{name}") for name in ("driver.host", "driver.bindAddress", "executor.memory")} == {
        "driver.host": "10.0.0.1",
        "driver.bindAddress": None,
        "executor.memory": "4g",
    }
    assert away["spark.executor.cores"] == 3
    assert configuration(Machine(ui="127.0.0.1:4050"))["spark.ui.port"] == 4050
