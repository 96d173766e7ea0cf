"""Servers of a race, each in a process of its own: Marquee over a warehouse, and the baseline over its folder."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.integration.server.commands import MARQUEE, free_port


@dataclass(frozen=True)
class Served:
    """A server's address, the headers of an admin, its process, the seconds until it was ready, and the environment of
    commands that go with it."""

    url: str
    headers: Mapping[str, str]
    pid: int
    ready_s: float
    environment: Mapping[str, str]

    def client(self) -> httpx.Client:
        """A client with one connection that stays open."""
        return httpx.Client(base_url=self.url, headers=dict(self.headers), timeout=120, trust_env=False)

    def resident_mib(self) -> float:
        """The memory that the process holds."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))
        assert found is not None
        return int(found[1]) / 1024


@contextmanager
def marquee(warehouse: Path, **settings: str) -> Iterator[Served]:
    """Marquee over a warehouse, with settings as environment variables."""
    environment = {
        **os.environ,
        "MARQUEE_WAREHOUSE": f"chdb://{warehouse}",
        "MARQUEE_SECRET_FILE": str(warehouse.with_name("secret")),
        "MARQUEE_HASH_KEY_FILE": str(warehouse.with_name("hash_key")),
        **settings,
    }
    token = subprocess.check_output([MARQUEE, "token", "issue", "--role", "admin"], env=environment, text=True).strip()
    port = free_port()
    command = [str(MARQUEE), "serve", "--port", str(port)]
    with _running(command, environment, f"http://127.0.0.1:{port}", "/readyz") as (url, pid, ready_s):
        yield Served(url, {"Authorization": f"Bearer {token}"}, pid, ready_s, environment)


def marquee_uncached(warehouse: Path) -> AbstractContextManager[Served]:
    """Marquee over a warehouse, keeping no answers, with a quiet log."""
    return marquee(warehouse, MARQUEE_CACHE_BYTES="0", MARQUEE_LOG_LEVEL="error")


@contextmanager
def baseline(files: Path, folder: Path) -> Iterator[Served]:
    """The day-keyed rollups by hand, over a folder that is loaded first where it is not there."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.baselines.day_rollups", "--files", str(files)]
    command += ["--folder", str(folder), "--port", str(port)]
    with _running(command, dict(os.environ), f"http://127.0.0.1:{port}", "/dashboard?from=86400&to=172800") as found:
        url, pid, ready_s = found
        yield Served(url, {}, pid, ready_s, {})


@contextmanager
def _running(command: list[str], environment: dict[str, str], url: str, ready: str) -> Iterator[tuple[str, int, float]]:
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            while not _answers(url + ready):
                if server.poll() is not None or time.perf_counter() - began > 600:
                    raise SystemExit(f"{' '.join(command)} did not get ready")
                time.sleep(0.02)
            yield url, server.pid, time.perf_counter() - began
        finally:
            server.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=60, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
