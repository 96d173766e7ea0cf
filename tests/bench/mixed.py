"""Step `mixed`: dashboards at 30 % of what the idle server carries, while 200,000 rows a second are loaded.

An open loop: requests are sent when they are due, whether or not earlier ones are answered, so waiting is measured as a
user meets it. Rows come as Parquet bodies over HTTP. Afterwards the dashboard is timed at once, with the loads' parts
unmerged, and again when they are merged; and every row that was acknowledged is counted.
"""

import asyncio
import io
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from itertools import count
from random import Random
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.cold import PANELS, Days, fresh_ranges
from tests.bench.figures import report, warehouse_argument
from tests.bench.generate import UNTIL
from tests.bench.servers import Served, marquee_uncached
from tests.integration.server.commands import MARQUEE

LOAD_S, ROWS_PER_S, CLIENTS, WARM_UPS, ROUNDS, SHARE = 20, 200_000, 8, 3, 15, 0.3
PARQUET = "application/vnd.apache.parquet"
# New ones in each run: a warehouse may be used again.
FIRST_ID = time.time_ns()


def main() -> None:
    """Measure idle, beside loads, and after them."""
    with marquee_uncached(warehouse_argument()) as server:
        report(**asyncio.run(_measured(server)))


async def _measured(server: Served) -> dict[str, float]:
    ranges = fresh_ranges(Random(13))
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=server.url, headers=dict(server.headers), timeout=300, limits=limits, trust_env=False
    ) as client:
        idle_ms = await _median_ms(client, ranges)
        capacity = await _capacity(client, ranges)
        kept_back = iter([next(ranges) for _ in range(WARM_UPS + ROUNDS)])
        before = await _sessions(client)
        # Made before: the loop that asks on time must not stand still.
        bodies = [parquet_body(number) for number in range(LOAD_S)]
        loads = asyncio.create_task(_load(server, bodies))
        late_ms, errors = await _open_loop(client, ranges, capacity * SHARE, loads)
        loaded, load_s = await loads
        unmerged_ms = await _median_ms(client, kept_back)
        counted = await _sessions(client) - before
    if counted != loaded:
        raise SystemExit(f"{loaded:,} rows were acknowledged, and {counted:,} are counted")
    return {
        "idle_ms": idle_ms,
        "capacity_per_s": capacity,
        "asked": len(late_ms),
        "errors": errors,
        "p50_ms": statistics.median(late_ms),
        "p99_ms": statistics.quantiles(late_ms, n=100)[98],
        "loaded_per_s": loaded / load_s,
        "unmerged_ms": unmerged_ms,
    }


async def _median_ms(client: httpx.AsyncClient, ranges: Iterator[Days]) -> float:
    taken = []
    for number in range(WARM_UPS + ROUNDS):
        began = time.perf_counter()
        await _ask(client, next(ranges))
        if number >= WARM_UPS:
            taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


async def _capacity(client: httpx.AsyncClient, ranges: Iterator[Days]) -> float:
    """Requests a second of clients that ask without a pause."""
    wanted = [next(ranges) for _ in range(CLIENTS * 6)]
    began = time.perf_counter()

    async def ask() -> None:
        while wanted:
            await _ask(client, wanted.pop())

    requests = len(wanted)
    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return requests / (time.perf_counter() - began)


async def _open_loop(
    client: httpx.AsyncClient, ranges: Iterator[Days], per_s: float, until: asyncio.Task[Any]
) -> tuple[list[float], int]:
    """Milliseconds from when each request was due to its answer; and how many failed."""
    began = time.perf_counter()
    known: list[Days] = []
    asked = []

    async def ask(due: float, days: Days) -> float:
        await _ask(client, days)
        return (time.perf_counter() - due) * 1000

    for number in count():
        due = began + number / per_s
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        if until.done():
            break
        known.append(next(ranges, None) or known[number % len(known)])
        asked.append(asyncio.create_task(ask(due, known[-1])))
    done = await asyncio.gather(*asked, return_exceptions=True)
    return [ms for ms in done if isinstance(ms, float)], sum(1 for one in done if not isinstance(one, float))


async def _ask(client: httpx.AsyncClient, days: Days) -> dict[str, Any]:
    variables = {"range": {"from": str(days[0]), "to": str(days[1])}, "timeZone": "UTC"}
    response = await client.post("/graphql", json={"query": PANELS, "variables": variables})
    body: dict[str, Any] = response.raise_for_status().json()
    if "errors" in body:
        raise RuntimeError(body["errors"][0]["message"])
    return body


async def _sessions(client: httpx.AsyncClient) -> int:
    """Every session there is."""
    document = '{ viewing(range: {from: "2000-01-01", to: "2100-01-01"}) { rows { views } } }'
    response = await client.post("/graphql", json={"query": document})
    return int(response.raise_for_status().json()["data"]["viewing"]["rows"][0]["views"])


async def _load(server: Served, bodies: Sequence[bytes]) -> tuple[int, float]:
    """Send a body of Parquet whenever the next second's rows are due; returns the rows accepted, and seconds."""
    token = await asyncio.to_thread(_ingest_token, server)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": PARQUET}
    accepted, began = 0, time.perf_counter()
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=300, trust_env=False) as client:
        for number, body in enumerate(bodies):
            await asyncio.sleep(max(began + number - time.perf_counter(), 0))
            response = await client.post("/ingest/viewing_sessions", content=body)
            accepted += response.raise_for_status().json()["taken"]
    return accepted, time.perf_counter() - began


def _ingest_token(server: Served) -> str:
    command = [str(MARQUEE), "token", "issue", "--role", "ingest"]
    return subprocess.check_output(command, env=dict(server.environment), text=True).strip()


def parquet_body(number: int, users: int = 15_000) -> bytes:
    """Sessions of the last day that the warehouse has, of known films and people; it has as many `users` at least."""
    chance = np.random.default_rng(number)
    ids = np.arange(ROWS_PER_S, dtype=np.uint64) + np.uint64(FIRST_ID + number * ROWS_PER_S)
    starts = int(UNTIL.timestamp()) - 1 - chance.integers(0, 86_400, ROWS_PER_S)
    rows = pa.table(
        {
            "id": ids,
            "user_id": chance.integers(1, users, ROWS_PER_S),
            "movie_id": chance.integers(1, 2_000, ROWS_PER_S),
            "start_time": pa.array(starts, pa.timestamp("s", "UTC")),
            "watch_duration_minutes": chance.integers(1, 120, ROWS_PER_S).astype(float),
            "completion_rate": chance.random(ROWS_PER_S).round(6),
            "device_type": np.array(["Mobile", "Desktop", "Smart TV"])[chance.integers(0, 3, ROWS_PER_S)],
            "quality": np.array(["HD", "4K"])[chance.integers(0, 2, ROWS_PER_S)],
            "buffering_count": chance.integers(0, 4, ROWS_PER_S).astype(np.int32),
        }
    )
    written = io.BytesIO()
    pq.write_table(rows, written)
    return written.getvalue()


if __name__ == "__main__":
    main()
