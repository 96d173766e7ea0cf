"""Step `together`: what small questions, posts and the health check take alone, and beside six long questions.

The long questions are of six people, asked without a pause; each asks a range of its own, so nothing is kept or shared.
They are also asked one after the other, to tell what running together costs them.
"""

import asyncio
import itertools
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import orjson

from tests.bench.figures import report, warehouse_argument
from tests.bench.generate import UNTIL
from tests.bench.servers import Served, marquee_uncached
from tests.integration.server.commands import MARQUEE

PEOPLE, WARM_UPS, ROUNDS, POSTS, ROWS_OF_A_POST, PROBES = 6, 3, 30, 10, 20, 200
NDJSON = {"Content-Type": "application/x-ndjson"}
SMALL = """
query Small($range: TimeRange) { viewing(range: $range) { rows(by: [GENRE]) { genre views viewers } } }
"""
LONG = """
query Long($range: TimeRange, $zone: TimeZone!) {
  stickiness(range: $range, timeZone: $zone) { day dailyViewers monthlyViewers }
  concurrency(range: $range, timeZone: $zone, grain: DAY) { time peakViewers }
  viewing(range: $range, timeZone: $zone) {
    rows(by: [MOVIE, COUNTRY], limit: 1000) { movie { id: sourceId } country viewers watchMinutesP95 } }
}
"""
FIRST_ID = itertools.count(time.time_ns())
Ask = Callable[[], Awaitable[None]]


def main() -> None:
    """Measure alone, then together."""
    with marquee_uncached(warehouse_argument()) as server:
        report(**asyncio.run(_measured(server)))


class Side:
    """The clients of one run: a person for small questions, a sender, and those who ask long ones."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self._lengths = itertools.count()
        self._clients: list[httpx.AsyncClient] = []

    def client(self, role: str, subject: str) -> httpx.AsyncClient:
        """A client with a token of its own."""
        command = [str(MARQUEE), "token", "issue", "--role", role, "--subject", subject]
        token = subprocess.check_output(command, env=dict(self.server.environment), text=True).strip()
        headers = {"Authorization": f"Bearer {token}"}
        made = httpx.AsyncClient(base_url=self.server.url, headers=headers, timeout=600, trust_env=False)
        self._clients.append(made)
        return made

    def span(self) -> dict[str, str]:
        """A range that nobody asked before: its ends move by minutes."""
        moved = timedelta(minutes=next(self._lengths))
        start, end = UNTIL - timedelta(days=75) + moved, UNTIL - moved
        return {"from": start.isoformat(), "to": end.isoformat()}

    async def ask(self, client: httpx.AsyncClient, document: str, **variables: object) -> None:
        """Ask a document of a new range. Ends the step where it is refused."""
        sent = {"query": document, "variables": {"range": self.span(), **variables}}
        response = await client.post("/graphql", json=sent)
        body = response.raise_for_status().json()
        if "errors" in body:
            raise SystemExit(f"refused: {body['errors'][0]['message']}")

    async def close(self) -> None:
        """Close all clients."""
        for client in self._clients:
            await client.aclose()


async def _measured(server: Served) -> dict[str, float]:
    side = Side(server)
    reader, sender = side.client("analyst", "small"), side.client("ingest", "sender")
    people = [side.client("analyst", f"person {number}") for number in range(PEOPLE)]
    anybody = httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False)

    async def small() -> None:
        await side.ask(reader, SMALL)

    async def post() -> None:
        rows = new_sessions(ROWS_OF_A_POST)
        response = await sender.post("/ingest/viewing_sessions", content=rows, headers=NDJSON)
        assert response.raise_for_status().json()["taken"] == ROWS_OF_A_POST, response.text

    async def health() -> None:
        (await anybody.get("/healthz")).raise_for_status()

    async def ready() -> None:
        (await anybody.get("/readyz")).raise_for_status()

    alone = await _all(small, post, health, ready)
    began = time.perf_counter()
    for person in people:
        await side.ask(person, LONG, zone="America/New_York")
    in_turn_s = time.perf_counter() - began
    longs: list[float] = []
    async with _asking(side, people, longs):
        together = await _all(small, post, health, ready)
    at_once = time.perf_counter()
    await asyncio.gather(*(side.ask(person, LONG, zone="America/New_York") for person in people))
    at_once_s = time.perf_counter() - at_once
    await side.close()
    await anybody.aclose()
    figures = {f"{what}_alone_ms": ms for what, ms in alone.items()}
    figures |= {f"{what}_together_ms": ms for what, ms in together.items()}
    return {
        **figures,
        "long_in_turn_s": in_turn_s,
        "long_at_once_s": at_once_s,
        "long_beside_s": statistics.mean(longs),
    }


@asynccontextmanager
async def _asking(side: Side, people: list[httpx.AsyncClient], took: list[float]) -> AsyncIterator[None]:
    """Let people ask long questions without a pause while the block runs."""
    is_over = asyncio.Event()

    async def keep_asking(person: httpx.AsyncClient) -> None:
        while not is_over.is_set():
            began = time.perf_counter()
            await side.ask(person, LONG, zone="America/New_York")
            took.append(time.perf_counter() - began)

    asking = [asyncio.create_task(keep_asking(person)) for person in people]
    await asyncio.sleep(2)
    try:
        yield
    finally:
        is_over.set()
        await asyncio.gather(*asking)


async def _all(small: Ask, post: Ask, health: Ask, ready: Ask) -> dict[str, float]:
    return {
        "small": await _late_ms(small, ROUNDS),
        "post": await _late_ms(post, POSTS),
        "health": await _late_ms(health, PROBES, 0.99),
        "ready": await _late_ms(ready, PROBES, 0.99),
    }


async def _late_ms(ask: Ask, rounds: int, share: float = 0.95) -> float:
    """The milliseconds within which a share of the calls were answered."""
    taken = []
    for number in range(WARM_UPS + rounds):
        began = time.perf_counter()
        await ask()
        if number >= WARM_UPS:
            taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[int(len(taken) * share)]


def new_sessions(count: int) -> bytes:
    """Sessions of the last day that the warehouse has, of known films and people, which nobody sent before."""
    return b"".join(
        orjson.dumps(
            {
                "id": number,
                "user_id": number % 1_000 + 1,
                "movie_id": number % 200 + 1,
                "start_time": f"{UNTIL - timedelta(seconds=1 + number % 80_000):%Y-%m-%dT%H:%M:%SZ}",
                "watch_duration_minutes": number % 90 + 0.5,
                "device_type": "Mobile",
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for number in itertools.islice(FIRST_ID, count)
    )


if __name__ == "__main__":
    main()
