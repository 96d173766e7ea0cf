"""Kept answers are none older than the data: whatever changes what readers see ends them."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from resolvers.root import build_schema
from resolvers.statement_runner import StatementRunner
from server.answering.operations import published
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.settings import Settings
from tests.integration.new_warehouse import lay
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, VIEWER, Door, opened_door
from tests.integration.resolvers.world import SMALL, World
from warehouse import Warehouse, open_warehouse

TOTALS = "{ dashboard { totalViews activeUsers } }"


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
    assert door.ask(TOTALS, VIEWER)["dashboard"]["totalViews"] == 0
    half = World(SMALL.films, SMALL.people, SMALL.sessions[:300], ())
    rest = World((), (), tuple(replace(one, start=one.start + timedelta(days=1)) for one in SMALL.sessions[300:]), ())
    world.load(warehouse, half)
    assert door.ask(TOTALS, VIEWER)["dashboard"]["totalViews"] == 300
    world.load(warehouse, rest)
    assert door.ask(TOTALS, VIEWER)["dashboard"]["totalViews"] == 700
    warehouse.engine.command("ALTER TABLE daily_analytics DELETE WHERE 1", mutations_sync=2)
    assert door.ask(TOTALS, VIEWER)["dashboard"]["totalViews"] == 700
    warehouse.rebuild()
    assert door.ask(TOTALS, VIEWER)["dashboard"]["totalViews"] == 700


def test_the_statements_of_one_request_meet_one_state_of_the_data(
    growing: tuple[Door, Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    door, warehouse = growing
    world.load(warehouse, World(SMALL.films, SMALL.people, SMALL.sessions[:300], ()))
    more = World((), (), SMALL.sessions[300:], ())
    run, left = StatementRunner.run, [1]

    async def run_and_load(statements: StatementRunner, call: Any, allowance: Any) -> Any:
        """A load shows right after the second statement of the first try: between rows and totals."""
        result = await run(statements, call, allowance)
        left[0] += 1
        if left[0] == 3:
            await to_thread.run_sync(world.load, warehouse, more)
        return result

    monkeypatch.setattr(StatementRunner, "run", run_and_load)
    whole = '{from: "2026-01-01", to: "2027-01-01"}'
    told = door.ask(f"{{ viewing(range: {whole}) {{ rows {{ genre views }} totals {{ views }} }} }}", VIEWER)["viewing"]
    assert sum(row["views"] for row in told["rows"]) == told["totals"]["views"] == 700
    assert left[0] > 3


def test_a_request_that_loads_overtake_again_and_again_holds_them_back(
    growing: tuple[Door, Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    door, warehouse = growing
    world.load(warehouse, World(SMALL.films, SMALL.people, SMALL.sessions[:300], ()))
    run = StatementRunner.run
    loads: list[threading.Thread] = []

    async def run_and_load(statements: StatementRunner, call: Any, allowance: Any) -> Any:
        """A load begins after each statement, of ten sessions; where it may, it shows before the next."""
        result = await run(statements, call, allowance)
        first = 300 + 10 * len(loads)
        more = World((), (), SMALL.sessions[first : first + 10], ())
        loads.append(threading.Thread(target=world.load, args=(warehouse, more)))
        loads[-1].start()
        if not statements._holds_loads:
            await to_thread.run_sync(loads[-1].join)
        return result

    monkeypatch.setattr(StatementRunner, "run", run_and_load)
    whole = '{from: "2026-01-01", to: "2027-01-01"}'
    told = door.ask(f"{{ viewing(range: {whole}) {{ rows {{ genre views }} totals {{ views }} }} }}", VIEWER)["viewing"]
    overtaken = sum(row["views"] for row in told["rows"])
    for load in loads:
        load.join()
    # Two tries, and one that held back what came meanwhile.
    assert overtaken == told["totals"]["views"] < 300 + 10 * len(loads)
    assert warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar() == 300 + 10 * len(loads)


def test_the_clock_is_not_kept_while_there_is_no_data(growing: tuple[Door, Warehouse]) -> None:
    door, _ = growing
    door.ask(TOTALS, VIEWER)
    assert len(door.service.answers) == 0
