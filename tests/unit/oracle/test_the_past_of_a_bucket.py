"""What the oracle takes for the past of a range and of its buckets, in cases that were worked out by hand."""

from collections import Counter
from random import Random

import pytest

from tests.oracle.clock import as_instant, clock_of
from tests.oracle.comparison import Comparison, Shift
from tests.oracle.ranges import Span, read_range
from tests.oracle.worlds import ZONES

NEWEST = as_instant("2026-03-10T12:00:00Z")


def compared(zone: str, asked: dict[str, str], kind: str = "PREVIOUS_PERIOD") -> Comparison:
    """A range beside the one that it is compared to."""
    clock = clock_of(zone)
    return Comparison(kind, read_range(asked, clock, NEWEST), clock)


def written(comparison: Comparison) -> tuple[str, str]:
    """The past range, in local time."""
    return comparison.clock.text(comparison.past.start.at), comparison.clock.text(comparison.past.end.at)


def hours_of(comparison: Comparison, grain: str = "HOUR") -> dict[str, int]:
    """How many hours of the past each own bucket has, by its local start."""
    past = range(comparison.past.start.at, comparison.past.end.at, 900)
    quarters = Counter(comparison.bucket(at, grain) for at in past)
    own = comparison.clock.buckets(comparison.span.start.at, comparison.span.end.at, grain)
    return {comparison.clock.text(bucket.start): quarters[bucket] // 4 for bucket in own}


@pytest.mark.parametrize(
    ("asked", "kind", "shift", "past"),
    [
        ({"from": "2024-02-27", "to": "2024-02-29"}, "PREVIOUS_YEAR", Shift(months=12), ("2023-02-27", "2023-03-01")),
        ({"from": "2024-02-28", "to": "2024-02-29"}, "PREVIOUS_YEAR", Shift(months=12), ("2023-02-28", "2023-03-01")),
        ({"from": "2024-02-29", "to": "2024-03-01"}, "PREVIOUS_YEAR", Shift(months=12), ("2023-03-01", "2023-03-01")),
        ({"from": "2026-03-01", "to": "2026-04-01"}, "PREVIOUS_PERIOD", Shift(months=1), ("2026-02-01", "2026-03-01")),
        ({"from": "2024-01-01", "to": "2024-04-01"}, "PREVIOUS_PERIOD", Shift(months=3), ("2023-10-01", "2024-01-01")),
        ({"from": "2026-03-02", "to": "2026-04-02"}, "PREVIOUS_PERIOD", Shift(days=31), ("2026-01-30", "2026-03-02")),
        ({"last": "P1M"}, "PREVIOUS_PERIOD", Shift(days=28), ("2026-01-14", "2026-02-11")),
        (
            {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01"},
            *("PREVIOUS_PERIOD", Shift(months=1), ("2026-02-01", "2026-03-01")),
        ),
    ],
)
def test_the_past_range_of_whole_days(asked: dict[str, str], kind: str, shift: Shift, past: tuple[str, str]) -> None:
    comparison = compared("UTC", asked, kind)
    assert comparison.shift == shift
    assert written(comparison) == (f"{past[0]}T00:00:00Z", f"{past[1]}T00:00:00Z")


def test_instants_are_moved_by_seconds_or_in_wall_time() -> None:
    asked = {"from": "2024-02-29T10:00:00Z", "to": "2024-03-01T11:30:00Z"}
    assert written(compared("UTC", asked)) == ("2024-02-28T08:30:00Z", "2024-02-29T10:00:00Z")
    by_year = compared("UTC", asked, "PREVIOUS_YEAR")
    assert written(by_year) == ("2023-03-01T00:00:00Z", "2023-03-01T11:30:00Z")


def test_a_wall_time_in_a_gap_is_the_end_of_the_gap_and_one_that_comes_twice_the_same_one() -> None:
    # Berlin's clocks: 2024-03-31 02:00 to 03:00, back on 2024-10-27 and 2023-10-29.
    asked = {"from": "2025-03-31T00:30:00Z", "to": "2025-10-27T00:30:00Z"}
    assert written(compared("Europe/Berlin", asked, "PREVIOUS_YEAR")) == (
        "2024-03-31T03:00:00+02:00",
        "2024-10-27T01:30:00+02:00",
    )
    first, second = (clock_of("Europe/Berlin").text(as_instant(f"2024-10-27T0{hour}:30:00Z")) for hour in (0, 1))
    assert (first, second) == ("2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00")


def test_a_month_after_a_shorter_one_has_all_of_it() -> None:
    february = compared("UTC", {"from": "2025-02-01", "to": "2025-03-01"})
    days = hours_of(february, "DAY")
    assert days["2025-02-27T00:00:00Z"] == 24
    assert days["2025-02-28T00:00:00Z"] == 4 * 24
    march = compared("UTC", {"from": "2025-03-01", "to": "2025-04-01"})
    days = hours_of(march, "DAY")
    assert days["2025-03-28T00:00:00Z"] == 24
    assert [days[f"2025-03-{day}T00:00:00Z"] for day in (29, 30, 31)] == [0, 0, 0]


def test_a_leap_day_has_no_past_a_year_before() -> None:
    days = hours_of(compared("UTC", {"from": "2024-02-28", "to": "2024-03-02"}, "PREVIOUS_YEAR"), "DAY")
    assert list(days.values()) == [24, 0, 24]
    days = hours_of(compared("UTC", {"from": "2025-02-28", "to": "2025-03-02"}, "PREVIOUS_YEAR"), "DAY")
    assert list(days.values()) == [48, 24]


def test_an_hour_that_comes_twice_has_its_past_in_the_first() -> None:
    hours = hours_of(compared("Europe/Berlin", {"from": "2025-10-26", "to": "2025-10-27"}))
    assert hours["2025-10-26T02:00:00+02:00"] == 1
    assert hours["2025-10-26T02:00:00+01:00"] == 0
    assert sum(hours.values()) == 24


def test_an_hour_that_came_twice_counts_both() -> None:
    hours = hours_of(compared("Europe/Berlin", {"from": "2025-10-27", "to": "2025-10-28"}))
    assert hours["2025-10-27T02:00:00+01:00"] == 2
    assert sum(hours.values()) == 25


def test_quarters_of_hours_that_come_twice_have_their_past_in_the_first_time() -> None:
    comparison = compared("Europe/Berlin", {"from": "2025-10-26", "to": "2025-10-27"})
    past = as_instant("2025-10-25T00:30:00Z")
    assert comparison.clock.text(comparison.bucket(past, "QUARTER_HOUR").start) == "2025-10-26T02:30:00+02:00"


def test_an_hour_that_the_past_lacks_has_none_and_one_that_is_lacking_now_adds_to_the_one_before() -> None:
    after = hours_of(compared("Europe/Berlin", {"from": "2025-03-31", "to": "2025-04-01"}))
    assert (after["2025-03-31T02:00:00+02:00"], after["2025-03-31T03:00:00+02:00"]) == (0, 1)
    on = hours_of(compared("Europe/Berlin", {"from": "2025-03-30", "to": "2025-03-31"}))
    assert (on["2025-03-30T01:00:00+01:00"], on["2025-03-30T03:00:00+02:00"]) == (2, 1)


def test_the_first_hour_of_a_day_without_midnight_has_the_midnight_hour_of_the_past() -> None:
    # Asunción's clock went from 00:00 to 01:00 on 2017-10-01.
    hours = hours_of(compared("America/Asuncion", {"from": "2017-10-01", "to": "2017-10-02"}))
    assert next(iter(hours.items())) == ("2017-10-01T01:00:00-03:00", 2)


def test_the_hour_and_weekday_of_a_past_row_are_those_of_the_day_that_it_is_moved_to() -> None:
    comparison = compared("UTC", {"from": "2024-02-28", "to": "2024-03-02"}, "PREVIOUS_YEAR")
    first_of_march = as_instant("2023-03-01T15:20:00Z")
    assert comparison.bucket(first_of_march, "DAY").label.isoweekday() == 5
    assert comparison.bucket(first_of_march, "HOUR").label.hour == 15


def test_every_moment_of_the_past_is_in_one_bucket_of_the_range() -> None:
    chance = Random(3)
    for zone in ZONES:
        clock = clock_of(zone)
        for change in [one.start for one in clock.stretches(NEWEST - 10 * 365 * 86_400, NEWEST)[1:]][-2:]:
            start = clock.local(change).date()
            asked = {"from": start.isoformat(), "to": start.replace(year=start.year + 1).isoformat()}
            for kind in ("PREVIOUS_PERIOD", "PREVIOUS_YEAR"):
                comparison = compared(zone, asked, kind)
                for grain in ("DAY", "WEEK", "MONTH"):
                    at = chance.randrange(comparison.past.start.at, comparison.past.end.at)
                    _check_is_own(comparison.span, comparison, at, grain)


def _check_is_own(span: Span, comparison: Comparison, at: int, grain: str) -> None:
    bucket = comparison.bucket(at, grain)
    assert bucket in comparison.clock.buckets(span.start.at, span.end.at, grain)
    assert comparison.start(bucket, grain) <= at
