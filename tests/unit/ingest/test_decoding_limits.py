"""A few kilobytes of Parquet or Arrow that stand for gigabytes are decoded in pieces that fit, or not at all."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.files.file_format import FileFormat
from ingest.loading import load_file
from ingest.loading.load_file import opened
from ingest.loading.options import Options
from ingest.problems import FileRefused, TooManyRows
from ingest.profiles.beginning import LOOKED_AT_CHARACTERS
from ingest.profiles.inspection import inspect_file
from ingest.profiles.profile import profile_of
from ingest.readers import Source, Wanted, open_rows
from ingest.readers.decoding_limits import METADATA_BYTES, PIECE_BYTES, decoded, longest_bytes
from ingest.readers.unpacked_size import unpacked_bytes
from tests.unit.ingest.sink import Kept

ROWS, LARGE = 200, "x" * 1_000_000
# Everything of 200 rows would be 200 MB.
ROOM = 4 * PIECE_BYTES
WANTED = Wanted(frozenset({"title", "genres"}), rest=False, lists=frozenset({"genres"}))
LATE = 10**10

Column = Callable[[], pa.Array]


def by_dictionary() -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), [LARGE])


def by_runs() -> pa.Array:
    return pa.RunEndEncodedArray.from_arrays(pa.array([ROWS], pa.int32()), pa.array([LARGE]))


def by_list_views() -> pa.Array:
    starts, lengths = pa.array([0] * ROWS, pa.int32()), pa.array([1_000] * ROWS, pa.int32())
    return pa.ListViewArray.from_arrays(starts, lengths, pa.array(["x" * 1_000] * 1_000))


def by_list_of_dictionary() -> pa.Array:
    items = pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), [LARGE])
    return pa.ListArray.from_arrays(pa.array(range(ROWS + 1), pa.int32()), items)


def by_nested_dictionary() -> pa.Array:
    outer = pa.RunEndEncodedArray.from_arrays(pa.array([ROWS], pa.int32()), pa.array([LARGE]))
    return pa.StructArray.from_arrays([pa.array(range(ROWS)), outer], ["number", "text"])


def by_fixed_lists_of_nothing() -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.nulls(100_000 * ROWS), 100_000)


WAYS = (by_dictionary, by_runs, by_list_views, by_list_of_dictionary)


@pytest.mark.parametrize("column", WAYS)
def test_rows_that_name_one_large_value_are_decoded_in_pieces(column: Column) -> None:
    batch = pa.record_batch({"title": column()})
    before, rows = pa.total_allocated_bytes(), 0
    for first, piece in decoded("x", batch, WANTED, 1):
        assert pa.total_allocated_bytes() - before < ROOM
        assert first == rows + 1
        rows += piece.num_rows
    assert rows == ROWS


@pytest.mark.parametrize("column", [*WAYS, by_nested_dictionary, by_fixed_lists_of_nothing])
def test_a_row_is_never_larger_than_was_said(column: Column) -> None:
    assert longest_bytes(column()) >= 1_000_000


def test_an_ordinary_batch_is_one_piece() -> None:
    titles = pa.array([f"Film {number}" for number in range(32_768)])
    batch = pa.record_batch({"title": titles, "genres": titles.dictionary_encode()})
    assert [piece.num_rows for _, piece in decoded("x", batch, WANTED, 1)] == [32_768]


@pytest.mark.parametrize("is_list", [False, True])
def test_parquet_that_names_one_text_in_every_row_never_has_them_all(tmp_path: Path, is_list: bool) -> None:
    path = tmp_path / "bomb.parquet"
    texts = by_list_of_dictionary() if is_list else by_dictionary()
    pq.write_table(pa.table({"genres" if is_list else "title": texts}), path, compression="zstd")
    assert path.stat().st_size < 10_000
    del texts
    before, rows = pa.total_allocated_bytes(), 0
    with open_rows(Source.of(path, path.name), WANTED) as found:
        for piece in found.batches:
            # A batch of lists is decoded whole.
            assert pa.total_allocated_bytes() - before < 3 * (64 << 20) + ROOM
            rows += len(piece)
    assert rows == ROWS


def test_a_title_that_is_too_long_is_kept_aside_and_cut(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    pq.write_table(pa.table({"id": [1, 2], "title": [LARGE, "Metropolis"]}), path)
    kept = Kept()
    with opened("movies", path, path.name, Options(), LATE) as file:
        file.pour(kept, file.validated())
    assert kept.rows == 1
    (reject,) = kept.rejects
    assert reject.reason == "BAD_VALUE"
    assert len(reject.original) < 200_000


def test_values_that_take_more_than_a_body_may_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    pq.write_table(pa.table({"id": list(range(ROWS)), "title": by_dictionary()}), path)
    options = Options(max_bytes=50_000_000)
    with opened("movies", path, path.name, options, LATE) as file, pytest.raises(TooManyRows, match="50,000,000 bytes"):
        file.pour(Kept(), file.validated())


def test_attributes_count_as_values(tmp_path: Path) -> None:
    path, rows = tmp_path / "sessions.parquet", 1_000
    ids = [*range(rows)]
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * 60_000])
    times = ["2026-05-17T10:00:00Z"] * rows
    columns = {"id": ids, "user_id": ids, "movie_id": ids, "start_time": times, "watch_duration_minutes": ids}
    pq.write_table(pa.table({**columns, "agent": texts}), path)
    options = Options(max_bytes=50_000_000)
    with opened("viewing_sessions", path, path.name, options, LATE) as file, pytest.raises(TooManyRows):
        file.pour(Kept(), file.validated())


def test_values_that_a_profile_makes_count(tmp_path: Path) -> None:
    path, rows = tmp_path / "short.csv", 10_000
    path.write_bytes(b"a\n" + b"1\n" * rows)
    made = {"ids": {"id": ["a"]}, "constants": {"title": "x" * 90}}
    # Of each row the digit and its place, and of an id and a title 36 and 90 characters and their places.
    for most, sentence in ((rows * 135, ""), (rows * 130, "take more than 1,300,000 bytes")):
        options = Options(profile_of(made), max_bytes=most)
        with opened("movies", path, "the file", options, LATE) as file:
            kept = Kept()
            if sentence:
                with pytest.raises(TooManyRows, match=sentence):
                    file.pour(kept, file.validated())
            else:
                file.pour(kept, file.validated())
                assert kept.rows == rows


@pytest.mark.parametrize("form", [FileFormat.PARQUET, FileFormat.ARROW])
def test_metadata_is_bounded_before_it_is_read(tmp_path: Path, form: FileFormat) -> None:
    path = tmp_path / f"wide.{form}"
    schema = pa.schema([pa.field("id", pa.int64(), metadata={"note": "x" * METADATA_BYTES})])
    if form is FileFormat.PARQUET:
        pq.write_table(pa.table({"id": [1]}, schema), path)
    else:
        with pa.ipc.new_stream(str(path), schema) as stream:
            stream.write_table(pa.table({"id": [1]}, schema))
    with pytest.raises(FileRefused, match="bytes of metadata"), open_rows(Source.of(path, path.name), WANTED):
        pass
    with pytest.raises(FileRefused, match="bytes of metadata"):
        unpacked_bytes(path, form)


def test_short_rows_with_long_constants_are_checked_in_pieces(tmp_path: Path) -> None:
    """A row of two bytes becomes one of a kilobyte: all of them at once would be 300 MB."""
    path, rows = tmp_path / "short.csv", 300_000
    path.write_bytes(b"id\n" + b"1\n" * rows)
    constants = {"title": "x" * 500, "director": "y" * 500}
    options = Options(profile_of({"table": "movies", "constants": constants}))
    counted, largest, numbers = 0, 0, set[int]()
    with opened("movies", path, "the file", options, LATE) as file:
        for block in file.validated():
            counted += block.batch.num_rows
            largest = max(largest, block.batch.nbytes)
            numbers |= {int(block.numbers[0]), int(block.numbers[-1])}
    assert counted == rows
    assert largest < 2 * PIECE_BYTES
    # Lines, after that of the header.
    assert {2, rows + 1} <= numbers


def test_short_rows_with_attributes_of_long_names_are_checked_in_pieces(tmp_path: Path) -> None:
    """A row of 250 bytes has 20 kilobytes of paths: all of them at once would be 160 MB."""
    path, rows = tmp_path / "short.csv", 8_000
    names = [f"{'x' * 197}{number}" for number in range(100, 200)]
    known = "id,user_id,movie_id,start_time,watch_duration_minutes"
    cells = "1,1,1,2026-05-17T10:00:00Z,1" + ",1" * 100
    path.write_text(f"{known},{','.join(names)}\n" + f"{cells}\n" * rows)
    counted, largest = 0, 0
    with opened("viewing_sessions", path, "the file", Options(), LATE) as file:
        for block in file.validated():
            counted += block.batch.num_rows
            largest = max(largest, block.batch.nbytes)
    assert counted == rows
    assert largest < 2 * PIECE_BYTES


def test_problems_of_a_block_are_told_once_when_it_is_checked_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_file, "PIECE_ROWS", 7)
    path = tmp_path / "some.csv"
    path.write_bytes(b"id,title\n" + b"".join(b"%d,a\n" % n if n % 5 else b"x,a,more\n" for n in range(1, 101)))
    with opened("movies", path, "the file", Options(), LATE) as file:
        blocks = list(file.validated())
    assert sorted(problem.number for block in blocks for problem in block.problems) == [*range(6, 102, 5)]
    assert [line for block in blocks for line in block.numbers.tolist()] == [n + 1 for n in range(1, 101) if n % 5]


def test_of_rows_that_name_one_large_text_few_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "large.parquet"
    pq.write_table(pa.table({"title": by_dictionary(), "id": [*range(ROWS)]}), path)
    assert path.stat().st_size < 1_000_000
    found = inspect_file(path, "the file", LATE)
    looked_at = found.beginning.rows
    assert sum(len(text) for row in looked_at.values() for text in row.values()) < LOOKED_AT_CHARACTERS + 2 * len(LARGE)
    assert found.good + found.bad_rows == len(looked_at)
    # As many as there are of rows that are short.
    pq.write_table(pa.table({"title": ["x"] * ROWS, "id": [*range(ROWS)]}), path)
    assert len(inspect_file(path, "the file", LATE).beginning.rows) == ROWS
