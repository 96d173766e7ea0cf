"""Covers of random ranges: each instant once, whole pieces on their grid, no cut within one, and few of them.

Their SQL is run in `tests/integration/warehouse/test_steps_and_covers_in_sql.py`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from warehouse.model.rollups import ROLLUPS
from warehouse.model.time_steps import Step
from warehouse.query.local_time import Grain, Range, pieces
from warehouse.query.parameters import Parameters
from warehouse.query.range_cover import Cover, Run, cover

DAY_S = 86_400
FEBRUARY, MARCH, APRIL = 1_769_904_000, 1_772_323_200, 1_775_001_600
LADDERS = tuple(dict.fromkeys(rollup.steps for rollup in ROLLUPS))
# Between cuts a range needs at most so many of a step on both sides of the longer ones; of months as many as there are.
MOST_OF_A_SIDE = {
    (Step.QUARTER_HOUR, Step.HOUR): 3,
    (Step.HOUR, Step.HALF_DAY): 11,
    (Step.HALF_HOUR, Step.HALF_DAY): 23,
    (Step.HALF_HOUR, Step.DAY): 47,
    (Step.HALF_DAY, Step.DAY): 1,
    (Step.DAY, Step.EIGHT_DAYS): 7,
    (Step.EIGHT_DAYS, Step.HALF_MONTH): 1,
    (Step.HALF_MONTH, Step.MONTH): 1,
}


def pieces_of(found: Cover) -> list[tuple[int, int, Step]]:
    """Every piece as (start, end, step), in order of time."""
    return sorted((start, run.step.next(start), run.step) for run in found.runs for start in run.starts)


def stretches(span: Range, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """What lies between the cuts of a range."""
    return list(pairwise([span.start, *sorted({cut for cut in cuts if span.start < cut < span.end}), span.end]))


def random_range(chance: Random) -> Range:
    grid = chance.choice((1, 900, 3600, DAY_S))
    start = chance.randrange(1_577_836_800, 1_893_456_000) // grid * grid  # 2020 .. 2030
    length = chance.choice((7200, 3 * DAY_S, 70 * DAY_S, 500 * DAY_S))
    return Range(start, start + max(chance.randrange(1, length) // grid, 1) * grid)


def random_cuts(chance: Random, span: Range) -> list[int]:
    """None, a few anywhere and on the grid, buckets of local time; some outside of the range, some twice."""
    kind = chance.choice(("none", "few", "buckets"))
    if kind == "none":
        return []
    if kind == "buckets":
        zone = chance.choice(("Asia/Kathmandu", "America/New_York", "Asia/Gaza", "UTC"))
        short = span.end - span.start < 10 * DAY_S
        grain = chance.choice((Grain.HOUR, Grain.DAY) if short else (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.YEAR))
        return [piece.start for piece in pieces(zone, span, grain)]
    reach = (span.start - 1000, span.end + 1000)
    some = [chance.randrange(*reach) for _ in range(chance.randrange(1, 12))]
    return [*some, *(cut // 900 * 900 for cut in some), span.start, span.end, some[0]]


def random_steps(chance: Random) -> tuple[Step, ...]:
    drawn = tuple(chance.sample(list(Step), chance.randrange(0, 6)))
    return chance.choice((*LADDERS, drawn))


@pytest.mark.parametrize("seed", range(200))
def test_each_instant_is_covered_once_by_whole_pieces_without_a_cut_in_them(seed: int) -> None:
    chance = Random(seed)
    span = random_range(chance)
    cuts, steps = random_cuts(chance, span), random_steps(chance)
    found = cover(span, cuts, steps)
    # In order of time each piece or edge begins where the one before it ends: nothing is left out, nothing twice.
    whole = sorted([(start, end) for start, end, _ in pieces_of(found)] + list(found.edges))
    assert (whole[0][0], whole[-1][1]) == (span.start, span.end)
    assert all(before[1] == after[0] for before, after in pairwise(whole))
    assert all(start < end for start, end in whole)
    inner = sorted(set(cuts))
    for start, end, step in pieces_of(found):
        assert step in steps
        assert step.floor(start) == start
        assert bisect_right(inner, start) == bisect_left(inner, end), "a cut lies within a piece"
    assert all(run.starts[-1] < run.end == step_end(run) for run in found.runs)
    assert found.edge_s == sum(end - start for start, end in found.edges)
    assert sum(found.pieces.values()) == len(pieces_of(found))
    assert list(found.pieces) == sorted(found.pieces)


@pytest.mark.parametrize("step", Step)
def test_a_run_has_as_many_pieces_as_starts(step: Step) -> None:
    start = step.floor(1_772_323_200)
    ends = [step.next(start)]
    for _ in range(60):
        ends.append(step.next(ends[-1]))
    assert [Run(step, start, end).count for end in ends] == list(range(1, 62))
    assert [len(Run(step, start, end).starts) for end in ends] == list(range(1, 62))


def test_the_quarter_hours_of_a_century_are_counted_without_a_list_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    century = Range(631_152_000 + 900, 3_786_825_600 + 900)
    found = cover(century, (), (Step.QUARTER_HOUR,))
    monkeypatch.setattr(Run, "starts", property(lambda _: pytest.fail("the pieces were listed")))
    assert found.pieces == {Step.QUARTER_HOUR: 3_506_304}
    assert found.pieces_sql(Parameters()) == "(step = 8 AND bucket >= 631152900 AND bucket < 3786826500)"


def step_end(run: Run) -> int:
    """Where the last piece of a run ends."""
    return run.step.next(run.starts[-1])


@pytest.mark.parametrize("seed", range(100))
def test_there_are_as_few_pieces_as_the_steps_allow(seed: int) -> None:
    """Nothing that is whole is left in parts: between two cuts no longer piece lies, and the edges hold no piece."""
    chance = Random(f"few {seed}")
    span = random_range(chance)
    cuts, steps = random_cuts(chance, span), sorted(random_steps(chance), reverse=True)
    found = cover(span, cuts, steps)
    own = pieces_of(found)
    if steps:
        for start, end in found.edges:
            for left, right in stretches(Range(start, end), cuts):
                assert steps[0].next(steps[0].ceil(left)) > right
    between = stretches(span, cuts)
    for shorter, longer in pairwise(steps):
        most = MOST_OF_A_SIDE.get((shorter, longer))
        of_step = [start for start, _, step in own if step is shorter]
        for left, right in between:
            parts = of_step[bisect_left(of_step, left) : bisect_left(of_step, right)]
            # No longer piece lies whole in what these parts make up.
            for start in parts:
                over = longer.floor(start)
                assert over < left or longer.next(over) > right, start
            if most is not None:
                assert len(parts) <= 2 * most


@pytest.mark.parametrize("steps", LADDERS, ids=lambda steps: steps[0].name)
def test_a_range_of_years_is_months_and_a_few_pieces_at_its_ends(steps: tuple[Step, ...]) -> None:
    chance = Random(7)
    for _ in range(300):
        start = chance.randrange(1_577_836_800, 1_700_000_000)
        span = Range(start, start + chance.randrange(40 * DAY_S, 2000 * DAY_S))
        found = cover(span, (), steps)
        of = found.pieces
        assert of.get(Step.MONTH, 0) <= (span.end - span.start) // (28 * DAY_S)
        assert of.get(Step.HALF_MONTH, 0) <= 2
        assert of.get(Step.EIGHT_DAYS, 0) <= 2
        assert of.get(Step.DAY, 0) <= 14
        assert of.get(Step.HALF_DAY, 0) <= 2
        assert of.get(Step.HOUR, 0) <= 22
        assert of.get(Step.HALF_HOUR, 0) <= 94
        assert of.get(Step.QUARTER_HOUR, 0) <= 6
        assert len(found.edges) <= 2
        assert all(end - start < steps[0].shortest_s for start, end in found.edges)


def test_a_range_that_is_shown() -> None:
    # 2026-01-31T23:30:07Z .. 2026-04-02T00:20Z
    span = Range(FEBRUARY - 1793, APRIL + DAY_S + 1200)
    found = cover(span, (), (Step.QUARTER_HOUR, Step.DAY, Step.EIGHT_DAYS, Step.MONTH))
    assert found.runs == (
        Run(Step.MONTH, FEBRUARY, APRIL),
        Run(Step.DAY, APRIL, APRIL + DAY_S),
        Run(Step.QUARTER_HOUR, FEBRUARY - 900, FEBRUARY),
        Run(Step.QUARTER_HOUR, APRIL + DAY_S, APRIL + DAY_S + 900),
    )
    assert found.edges == ((FEBRUARY - 1793, FEBRUARY - 900), (APRIL + DAY_S + 900, APRIL + DAY_S + 1200))
    assert found.pieces == {Step.MONTH: 2, Step.DAY: 1, Step.QUARTER_HOUR: 2}
    assert found.edge_s == 893 + 300


def test_a_month_of_a_zone_that_is_behind_utc_is_eight_days_days_and_hours() -> None:
    start, end = FEBRUARY + 5 * 3600, MARCH + 5 * 3600  # New York's February 2026
    found = cover(Range(start, end), (), (Step.HOUR, Step.DAY, Step.EIGHT_DAYS, Step.MONTH))
    assert found.pieces == {Step.EIGHT_DAYS: 3, Step.DAY: 7, Step.HOUR: 19 + 5}
    assert found.edges == ()


def test_a_cut_in_a_month_leaves_the_shorter_pieces_on_both_sides() -> None:
    middle = MARCH + 10 * DAY_S
    found = cover(Range(MARCH, APRIL), (middle,), (Step.DAY, Step.EIGHT_DAYS, Step.MONTH))
    assert pieces_of(found) == [
        (MARCH, MARCH + 8 * DAY_S, Step.EIGHT_DAYS),
        *((MARCH + day * DAY_S, MARCH + (day + 1) * DAY_S, Step.DAY) for day in range(8, 16)),
        (MARCH + 16 * DAY_S, MARCH + 24 * DAY_S, Step.EIGHT_DAYS),
        (MARCH + 24 * DAY_S, APRIL, Step.EIGHT_DAYS),
    ]


def test_without_a_step_that_fits_the_whole_range_is_one_edge_whatever_is_cut() -> None:
    span = Range(MARCH + 1, MARCH + 7200)
    assert cover(span, (MARCH + 60, MARCH + 3600), ()) == Cover((), ((span.start, span.end),))
    assert cover(span, (MARCH + 60,), (Step.DAY,)) == Cover((), ((span.start, span.end),))
