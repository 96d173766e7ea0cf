"""Step `live`: what open dashboards cost the engine while loads go on, for one page and for a hundred.

A page does as the client does: it subscribes to `freshness`, and after a change asks its panels again, for at most a
tenth of the time. Answers that were computed are told apart by what they say of the last load. The server's time is the
processor time of its threads but for the event loop's; that of the loads alone is subtracted.
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
    await _spent(server, sender, readers[:1])  # warms up
    alone, _ = await _spent(server, sender, [])
    one, one_computed = await _spent(server, sender, readers[:1])
    many, many_computed = await _spent(server, sender, readers * PAGES_OF_ONE)
    await side.close()
    return {
        "pages": PAGES,
        "loads_ms_per_load": alone,
        "one_ms_per_load": one - alone,
        "many_ms_per_load": many - alone,
        "one_computed_per_s": one_computed / SECONDS,
        "many_computed_per_s": many_computed / SECONDS,
    }


async def _spent(server: Served, sender: httpx.AsyncClient, readers: Sequence[httpx.AsyncClient]) -> tuple[float, int]:
    """Milliseconds a load, while each of the readers has a page open; and how many answers were computed."""
    computed: set[str] = set()
    opened = [asyncio.create_task(page(server, reader, computed)) for reader in readers]
    await asyncio.sleep(3)
    before, until, loads = _engine_s(server.pid), time.perf_counter() + SECONDS, 0
    while time.perf_counter() < until:
        response = await sender.post("/ingest/viewing_sessions", content=new_sessions(20), headers=NDJSON)
        response.raise_for_status()
        loads += 1
    spent = _engine_s(server.pid) - before
    for one in opened:
        assert not one.done(), one.exception()
        one.cancel()
    await asyncio.gather(*opened, return_exceptions=True)
    return spent * 1000 / loads, len(computed)


async def page(server: Served, reader: httpx.AsyncClient, computed: set[str]) -> None:
    """One open dashboard, until it is cancelled; what its answers say of the last load goes into `computed`."""
    address = server.url.replace("http", "ws", 1) + "/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        authorization = reader.headers["Authorization"]
        await _say(socket, type="connection_init", payload={"Authorization": authorization})
        await socket.recv()
        await _say(socket, type="subscribe", id="1", payload={"query": FRESHNESS})
        heard: list[str] = []
        changed = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_listen(socket, heard, changed))
            tasks.create_task(_keep_fresh(reader, heard, changed, computed))


async def _listen(socket: ClientConnection, heard: list[str], changed: asyncio.Event) -> None:
    async for message in socket:
        told = json.loads(message)
        assert told["type"] == "next", message
        heard[:] = [told["payload"]["data"]["freshness"]["loadedAt"]]
        changed.set()


async def _keep_fresh(reader: httpx.AsyncClient, heard: list[str], changed: asyncio.Event, computed: set[str]) -> None:
    pause_s = SHORTEST_PAUSE_S
    while True:
        await changed.wait()
        await asyncio.sleep(pause_s)
        changed.clear()
        began = time.perf_counter()
        computed.add(await _refresh(reader, heard[0]))
        pause_s = max(SHORTEST_PAUSE_S, REST * (time.perf_counter() - began))


async def _refresh(reader: httpx.AsyncClient, loaded_at: str) -> str:
    """Ask the panels; returns the end of the last load that the answer knows."""
    span = {"from": f"{UNTIL:%Y-03-01}", "to": f"{UNTIL:%Y-%m-%d}"}
    sent = {"query": PANELS, "variables": {"range": span, "timeZone": "UTC"}}
    response = await reader.post("/graphql", json=sent, headers={"Marquee-Loaded-Since": loaded_at})
    body = response.raise_for_status().json()
    assert "errors" not in body, body["errors"]
    known: str = body["extensions"]["marquee"]["loadedAt"]
    return known


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
