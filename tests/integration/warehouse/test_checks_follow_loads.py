"""Checks follow loads: small ones together, none twice, none lost by a crash, and none that fails a load."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.support.clock import Clock
from warehouse import Warehouse, ids, open_warehouse
from warehouse.access import SYSTEM
from warehouse.checks import check_schedule
from warehouse.checks.check_results import Round, rounds
from warehouse.checks.check_schedule import Inspector
from warehouse.checks.declarations import Status
from warehouse.errors import Unavailable
from warehouse.loads.ledger import Entry
from warehouse.tables.incoming_schemas import INCOMING

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's warehouse is; each test goes on with what the one before left."""
    return tmp_path_factory.mktemp("followed") / "warehouse"


@pytest.fixture(autouse=True)
def _large_is_not_so_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads of fewer rows than in earnest are checked alone, so that they are quickly made."""
    monkeypatch.setattr(check_schedule, "ALONE_ROWS", 2_000)


@pytest.fixture
def clock() -> Clock:
    """The inspector's clock."""
    return Clock()


@pytest.fixture
def warehouse(folder: Path, clock: Clock) -> Iterator[Warehouse]:
    """The module's warehouse, opened anew: nothing waits for checks."""
    with open_warehouse(f"chdb://{folder}") as opened:
        opened.inspector = Inspector(opened.engine, opened._write_lock.hold, clock)
        yield opened


def films(warehouse: Warehouse, first: int, count: int) -> Entry:
    """Load films of numbers from `first`."""
    schema = INCOMING["movies"]
    columns = {
        "id": ids.from_numbers(np.arange(first, first + count, dtype=np.uint64)),
        "title": pa.array(["Metropolis"] * count),
        "genres": pa.array([["Drama"]] * count, schema.field("genres").type),
    }
    arrays = [columns.get(field.name, pa.nulls(count, field.type)) for field in schema]
    with warehouse.load("movies", files=["test"]) as load:
        load.write(pa.record_batch(arrays, schema=schema))
        load.commit()
    return load.entry


def newest(warehouse: Warehouse, count: int = 1) -> list[Round]:
    return rounds(warehouse.engine, SYSTEM, count)


def numbers(found: list[Round]) -> list[tuple[list[int], bool]]:
    """The loads of each round, and whether they were checked."""
    return [([one.load_id for one in each.loads], each.checked_at is not None) for each in found]


def test_a_load_of_many_rows_is_checked_as_soon_as_it_is_done(warehouse: Warehouse) -> None:
    load = films(warehouse, 1, check_schedule.ALONE_ROWS)
    assert numbers(newest(warehouse)) == [([load.load_id], True)]


def test_small_loads_wait_and_are_checked_together(warehouse: Warehouse, clock: Clock) -> None:
    first, second = films(warehouse, 100_001, 5), films(warehouse, 100_011, 5)
    assert numbers(newest(warehouse)) == [([first.load_id, second.load_id], False)]
    assert newest(warehouse)[0].status is None
    clock.now_s += check_schedule.LONGEST_WAIT_S
    third = films(warehouse, 100_021, 5)
    assert numbers(newest(warehouse)) == [([first.load_id, second.load_id, third.load_id], True)]


def test_a_thousand_rows_are_enough_once_the_last_round_is_ten_seconds_ago(warehouse: Warehouse, clock: Clock) -> None:
    first = films(warehouse, 200_001, check_schedule.ENOUGH_ROWS)
    assert numbers(newest(warehouse)) == [([first.load_id], True)]
    second = films(warehouse, 202_001, check_schedule.ENOUGH_ROWS)
    assert numbers(newest(warehouse)) == [([second.load_id], False)]
    clock.now_s += check_schedule.PAUSE_S
    third = films(warehouse, 204_001, 5)
    assert numbers(newest(warehouse)) == [([second.load_id, third.load_id], True)]


def test_what_waits_is_checked_when_the_warehouse_closes(folder: Path) -> None:
    with open_warehouse(f"chdb://{folder}") as opened:
        load = films(opened, 300_001, 5)
        assert numbers(newest(opened)) == [([load.load_id], False)]
    with open_warehouse(f"chdb://{folder}") as opened:
        assert numbers(newest(opened)) == [([load.load_id], True)]
        assert opened.inspector._last_round < 0, "nothing was left to check on opening"


def test_checks_that_a_crash_prevented_are_made_up_on_opening(folder: Path) -> None:
    with open_warehouse(f"chdb://{folder}") as opened:
        load = films(opened, 400_001, 5)
        opened.inspector.check()
        found = newest(opened)
        # As a kill between the two would leave it.
        opened.engine.command(f"ALTER TABLE load_checks DELETE WHERE load_id = {load.load_id}", mutations_sync=2)
        assert numbers(newest(opened)) == [([load.load_id], False)]
    with open_warehouse(f"chdb://{folder}") as opened:
        with opened.exclusive():
            pass  # on a server the next process that writes does it
        assert newest(opened)[0].findings == found[0].findings
        assert newest(opened)[0].status is Status.NOT_ENOUGH_DATA


def test_a_check_that_fails_fails_no_load_and_is_made_up(
    warehouse: Warehouse, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("The disk of the warehouse is full.")

    clock.now_s += check_schedule.PAUSE_S
    with monkeypatch.context() as broken:
        broken.setattr(check_schedule, "keep", fail)
        load = films(warehouse, 500_001, check_schedule.ALONE_ROWS)
    assert warehouse.engine.query("SELECT count() FROM movies WHERE title != ''").scalar() > check_schedule.ALONE_ROWS
    assert numbers(newest(warehouse)) == [([load.load_id], False)]
    assert "wait for the next round: The disk of the warehouse is full." in caplog.text
    warehouse.inspector.check()
    assert numbers(newest(warehouse)) == [([load.load_id], True)]


def test_a_timer_checks_what_no_further_load_does(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_schedule, "LONGEST_WAIT_S", 0.05)
    load = films(warehouse, 600_001, 5)
    timer = warehouse.inspector._timer
    if timer is not None:
        timer.join()
    assert numbers(newest(warehouse)) == [([load.load_id], True)]


def test_loads_of_before_there_were_checks_have_none(folder: Path) -> None:
    with open_warehouse(f"chdb://{folder}") as opened:
        opened.engine.command("TRUNCATE TABLE load_checks")
        opened.engine.command(
            "ALTER TABLE schema_migrations UPDATE applied_at = now64(3) + INTERVAL 1 DAY WHERE number = 13",
            mutations_sync=2,
        )
        opened.inspector.check()
        assert newest(opened) == []
