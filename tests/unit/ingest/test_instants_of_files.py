"""Times in files: every way of writing an instant gives that instant, in whole seconds of UTC."""

from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from ingest.value_kinds import Date, Instant

NOON = datetime(2024, 3, 31, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
INSTANT = Instant(int(NOW.timestamp()))


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["2024-03-31T12:00:00Z"]),
        pa.array(["2024-03-31 12:00:00"]),
        pa.array(["2024-03-31T12:00"]),
        pa.array(["2024-03-31T17:30:00+05:30"]),
        pa.array(["2024-03-31T12:00:00.999999Z"]),
        pa.array(["2024-03-31T12:00:00.123456789Z"]),
        pa.array([" 2024-03-31T12:00:00Z "]),
        pa.array(["1711886400"]),
        pa.array(["1711886400999"]),
        pa.array([1_711_886_400]),
        pa.array([1_711_886_400_999]),
        pa.array([1_711_886_400.75]),
        pa.array([Decimal("1711886400.75")]),
        pa.array([1_711_886_400_123_456_789], pa.timestamp("ns")),
        pa.array([1_711_886_400_000], pa.timestamp("ms", "Asia/Kolkata")),
    ],
)
def test_every_way_of_writing_noon_is_noon(column: pa.Array) -> None:
    found = INSTANT.read(column)
    assert found.values.to_pylist() == [NOON]
    assert found.values.type == pa.timestamp("s", "UTC")
    assert not found.bad.any()


def test_a_column_may_mix_all_ways_of_writing() -> None:
    written = [
        "2024-03-31T12:00:00Z",
        "2024-03-31 12:00:00",
        "1711886400",
        "1711886400000",
        None,
        "noon",
    ]
    found = INSTANT.read(pa.array(written))
    assert found.values.to_pylist() == [NOON, NOON, NOON, NOON, None, None]
    assert found.bad.tolist() == [False, False, False, False, False, True]


def test_a_date_alone_is_its_midnight_in_utc() -> None:
    midnight = datetime(2024, 3, 31, tzinfo=UTC)
    assert INSTANT.read(pa.array(["2024-03-31"])).values.to_pylist() == [midnight]
    assert INSTANT.read(pa.array([19_813], pa.date32())).values.to_pylist() == [midnight]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["1989-12-31T23:59:59Z"]),
        pa.array(["2026-11-23T00:00:01Z"]),
        pa.array(["2024-02-30"]),
        pa.array(["31.03.2024"]),
        pa.array([0]),
        pa.array([-1]),
        pa.array([float("nan")]),
        pa.array([1e300]),
        pa.array([True]),
        pa.array([[1]]),
    ],
)
def test_what_is_no_instant_from_1990_to_now_is_bad(column: pa.Array) -> None:
    found = INSTANT.read(column)
    assert found.bad.tolist() == [True]
    assert found.values.to_pylist() == [None]


def test_the_first_and_the_last_allowed_second_are_allowed() -> None:
    found = INSTANT.read(pa.array(["1990-01-01T00:00:00Z", "2026-11-23T00:00:00Z"]))
    assert not found.bad.any()


def test_a_release_date_is_the_date_on_its_own_calendar() -> None:
    in_tokyo = pa.array([1_711_900_000], pa.timestamp("s", "Asia/Tokyo"))  # 2024-04-01 00:46 there
    assert Date().read(in_tokyo).values.to_pylist() == [datetime(2024, 4, 1, tzinfo=UTC).date()]


@pytest.mark.parametrize("written", ["1899-12-31", "2300-01-01", "1999", "1999-02-29", "soon"])
def test_what_is_no_release_date_is_bad(written: str) -> None:
    assert Date().read(pa.array(["1999-03-31", written])).bad.tolist() == [False, True]
