"""The right check speaks of a disturbed load, and only the right one; of a healthy service none does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.integration.warehouse import quality_world as befell
from tests.integration.warehouse.quality_world import HEALTHY_DAYS, UNTIL, Disturb, QualityWorld
from warehouse import open_warehouse
from warehouse.access import SYSTEM
from warehouse.checks.check_results import rounds
from warehouse.checks.checked_loads import Group
from warehouse.checks.declarations import CHECKS, Status
from warehouse.checks.finding import Finding
from warehouse.checks.run_checks import findings_of
from warehouse.loads import ledger

WARN, FAIL = Status.WARN, Status.FAIL
NEW_FILM = 777_777
# What befalls the days after the healthy ones, and what is said of their loads. The half comes last: the load after it
# would say so of the day before, too.
DISTURBANCES: dict[str, tuple[Disturb, dict[tuple[str, str], Status]]] = {
    "no-device": (befell.without("device_type"), {("nulls", "device_type"): FAIL}),
    "no-completion": (befell.without("completion_e6"), {("nulls", "completion_rate"): FAIL}),
    "a-device-renamed": (befell.renamed("Tablet", "iPad"), {("shift", "device"): FAIL}),
    "shorter-sessions": (befell.shortened, {("shift", "watch_minutes"): FAIL}),
    "a-film-without-genre": (befell.of_a_film(NEW_FILM), {("unknown", "genre"): FAIL}),
    "rows-of-ten-days-before": (befell.late, {("out_of_order", ""): WARN}),
    "every-row-twice": (befell.doubled, {("duplicates", ""): WARN}),
    "unknown-users": (befell.of_strangers, {("rejects", ""): FAIL}),
    "half-of-the-rows": (befell.half, {("volume", ""): WARN}),
}


@dataclass(frozen=True)
class Loaded:
    """The world after all its loads: their numbers by what befell them."""

    world: QualityWorld
    history: list[int]
    healthy: list[int]
    disturbed: dict[str, int]
    after_a_gap: int


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The demo's history, healthy days, disturbed days, and one after a day that never came."""
    with open_warehouse(f"chdb://{tmp_path_factory.mktemp('quality') / 'warehouse'}") as warehouse:
        world = QualityWorld(warehouse)
        world.load("movies", befell.film_without_genres(world.tables["movies"], NEW_FILM))
        history = [one.load_id for one in ledger.recent(warehouse.engine, 10)]
        healthy = [world.load_day(day, befell.healthy) for day in range(HEALTHY_DAYS)]
        disturbed = {
            name: world.load_day(day, disturb)
            for day, (name, (disturb, _)) in enumerate(DISTURBANCES.items(), start=HEALTHY_DAYS)
        }
        never_came = HEALTHY_DAYS + len(DISTURBANCES)
        after_a_gap = world.load_day(never_came + 1, befell.healthy)
        yield Loaded(world, history, healthy, disturbed, after_a_gap)


@pytest.mark.slow
def test_a_healthy_service_raises_no_alarm(loaded: Loaded) -> None:
    loads = [*loaded.history, *loaded.healthy]
    assert {load: loaded.world.spoken(load) for load in loads} == {load: {} for load in loads}


def test_a_daily_load_is_judged_by_every_check(loaded: Loaded) -> None:
    found = loaded.world.found(loaded.healthy[-1])
    assert {check for check, _ in found} == set(CHECKS)
    assert set(found.values()) == {Status.PASS}


def test_a_first_load_has_nothing_to_be_compared_with_but_itself(loaded: Loaded) -> None:
    first = min(loaded.history)
    found = loaded.world.found(first + 2)
    assert found["shift", "device"] is Status.NOT_ENOUGH_DATA
    assert found["nulls", "device_type"] is Status.NOT_ENOUGH_DATA
    assert found["volume", ""] is Status.PASS


@pytest.mark.parametrize("name", DISTURBANCES)
def test_one_check_speaks_of_one_disturbance(loaded: Loaded, name: str) -> None:
    assert loaded.world.spoken(loaded.disturbed[name]) == DISTURBANCES[name][1]


def test_a_day_that_never_came_is_seen_by_the_load_after_it(loaded: Loaded) -> None:
    (volume,) = (one for one in _findings(loaded, loaded.after_a_gap) if one.check == "volume")
    assert (volume.status, volume.value) == (FAIL, 0)
    assert volume.sentence.startswith("Sunday 2026-11-01 has 0 viewing sessions, 0% of the ")


def test_rows_that_come_long_after_they_began_are_late_where_they_usually_are_not(loaded: Loaded) -> None:
    """The demo's days are long past, so all its loads are late, and that is usual; in a punctual service it is not."""
    engine = loaded.world.warehouse.engine
    engine.command("ALTER TABLE load_checks UPDATE value = 0 WHERE check = 'late'", mutations_sync=2)
    entry = ledger.find(engine, loaded.healthy[-1])
    assert entry is not None
    assert _late(loaded, replace(entry, started_at=UNTIL - timedelta(days=11))) is Status.PASS
    assert _late(loaded, replace(entry, started_at=UNTIL)) is FAIL


def test_what_was_found_stays_when_the_load_is_taken_back(loaded: Loaded) -> None:
    load = loaded.after_a_gap
    loaded.world.warehouse.undo(load)
    newest = rounds(loaded.world.warehouse.engine, SYSTEM, 1)[0]
    assert (newest.last.load_id, newest.status, newest.undone) == (load, FAIL, 1)


def test_rounds_can_be_asked_for_by_status_and_table(loaded: Loaded) -> None:
    warned = rounds(loaded.world.warehouse.engine, SYSTEM, 50, statuses=[WARN])
    names = ("rows-of-ten-days-before", "every-row-twice", "half-of-the-rows")
    assert {one.last.load_id for one in warned} == {loaded.disturbed[name] for name in names}
    assert {found.status for one in warned for found in one.findings} == {WARN}
    assert [one.last.table for one in rounds(loaded.world.warehouse.engine, SYSTEM, 2, table="movies")] == [
        "movies"
    ] * 2


def _findings(loaded: Loaded, load_id: int) -> list[Finding]:
    found = rounds(loaded.world.warehouse.engine, SYSTEM, 50)
    return next(list(one.findings) for one in found if one.last.load_id == load_id)


def _late(loaded: Loaded, entry: ledger.Entry) -> Status:
    found = findings_of(loaded.world.warehouse.engine, Group(entry.table, (entry,)))
    return next(one.status for one in found if one.check == "late")
