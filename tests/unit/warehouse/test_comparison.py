"""Comparisons move the boundaries of buckets back in local wall time; each instant of the past then has one bucket."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from warehouse.query.comparison import Past, Shift, labels_beside, places
from warehouse.query.local_time import Grain, Range, iso, pieces
from warehouse.query.ranges import Comparison, between, last

PERIOD, YEAR = Comparison.PREVIOUS_PERIOD, Comparison.PREVIOUS_YEAR


@pytest.mark.parametrize(
    ("zone", "start", "end", "comparison", "before"),
    [
        ("UTC", "2026-03-01", "2026-04-01", PERIOD, ("2026-02-01", "2026-03-01")),
        ("UTC", "2026-01-01", "2026-04-01", PERIOD, ("2025-10-01", "2026-01-01")),
        ("UTC", "2024-01-01", "2026-01-01", PERIOD, ("2022-01-01", "2024-01-01")),
        ("UTC", "2026-03-02", "2026-04-01", PERIOD, ("2026-01-31", "2026-03-02")),
        ("UTC", "2026-03-15", "2026-04-15", PERIOD, ("2026-02-12", "2026-03-15")),
        ("UTC", "2024-02-27", "2024-02-29", YEAR, ("2023-02-27", "2023-03-01")),
        ("UTC", "2024-02-28", "2024-02-29", YEAR, ("2023-02-28", "2023-03-01")),
        ("UTC", "2025-02-27", "2025-03-01", YEAR, ("2024-02-27", "2024-03-01")),
        # Whole months are months also where they are written as instants, in the zone that is asked in.
        ("UTC", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", PERIOD, ("2026-02-01", "2026-03-01")),
        ("Europe/Berlin", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", PERIOD, ("2026-02-01", "2026-03-01")),
    ],
)
def test_where_the_past_of_a_range_lies(
    zone: str, start: str, end: str, comparison: Comparison, before: tuple[str, str]
) -> None:
    found = between(start, end, zone).before(comparison)
    assert (iso(found.start, zone)[:10], iso(found.end, zone)[:10]) == before
    assert {iso(edge, zone)[11:19] for edge in (found.start, found.end)} == {"00:00:00"}


def test_instants_are_moved_by_seconds_and_a_year_by_the_calendar() -> None:
    window = between("2024-02-29T06:30:00Z", "2024-02-29T08:00:00Z", "UTC")
    period, year = window.before(PERIOD), window.before(YEAR)
    assert (iso(period.start, "UTC"), iso(period.end, "UTC")) == (
        "2024-02-29T05:00:00Z",
        "2024-02-29T06:30:00Z",
    )
    # The year before had no such day: it begins where the next one does, and holds nothing.
    assert (iso(year.start, "UTC"), year.end - year.start) == ("2023-03-01T00:00:00Z", 0)


def test_a_range_that_ends_with_the_newest_day_is_moved_by_its_days() -> None:
    newest = int(datetime.fromisoformat("2026-03-20T12:00:00+00:00").timestamp())
    found = last("P1M", "UTC", newest).before(PERIOD)
    assert iso(found.start, "UTC")[:10] == "2026-01-24"  # 28 days before 21 February
    whole = last("P1M", "UTC", int(datetime.fromisoformat("2026-03-31T12:00:00+00:00").timestamp())).before(PERIOD)
    assert iso(whole.start, "UTC")[:10] == "2026-02-01"


def test_before_instants_begin_there_is_no_past() -> None:
    found = between("2000-01-01", "2026-12-01", "UTC").before(PERIOD)
    assert (found.start, iso(found.end, "UTC")[:10]) == (97_372_800, "2000-01-01")  # February 1973, 323 months before
    found = between("1990-01-01", "2100-01-01", "America/New_York").before(PERIOD)
    assert (found.start, found.end) == (0, 631_170_000)
    found = between("1990-01-01", "2100-01-01", "UTC").before(YEAR)
    assert iso(found.start, "UTC")[:10] == "1989-01-01"


def past_of_each(zone: str, start: str, end: str, comparison: Comparison, grain: Grain) -> dict[str, str]:
    """Bucket → its past, `first day-day after`, where it has one; the times too for short grains."""
    window = between(start, end, zone)
    past = window.before(comparison)
    own = list(dict.fromkeys(piece.bucket for piece in pieces(zone, window.span, grain)))
    found = places(zone, window.span, past, grain)
    cut = 10 if grain is Grain.DAY else 16
    edges = [*(max(place.start, past.start) for place in found), past.end]
    return {
        iso(own[place.ordinal], zone)[:cut]: f"{iso(begin, zone)[:cut]} {iso(finish, zone)[:cut]}"
        for place, (begin, finish) in zip(found, pairwise(edges), strict=True)
    }


def test_a_leap_day_has_no_past_in_a_common_year_and_counts_in_the_day_before_after_one() -> None:
    leap = past_of_each("UTC", "2024-02-28", "2024-03-02", YEAR, Grain.DAY)
    assert leap == {"2024-02-28": "2023-02-28 2023-03-01", "2024-03-01": "2023-03-01 2023-03-02"}
    after = past_of_each("UTC", "2025-02-27", "2025-03-01", YEAR, Grain.DAY)
    assert after == {"2025-02-27": "2024-02-27 2024-02-28", "2025-02-28": "2024-02-28 2024-03-01"}


def test_a_short_month_s_last_day_holds_what_the_longer_month_before_had_more() -> None:
    found = past_of_each("UTC", "2026-02-01", "2026-03-01", PERIOD, Grain.DAY)
    assert found["2026-02-27"] == "2026-01-27 2026-01-28"
    assert found["2026-02-28"] == "2026-01-28 2026-02-01"
    found = past_of_each("UTC", "2026-03-01", "2026-04-01", PERIOD, Grain.DAY)
    assert found["2026-03-28"] == "2026-02-28 2026-03-01"
    assert set(found) == {f"2026-03-{day:02}" for day in range(1, 29)}


def test_an_hour_that_the_past_lacks_has_none_and_one_that_came_twice_there_counts_both() -> None:
    # 29 March 2026 has no 02:00 in Berlin; it is the past of the 30th.
    lacks = past_of_each("Europe/Berlin", "2026-03-30", "2026-03-31", PERIOD, Grain.HOUR)
    assert "2026-03-30T02:00" not in lacks
    assert lacks["2026-03-30T01:00"] == "2026-03-29T01:00 2026-03-29T03:00"
    # 25 October 2026 has 02:00 twice.
    twice = places("Europe/Berlin", *spans("2026-10-26", "2026-10-27"), Grain.HOUR)
    assert [after.start - before.start for before, after in pairwise(twice)][1:4] == [3600, 7200, 3600]
    # And has its own: the first of the two is held against the one of the day before.
    own = places("Europe/Berlin", *spans("2026-10-25", "2026-10-26"), Grain.HOUR)
    assert [place.ordinal for place in own] == [0, 1, 2, *range(4, 25)]


def spans(start: str, end: str, zone: str = "Europe/Berlin") -> tuple[Range, Past]:
    window = between(start, end, zone)
    return window.span, window.before(PERIOD)


@pytest.mark.parametrize("grain", list(Grain))
@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("UTC", "2024-02-20", "2024-03-10"),
        ("America/New_York", "2026-03-01", "2026-04-01"),
        ("Australia/Lord_Howe", "2026-04-03", "2026-04-12"),
        ("America/Sao_Paulo", "2018-11-01", "2018-12-01"),
        ("America/St_Johns", "2010-11-05", "2010-11-12"),
        ("Pacific/Apia", "2012-01-01", "2012-02-01"),
        ("Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-30T11:00:00Z"),
    ],
)
@pytest.mark.parametrize("comparison", [PERIOD, YEAR])
def test_every_instant_of_the_past_has_one_bucket_and_buckets_come_in_order(
    zone: str, start: str, end: str, comparison: Comparison, grain: Grain
) -> None:
    window = between(start, end, zone)
    past = window.before(comparison)
    found = places(zone, window.span, past, grain)
    assert found[0].start <= past.start
    assert all(before.start < after.start for before, after in pairwise(found))
    buckets = len({piece.bucket for piece in pieces(zone, window.span, grain)})
    assert {place.ordinal for place in found} <= set(range(buckets))
    # Where several buckets repeat at once, as quarters do over a change of half an hour, the past's go there twice.
    if past.shift.is_local and zone not in ("America/St_Johns", "Australia/Lord_Howe"):
        assert [place.ordinal for place in found] == sorted({place.ordinal for place in found})


def test_hours_and_days_beside_time_are_those_of_the_bucket_that_a_row_is_moved_to() -> None:
    window = between("2026-03-01", "2026-04-01", "UTC")
    found = labels_beside("UTC", window.span, window.before(PERIOD), Grain.DAY)
    moved = {iso(start, "UTC")[:10]: label.isoweekday() for start, label in found}
    assert moved["2026-02-10"] == datetime(2026, 3, 10, tzinfo=ZoneInfo("UTC")).isoweekday()


def test_shifts_move_local_times() -> None:
    assert Shift(months=1).moved(datetime(2026, 3, 31, 10)) == datetime(2026, 3, 1)  # noqa: DTZ001 - local times
    assert Shift(months=12).moved(datetime(2024, 2, 29, 23, 59)) == datetime(2023, 3, 1)  # noqa: DTZ001
    assert Shift(months=2).moved(datetime(2026, 1, 31, 10)) == datetime(2025, 12, 1)  # noqa: DTZ001
    assert Shift(days=30).moved(datetime(2026, 3, 1, 10)) == datetime(2026, 1, 30, 10)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "skipped", "following", "end"),
    [
        ("Pacific/Kiritimati", "1994-12-31", "1995-01-01", "1995-01-02"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31", "2012-01-05"),
    ],
)
@pytest.mark.parametrize("comparison", [PERIOD, YEAR])
def test_a_range_from_a_date_that_the_zone_skipped_is_that_from_the_next_one(
    zone: str, skipped: str, following: str, end: str, comparison: Comparison
) -> None:
    asked, same = between(skipped, end, zone), between(following, end, zone)
    assert asked == same
    assert asked.before(comparison) == same.before(comparison)
