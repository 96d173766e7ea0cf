"""Step `dashboard`: the seven panels asked over HTTP of a server in a process of its own, and that server's memory."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.bench.figures import report, timed

PANELS = ("Dashboard", "DailyTrends", "HourlyTrends", "Genres", "Devices", "Countries", "TopMovies")
ROUNDS = 20


def main() -> None:
    """Ask the dashboard of UTC and of a zone whose days are no UTC days."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--warehouse", type=Path, required=True)
    asked = parser.parse_args()
    settings = {
        "MARQUEE_WAREHOUSE": f"chdb://{asked.warehouse}",
        "MARQUEE_SECRET_FILE": str(asked.warehouse.with_name("secret")),
    }
    environment = {**os.environ, **settings}
    marquee = str(Path(sys.executable).with_name("marquee"))
    token = subprocess.check_output([marquee, "token", "issue", "--role", "admin"], env=environment, text=True).strip()
    with subprocess.Popen(
        [marquee, "serve", "--port", "8091"], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[-1]
            with httpx.Client(
                base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
            ) as client:
                _wait(client)
                utc, kolkata = _median_ms(client, "UTC"), _median_ms(client, "Asia/Kolkata")
            resident = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text(encoding="ascii"))
        finally:
            server.terminate()
    assert resident is not None
    report(utc_ms=utc, kolkata_ms=kolkata, server_MiB=int(resident[1]) / 1024, goal_MiB=1229)


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
