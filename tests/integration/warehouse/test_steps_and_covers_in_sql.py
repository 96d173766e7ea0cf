"""What the engine makes of steps and covers: the floor that Python computes, and exactly the instants of a cover."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from warehouse import Warehouse, open_warehouse
from warehouse.model.time_steps import Step
from warehouse.query.local_time import Grain, Range, pieces
from warehouse.query.parameters import Parameters
from warehouse.query.range_cover import Cover, cover

DAY_S = 86_400
# 1970-01-02 .. 2105-12-31: what a DateTime holds.
FIRST, END = DAY_S, 4_291_747_200
APRIL_2026 = 1_775_001_600


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with open_warehouse(f"chdb://{tmp_path_factory.mktemp('steps') / 'warehouse'}") as opened:
        yield opened


def instants() -> list[int]:
    """Any, and those beside the ends of months, days of eight and quarters of an hour, leap years among them."""
    chance = Random(4)
    found = [chance.randrange(FIRST, END) for _ in range(20_000)]
    for year in range(1971, 2105):
        for month in range(1, 13):
            for day in (1, 8, 9, 16, 17, 24, 25, 28):
                midnight = int(datetime(year, month, day, tzinfo=UTC).timestamp())
                found += [midnight - 1, midnight, midnight + 1, midnight + chance.randrange(96) * 900]
    return found


@pytest.mark.parametrize("step", list(Step), ids=lambda step: step.name)
def test_the_engine_floors_an_instant_as_python_does(warehouse: Warehouse, step: Step) -> None:
    asked = instants()
    # Not in one parameter: a statement is no longer than the engine's limit.
    for place in range(0, len(asked), 10_000):
        some = asked[place : place + 10_000]
        floored = step.floor_sql("toDateTime(instant, 'UTC')")
        sql = f"SELECT instant, toUInt32({floored}) FROM (SELECT arrayJoin({{asked:Array(UInt32)}}) AS instant)"
        found = warehouse.engine.query(sql, {"asked": some}).rows
        assert len(found) == len(some)
        assert [row for row in found if row[1] != step.floor(row[0])] == []


def held(warehouse: Warehouse, condition: str, parameters: Parameters, rows: str) -> list[int]:
    """The rows, given as SQL of a SELECT of `start_time`, `bucket` and `step`, for which a condition holds."""
    sql = f"SELECT toUInt32(start_time) FROM ({rows}) WHERE {condition} ORDER BY 1"
    return [instant for (instant,) in warehouse.engine.query(sql, parameters.values).rows]


def random_cover(chance: Random, steps: tuple[Step, ...], cuts: int) -> tuple[Range, Cover]:
    grid = chance.choice((1, 900, 3600))
    start = (APRIL_2026 - chance.randrange(40 * DAY_S)) // grid * grid
    span = Range(start, start + chance.randrange(3 * DAY_S, 90 * DAY_S) // grid * grid)
    drawn = [chance.randrange(span.start, span.end) for _ in range(cuts)]
    return span, cover(span, drawn, steps)


CASES = [
    pytest.param(seed, steps, cuts, id=f"{seed}-{steps[0].name}-{cuts}")
    for seed, (steps, cuts) in enumerate(
        (steps, cuts)
        for steps in ((Step.QUARTER_HOUR, Step.DAY, Step.MONTH), (Step.HOUR, Step.DAY, Step.EIGHT_DAYS), (Step.DAY,))
        for cuts in (0, 3, 7, 12, 60)
    )
]


@pytest.mark.parametrize(("seed", "steps", "cuts"), CASES)
def test_conditions_select_exactly_the_instants_of_the_cover(
    warehouse: Warehouse, seed: int, steps: tuple[Step, ...], cuts: int
) -> None:
    chance = Random(seed)
    span, found = random_cover(chance, steps, cuts)
    starts = sorted({start for run in found.runs for start in run.starts} | {start for start, _ in found.edges})
    ends = [instant for edge in found.edges for instant in edge]
    near = {at + by for at in (*starts, *ends, span.start, span.end) for by in (-1, 0, 1)}
    asked = sorted(near | {chance.randrange(span.start - DAY_S, span.end + DAY_S) for _ in range(2000)})
    parameters = Parameters()
    rows = f"SELECT toDateTime(arrayJoin({parameters.add(asked, 'Array(UInt32)')}), 'UTC') AS start_time"
    if found.edges:
        inside = [at for at in asked if any(start <= at < end for start, end in found.edges)]
        assert held(warehouse, found.edges_sql(parameters), parameters, rows) == inside
    assert found.runs, "no piece: the case proves nothing"
    # Every piece of every step there is, far around the range: only those of the cover are read.
    own = {(start, run.step) for run in found.runs for start in run.starts}
    for step in Step:
        grid = [step.floor(span.start - 40 * DAY_S)]
        while grid[-1] < span.end + 40 * DAY_S:
            grid.append(step.next(grid[-1]))
        of_step = Parameters()
        stored = (
            f"SELECT toDateTime(arrayJoin({of_step.add(grid, 'Array(UInt32)')}), 'UTC') AS bucket, "
            f"bucket AS start_time, toUInt8({step.value}) AS step"
        )
        read = held(warehouse, found.pieces_sql(of_step), of_step, stored)
        assert read == sorted(start for start, of in own if of is step), step


def test_more_runs_and_edges_than_conditions_are_among_the_cases() -> None:
    runs: list[int] = []
    edges: list[int] = []
    for case in CASES:
        seed, steps, cuts = case.values
        assert isinstance(seed, int)
        assert isinstance(steps, tuple)
        assert isinstance(cuts, int)
        _, found = random_cover(Random(seed), steps, cuts)
        runs.append(max(sum(run.step is step for run in found.runs) for step in steps))
        edges.append(len(found.edges))
    for counts in (runs, edges):
        assert min(counts) <= 2
        assert sum(2 < count <= 8 for count in counts) >= 2
        assert sum(count > 8 for count in counts) >= 3


def test_hours_of_a_zone_off_the_grid_are_all_of_a_day_in_pieces_or_edges(warehouse: Warehouse) -> None:
    """Nepal's days over three years: hundreds of stretches, each answered by hours and the quarters beside them."""
    span = Range(1_672_531_200, 1_767_225_600)
    cuts = [piece.start for piece in pieces("Asia/Kathmandu", span, Grain.DAY)]
    found = cover(span, cuts, (Step.HOUR, Step.DAY))
    assert len(found.edges) > 1000
    parameters = Parameters()
    asked = list(range(span.start, span.end, 900))
    days = sorted({span.start, *cuts})
    expected = []
    for at in asked:
        day = bisect_right(days, at) - 1
        end = days[day + 1] if day + 1 < len(days) else span.end
        hour = at // 3600 * 3600
        if hour < days[day] or hour + 3600 > end:
            expected.append(at)
    rows = f"SELECT toDateTime(arrayJoin({parameters.add(asked, 'Array(UInt32)')}), 'UTC') AS start_time"
    assert held(warehouse, found.edges_sql(parameters), parameters, rows) == expected
