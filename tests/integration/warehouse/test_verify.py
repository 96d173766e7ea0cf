"""Verify finds exactly what was altered in a rollup, rebuild mends it, and what was loaded well is told to be well."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random

import pytest

from tests.integration.warehouse.modes import MODES, Modes
from tests.integration.warehouse.worlds import load_in_pieces, random_world
from warehouse import Warehouse
from warehouse.days import ALL_DAYS, Days
from warehouse.errors import BadInput
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.status import StaleMonth, stale_months
from warehouse.tables.rebuild import rebuild_rollup
from warehouse.tables.reconcile import rollup_select
from warehouse.verify.recounts import KEYS, SETS, STEPS, SUMS
from warehouse.verify.verify import Difference, plan, verify

# 2026-03-01T00:00Z: the world around it lies in two months.
CENTRE = 1_772_323_200
STRANGER = 4_000_000_000
DECADE_S = 10 * 365 * 86_400

embedded = pytest.mark.parametrize("loaded", ["embedded"], indirect=True)
each_rollup = pytest.mark.parametrize("rollup", ROLLUPS, ids=lambda rollup: rollup.name)


@pytest.fixture(scope="module", params=MODES)
def loaded(
    request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """A world with corrected films and users, once in each mode; every test leaves it as it was."""
    chance = Random(11)
    with modes.new(request.param, tmp_path_factory.mktemp("warehouse")) as warehouse:
        load_in_pieces(warehouse, random_world(chance, CENTRE, days=20), chance)
        # Rows of several loads wait to be merged; merged, each bucket and key is one row that can be altered.
        for rollup in ROLLUPS:
            warehouse.engine.command(f"OPTIMIZE TABLE {rollup.name} FINAL")
        yield warehouse


@dataclass(frozen=True)
class StoredRow:
    """One row of a rollup: `where` finds it, `values` are its sums and its sets' members in order."""

    table: str
    where: str
    start: int
    key: dict[str, str | int]
    values: dict[str, int | list[int]]

    @property
    def selected(self) -> str:
        """SQL of the row alone; a subquery, because an alias outside would shadow the columns that `where` reads."""
        return f"(SELECT * FROM {self.table} WHERE {self.where})"

    def difference(
        self, measure: str, stored: int, recounted: int, lacking: tuple[int, ...] = (), surplus: tuple[int, ...] = ()
    ) -> Difference:
        """What verify should tell of this row."""
        return Difference(self.table, bucket(self.start), self.key, measure, stored, recounted, lacking, surplus)


def bucket(start: int) -> str:
    """A bucket as verify names it."""
    return datetime.fromtimestamp(start, UTC).isoformat()


def busiest_row(warehouse: Warehouse, rollup: Rollup) -> StoredRow:
    """The row with the most views."""
    shown = [slug if slug in SUMS else f"arraySort(bitmapToArray({slug})) AS {slug}" for slug in rollup.aggregates]
    columns = ", ".join(["toUInt32(bucket) AS start", *rollup.keys, *shown])
    order = ", ".join(["views DESC", "bucket", *rollup.keys])
    row = warehouse.engine.query(f"SELECT {columns} FROM {rollup.name} ORDER BY {order} LIMIT 1").dicts()[0]
    key = {name: row[name] for name in rollup.keys}
    where = " AND ".join(
        [f"toUInt32(bucket) = {row['start']}", *(f"{name} = {value!r}" for name, value in key.items())]
    )
    return StoredRow(rollup.name, where, row["start"], key, {slug: row[slug] for slug in rollup.aggregates})


Mutation = Callable[[Warehouse, Rollup, StoredRow], list[Difference]]


def alter_every_sum(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    sums = {slug: value for slug, value in row.values.items() if isinstance(value, int)}
    changes = ", ".join(f"{slug} = {slug} + 1" for slug in sums)
    warehouse.engine.command(f"ALTER TABLE {rollup.name} UPDATE {changes} WHERE {row.where}", mutations_sync=2)
    return [row.difference(slug, value + 1, value) for slug, value in sums.items()]


def alter_one_sum(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    value = row.values["watch_e4"]
    assert isinstance(value, int)
    change = "watch_e4 = watch_e4 - 1"
    warehouse.engine.command(f"ALTER TABLE {rollup.name} UPDATE {change} WHERE {row.where}", mutations_sync=2)
    return [row.difference("watch_e4", value - 1, value)]


def put_a_stranger_into_every_set(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    """As many members as before, one of them another."""
    sets = {slug: value for slug, value in row.values.items() if isinstance(value, list)}
    changes = ", ".join(
        f"{slug} = bitmapTransform({slug}, [toUInt32({members[0]})], [toUInt32({STRANGER})])"
        for slug, members in sets.items()
    )
    warehouse.engine.command(f"ALTER TABLE {rollup.name} UPDATE {changes} WHERE {row.where}", mutations_sync=2)
    return [
        row.difference(slug, len(members), len(members), lacking=(members[0],), surplus=(STRANGER,))
        for slug, members in sets.items()
    ]


def delete_the_row(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    warehouse.engine.command(f"ALTER TABLE {rollup.name} DELETE WHERE {row.where}", mutations_sync=2)
    return [row.difference("rows", 0, 1)]


def count_the_row_twice(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    """What a load that was shown twice would leave: sums doubled, sets as before."""
    warehouse.engine.command(f"INSERT INTO {rollup.name} SELECT * FROM {rollup.name} WHERE {row.where}")
    sums = {slug: value for slug, value in row.values.items() if isinstance(value, int)}
    return [row.difference(slug, 2 * value, value) for slug, value in sums.items() if value]


def add_a_row_in_a_month_without_facts(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    shown = f"* REPLACE (bucket + {DECADE_S} AS bucket)"
    warehouse.engine.command(f"INSERT INTO {rollup.name} SELECT {shown} FROM {row.selected}")
    return [Difference(rollup.name, bucket(row.start + DECADE_S), row.key, "rows", 1, 0)]


def add_a_row_of_a_strange_key(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    name = rollup.keys[-1]
    value = "Nowhere" if isinstance(row.key[name], str) else STRANGER
    shown = f"* REPLACE ({value!r} AS {name})"
    warehouse.engine.command(f"INSERT INTO {rollup.name} SELECT {shown} FROM {row.selected}")
    return [Difference(rollup.name, bucket(row.start), {**row.key, name: value}, "rows", 1, 0)]


ANYWHERE: tuple[Mutation, ...] = (
    alter_one_sum,
    alter_every_sum,
    put_a_stranger_into_every_set,
    delete_the_row,
    count_the_row_twice,
    add_a_row_in_a_month_without_facts,
)


def differences(warehouse: Warehouse, days: Days = ALL_DAYS) -> list[Difference]:
    """All of them, on some days."""
    return list(verify(warehouse.engine, warehouse.data_lock, plan(warehouse.engine, days)))


def test_a_world_that_was_loaded_and_corrected_in_pieces_verifies(loaded: Warehouse) -> None:
    assert differences(loaded) == []
    assert stale_months(loaded.engine, loaded.data_lock) == []


@embedded
@each_rollup
@pytest.mark.parametrize("mutate", ANYWHERE, ids=lambda mutate: mutate.__name__)
def test_an_altered_row_is_found_and_mended(loaded: Warehouse, rollup: Rollup, mutate: Mutation) -> None:
    expected = mutate(loaded, rollup, busiest_row(loaded, rollup))
    assert expected
    assert differences(loaded) == expected
    loaded.rebuild([rollup])
    assert differences(loaded) == []


@embedded
@pytest.mark.parametrize("rollup", [one for one in ROLLUPS if one.keys], ids=lambda rollup: rollup.name)
def test_a_row_of_a_strange_key_is_found_and_mended(loaded: Warehouse, rollup: Rollup) -> None:
    expected = add_a_row_of_a_strange_key(loaded, rollup, busiest_row(loaded, rollup))
    assert differences(loaded) == expected
    loaded.rebuild([rollup])
    assert differences(loaded) == []


def test_an_altered_row_of_each_rollup_is_found_and_mended_in_one_go(loaded: Warehouse) -> None:
    expected = [
        one for rollup in ROLLUPS for one in put_a_stranger_into_every_set(loaded, rollup, busiest_row(loaded, rollup))
    ]
    assert sorted(map(str, differences(loaded))) == sorted(map(str, expected))
    loaded.rebuild()
    assert differences(loaded) == []


@embedded
def test_a_wrong_declaration_is_no_witness_for_itself(loaded: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(rollup: Rollup, source: str, condition: str = "1") -> str:
        return rollup_select(rollup, source, condition).replace("completion_e6 >= 900000", "completion_e6 > 900000")

    monkeypatch.setattr("warehouse.tables.rebuild.rollup_select", careless)
    rebuild_rollup(loaded.engine, ROLLUPS[0])
    monkeypatch.undo()
    assert {(one.rollup, one.measure) for one in differences(loaded)} == {(ROLLUPS[0].name, "completed")}
    loaded.rebuild([ROLLUPS[0]])
    assert differences(loaded) == []


@embedded
def test_only_the_asked_days_are_compared_and_only_their_months_rebuilt(loaded: Warehouse) -> None:
    rollup, february = ROLLUPS[0], Days(date(2026, 2, 1), date(2026, 3, 1))
    everywhere = "ALTER TABLE daily_analytics UPDATE buffering = buffering + 1 WHERE 1"
    loaded.engine.command(everywhere, mutations_sync=2)
    found = differences(loaded)
    of_february = [one for one in found if one.bucket.startswith("2026-02")]
    assert 0 < len(of_february) < len(found)
    assert differences(loaded, february) == of_february
    assert loaded.rebuild([rollup], february) == 1
    assert differences(loaded) == [one for one in found if one not in of_february]
    assert loaded.rebuild([rollup], Days(start=date(2026, 3, 31))) == 1
    assert differences(loaded) == []


@embedded
def test_a_sample_is_a_share_of_the_days_that_its_seed_draws(loaded: Warehouse) -> None:
    def drawn(sample: float, seed: int = 0) -> set[date]:
        return {day for comparison in plan(loaded.engine, sample=sample, seed=seed) for day in comparison.days}

    everything = drawn(1)
    half = drawn(0.5)
    assert len(half) == -(-len(everything) // 2)
    assert half < everything
    assert drawn(0.5) == half
    assert drawn(0.25) < half
    assert set.union(*(drawn(0.5, seed) for seed in range(12))) == everything
    assert len(drawn(1e-9)) == 1


@embedded
@pytest.mark.parametrize("sample", [0, -0.1, 1.01, float("nan")])
def test_a_share_outside_0_to_1_is_refused(loaded: Warehouse, sample: float) -> None:
    with pytest.raises(BadInput, match="share of the days"):
        plan(loaded.engine, sample=sample)


@embedded
def test_stale_months_are_told_until_they_are_rebuilt(loaded: Warehouse) -> None:
    rollup = ROLLUPS[3]
    row = busiest_row(loaded, rollup)
    add_a_row_in_a_month_without_facts(loaded, rollup, row)
    views = row.values["views"]
    assert isinstance(views, int)
    month = datetime.fromtimestamp(row.start + DECADE_S, UTC)
    assert stale_months(loaded.engine, loaded.data_lock) == [
        StaleMonth(rollup.name, month.year * 100 + month.month, views, 0)
    ]
    loaded.rebuild([rollup])
    assert stale_months(loaded.engine, loaded.data_lock) == []


def test_everything_that_rollups_declare_has_a_recount_of_its_own() -> None:
    assert {rollup.step_s for rollup in ROLLUPS} == set(STEPS)
    assert {key for rollup in ROLLUPS for key in rollup.keys} == set(KEYS)
    assert {slug for rollup in ROLLUPS for slug in rollup.aggregates} == set(SUMS) | set(SETS)
