"""Verify finds exactly what was altered in a rollup, rebuild mends it, and what was loaded well is told to be well."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from tests.integration.warehouse.modes import MODES, Modes
from tests.integration.warehouse.worlds import load_in_pieces, random_world
from warehouse import Warehouse
from warehouse.day_range import ALL_DAYS, DayRange
from warehouse.errors import BadInput
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.model.time_steps import Step
from warehouse.status import WrongMonth, wrong_months
from warehouse.tables.rebuild import rebuild_rollup
from warehouse.tables.rollup_tables import rollup_select
from warehouse.verify.recounts import KEYS, SETS, STEPS, SUMS
from warehouse.verify.verify import Difference, plan, verify

pytestmark = pytest.mark.slow

# 2026-03-01T00:00Z: the world around it lies in two months.
CENTRE = 1_772_323_200
STRANGER = 4_000_000_000
STRANGE_YEARS = 10

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
    step: Step
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
        return Difference(
            self.table, self.step.name, bucket(self.start), self.key, measure, stored, recounted, lacking, surplus
        )


def bucket(start: int) -> str:
    """A bucket as verify names it."""
    return f"{datetime.fromtimestamp(start, UTC):%Y-%m-%dT%H:%M:%SZ}"


def years_later(start: int) -> int:
    """The same bucket in a month without facts, on the grid of its step."""
    then = datetime.fromtimestamp(start, UTC)
    return int(then.replace(year=then.year + STRANGE_YEARS).timestamp())


def busiest_row(warehouse: Warehouse, rollup: Rollup, step: Step) -> StoredRow:
    """The row of a step with the most views."""
    shown = [slug if slug in SUMS else f"arraySort(bitmapToArray({slug})) AS {slug}" for slug in rollup.aggregates]
    columns = ", ".join(["toUInt32(bucket) AS start", *rollup.keys, *shown])
    order = ", ".join(["views DESC", "bucket", *rollup.keys])
    rows = f"{rollup.name} WHERE step = {step.value}"
    row = warehouse.engine.query(f"SELECT {columns} FROM {rows} ORDER BY {order} LIMIT 1").dicts()[0]
    key = {name: row[name] for name in rollup.keys}
    where = " AND ".join(
        [
            f"step = {step.value}",
            f"toUInt32(bucket) = {row['start']}",
            *(f"{name} = {value!r}" for name, value in key.items()),
        ]
    )
    return StoredRow(rollup.name, step, where, row["start"], key, {slug: row[slug] for slug in rollup.aggregates})


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
    return add_a_row_at(years_later(row.start), warehouse, rollup, row)


def add_a_row_at(start: int, warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    """The row once more, in another bucket."""
    shown = f"* REPLACE (toDateTime({start}, 'UTC') AS bucket)"
    warehouse.engine.command(f"INSERT INTO {rollup.name} SELECT {shown} FROM {row.selected}")
    return [Difference(rollup.name, row.step.name, bucket(start), row.key, "rows", 1, 0)]


def add_a_row_of_a_strange_key(warehouse: Warehouse, rollup: Rollup, row: StoredRow) -> list[Difference]:
    name = rollup.keys[-1]
    value = {"movie_key": STRANGER, "half_hour": 48}.get(name, "Nowhere")
    shown = f"* REPLACE ({value!r} AS {name})"
    warehouse.engine.command(f"INSERT INTO {rollup.name} SELECT {shown} FROM {row.selected}")
    return [Difference(rollup.name, row.step.name, bucket(row.start), {**row.key, name: value}, "rows", 1, 0)]


ANYWHERE: tuple[Mutation, ...] = (
    alter_one_sum,
    alter_every_sum,
    put_a_stranger_into_every_set,
    delete_the_row,
    count_the_row_twice,
)


def differences(warehouse: Warehouse, days: DayRange = ALL_DAYS, of: Rollup | None = None) -> list[Difference]:
    """All of them, on some days, of all rollups or one."""
    comparisons = [one for one in plan(warehouse.engine, days) if of in (None, one.rollup)]
    return list(verify(warehouse.engine, warehouse.read_consistently, comparisons))


def test_a_world_that_was_loaded_and_corrected_in_pieces_verifies(loaded: Warehouse) -> None:
    assert differences(loaded) == []
    assert wrong_months(loaded.engine, loaded.read_consistently) == []


def in_each_step(warehouse: Warehouse, rollup: Rollup, mutate: Mutation) -> list[Difference]:
    """Alter the busiest row of each step; returns what verify should tell, in its order."""
    rows = [busiest_row(warehouse, rollup, step) for step in rollup.steps]
    expected = [mutate(warehouse, rollup, row) for row in rows]
    assert all(expected)
    return sorted((one for some in expected for one in some), key=lambda one: (one.bucket[:7], -Step[one.step]))


@embedded
@each_rollup
@pytest.mark.parametrize("mutate", ANYWHERE, ids=lambda mutate: mutate.__name__)
def test_an_altered_row_of_each_step_is_found_and_all_are_mended(
    loaded: Warehouse, rollup: Rollup, mutate: Mutation
) -> None:
    expected = in_each_step(loaded, rollup, mutate)
    assert differences(loaded, of=rollup) == expected
    loaded.rebuild([rollup])
    assert differences(loaded, of=rollup) == []


@embedded
@pytest.mark.parametrize("rollup", [one for one in ROLLUPS if one.keys], ids=lambda rollup: rollup.name)
def test_a_row_of_a_strange_key_is_found_and_mended_in_each_step(loaded: Warehouse, rollup: Rollup) -> None:
    expected = in_each_step(loaded, rollup, add_a_row_of_a_strange_key)
    assert differences(loaded, of=rollup) == expected
    loaded.rebuild([rollup])
    assert differences(loaded, of=rollup) == []


@embedded
@each_rollup
def test_an_altered_row_of_one_step_is_found_though_the_others_are_right(loaded: Warehouse, rollup: Rollup) -> None:
    for step in rollup.steps:
        expected = alter_one_sum(loaded, rollup, busiest_row(loaded, rollup, step))
        assert differences(loaded, of=rollup) == expected
        loaded.rebuild([rollup])
    assert differences(loaded, of=rollup) == []


@embedded
@each_rollup
def test_a_row_of_any_step_in_a_month_without_facts_is_found_and_mended(loaded: Warehouse, rollup: Rollup) -> None:
    for step in rollup.steps:
        expected = add_a_row_in_a_month_without_facts(loaded, rollup, busiest_row(loaded, rollup, step))
        assert differences(loaded, DayRange(start=date(2030, 1, 1)), rollup) == expected
        loaded.rebuild([rollup])
    assert differences(loaded, of=rollup) == []


@embedded
@each_rollup
def test_a_row_of_any_step_in_a_piece_without_facts_is_found_and_mended(loaded: Warehouse, rollup: Rollup) -> None:
    """The month has facts, none of them in the piece."""
    empty = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp())
    first = loaded.engine.query("SELECT min(start_time) FROM viewing_sessions").scalar()
    assert str(first) >= "2026-02-09", "a session lies in the first eight days: the test proves nothing"
    for step in (step for step in rollup.steps if step is not Step.MONTH):
        expected = add_a_row_at(empty, loaded, rollup, busiest_row(loaded, rollup, step))
        assert differences(loaded, of=rollup) == expected
        loaded.rebuild([rollup])
    assert differences(loaded, of=rollup) == []


@embedded
@each_rollup
def test_a_row_that_begins_amid_a_piece_of_its_step_is_found_and_mended(loaded: Warehouse, rollup: Rollup) -> None:
    amid = {Step.QUARTER_HOUR: 7, Step.HALF_HOUR: 900, Step.HOUR: 900, Step.HALF_DAY: 3600, Step.DAY: 3600}
    amid |= {Step.EIGHT_DAYS: 86_400, Step.HALF_MONTH: 8 * 86_400, Step.MONTH: 16 * 86_400}
    expected = []
    for step in rollup.steps:
        row = busiest_row(loaded, rollup, step)
        expected += add_a_row_at(row.start + amid[step], loaded, rollup, row)
    assert sorted(map(str, differences(loaded, of=rollup))) == sorted(map(str, expected))
    loaded.rebuild([rollup])
    assert differences(loaded, of=rollup) == []


def test_an_altered_row_of_each_step_of_each_rollup_is_found_and_mended_in_one_go(loaded: Warehouse) -> None:
    expected = [one for rollup in ROLLUPS for one in in_each_step(loaded, rollup, put_a_stranger_into_every_set)]
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
    assert {(one.rollup, one.step, one.measure) for one in differences(loaded)} == {
        (ROLLUPS[0].name, step.name, "completed") for step in ROLLUPS[0].steps
    }
    loaded.rebuild([ROLLUPS[0]])
    assert differences(loaded) == []


@embedded
def test_only_the_asked_days_are_compared_and_only_their_months_rebuilt(loaded: Warehouse) -> None:
    rollup, february = ROLLUPS[0], DayRange(date(2026, 2, 1), date(2026, 3, 1))
    everywhere = "ALTER TABLE daily_analytics UPDATE buffering = buffering + 1 WHERE 1"
    loaded.engine.command(everywhere, mutations_sync=2)
    found = differences(loaded)
    of_february = [one for one in found if one.bucket.startswith("2026-02")]
    assert 0 < len(of_february) < len(found)
    assert {one.step for one in of_february} == {step.name for step in rollup.steps}
    assert differences(loaded, february) == of_february
    assert loaded.rebuild([rollup], february) == 1
    assert differences(loaded) == [one for one in found if one not in of_february]
    assert loaded.rebuild([rollup], DayRange(start=date(2026, 3, 31))) == 1
    assert differences(loaded) == []


@embedded
def test_a_long_piece_is_compared_when_any_of_its_days_is_asked(loaded: Warehouse) -> None:
    rollup = ROLLUPS[0]
    rows = [busiest_row(loaded, rollup, step) for step in (Step.EIGHT_DAYS, Step.MONTH)]
    expected = [one for row in rows for one in alter_one_sum(loaded, rollup, row)]
    known = {day for comparison in plan(loaded.engine) for day in comparison.days}
    for day in sorted(known):
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        held = [one for row, one in zip(rows, expected, strict=True) if row.start == row.step.floor(midnight)]
        assert differences(loaded, DayRange(day, day + timedelta(days=1)), rollup) == held, day
    loaded.rebuild([rollup])
    assert differences(loaded, of=rollup) == []


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
def test_wrong_months_are_told_until_they_are_rebuilt(loaded: Warehouse) -> None:
    rollup = ROLLUPS[-1]
    for step in rollup.steps:
        row = busiest_row(loaded, rollup, step)
        add_a_row_in_a_month_without_facts(loaded, rollup, row)
        views = row.values["views"]
        assert isinstance(views, int)
        month = datetime.fromtimestamp(years_later(row.start), UTC)
        assert wrong_months(loaded.engine, loaded.read_consistently) == [
            WrongMonth(rollup.name, month.year * 100 + month.month, views, 0)
        ]
        loaded.rebuild([rollup])
        assert wrong_months(loaded.engine, loaded.read_consistently) == []


@embedded
@each_rollup
def test_a_month_of_one_step_alone_is_told_as_stale(loaded: Warehouse, rollup: Rollup) -> None:
    for step in rollup.steps:
        row = busiest_row(loaded, rollup, step)
        delete_the_row(loaded, rollup, row)
        (wrong,) = wrong_months(loaded.engine, loaded.read_consistently)
        assert (wrong.rollup, wrong.month) == (rollup.name, int(bucket(row.start)[:7].replace("-", "")))
        assert wrong.sessions - wrong.views == row.values["views"]
        loaded.rebuild([rollup])
        assert wrong_months(loaded.engine, loaded.read_consistently) == []


def test_everything_that_rollups_declare_has_a_recount_of_its_own() -> None:
    assert {step for rollup in ROLLUPS for step in rollup.steps} == set(STEPS)
    assert {key for rollup in ROLLUPS for key in rollup.keys} == set(KEYS)
    assert {slug for rollup in ROLLUPS for slug in rollup.aggregates} == set(SUMS) | set(SETS)
