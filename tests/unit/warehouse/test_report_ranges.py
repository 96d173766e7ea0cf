"""The time of a report: what people write, and which days that is."""

from datetime import date

import pytest

from warehouse.errors import BadInput
from warehouse.reports.ranges import parse_range

# The data ends before the report is made.
TODAY, NEWEST = date(2026, 4, 1), date(2026, 3, 30)


@pytest.mark.parametrize(
    ("text", "first", "last", "end"),
    [
        ("P1D", "2026-03-30", "2026-03-30", "2026-03-31"),
        ("P7D", "2026-03-24", "2026-03-30", "2026-03-31"),
        ("yesterday", "2026-03-31", "2026-03-31", "2026-04-01"),
        ("this-month", "2026-04-01", "2026-04-30", "2026-05-01"),
        ("last-month", "2026-03-01", "2026-03-31", "2026-04-01"),
        ("this-year", "2026-01-01", "2026-12-31", "2027-01-01"),
        ("2026-02-27..2026-02-28", "2026-02-27", "2026-02-28", "2026-03-01"),
    ],
)
def test_a_range_is_the_days_that_its_words_say(text: str, first: str, last: str, end: str) -> None:
    found = parse_range(text).resolved(TODAY, NEWEST)
    assert found.time_range == {"from": first, "to": end}
    assert found.query == {"from": first, "through": last}


def test_without_data_a_duration_ends_today() -> None:
    assert parse_range("P7D").resolved(TODAY, None).query == {"from": "2026-03-26", "through": "2026-04-01"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P7D", "P7D, 2026-03-24 to 2026-03-30"),
        ("yesterday", "yesterday, 2026-03-31"),
        ("2026-02-27..2026-02-28", "2026-02-27 to 2026-02-28"),
    ],
)
def test_its_text_names_the_days(text: str, expected: str) -> None:
    assert parse_range(text).resolved(TODAY, NEWEST).text == expected


@pytest.mark.parametrize("text", ["", "P3D", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01", "2026-03-01"])
def test_another_range_says_what_can_be_written(text: str) -> None:
    with pytest.raises(BadInput, match="Use P1D, P7D, P28D, P90D, yesterday"):
        parse_range(text)
