"""Buckets of local time, held against `zoneinfo`: no instant is in a wrong bucket, whatever the clock does."""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.errors import BadInput
from warehouse.query.local_time import Grain, Range, day_end, day_start, floor, iso, pieces, segments, shift_back, zone
from warehouse.query.ranges import Comparison, between, last

ZONES = (
    "UTC",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Gaza",
    "America/Caracas",
    "Africa/Casablanca",
)
SHORT = (Grain.QUARTER_HOUR, Grain.HOUR)
instants = st.integers(min_value=631_152_000, max_value=2_000_000_000)


def name(instant: int, zone_name: str, grain: Grain) -> Any:
    local = datetime.fromtimestamp(instant, ZoneInfo(zone_name))
    label = floor(local.replace(tzinfo=None), grain)
    return (label, local.utcoffset()) if grain in SHORT else label


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(list(Grain)), instants, st.integers(1, 400 * 86_400), st.data())
def test_every_instant_is_in_the_bucket_that_its_local_clock_says(
    zone_name: str, grain: Grain, start: int, length: int, data: st.DataObject
) -> None:
    span = Range(start, start + min(length, 9 * 86_400 if grain in SHORT else length))
    found = pieces(zone_name, span, grain)
    instant = data.draw(st.integers(span.start, span.end - 1))
    bucket = found[bisect_right([piece.start for piece in found], instant) - 1].bucket
    assert bucket <= instant
    assert name(bucket, zone_name, grain) == name(instant, zone_name, grain)
    assert name(bucket - 1, zone_name, grain) != name(bucket, zone_name, grain)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), instants, st.integers(1, 900 * 86_400))
def test_segments_have_the_offset_that_zoneinfo_gives_at_both_ends(zone_name: str, start: int, length: int) -> None:
    span = Range(start, start + length)
    edges = segments(zone_name, span)
    for segment, end in zip(edges, [*(each.start for each in edges[1:]), span.end], strict=True):
        for instant in (segment.start, end - 1):
            offset = datetime.fromtimestamp(instant, ZoneInfo(zone_name)).utcoffset()
            assert offset == timedelta(seconds=segment.offset_s)


@pytest.mark.parametrize(
    ("zone_name", "day", "start"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T01:00:00-02:00"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-31T00:00:00+14:00"),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T00:00:00-05:00"),
        ("Asia/Kathmandu", date(2026, 1, 1), "2026-01-01T00:00:00+05:45"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone_name: str, day: date, start: str) -> None:
    assert iso(day_start(zone_name, day), zone_name) == start


@pytest.mark.parametrize(
    ("zone_name", "day", "end"),
    [
        # 00:00 for a minute, then 23:01 of the day before once more.
        ("America/St_Johns", date(2001, 10, 27), "2001-10-28T00:00:00-03:30"),
        ("America/St_Johns", date(2001, 10, 28), "2001-10-29T00:00:00-03:30"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-31T00:00:00+14:00"),
        ("America/New_York", date(2026, 11, 1), "2026-11-02T00:00:00-05:00"),
    ],
)
def test_a_day_ends_after_its_last_instant(zone_name: str, day: date, end: str) -> None:
    assert iso(day_end(zone_name, day), zone_name) == end


@pytest.mark.parametrize(
    ("zone_name", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("UTC", date(2026, 3, 8), 24),
    ],
)
def test_days_with_a_change_of_the_clock_are_shorter_or_longer(zone_name: str, day: date, hours: float) -> None:
    assert (day_start(zone_name, day + timedelta(days=1)) - day_start(zone_name, day)) / 3600 == hours


def test_an_hour_that_repeats_stays_two_buckets() -> None:
    span = Range(day_start("America/New_York", date(2026, 11, 1)), day_start("America/New_York", date(2026, 11, 2)))
    starts = [iso(piece.bucket, "America/New_York") for piece in pieces("America/New_York", span, Grain.HOUR)]
    assert len(starts) == 25
    assert starts[1:3] == ["2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00"]


def test_last_ends_with_the_local_day_of_the_newest_data() -> None:
    newest = int(datetime.fromisoformat("2026-03-10T01:30:00+00:00").timestamp())
    window = last("P2D", "America/New_York", newest)
    assert [iso(edge, "America/New_York") for edge in (window.span.start, window.span.end)] == [
        "2026-03-08T00:00:00-05:00",
        "2026-03-10T00:00:00-04:00",
    ]
    assert iso(window.before(Comparison.PREVIOUS_PERIOD).start, "America/New_York") == "2026-03-06T00:00:00-05:00"
    assert iso(window.before(Comparison.PREVIOUS_YEAR).start, "America/New_York") == "2025-03-08T00:00:00-05:00"


def test_the_month_before_a_month_is_a_whole_month() -> None:
    newest = int(datetime.fromisoformat("2026-03-31T12:00:00+00:00").timestamp())
    window = last("P1M", "UTC", newest)
    assert iso(window.span.start, "UTC") == "2026-03-01T00:00:00Z"
    assert iso(window.before(Comparison.PREVIOUS_PERIOD).start, "UTC") == "2026-02-01T00:00:00Z"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-02", "2026-03-01", "before it starts"),
        ("2026-03-01", "2026-03-01", "before it starts"),
        ("yesterday", "2026-03-01", "neither a date nor an instant"),
        ("2026-03-01T10:00:00", "2026-03-02", "no offset"),
        ("1960-01-01", "2026-03-02", "1990 to 2100"),
        ("2026-02-30", "2026-03-02", "does not exist"),
    ],
)
def test_ranges_that_make_no_sense_are_refused_with_a_sentence(start: str, end: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        between(start, end, "UTC")


@pytest.mark.parametrize("duration", ["30D", "P0D", "P-1D", "P30H", "P1Y2M", "", "P99999D", "P1.5D"])
def test_durations_of_another_form_are_refused(duration: str) -> None:
    with pytest.raises(BadInput, match="P30D"):
        shift_back(date(2026, 1, 1), duration)


@pytest.mark.parametrize("name_given", ["Mars/Olympus", "", "utc ", "../etc/passwd", "EST5EDT4"])
def test_zones_that_do_not_exist_are_refused(name_given: str) -> None:
    with pytest.raises(BadInput, match="IANA"):
        zone(name_given)
