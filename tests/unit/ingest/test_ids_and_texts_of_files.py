"""Ids, codes and texts in files: what is kept unchanged, what is tidied, and what is no such thing."""

import uuid
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from ingest.value_kinds import CountryCode, Id, Kind, Text, TextList
from ingest.value_kinds.plain_columns import plain
from warehouse.ids import to_text

LARGEST = 2**64 - 1
A_UUID = uuid.UUID("0192f8a0-7b1c-7e3d-9a55-1234567890ab")


def ids(column: pa.Array) -> list[str | None]:
    """The ids as they are shown, None where missing or bad."""
    found = Id().read(plain(column).values)
    keys = found.values.to_pylist()
    return [
        None if bad or key is None else to_text(int.from_bytes(key, "little"))
        for key, bad in zip(keys, found.bad, strict=True)
    ]


def bad(kind: Kind, column: pa.Array) -> list[bool]:
    text = plain(column)
    marked: list[bool] = (kind.read(text.values).bad | text.bad).tolist()
    return marked


@pytest.mark.parametrize(
    "column",
    [
        pa.array([0, 7, LARGEST], pa.uint64()),
        pa.array(["0", "7", str(LARGEST)]),
        pa.array([b"0", b"7", str(LARGEST).encode()]),
        pa.array(["0", "7", str(LARGEST)]).dictionary_encode(),
        pa.array([Decimal(0), Decimal(7), Decimal(LARGEST)], pa.decimal128(20)),
    ],
)
def test_numbers_are_shown_as_they_came_up_to_64_bits(column: pa.Array) -> None:
    assert ids(column) == ["0", "7", str(LARGEST)]


@pytest.mark.parametrize("column", [pa.array([str(A_UUID), None]), pa.array([A_UUID.bytes, None], pa.uuid())])
def test_a_uuid_is_the_same_from_text_and_from_parquet(column: pa.Array) -> None:
    assert ids(column) == [str(A_UUID), None]


def test_a_slice_of_uuids_is_read_at_its_own_place() -> None:
    column = pa.array([bytes(16), A_UUID.bytes, bytes(16)], pa.binary(16)).slice(1, 1)
    assert ids(column) == [str(A_UUID)]


def test_numbers_and_uuids_may_stand_in_one_column() -> None:
    assert ids(pa.array(["7", str(A_UUID), " 8 ", "x", ""])) == ["7", str(A_UUID), "8", None, None]


def test_whole_floats_are_ids_as_long_as_floats_are_exact() -> None:
    assert ids(pa.array([7.0, None, 7.5, 2.0**53, np.nan, -1.0])) == ["7", None, None, None, None, None]


@pytest.mark.parametrize(
    "written", ["-1", "+1", "1.5", "0x10", str(LARGEST + 1), "٣", "me", str(uuid.UUID(int=2**128 - 1))]
)
def test_what_is_no_id_is_bad(written: str) -> None:
    assert bad(Id(), pa.array(["1", written])) == [False, True]


def test_countries_are_two_capitals_and_namibia_is_one() -> None:
    found = CountryCode().read(pa.array(["NA", "de", " us ", None]))
    assert found.values.to_pylist() == ["NA", "DE", "US", None]
    assert bad(CountryCode(), pa.array(["USA", "U1", "ß", "DE"])) == [True, True, True, False]


def test_texts_are_kept_as_they_are() -> None:
    column = pa.array([" a ", "日本", "", "NA", None])
    assert Text().read(plain(column).values).values.to_pylist() == [" a ", "日本", None, "NA", None]


def test_a_text_with_nul_or_bytes_that_are_no_utf8_is_bad() -> None:
    assert bad(Text(), pa.array([b"a\0b", b"\xe9t\xe9", b"ok", None])) == [True, True, False, False]


def test_a_title_of_digits_is_a_text() -> None:
    assert Text().read(pa.array([1917])).values.to_pylist() == ["1917"]
    assert Text().read(pa.array([8.5])).values.to_pylist() == ["8.5"]
    assert bad(Text(), pa.array([True])) == [True]


def test_genres_are_split_and_tidied_or_taken_as_a_list() -> None:
    assert TextList().read(plain(pa.array(["Drama | Comedy", "|", "", None])).values).values.to_pylist() == [
        ["Drama", "Comedy"],
        None,
        None,
        None,
    ]
    assert TextList().read(pa.array([["Drama", None, " War "], []])).values.to_pylist() == [["Drama", "War"], None]
    assert bad(TextList(), pa.array([[1]])) == [True]
