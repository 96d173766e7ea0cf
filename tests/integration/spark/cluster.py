"""A standalone cluster of this machine: a master and two workers, each at a loopback address of its own."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyspark

from spark import java

MASTER, WORKERS, DRIVER = "127.0.0.2", ("127.0.0.3", "127.0.0.4"), "127.0.0.5"
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Cluster:
    """Where it is reached, and the folders in which its workers keep what they ran."""

    address: str
    folders: Sequence[Path]

    def applications(self) -> list[int]:
        """How many applications each worker has run executors for."""
        return [len(list(folder.glob("app-*"))) for folder in self.folders]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start it, and end it."""
    address = f"spark://{MASTER}:{free_port(MASTER)}"
    folders = [folder / host for host in WORKERS]
    with ExitStack() as stack:
        port = address.rpartition(":")[2]
        stack.enter_context(_daemon(folder, "master.Master", MASTER, "--port", port))
        _await_port(MASTER, int(port))
        for host, work in zip(WORKERS, folders, strict=True):
            given = ("--cores", "1", "--memory", "1g", "--work-dir", str(work), address)
            stack.enter_context(_daemon(folder, "worker.Worker", host, *given))
        yield Cluster(address, folders)


def free_port(host: str) -> int:
    """A port on which nothing listens."""
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def _daemon(folder: Path, name: str, host: str, *more: str) -> Iterator[None]:
    home = Path(pyspark.__path__[0])
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", "--host", host]
    environment = {**os.environ, "JAVA_HOME": str(java.find()), "SPARK_HOME": str(home), "SPARK_LOCAL_IP": host}
    environment |= {"SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_DIRS": str(folder)}
    with (folder / f"{name}-{host}.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--webui-port", "0", *more], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _await_port(host: str, port: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, f"nothing listens on {host}:{port}"
            time.sleep(0.1)
