"""Step `live`: what open dashboards cost the engine while loads go on, for one page and for a hundred.

A page does as the client does: it subscribes to `freshness`, and after a change asks its panels again, for at most a
tenth of the time. The engine's time is the processor time of the server but for its event loop's; that of the loads
alone is subtracted.
"""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.bench.cold import PANELS
from tests.bench.figures import report, warehouse_argument
from tests.bench.generate import UNTIL
from tests.bench.servers import Served, marquee
from tests.bench.together import NDJSON, Side, new_sessions

PAGES, PAGES_OF_ONE, SECONDS = 100, 20, 20
FRESHNESS = "subscription { freshness { dataThrough loadedAt changed { from to } } }"
SHORTEST_PAUSE_S, REST = 1.0, 9


def main() -> None:
    """Loads alone, beside one page, beside all."""
    with marquee(warehouse_argument(), MARQUEE_LOG_LEVEL="error") as server:
        report(**asyncio.run(_measured(server)))


async def _measured(server: Served) -> dict[str, float]:
    side = Side(server)
    sender = side.client("ingest", "sender")
    # A subject may have so many sockets open.
    readers = [side.client("admin", f"pages {number}") for number in range(PAGES // PAGES_OF_ONE)]
    await _ms_per_load(server, sender, readers[:1])  # warms up
    alone = await _ms_per_load(server, sender, [])
    one = await _ms_per_load(server, sender, readers[:1])
    many = await _ms_per_load(server, sender, readers * PAGES_OF_ONE)
    await side.close()
    return {
        "pages": PAGES,
        "loads_ms_per_load": alone,
        "one_ms_per_load": max(one - alone, 1),
        "many_ms_per_load": max(many - alone, 1),
    }


async def _ms_per_load(server: Served, sender: httpx.AsyncClient, readers: Sequence[httpx.AsyncClient]) -> float:
    """The engine's milliseconds a load, while each of the readers has a page open."""
    opened = [asyncio.create_task(_page(server, reader)) for reader in readers]
    await asyncio.sleep(3)
    before, until, loads = _engine_s(server.pid), time.perf_counter() + SECONDS, 0
    while time.perf_counter() < until:
        response = await sender.post("/ingest/viewing_sessions", content=new_sessions(20), headers=NDJSON)
        response.raise_for_status()
        loads += 1
    spent = _engine_s(server.pid) - before
    for page in opened:
        assert not page.done(), page.exception()
        page.cancel()
    await asyncio.gather(*opened, return_exceptions=True)
    return spent * 1000 / loads


async def _page(server: Served, reader: httpx.AsyncClient) -> None:
    """One open dashboard."""
    address = server.url.replace("http", "ws", 1) + "/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        authorization = reader.headers["Authorization"]
        await _say(socket, type="connection_init", payload={"Authorization": authorization})
        await socket.recv()
        await _say(socket, type="subscribe", id="1", payload={"query": FRESHNESS})
        changed = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_listen(socket, changed))
            tasks.create_task(_keep_fresh(reader, changed))


async def _listen(socket: ClientConnection, changed: asyncio.Event) -> None:
    async for message in socket:
        assert json.loads(message)["type"] == "next", message
        changed.set()


async def _keep_fresh(reader: httpx.AsyncClient, changed: asyncio.Event) -> None:
    pause_s = SHORTEST_PAUSE_S
    while True:
        await changed.wait()
        await asyncio.sleep(pause_s)
        changed.clear()
        began = time.perf_counter()
        await _refresh(reader)
        pause_s = max(SHORTEST_PAUSE_S, REST * (time.perf_counter() - began))


async def _refresh(reader: httpx.AsyncClient) -> None:
    span = {"from": f"{UNTIL:%Y-03-01}", "to": f"{UNTIL:%Y-%m-%d}"}
    response = await reader.post("/graphql", json={"query": PANELS, "variables": {"range": span, "timeZone": "UTC"}})
    body = response.raise_for_status().json()
    assert "errors" not in body, body["errors"]


async def _say(socket: ClientConnection, **message: object) -> None:
    await socket.send(json.dumps(message))


def _engine_s(pid: int) -> float:
    """Processor seconds of all threads but the first, whose are the event loop's; those that ended count too."""
    return _processor_s(f"/proc/{pid}/stat") - _processor_s(f"/proc/{pid}/task/{pid}/stat")


def _processor_s(path: str) -> float:
    fields = Path(path).read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
