"""Steps of time, held against a calendar that is counted day by day: where each piece begins and ends, and what it is
part of."""

from bisect import bisect_right
from calendar import isleap
from itertools import pairwise
from random import Random

import pytest

from warehouse.model.time_steps import Step

DAY_S = 86_400
FIRST_YEAR, LAST_YEAR = 1970, 2105
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Years by which a calendar goes wrong: leap years of each kind, and the years around them.
YEARS = (1970, 1972, 1999, 2000, 2024, 2025, 2026, 2099, 2100, 2104)
each_step = pytest.mark.parametrize("step", list(Step), ids=lambda step: step.name)


def calendar() -> list[tuple[int, int, int, int]]:
    """(year, month, first instant, days) of each month."""
    found = []
    start = 0
    for year in range(FIRST_YEAR, LAST_YEAR):
        for month, usual in enumerate(MONTH_DAYS, 1):
            days = 29 if month == 2 and isleap(year) else usual
            found.append((year, month, start, days))
            start += days * DAY_S
    return found


MONTHS = calendar()


def starts(step: Step, years: tuple[int, ...]) -> list[list[int]]:
    """The pieces of each of some years as the year's boundaries: the start of each piece, then the year's end."""
    found = []
    for year in years:
        months = [(start, days) for of, _, start, days in MONTHS if of == year]
        (first, _), (last, last_days) = months[0], months[-1]
        end = last + last_days * DAY_S
        if step is Step.MONTH:
            begins = [start for start, _ in months]
        elif step is Step.EIGHT_DAYS:
            begins = [start + (day - 1) * DAY_S for start, _ in months for day in (1, 9, 17, 25)]
        elif step is Step.HALF_MONTH:
            begins = [start + (day - 1) * DAY_S for start, _ in months for day in (1, 17)]
        else:
            begins = list(range(first, end, LENGTHS_S[step]))
        found.append([*begins, end])
    return found


LENGTHS_S = {Step.QUARTER_HOUR: 900, Step.HALF_HOUR: 1800, Step.HOUR: 3600, Step.HALF_DAY: 43_200, Step.DAY: DAY_S}


@each_step
def test_every_piece_begins_and_ends_where_the_calendar_says(step: Step) -> None:
    for boundaries in starts(step, YEARS):
        for start, end in pairwise(boundaries):
            assert step.next(start) == end
            assert [step.floor(start), step.floor(start + 1), step.floor(end - 1)] == [start, start, start]
            assert [step.ceil(start), step.ceil(start + 1), step.ceil(end - 1)] == [start, end, end]


@each_step
def test_any_instant_is_in_the_piece_that_the_calendar_says(step: Step) -> None:
    chance = Random(step.name)
    for boundaries in starts(step, YEARS):
        for _ in range(300):
            instant = chance.randrange(boundaries[0], boundaries[-1])
            place = bisect_right(boundaries, instant) - 1
            assert step.floor(instant) == boundaries[place], instant
            assert step.ceil(instant) == boundaries[place + (boundaries[place] < instant)], instant


@each_step
def test_one_piece_follows_the_other_without_a_gap_over_all_years(step: Step) -> None:
    if step > Step.DAY:
        start, end = MONTHS[12 * 54][2], MONTHS[12 * 58][2]
    else:
        start, end = MONTHS[0][2], MONTHS[-1][2]
    count = 0
    while start < end:
        start = step.next(start)
        count += 1
    assert start == end
    four_years = {
        Step.QUARTER_HOUR: 1461 * 96,
        Step.HOUR: 1461 * 24,
        Step.HALF_HOUR: 1461 * 48,
        Step.HALF_DAY: 1461 * 2,
    }
    months = len(MONTHS) - 1
    calendar = {Step.DAY: end // DAY_S, Step.EIGHT_DAYS: 4 * months, Step.HALF_MONTH: 2 * months, Step.MONTH: months}
    assert count == (four_years | calendar)[step]


def test_every_piece_lies_whole_in_one_piece_of_each_longer_step_and_in_one_month() -> None:
    for longer, shorter in pairwise(Step):
        wide = {start for boundaries in starts(longer, YEARS) for start in boundaries}
        for boundaries in starts(shorter, YEARS):
            assert {start for start in wide if boundaries[0] <= start < boundaries[-1]} <= set(boundaries)
            for start, end in pairwise(boundaries):
                assert longer.floor(start) == longer.floor(end - 1)


@each_step
def test_the_shortest_piece_of_a_step_is_as_long_as_said(step: Step) -> None:
    lengths = [end - start for boundaries in starts(step, YEARS) for start, end in pairwise(boundaries)]
    assert min(lengths) == step.shortest_s


def test_steps_are_told_by_the_numbers_that_are_stored_and_have_words_for_people() -> None:
    assert [(step.value, step.name, step.label) for step in Step] == [
        (1, "MONTH", "1 month"),
        (2, "HALF_MONTH", "16 d"),
        (3, "EIGHT_DAYS", "8 d"),
        (4, "DAY", "1 d"),
        (5, "HALF_DAY", "12 h"),
        (6, "HOUR", "1 h"),
        (7, "HALF_HOUR", "30 min"),
        (8, "QUARTER_HOUR", "15 min"),
    ]


@pytest.mark.parametrize(
    ("step", "first", "last"),
    [
        (Step.EIGHT_DAYS, 1_708_819_200, 1_709_251_199),  # 2024-02-25 .. 2024-02-29T23:59:59Z: five days
        (Step.EIGHT_DAYS, 1_771_977_600, 1_772_323_199),  # 2026-02-25 .. 2026-02-28T23:59:59Z: four days
        (Step.EIGHT_DAYS, 1_774_396_800, 1_775_001_599),  # 2026-03-25 .. 2026-03-31T23:59:59Z: seven days
        (Step.MONTH, 1_769_904_000, 1_772_323_199),  # 2026-02
        (Step.DAY, 1_709_164_800, 1_709_251_199),  # 2024-02-29
    ],
)
def test_pieces_that_one_can_look_up(step: Step, first: int, last: int) -> None:
    assert (step.floor(first), step.floor(last), step.next(first)) == (first, first, last + 1)
