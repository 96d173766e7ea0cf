"""Numbers and UUIDs share one key space and come back as they were written."""

import uuid

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import ids


@given(st.integers(0, 2**64 - 1))
def test_a_number_comes_back_as_it_was_written(number: int) -> None:
    key = ids.parse(str(number))
    assert key is not None
    assert ids.to_text(key) == str(number)


@given(st.uuids())
def test_a_uuid_comes_back_in_lower_case(value: uuid.UUID) -> None:
    key = ids.parse(str(value).upper())
    assert key == value.int
    assert ids.to_text(key) == str(value)


@pytest.mark.parametrize(
    "text", ["", "-1", "1.0", "18446744073709551616", "x", " 1", "١", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
)
def test_other_texts_are_no_ids(text: str) -> None:
    assert ids.parse(text) is None


def test_vectors_agree_with_single_ids() -> None:
    written = ["7", "no id", str(uuid.UUID(int=5)), None]
    keys, invalid = ids.from_text(pa.array(written, pa.string()))
    assert invalid.tolist() == [False, True, False, True]
    assert int.from_bytes(keys[0].as_py(), "little") == ids.parse("7")
    assert int.from_bytes(keys[2].as_py(), "little") == 5
    assert ids.from_numbers(np.array([7], dtype=np.uint64))[0] == keys[0]
