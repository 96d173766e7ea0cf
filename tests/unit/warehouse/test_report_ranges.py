"""The time of a report: what people write, and which days that is."""

from datetime import date

import pytest

from warehouse.errors import BadInput
from warehouse.reports.ranges import ReportRange, parse_range

NEWEST = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P7D", {"last": "P7D"}),
        ("yesterday", {"from": "2026-03-30", "to": "2026-03-31"}),
        ("this-month", {"from": "2026-03-01", "to": "2026-04-01"}),
        ("last-month", {"from": "2026-02-01", "to": "2026-03-01"}),
        ("this-year", {"from": "2026-01-01", "to": "2027-01-01"}),
        ("2026-02-27..2026-02-28", {"from": "2026-02-27", "to": "2026-03-01"}),
    ],
)
def test_a_range_is_the_days_that_its_words_say(text: str, expected: dict[str, str]) -> None:
    assert parse_range(text).resolved(NEWEST).time_range == expected


def test_the_page_gets_the_same_days() -> None:
    assert parse_range("P28D").query == {"range": "P28D"}
    assert parse_range("last-month").resolved(NEWEST).query == {"from": "2026-02-01", "through": "2026-02-28"}


@pytest.mark.parametrize("text", ["", "P3D", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01", "2026-03-01"])
def test_another_range_says_what_can_be_written(text: str) -> None:
    with pytest.raises(BadInput, match="Use P1D, P7D, P28D, P90D, yesterday"):
        parse_range(text)


def test_the_calendar_needs_data() -> None:
    with pytest.raises(BadInput, match="no data yet"):
        ReportRange(name="last-month").resolved(None)
