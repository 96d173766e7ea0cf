"""Decimals become whole units exactly as arithmetic on paper would have it, whatever type the file kept them in."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.value_kinds import Scaled, Whole
from ingest.value_kinds.plain_columns import plain

MINUTES = Scaled(0, 1440, 4, pa.uint32(), "minutes")
RATING = Scaled(0.5, 5, 2, pa.uint16(), "a rating")
AGE = Whole(0, 150, pa.uint8())


def read(kind: Scaled | Whole, column: pa.Array) -> tuple[list[int | None], list[bool]]:
    """The values, None where bad or missing, and the bad mask."""
    found = kind.read(plain(column).values)
    return [
        None if bad else value for value, bad in zip(found.values.to_pylist(), found.bad, strict=True)
    ], found.bad.tolist()


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("0.00005", 1),
        ("0.00004999999999999999999", 0),
        ("1.00005", 10_001),
        ("2.00015", 20_002),
        ("12.34565", 123_457),
        ("101", 1_010_000),
        (" 3.5 ", 35_000),
        ("1e2", 1_000_000),
        (".5", 5_000),
        ("1440", 14_400_000),
    ],
)
def test_a_written_decimal_is_rounded_half_away_from_zero(written: str, units: int) -> None:
    assert read(MINUTES, pa.array([written])) == ([units], [False])


@pytest.mark.parametrize(
    "written", ["abc", "1,5", "0x10", "nan", "inf", "-0.0001", "1440.00001", "1_0", "--1", "1e999", " "]
)
def test_what_is_no_minutes_of_a_day_is_bad(written: str) -> None:
    assert read(MINUTES, pa.array([written])) == ([None], [True])


def test_one_bad_cell_leaves_its_neighbours_readable() -> None:
    assert read(MINUTES, pa.array(["1", "x", None, "", "2.5"])) == (
        [10_000, None, None, None, 25_000],
        [False, True, False, False, False],
    )


def test_ranges_are_tested_before_rounding() -> None:
    assert read(RATING, pa.array([0.5, 0.499, 5.0, 5.001, 4.005])) == (
        [50, None, 500, None, 401],
        [False, True, False, True, False],
    )


@given(st.decimals(min_value=0, max_value=1440, allow_nan=False, places=9))
def test_text_and_decimal_agree_with_decimal_arithmetic(value: Decimal) -> None:
    units = int((value * 10_000).to_integral_value(ROUND_HALF_UP))
    assert read(MINUTES, pa.array([str(value)]))[0] == [units]
    assert read(MINUTES, pa.array([value], pa.decimal128(20, 9)))[0] == [units]


@given(st.integers(min_value=0, max_value=14_399_999))
def test_a_float_half_way_between_two_units_is_read_as_its_shortest_decimal(unit: int) -> None:
    half = float(f"{unit // 10_000}.{unit % 10_000:04}5")
    assert read(MINUTES, pa.array([half]))[0] == [unit + 1]


@given(st.floats(min_value=0, max_value=1440, allow_nan=False))
def test_a_float_gives_the_same_row_from_parquet_and_from_csv(value: float) -> None:
    assert read(MINUTES, pa.array([value])) == read(MINUTES, pa.array([repr(value)]))


def test_a_single_precision_float_means_the_decimal_that_was_written() -> None:
    assert read(MINUTES, pa.array([1439.9, 1.00005, None], pa.float32()))[0] == [14_399_000, 10_001, None]


@pytest.mark.parametrize(
    "column", [pa.array([3]), pa.array([3.0]), pa.array(["3"]), pa.array(["3.0"]), pa.array([Decimal(3)])]
)
def test_a_whole_number_may_be_kept_in_any_type(column: pa.Array) -> None:
    assert read(AGE, column) == ([3], [False])


@pytest.mark.parametrize(
    "column", [pa.array([3.5]), pa.array([-1]), pa.array([151]), pa.array(["x"]), pa.array([np.nan]), pa.array([True])]
)
def test_what_is_no_age_is_bad(column: pa.Array) -> None:
    assert read(AGE, column) == ([None], [True])
