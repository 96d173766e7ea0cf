"""Step `dashboard`: the seven panels asked over HTTP of a server in a process of its own, and that server's memory."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench.figures import report, timed

PANELS = ("Dashboard", "DailyTrends", "HourlyTrends", "Genres", "Devices", "Countries", "TopMovies")
ROUNDS = 20


def main() -> None:
    """Ask the dashboard of UTC and of a zone whose days are no UTC days, without kept answers and with them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--warehouse", type=Path, required=True)
    warehouse = parser.parse_args().warehouse
    with _serving(warehouse, MARQUEE_CACHE_BYTES="0") as (client, server):
        utc, kolkata = _median_ms(client, "UTC"), _median_ms(client, "Asia/Kolkata")
        resident = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text(encoding="ascii"))
    with _serving(warehouse) as (client, _):
        kept = _median_ms(client, "UTC")
    assert resident is not None
    report(utc_ms=utc, kolkata_ms=kolkata, kept_ms=kept, server_MiB=int(resident[1]) / 1024, goal_MiB=1229)


@contextmanager
def _serving(warehouse: Path, **settings: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """A server over the warehouse, and an admin's client to it."""
    environment = {
        **os.environ,
        "MARQUEE_WAREHOUSE": f"chdb://{warehouse}",
        "MARQUEE_SECRET_FILE": str(warehouse.with_name("secret")),
        "MARQUEE_HASH_KEY_FILE": str(warehouse.with_name("hash_key")),
        **settings,
    }
    marquee = str(Path(sys.executable).with_name("marquee"))
    token = subprocess.check_output([marquee, "token", "issue", "--role", "admin"], env=environment, text=True).strip()
    with subprocess.Popen(
        [marquee, "serve", "--port", "8091"], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address, headers = server.stdout.readline().split()[-1], {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
                _wait(client)
                yield client, server
        finally:
            server.terminate()


def _wait(client: httpx.Client) -> None:
    for _ in range(100):
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.ConnectError:
            time.sleep(0.1)
    raise SystemExit("the server did not get ready")


def _median_ms(client: httpx.Client, zone: str) -> float:
    """All seven panels one after the other, the median of the rounds; the first round warms up."""
    seconds: list[float] = []
    for _ in range(ROUNDS + 1):
        with timed(seconds):
            for panel in PANELS:
                client.get(f"/api/{panel}", params={"timeZone": zone}).raise_for_status()
    return statistics.median(seconds[1:]) * 1000


if __name__ == "__main__":
    main()
