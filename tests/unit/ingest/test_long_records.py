"""A record that is longer than a row can be is refused before anything is made of it; so are values within one."""

import gzip
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ingest.loading.load_file import opened
from ingest.loading.options import Options
from ingest.problems import FileRefused
from ingest.profiles.profile import profile_of
from ingest.readers.lines import longer_line
from ingest.readers.ndjson_line_by_line import read_lines
from ingest.readers.rows import RawRows, Wanted
from ingest.rows.attributes import LONGEST_VALUE, attributes
from ingest.rows.contract import contract_for
from ingest.rows.profile_conversion import prepared
from ingest.value_kinds.texts import LONGEST_ITEM, LONGEST_LIST, MOST_ITEMS, TextList
from server.ingesting.delivery import LONGEST_RECORD_BYTES
from tests.unit.ingest.sink import Kept

LATE = 10**10
MIB = 1 << 20
REMOTE = Options(longest_record_bytes=LONGEST_RECORD_BYTES)
FILM = '{"id":1,"title":"Heat"}\n'


def poured(path: Path, options: Options = REMOTE) -> Kept:
    kept = Kept()
    with opened("movies", path, path.name, options, LATE) as file:
        file.pour(kept, file.validated())
    return kept


@pytest.mark.parametrize(
    ("name", "begin", "unit", "sentence"),
    [
        ("a.ndjson.gz", FILM + '{"id":2,"x":[', "[],", "line 2 is longer than 2 MiB"),
        ("a.csv.gz", "id,title,genres\n1,Heat,\n2,Up,", "|", "the row that begins in line 3 is longer than 2 MiB"),
        ("b.csv.gz", 'id,title,genres\n1,Heat,\n2,Up,"a\n', "|", "line 3 is longer than 2 MiB .is a quote opened"),
        ("c.csv.gz", "id,title,genres\n1,Heat,\n2,Up,'a'", ",", "the row that begins in line 3 is longer than 2 MiB"),
    ],
)
def test_a_record_of_60_megabytes_is_refused_once_it_is_too_long(
    tmp_path: Path, name: str, begin: str, unit: str, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress((begin + unit * (60 * MIB // len(unit))).encode(), 1))
    tracemalloc.start()
    with pytest.raises(FileRefused, match=sentence):
        poured(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # A block of 4 MiB, and some copies of it.
    assert peak < 24 * MIB


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("before", [0, 1, 500])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("form", ["plain.csv", "quoted.csv", "latin.csv", "a.ndjson"])
def test_the_longest_record_is_read_wherever_it_stands_and_no_longer_one(
    tmp_path: Path, form: str, ends: str, before: int, more: int
) -> None:
    most = 100_000
    if form == "a.ndjson":
        first, short, start, end = "", '{"id":1,"title":"Heat"}', '{"id":2,"title":"Up","x":"', '"}'
    elif form == "plain.csv":
        first, short, start, end = f"id,title,x{ends}", "1,Heat,", "2,Up,", ""
    else:
        first, short, start, end = f"id,title,x{ends}", f'1,Heat,"a{ends}b"', f'2,Up,"{ends}', '"'
    long = (start + "x" * (most - len(start) - len(end) + more) + end).encode()
    if form == "a.ndjson":
        long = long.replace(b"x" * (len(ends) - 1), b"", 1)  # the carriage return is of the line
    path = tmp_path / form
    odd = b"\xe9" if form == "latin.csv" else b"e"
    lines = [short.encode().replace(b"e", odd)] * before
    path.write_bytes(first.encode() + (ends.encode()).join([*lines, long, b"", b"", *lines]) + ends.encode())
    options = Options(longest_record_bytes=most)
    if more:
        with pytest.raises(FileRefused, match="is longer than 0 MiB"):
            poured(path, options)
    else:
        kept = poured(path, options)
        assert (kept.rows, len(kept.rejects)) == ((1, 2 * before) if form == "latin.csv" else (1 + 2 * before, 0))


def test_lines_are_measured_by_all_their_bytes() -> None:
    for text, most, expected in (
        (b"", 0, None),
        (b"a", 0, 0),
        (b"a\n", 1, None),
        (b"ab\n", 1, 0),
        (b"a\nbb\ncc", 2, None),
        (b"a\nbb\nccc", 2, 5),
        (b"\n\n\nccc\n", 2, 3),
        (b"a\nbbb\nc\n", 2, 2),
    ):
        assert longer_line(text, b"\n", most) == expected


@pytest.mark.parametrize("depth", [17, 500, 990, 1_000, 1_010, 1_020])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_values_nested_as_deep_as_json_may_be_are_told_in_a_sentence(depth: int, opens: str, closes: str) -> None:
    nested = f"{opens * depth}1{closes * depth}"
    lines = f'{{"id":1,"x":{nested}}}\n{{"id":2}}'.encode()
    rows = read_lines(lines, 1, Wanted(frozenset({"id"}), rest=True))
    assert [(one.place, one.sentence) for one in rows.problems] == [("line 1", "'x' is nested in more than 16 levels")]
    assert rows.numbers.tolist() == [2]
    # Nobody wants it.
    assert len(read_lines(lines, 1, Wanted(frozenset({"id"}), rest=False))) == 2
    twice = b'{"id":1,"id":2,"x":' + nested.encode() + b"}"
    refused = read_lines(twice, 1, Wanted(frozenset({"id"}), rest=False))
    assert (len(refused), [one.place for one in refused.problems]) == (0, ["line 1"])


@pytest.mark.parametrize("separator", ["", ";"])
def test_a_text_too_long_for_a_list_is_bad_and_not_taken_apart(separator: str) -> None:
    sign = separator or "|"
    cells = ["a" + sign + "b", (sign + "x") * MIB, sign * MIB, sign.join(["y" * LONGEST_ITEM] * MOST_ITEMS)]
    raw = RawRows({"genres": pa.array(cells)}, np.arange(4))
    profile = profile_of({"separators": {"genres": separator}} if separator else {})
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    made = prepared(raw, profile, contract_for("movies", LATE)).columns["genres"]
    assert pa.total_allocated_bytes() - before < 4 * MIB
    found = TextList().read(made)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.bad.tolist() == [False, True, True, False]
    assert found.values.to_pylist()[0] == ["a", "b"]
    # A list of a million texts takes 8 MiB for their places alone.
    assert peak < 8 * MIB


def test_lists_of_any_form_are_as_long_as_before() -> None:
    longest = "|".join(["x" * LONGEST_ITEM] * MOST_ITEMS)
    assert len(longest) == LONGEST_LIST
    texts = pa.array([longest, longest + "|", "|".join("x" * 101), None, "|" * 99, "|" * 100])
    assert TextList().read(texts).bad.tolist() == [False, True, True, False, False, True]
    lists = pa.array([["x"] * 100, ["x"] * 101, None, ["x" * 201], []], pa.list_(pa.string()))
    assert TextList().read(lists).bad.tolist() == [False, True, False, True, False]


def test_a_list_longer_than_an_attribute_may_be_is_not_written() -> None:
    row = json.loads('{"x":[' + "{}," * 100_000 + "{}]}")
    # What Python and Arrow load once does not count.
    found = attributes([{"y": ["z" * (LONGEST_VALUE - 4)]}, {"y": [[1, 2], {"a": None}]}])
    assert found.values.to_pylist() == [[("y", f'["{"z" * (LONGEST_VALUE - 4)}"]')], [("y", '[[1,2],{"a":null}]')]]
    tracemalloc.start()
    found = attributes([row])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.unfit == {0: "'x' has more than 65,536 characters"}
    # Its text has 300,000, and the list of its parts 800,000.
    assert peak < 200_000
