"""Step `http`: rows over HTTP in requests of 100 from 8 clients to a server process of its own, and the same number of
rows in one body; the warehouse holds sessions already, among which each row's id is looked for.

A client has one request under way, or several, as senders have that do not wait for each answer.
"""

import asyncio
import os
import re
import signal
import subprocess
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx
import orjson

from tests.bench.figures import report, warehouse_argument
from tests.bench.generate import UNTIL
from tests.integration.server.commands import MARQUEE, first_lines, free_port

# All clients have one token: together they stay within the 64 requests that one sender may have under way.
CLIENTS, ROWS, REQUESTS, UNDER_WAY = 8, 100, 800, 7
NDJSON = "application/x-ndjson"
# New ones in each run: a warehouse may be used again.
NUMBERS = count(time.time_ns())


def main() -> None:
    """Send, each way."""
    folder = warehouse_argument()
    environment = {**os.environ, "MARQUEE_WAREHOUSE": f"chdb://{folder}"}
    port = free_port()
    with subprocess.Popen(
        [MARQUEE, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            first_lines(server, 1)
            issued = subprocess.run(
                [MARQUEE, "token", "issue", "--role", "ingest", "--ttl", "1h"],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            asyncio.run(_measure(f"http://127.0.0.1:{port}", issued.stdout.strip(), server.pid))
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)


async def _measure(address: str, token: str, pid: int) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": NDJSON}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120) as client:
        await _sent(client, CLIENTS * 2, under_way=1)
        memory = {"before_MiB": _rss_mib(pid)}
        one = await _sent(client, REQUESTS // 8, under_way=1)
        spent = _cpu_s(pid)
        several = await _sent(client, REQUESTS, under_way=UNDER_WAY)
        cpu_s = (_cpu_s(pid) - spent) / (REQUESTS * ROWS / 10_000)
        memory["peak_MiB"] = _rss_mib(pid)
        body = _body(ROWS * REQUESTS)
        began = time.perf_counter()
        await _post(client, body)
        whole = ROWS * REQUESTS / (time.perf_counter() - began)
    report(
        one_under_way_rows_per_s=one,
        several_under_way_rows_per_s=several,
        cpu_s_for_10_000=cpu_s,
        one_body_rows_per_s=whole,
        server_before_MiB=memory["before_MiB"],
        server_peak_MiB=memory["peak_MiB"],
    )


async def _sent(client: httpx.AsyncClient, requests: int, under_way: int) -> float:
    """Rows a second of the clients together."""
    bodies = [_body(ROWS) for _ in range(requests)]
    began = time.perf_counter()

    async def one() -> None:
        while bodies:
            await _post(client, bodies.pop())

    await asyncio.gather(*(one() for _ in range(CLIENTS * under_way)))
    return requests * ROWS / (time.perf_counter() - began)


async def _post(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/ingest/viewing_sessions", content=body)
    rows = body.count(b"\n")
    if response.status_code != httpx.codes.OK or response.json()["taken"] != rows:
        raise SystemExit(f"{response.status_code}: {response.text[:500]}")


def _body(rows: int) -> bytes:
    """Sessions of the last day that the warehouse has, of known films and people."""
    last = int(UNTIL.timestamp()) - 1
    return b"".join(
        orjson.dumps(
            {
                "id": number,
                "user_id": number % 1_000 + 1,
                "movie_id": number % 200 + 1,
                "start_time": datetime.fromtimestamp(last - number % 80_000, UTC).isoformat(),
                "watch_duration_minutes": number % 90 + 0.5,
                "completion_rate": 0.5,
                "device_type": "Mobile",
                "quality": "1080p",
                "buffering_count": number % 3,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for number in (next(NUMBERS) for _ in range(rows))
    )


def _cpu_s(pid: int) -> float:
    """The processor time that a process has used: what it costs, however busy the machine is with others."""
    user, system = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _rss_mib(pid: int) -> float:
    """The most memory that a process has held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
