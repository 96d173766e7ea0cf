"""DayRange: half-open, open where a side is left out, and which months they touch."""

from datetime import date

import pytest

from warehouse.day_range import ALL_DAYS, DayRange
from warehouse.errors import BadInput


def test_the_last_day_is_not_included() -> None:
    days = DayRange(date(2026, 2, 10), date(2026, 3, 1))
    assert [day in days for day in (date(2026, 2, 9), date(2026, 2, 10), date(2026, 2, 28), date(2026, 3, 1))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("days", "months"),
    [
        (DayRange(date(2026, 2, 10), date(2026, 3, 1)), [202602]),
        (DayRange(date(2026, 2, 10), date(2026, 3, 2)), [202602, 202603]),
        (DayRange(start=date(2026, 3, 31)), [202603, 202604]),
        (DayRange(end=date(2026, 3, 1)), [202512, 202602]),
        (ALL_DAYS, [202512, 202602, 202603, 202604]),
    ],
)
def test_a_month_is_touched_by_one_of_its_days(days: DayRange, months: list[int]) -> None:
    assert [month for month in (202512, 202602, 202603, 202604) if days.touches(month)] == months


@pytest.mark.parametrize("end", [date(2026, 3, 1), date(2026, 2, 1)])
def test_days_in_the_wrong_order_are_refused(end: date) -> None:
    with pytest.raises(BadInput, match="not after --from"):
        DayRange(date(2026, 3, 1), end)
