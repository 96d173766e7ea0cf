"""Kept answers are none older than the data: whatever changes what readers see ends them."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from resolvers.context import Context
from resolvers.root import build_schema
from resolvers.statement_runner import StatementRunner
from server.answering.published_operations import published
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.settings import Settings
from tests.integration.new_warehouse import lay
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, VIEWER, Door, bearer, opened_door
from tests.integration.resolvers.world import SMALL, World
from warehouse import Warehouse, open_warehouse
from warehouse.access import Access
from warehouse.engine.allowance import Allowance
from warehouse.loads import ledger

pytestmark = pytest.mark.slow

TOTALS = "{ dashboard { views viewers } }"


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[tuple[Door, Warehouse]]:
    """A server that keeps answers over a warehouse that is still empty."""
    settings = Settings(warehouse=lay(tmp_path / "warehouse"))
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        service = Service(settings, warehouse, build_schema(), published(), TOKENS, answers=ResponseCache(1 << 26))
        with opened_door(service) as door:
            yield door, warehouse


def test_a_load_or_a_rebuild_ends_what_was_kept(growing: tuple[Door, Warehouse]) -> None:
    door, warehouse = growing
    assert door.ask(TOTALS, VIEWER)["dashboard"]["views"] == 0
    half = World(SMALL.films, SMALL.people, SMALL.sessions[:300], ())
    rest = World((), (), tuple(replace(one, start=one.start + timedelta(days=1)) for one in SMALL.sessions[300:]), ())
    world.load(warehouse, half)
    assert door.ask(TOTALS, VIEWER)["dashboard"]["views"] == 300
    world.load(warehouse, rest)
    assert door.ask(TOTALS, VIEWER)["dashboard"]["views"] == 700
    warehouse.engine.command("ALTER TABLE daily_analytics DELETE WHERE 1", mutations_sync=2)
    assert door.ask(TOTALS, VIEWER)["dashboard"]["views"] == 700
    warehouse.rebuild()
    assert door.ask(TOTALS, VIEWER)["dashboard"]["views"] == 700


def total_since(door: Door, loaded_at: str | None) -> int:
    """The views of an answer of any state since a load."""
    headers = {**bearer(VIEWER), **({"Marquee-Loaded-Since": loaded_at} if loaded_at else {})}
    body = door.request("POST", "/graphql", json={"query": TOTALS}, headers=headers).json()
    total: int = body["data"]["dashboard"]["views"]
    return total


def loaded_at(warehouse: Warehouse) -> str:
    """When the last load was done, as a subscriber hears of it."""
    told = warehouse.reader.freshness(Access("page", "viewer")).loaded_at
    assert told is not None
    return told


def test_an_answer_since_a_load_that_was_told_will_do_for_who_says_so(growing: tuple[Door, Warehouse]) -> None:
    door, warehouse = growing
    world.load(warehouse, World(SMALL.films, SMALL.people, SMALL.sessions[:300], ()))
    first = loaded_at(warehouse)
    assert total_since(door, None) == 300
    world.load(warehouse, World((), (), SMALL.sessions[300:500], ()))
    second = loaded_at(warehouse)
    # Kept from before the second load, which is since the first and not since itself.
    assert total_since(door, first) == 300
    assert total_since(door, "2020-01-01T00:00:00+00:00") == 500
    world.load(warehouse, World((), (), SMALL.sessions[500:], ()))
    assert total_since(door, first) == 500
    assert total_since(door, second) == 500
    assert total_since(door, None) == 700
    assert total_since(door, first) == 700


def test_no_answer_from_before_a_correction_or_an_undo_will_do(growing: tuple[Door, Warehouse]) -> None:
    door, warehouse = growing
    world.load(warehouse, World(SMALL.films, SMALL.people, SMALL.sessions[:300], ()))
    first = loaded_at(warehouse)
    world.load(warehouse, World((), (), SMALL.sessions[300:], ()))
    assert total_since(door, first) == 700
    warehouse.undo(ledger.recent(warehouse.engine, 1)[0].load_id)
    assert total_since(door, first) == 300
    world.load(warehouse, World((), (replace(SMALL.people[0], country="XX"),), (), ()))
    other = {"query": "{ countries { country views } }"}
    headers = {**bearer(VIEWER), "Marquee-Loaded-Since": first}
    assert "XX" in door.request("POST", "/graphql", json=other, headers=headers).text


def test_the_statements_of_one_request_meet_one_state_of_the_data(
    growing: tuple[Door, Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    door, warehouse = growing
    world.load(warehouse, World(SMALL.films, SMALL.people, SMALL.sessions[:300], ()))
    more = World((), (), SMALL.sessions[300:], ())
    run, left, one_by_one = StatementRunner.run, [1], asyncio.Lock()

    async def run_and_load(statements: StatementRunner, call: Any, allowance: Any, *is_once: bool) -> Any:
        """A load shows right after the second statement of the first try: between rows and totals."""
        async with one_by_one:
            result = await run(statements, call, allowance, *is_once)
            left[0] += 1
            if left[0] == 3:
                await to_thread.run_sync(world.load, warehouse, more)
            return result

    monkeypatch.setattr(StatementRunner, "run", run_and_load)
    whole = '{from: "2026-01-01", to: "2027-01-01"}'
    asked = f"{{ viewing(range: {whole}) {{ rows(by: [GENRE]) {{ genre views }} totals {{ views }} }} }}"
    told = door.ask(asked, VIEWER)["viewing"]
    assert sum(row["views"] for row in told["rows"]) == told["totals"]["views"] == 700
    assert left[0] > 3


def test_a_request_that_loads_overtake_again_and_again_holds_them_back(
    growing: tuple[Door, Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    door, warehouse = growing
    world.load(warehouse, World(SMALL.films, SMALL.people, SMALL.sessions[:300], ()))
    run, one_by_one = StatementRunner.run, asyncio.Lock()
    loads: list[threading.Thread] = []

    async def run_and_load(statements: StatementRunner, call: Any, allowance: Any, *is_once: bool) -> Any:
        """A load begins after each statement, of ten sessions; where it may, it shows before the next."""
        async with one_by_one:
            result = await run(statements, call, allowance, *is_once)
            first = 300 + 10 * len(loads)
            more = World((), (), SMALL.sessions[first : first + 10], ())
            loads.append(threading.Thread(target=world.load, args=(warehouse, more)))
            loads[-1].start()
            if not statements._holds_loads:
                await to_thread.run_sync(loads[-1].join)
            return result

    monkeypatch.setattr(StatementRunner, "run", run_and_load)
    whole = '{from: "2026-01-01", to: "2027-01-01"}'
    asked = f"{{ viewing(range: {whole}) {{ rows(by: [GENRE]) {{ genre views }} totals {{ views }} }} }}"
    told = door.ask(asked, VIEWER)["viewing"]
    overtaken = sum(row["views"] for row in told["rows"])
    for load in loads:
        load.join()
    # Two tries, and one that held back what came meanwhile.
    assert overtaken == told["totals"]["views"] < 300 + 10 * len(loads)
    assert warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar() == 300 + 10 * len(loads)


def test_who_holds_loads_back_waits_for_nobody_who_waits_for_a_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One client: its turn is had by one who waits until a load shows, which waits for the one that holds it back."""
    settings = Settings(warehouse=lay(tmp_path / "warehouse"), clients=1)
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse, World(SMALL.films, SMALL.people, SMALL.sessions[:300], ()))
        service = Service(settings, warehouse, build_schema(), published(), TOKENS)
        work = Context.work
        others: list[asyncio.Future[Any]] = []

        async def staged(context: Context, call: Any, path: str = "") -> Any:
            """Before the first statement a load begins to wait, and after it another asker."""
            if not others:
                others.append(asyncio.ensure_future(to_thread.run_sync(show)))
                while not warehouse.data_lock._writers_waiting:  # noqa: ASYNC110 - another thread makes it so
                    await asyncio.sleep(0.01)
                others.append(asyncio.ensure_future(asked()))
                while not service.admission.turns._running.total():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            return await work(context, call, path)

        def show() -> None:
            with warehouse.data_lock.appending():
                pass

        async def asked() -> int:
            counted = "SELECT count() FROM viewing_sessions"
            async with service.admission.turns.turn("another", 1, "q"):
                found = await StatementRunner(warehouse).run(
                    lambda: warehouse.engine.query(counted).scalar(), Allowance(20, 10**9)
                )
            return int(found)

        monkeypatch.setattr(Context, "work", staged)
        monkeypatch.setattr("server.answering.service.MOST_TRIES", 0)
        with opened_door(service) as door:

            async def story() -> tuple[Any, int]:
                async with asyncio.timeout(20):
                    response = await door.client.post("/graphql", json={"query": TOTALS}, headers=bearer(VIEWER))
                    await others[0]
                    return response.json(), await others[1]

            body, counted = door.portal.call(story)
        assert (body["data"]["dashboard"]["views"], counted) == (300, 300)


def test_the_clock_is_not_kept_while_there_is_no_data(growing: tuple[Door, Warehouse]) -> None:
    door, _ = growing
    door.ask(TOTALS, VIEWER)
    assert len(door.service.answers) == 0
