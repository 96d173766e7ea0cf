"""Step `senders`: posts of one row, from one sender and from sixteen, each of whom waits for the answer to the last."""

import asyncio
import time

import httpx

from tests.bench.figures import report, warehouse_argument
from tests.bench.servers import Served, marquee_uncached
from tests.bench.together import NDJSON, Side, new_sessions

SECONDS, SENDERS = 10, 16


def main() -> None:
    """Measure one, then all."""
    with marquee_uncached(warehouse_argument()) as server:
        report(**asyncio.run(_measured(server)))


async def _measured(server: Served) -> dict[str, float]:
    side, figures = Side(server), {}
    for name, count in (("one", 1), ("sixteen", SENDERS)):
        clients = [side.client("ingest", f"{name} {number}") for number in range(count)]
        began = time.perf_counter()
        several = await asyncio.gather(*(_sent(client, began + SECONDS) for client in clients))
        took = sorted(seconds for one in several for seconds in one)
        figures[f"{name}_per_s"] = len(took) / (time.perf_counter() - began)
        figures[f"{name}_p95_ms"] = took[int(len(took) * 0.95)] * 1000
    await side.close()
    return figures


async def _sent(client: httpx.AsyncClient, until: float) -> list[float]:
    """Seconds that each post took, until a moment."""
    took = []
    while (began := time.perf_counter()) < until:
        response = await client.post("/ingest/viewing_sessions", content=new_sessions(1), headers=NDJSON)
        assert response.raise_for_status().json()["taken"] == 1, response.text
        took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    main()
