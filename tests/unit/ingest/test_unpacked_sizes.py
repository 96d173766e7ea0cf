"""What packed rows say to take: at least what they take, for whatever pyarrow writes; nothing else is believed."""

import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs, ipc

from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.readers import Source, Wanted, open_rows
from ingest.readers.unpacked_size import unpacked_bytes

ROWS = 100_000
ZEROS = pa.record_batch({"id": pa.array(np.zeros(ROWS, np.int64)), "title": pa.array(["x" * 20] * ROWS)})
NAMES = pa.record_batch({"id": pa.array(["a", "b"] * 50).dictionary_encode()})


def stream(path: Path, batch: pa.RecordBatch, compression: str | None) -> None:
    with ipc.new_stream(path, batch.schema, options=ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_batch(batch)


def file(path: Path, batch: pa.RecordBatch, compression: str | None) -> None:
    with ipc.new_file(path, batch.schema, options=ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_batch(batch)


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
@pytest.mark.parametrize("write", [stream, file])
def test_an_arrow_batch_says_what_it_takes(
    tmp_path: Path, write: Callable[[Path, pa.RecordBatch, str | None], None], compression: str | None
) -> None:
    path = tmp_path / "rows.arrow"
    write(path, ZEROS, compression)
    assert ZEROS.nbytes * 0.99 < unpacked_bytes(path, FileFormat.ARROW) < ZEROS.nbytes * 1.01
    if compression:
        assert path.stat().st_size < ZEROS.nbytes / 4


def test_rows_that_take_nothing_take_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    stream(path, pa.record_batch({"id": pa.nulls((1 << 31) - 1)}), None)
    assert unpacked_bytes(path, FileFormat.ARROW) == 8 * ((1 << 31) - 1)


def test_values_that_are_sent_once_count(tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    long = pa.record_batch({"id": pa.array(["z" * 5_000_000]).dictionary_encode()})
    stream(path, long, "zstd")
    assert unpacked_bytes(path, FileFormat.ARROW) > 5_000_000
    stream(path, NAMES, "zstd")
    assert 0 < unpacked_bytes(path, FileFormat.ARROW) < 1_000


def test_parquet_says_what_its_largest_column_takes(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_batches([ZEROS]), path, compression="zstd", use_dictionary=False)
    assert unpacked_bytes(path, FileFormat.PARQUET) > 20 * ROWS
    assert path.stat().st_size < ROWS


def test_what_follows_does_not_hide_what_comes_before(tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    stream(path, ZEROS, "zstd")
    whole = path.read_bytes()
    # In the place of the mark of the end, a message that is none.
    path.write_bytes(whole[:-8] + b"\xff\xff\xff\xff\x08\0\0\0" + b"\xff" * 8)
    assert unpacked_bytes(path, FileFormat.ARROW) > ZEROS.nbytes * 0.99


def test_a_file_is_measured_by_its_index_as_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    file(path, ZEROS, "zstd")
    whole = bytearray(path.read_bytes())
    # Read from its beginning it would end at once; who reads by the index meets all rows.
    whole[8:16] = b"\xff\xff\xff\xff\0\0\0\0"
    path.write_bytes(whole)
    assert ipc.open_file(path).get_batch(0).num_rows == ROWS
    assert unpacked_bytes(path, FileFormat.ARROW) > ZEROS.nbytes * 0.99


def read_rows(path: Path) -> int:
    """How many rows are read where no process decodes."""
    source = Source(fs.LocalFileSystem(), str(path), path.name, FileFormat.ARROW, None, path.stat().st_size)
    with open_rows(source, Wanted(frozenset({"id"}), rest=False), None) as rows:
        return sum(len(one.numbers) for one in rows.batches)


def of_index(whole: bytes, blocks: list[bytes]) -> bytes:
    """An Arrow file of one batch with another index: a FlatBuffer whose only field are these blocks."""
    size = struct.unpack("<i", whole[-10:-6])[0]
    fields = struct.pack("<6H", 12, 8, 0, 0, 0, 4)
    index = struct.pack("<I", 16) + fields + struct.pack("<iII", 12, 4, len(blocks)) + b"".join(blocks)
    return whole[: -10 - size] + index + struct.pack("<i", len(index)) + b"ARROW1"


def test_an_index_that_names_bytes_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    file(path, ZEROS, None)
    whole = path.read_bytes()
    body = sum(-(-buffer.size // 8) * 8 for column in ZEROS.columns for buffer in column.buffers() if buffer)
    start = next(place for place in range(0, len(whole), 8) if whole[place : place + 4] == b"\xff" * 4 and place > 8)
    metadata = 8 + struct.unpack("<i", whole[start + 4 : start + 8])[0]
    block = struct.pack("<qi4xq", start, metadata, body)
    path.write_bytes(of_index(whole, [block]))
    assert unpacked_bytes(path, FileFormat.ARROW) == body
    inner = struct.pack("<qi4xq", start + 8, metadata, 0)
    for blocks in ([block] * 2, [block] * 100_000, [block, inner], [inner, block]):
        path.write_bytes(of_index(whole, blocks))
        with pytest.raises(FileRefused, match="names a batch twice, or batches that overlap"):
            unpacked_bytes(path, FileFormat.ARROW)
        # So is a file that nobody sent, but that a command is told to load.
        with pytest.raises(FileRefused, match=r"rows.arrow.* names a batch twice, or batches that overlap"):
            read_rows(path)
    path.write_bytes(of_index(whole, [block] * 200_000))
    with pytest.raises(FileRefused, match=r"its index has 4,800,0.. bytes, and at most 4,194,304 are read"):
        unpacked_bytes(path, FileFormat.ARROW)
    with pytest.raises(FileRefused, match=r"rows.arrow.* its index has 4,800,0.. bytes, and at most 4,194,304 are"):
        read_rows(path)


def test_an_index_that_points_out_of_its_file_is_refused_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    file(path, ZEROS, None)
    assert read_rows(path) == ROWS
    whole = bytearray(path.read_bytes())
    whole[-10:-6] = struct.pack("<i", len(whole))
    path.write_bytes(whole)
    with pytest.raises(FileRefused, match=r"rows.arrow.* cut off, damaged or not Arrow"):
        read_rows(path)


@pytest.mark.parametrize("form", FileFormat)
def test_what_can_not_be_read_says_nothing(tmp_path: Path, form: FileFormat) -> None:
    path = tmp_path / "rows"
    stream(path, ZEROS, "zstd")
    good = path.read_bytes()
    for content in (b"", b"ARROW1", b"PAR1", b"\xff\xff\xff\xff\x10\0\0\0", good[:-200], good[:100]):
        path.write_bytes(content)
        assert unpacked_bytes(path, form) == 0


@pytest.mark.parametrize("write", [stream, file])
def test_damaged_bytes_end_in_a_number_or_a_refusal(
    tmp_path: Path, write: Callable[[Path, pa.RecordBatch, str | None], None]
) -> None:
    path, random = tmp_path / "rows", Random(5)
    write(path, NAMES, "zstd")
    good = path.read_bytes()
    for _ in range(400):
        damaged = bytearray(good)
        damaged[random.randrange(len(good))] = random.randrange(256)
        path.write_bytes(damaged)
        # A file whose index names bytes twice is refused.
        with suppress(FileRefused):
            assert unpacked_bytes(path, FileFormat.ARROW) >= 0
