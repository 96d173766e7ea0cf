"""Units: numbers of a file become the contract's, and what is none stays as it is."""

import pytest

from ingest.rows.units import converted


@pytest.mark.parametrize(
    ("column", "unit", "text", "becomes"),
    [
        ("watch_duration_minutes", "seconds", "90", "1.5"),
        ("watch_duration_minutes", "hours", "1.5", "90.0"),
        ("watch_duration_minutes", "hh:mm:ss", "01:30:00", "90"),
        ("duration", "milliseconds", "5400000", "90"),
        ("completion_rate", "percent", "85 %", "0.85"),
        ("rating", "of 10", "7", "3.5"),
    ],
)
def test_a_number_becomes_the_contracts(column: str, unit: str, text: str, becomes: str) -> None:
    assert converted(column, unit, text) == becomes


@pytest.mark.parametrize("unit", ["seconds", "hours", "milliseconds", "percent", "of 10", "of 100"])
@pytest.mark.parametrize(
    "text", ["1e999999", "-1e999999", "1e-999999", "1e9999999", "9" * 100, "Infinity", "NaN", "sNaN", "", "1_000", "٣"]
)
def test_numbers_that_would_take_room_or_are_none_stay_as_they_are(unit: str, text: str) -> None:
    assert converted("rating", unit, text) == text
