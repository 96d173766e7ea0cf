"""Ids made of several columns: always the same, and made in pieces however long the values are."""

import json
import tracemalloc
import uuid

import pyarrow as pa
import pytest

from ingest.rows.joined_ids import CHARACTERS, ROWS, joined_id, joined_ids
from ingest.value_kinds.ids import NAMESPACE

ODD = '"\\\n\0\u2028ü🎬'


def expected(*texts: str) -> str:
    """As Python makes it of the whole text."""
    return str(uuid.uuid5(NAMESPACE, json.dumps([text.strip() for text in texts], ensure_ascii=False)))


def test_an_id_of_known_values_is_known() -> None:
    assert joined_id(["1", "1193"]) == "d752231f-7b19-59c6-b172-790da2932f4a"


@pytest.mark.parametrize("length", [0, 1, CHARACTERS - 1, CHARACTERS, CHARACTERS + 1, 3 * CHARACTERS])
def test_long_values_are_hashed_as_short_ones_are(length: int) -> None:
    for text in ("x" * length, (ODD * length)[: 2 * length], f"  {'y' * length}\t"):
        assert joined_id([text, ODD]) == expected(text, ODD)
        assert joined_id([ODD, "", text]) == expected(ODD, "", text)


def test_rows_of_several_pieces_keep_their_order() -> None:
    rows = 2 * ROWS + 5
    numbers = pa.array([None if row % 7 == 0 else row for row in range(rows)])
    names = pa.array([f"name {row}" if row % 11 else None for row in range(rows)])
    found = joined_ids([numbers, names]).to_pylist()
    assert found == [
        None if row % 7 == 0 or row % 11 == 0 else expected(str(row), f"name {row}") for row in range(rows)
    ]
    assert joined_ids([numbers.slice(0, 0), names.slice(0, 0)]).to_pylist() == []


def test_what_is_made_on_the_way_is_small() -> None:
    """Of control characters, each of which is six in JSON: 24 MB at once."""
    column = pa.array(["\x01" * 4_000_000])
    tracemalloc.start()
    joined_ids([column])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The text itself, and copies of it without white space.
    assert peak < 14_000_000
