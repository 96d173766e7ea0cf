"""Step `cold`: the whole dashboard as one request, of ranges that nobody asked before, with nothing kept.

Every round asks both servers once, so that what disturbs one disturbs both. The baseline answers whole UTC days; ours
the same days in each zone. In UTC the answers are compared before anything is timed.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.bench.figures import report
from tests.bench.generate import UNTIL
from tests.bench.servers import Served, baseline, marquee_uncached

ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "America/St_Johns")
WARM_UPS, ROUNDS, COMPARED, CLIENTS, REQUESTS_EACH = 3, 25, 3, 8, 12
PANELS = """
query Panels($range: TimeRange, $timeZone: TimeZone!) {
  dashboard(range: $range, timeZone: $timeZone, compareTo: PREVIOUS_PERIOD) {
    users viewers views watchHours completionRate averageRating
    previous { viewers views watchHours completionRate averageRating } change { viewers views }
  }
  dailyTrends(range: $range, timeZone: $timeZone) { day views viewers watchHours completionRate }
  hourlyTrends(range: $range, timeZone: $timeZone) { hour views viewers watchHours }
  genres(range: $range, timeZone: $timeZone) { genre views viewers watchHours completionRate averageRating }
  devices(range: $range, timeZone: $timeZone) { device views viewers watchHours bufferingPerView }
  countries(range: $range, timeZone: $timeZone, limit: 20) { country users viewers views watchHours }
  topMovies(range: $range, timeZone: $timeZone, limit: 10) {
    movie { id: sourceId title genre } views viewers watchHours completionRate averageRating
  }
}
"""
Days = tuple[date, date]


def main() -> None:
    """Race."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--baseline", type=Path, required=True)
    asked = parser.parse_args()
    ranges = fresh_ranges(Random(7))
    with (
        baseline(asked.files, asked.baseline) as hand,
        marquee_uncached(asked.warehouse) as own,
    ):
        for _ in range(COMPARED):
            days = next(ranges)
            compare(_by_hand(hand, days), dashboard_of(own, days, "UTC"))
        figures: dict[str, Any] = {}
        for zone in ZONES:
            figures[zone] = _raced(hand, own, zone, ranges)
        figures["clients"] = _crowded(hand, own, fresh_ranges(Random(8), earliest=60))
        figures["memory"] = {"own_MiB": own.resident_mib(), "baseline_MiB": hand.resident_mib(), "ready_s": own.ready_s}
    report(**figures)


def fresh_ranges(chance: Random, earliest: int = 75) -> Iterator[Days]:
    """Ranges within the 90 days that there are, none twice: they begin 88 to `earliest` days before the last one, and
    end at most 14 before it."""
    last = UNTIL.date()
    starts, ends = range(earliest, 89), range(15)
    found = [(last - timedelta(days=start), last - timedelta(days=end)) for start in starts for end in ends]
    chance.shuffle(found)
    yield from found


def _raced(hand: Served, own: Served, zone: str, ranges: Iterator[Days]) -> dict[str, float]:
    by_hand: list[float] = []
    ours: list[float] = []
    with hand.client() as there, own.client() as here:
        for number in range(WARM_UPS + ROUNDS):
            days = next(ranges)
            began = time.perf_counter()
            there.get("/dashboard", params=_instants(days)).raise_for_status()
            middle = time.perf_counter()
            here.post("/graphql", json=_document(days, zone)).raise_for_status()
            if number >= WARM_UPS:
                by_hand.append(middle - began)
                ours.append(time.perf_counter() - middle)
    quartiles = statistics.quantiles(by_hand, n=4)
    p50, base = statistics.median(ours) * 1000, statistics.median(by_hand) * 1000
    return {"ms": p50, "baseline_ms": base, "ratio": p50 / base, "baseline_spread": quartiles[2] / quartiles[0]}


def _crowded(hand: Served, own: Served, ranges: Iterator[Days]) -> dict[str, float]:
    """Requests a second of eight clients that ask without a pause, one server after the other, twice."""
    rates: dict[str, list[float]] = {"own": [], "baseline": []}
    for _ in range(2):
        # None twice: of requests for the same, Marquee computes one.
        wanted = [next(ranges) for _ in range(CLIENTS * REQUESTS_EACH)]
        for name, server, ask in (("baseline", hand, _by_hand), ("own", own, dashboard_of)):
            rates[name].append(_rate(server, ask, wanted))
    own_rate, hand_rate = max(rates["own"]), max(rates["baseline"])
    return {"own_per_s": own_rate, "baseline_per_s": hand_rate, "ratio": own_rate / hand_rate}


def _rate(server: Served, ask: Callable[..., Any], wanted: Sequence[Days]) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as threads:
        jobs = [threads.submit(_repeat, server, ask, wanted, client) for client in range(CLIENTS)]
        for job in jobs:
            job.result()
    return CLIENTS * REQUESTS_EACH / (time.perf_counter() - began)


def _repeat(server: Served, ask: Callable[..., Any], wanted: Sequence[Days], client: int) -> None:
    with server.client() as connection:
        for number in range(REQUESTS_EACH):
            ask(server, wanted[client * REQUESTS_EACH + number], client=connection)


def _by_hand(server: Served, days: Days, client: httpx.Client | None = None) -> dict[str, Any]:
    with _connected(server, client) as connection:
        found: dict[str, Any] = connection.get("/dashboard", params=_instants(days)).raise_for_status().json()
    return found


def dashboard_of(server: Served, days: Days, zone: str = "UTC", client: httpx.Client | None = None) -> dict[str, Any]:
    """Our answer to the dashboard's document. Ends the step where it is refused."""
    with _connected(server, client) as connection:
        body = connection.post("/graphql", json=_document(days, zone)).raise_for_status().json()
    if "errors" in body:
        raise SystemExit(f"Marquee refused the dashboard: {body['errors'][0]['message']}")
    data: dict[str, Any] = body["data"]
    return data


@contextmanager
def _connected(server: Served, client: httpx.Client | None) -> Iterator[httpx.Client]:
    """The client, or a new one that is closed afterwards."""
    if client is not None:
        yield client
        return
    with server.client() as connection:
        yield connection


def _instants(days: Days) -> dict[str, int]:
    start, end = (int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in days)
    return {"from": start, "to": end}


def _document(days: Days, zone: str) -> dict[str, Any]:
    variables = {"range": {"from": str(days[0]), "to": str(days[1])}, "timeZone": zone}
    return {"query": PANELS, "variables": variables}


def compare(hand: dict[str, Any], own: dict[str, Any]) -> None:
    """Hold every number of our answer to the baseline's."""
    head, before = own["dashboard"], own["dashboard"]["previous"]
    figures = ("viewers", "views", "watchHours", "completionRate", "averageRating")
    _same("dashboard", hand["dashboard"], [[head["users"], *(head[name] for name in figures)]])
    _same("before", hand["before"], [[before[name] for name in figures]])
    for name, cells in (
        ("dailyTrends", ("day", "views", "viewers", "watchHours", "completionRate")),
        ("hourlyTrends", ("hour", "views", "viewers", "watchHours")),
        ("genres", ("genre", "views", "viewers", "watchHours", "completionRate", "averageRating")),
        ("devices", ("device", "views", "viewers", "watchHours", "bufferingPerView")),
        ("countries", ("country", "users", "viewers", "views", "watchHours")),
    ):
        _same(name, hand[name], [[row[cell] for cell in cells] for row in own[name]])
    films = ("views", "viewers", "watchHours", "completionRate", "averageRating")
    shown = [
        [int(row["movie"]["id"]), row["movie"]["title"], row["movie"]["genre"], *(row[cell] for cell in films)]
        for row in own["topMovies"]
    ]
    _same("topMovies", hand["topMovies"], shown)


def _same(panel: str, hand: Sequence[Sequence[Any]], own: Sequence[Sequence[Any]]) -> None:
    by_key = lambda row: str(row[0])  # noqa: E731 - equal figures may come in another order
    for theirs, ours in zip(sorted(hand, key=by_key), sorted(own, key=by_key), strict=True):
        if not all(_equal(one, other) for one, other in zip(theirs, ours, strict=True)):
            raise SystemExit(f"{panel}: the baseline says {theirs}, Marquee {ours}: no race between the two")


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return one is not None and other is not None and math.isclose(float(one), float(other), rel_tol=1e-9)
    return str(one) == str(other)[: len(str(one))] if isinstance(one, str) else one == other


if __name__ == "__main__":
    main()
