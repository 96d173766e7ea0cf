"""A rebuild loses and doubles nothing while loads and corrections go on, and no reader meets it half-way."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.worlds import film_row, load, person_row, random_world, session_row
from warehouse import Warehouse, open_warehouse
from warehouse.model.rollups import ROLLUPS
from warehouse.verify.verify import plan, verify

pytestmark = pytest.mark.slow

LOADS = 6
WAIT_S = 120

WORLD = random_world(Random(8), 1_772_323_200, days=20, sessions=300)
SESSIONS = [session_row(one) for one in WORLD.sessions]


@pytest.fixture
def peopled(warehouse: Warehouse) -> Warehouse:
    """A warehouse with films and users, once in each mode."""
    load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
    load(warehouse, "users", [person_row(person) for person in WORLD.people.values()])
    return warehouse


def views(warehouse: Warehouse) -> set[int]:
    """Sessions as the facts and each step of each rollup count them, in one request: one number when they agree."""
    engine = warehouse.engine
    with warehouse.data_lock.reading():
        counted = [engine.query("SELECT count() FROM viewing_sessions").scalar()]
        for rollup in ROLLUPS:
            steps = ", ".join(f"sumIf(views, step = {step.value})" for step in rollup.steps)
            counted += engine.query(f"SELECT {steps} FROM {rollup.name}").rows[0]
    return set(counted)


def loading(warehouse: Warehouse) -> None:
    """All sessions in several loads, films corrected between them."""
    for index in range(LOADS):
        load(warehouse, "viewing_sessions", SESSIONS[index::LOADS])
        films = [replace(film, genres=(f"Genre {index}",)) for film in WORLD.films.values()]
        load(warehouse, "movies", [film_row(film) for film in films])


def in_background(work: Callable[[], None], failures: list[Exception]) -> threading.Thread:
    """Start the work; an error of it ends up in `failures`."""

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_loads_and_rebuilds_at_the_same_time_leave_what_the_facts_have(peopled: Warehouse) -> None:
    warehouse = peopled
    failures: list[Exception] = []
    done = threading.Event()
    disagreed: list[set[int]] = []

    def rebuilding() -> None:
        while not done.is_set():
            warehouse.rebuild()

    def reading() -> None:
        while not done.is_set():
            if len(found := views(warehouse)) != 1:
                disagreed.append(found)

    others = [in_background(rebuilding, failures), in_background(reading, failures)]
    try:
        loads = in_background(lambda: loading(warehouse), failures)
        loads.join(WAIT_S)
    finally:
        done.set()
        for thread in others:
            thread.join(WAIT_S)
    assert not loads.is_alive(), "the loads never got their turn"
    assert failures == []
    assert disagreed == []
    assert views(warehouse) == {len(SESSIONS)}
    assert list(verify(warehouse.engine, warehouse.read_consistently, plan(warehouse.engine))) == []


def test_a_twin_that_a_dead_rebuild_left_is_in_nobodys_way(peopled: Warehouse) -> None:
    warehouse = peopled
    load(warehouse, "viewing_sessions", SESSIONS)
    name = ROLLUPS[0].name
    warehouse.engine.command(f"CREATE TABLE {name}_rebuilt AS {name}")
    warehouse.engine.command(f"INSERT INTO {name}_rebuilt SELECT * FROM {name}")
    warehouse.rebuild()
    assert list(verify(warehouse.engine, warehouse.read_consistently, plan(warehouse.engine))) == []


# Dies when its first load is about to show its sessions: the rollups have months by then that the facts lack.
VICTIM = """
import os, signal, sys
from tests.integration.warehouse.test_rebuild import SESSIONS, WORLD
from tests.integration.warehouse.worlds import film_row, load, person_row
from warehouse import open_warehouse
from warehouse.engine.engine import Engine

run = Engine.command
def dying(self, sql, *rest, **settings):
    if sql.startswith("ALTER TABLE viewing_sessions ATTACH"):
        os.kill(os.getpid(), signal.SIGKILL)
    return run(self, sql, *rest, **settings)

with open_warehouse(sys.argv[1]) as warehouse:
    load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
    load(warehouse, "users", [person_row(person) for person in WORLD.people.values()])
    Engine.command = dying
    load(warehouse, "viewing_sessions", SESSIONS)
"""


def test_months_that_only_a_dead_load_had_are_emptied_on_opening(tmp_path: Path) -> None:
    address = f"chdb://{tmp_path / 'warehouse'}"
    root = Path(__file__).parents[3]
    died = subprocess.run(
        [sys.executable, "-c", VICTIM, address], cwd=root, env={**os.environ, "PYTHONPATH": "."}, check=False
    )
    assert died.returncode == -signal.SIGKILL
    with open_warehouse(address) as warehouse:
        assert views(warehouse) == {0}
        load(warehouse, "viewing_sessions", SESSIONS)
        assert views(warehouse) == {len(SESSIONS)}
