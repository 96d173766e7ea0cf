"""Packed files of strangers are decoded by processes that may take so much memory: a file ends one of them at most."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.readers import Decoders, Source, Wanted, open_rows
from ingest.readers.unpacked_size import unpacked_bytes

MEMORY_BYTES = 96 << 20
EVERYTHING = Wanted(frozenset({"id", "title"}), rest=True, lists=frozenset({"genres"}))


@pytest.fixture(scope="module")
def decoders() -> Decoders:
    """Processes of 96 MiB each."""
    return Decoders(MEMORY_BYTES)


def source_of(path: Path) -> Source:
    form = FileFormat.PARQUET if path.suffix == ".parquet" else FileFormat.ARROW
    return Source(fs.LocalFileSystem(), str(path), path.name, form, None, path.stat().st_size)


def written(path: Path, table: pa.Table) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=1_000)
    else:
        with pa.ipc.new_stream(str(path), table.schema) as stream:
            stream.write_table(table, max_chunksize=1_000)
    return path


def everything(path: Path, decoders: Decoders | None) -> list[Any]:
    """All that a file's rows are, as the loader sees them."""
    with open_rows(source_of(path), EVERYTHING, decoders) as rows:
        found: list[Any] = [sorted(rows.names or ()), {name: str(kind) for name, kind in rows.types.items()}]
        for raw in rows.batches:
            cells = {name: column.to_pylist() for name, column in raw.columns.items()}
            found.append((cells, raw.numbers.tolist(), raw.rest, sorted(raw.damaged)))
    return found


def pids(decoders: Decoders) -> list[int]:
    return [one.process.pid for one in decoders._idle]


TABLE = pa.table(
    {
        "id": list(range(2_500)),
        "title": pa.array([f"Film {number}" for number in range(2_500)]).dictionary_encode(),
        "genres": [["Drama", None][: number % 3] for number in range(2_500)],
        "more": [{"a": number, "b": [str(number)]} for number in range(2_500)],
        "when": pa.array(range(2_500), pa.timestamp("ns", "Europe/Berlin")),
        "bytes": pa.array([b"\xff\xfe", b"x", None, b"", b"y"] * 500),
    }
)


@pytest.mark.parametrize("name", ["films.parquet", "films.arrow"])
def test_rows_are_the_same_as_when_they_are_decoded_here(name: str, tmp_path: Path, decoders: Decoders) -> None:
    path = written(tmp_path / name, TABLE)
    assert everything(path, decoders) == everything(path, None)
    assert len(everything(path, decoders)) > 2
    form = FileFormat.PARQUET if name.endswith("parquet") else FileFormat.ARROW
    assert decoders.unpacked_bytes(path, form) == unpacked_bytes(path, form) > 0


def test_one_process_decodes_one_file_after_another(tmp_path: Path, decoders: Decoders) -> None:
    path = written(tmp_path / "films.parquet", TABLE)
    everything(path, decoders)
    before = pids(decoders)
    everything(path, decoders)
    decoders.unpacked_bytes(path, FileFormat.PARQUET)
    assert pids(decoders) == before


def test_a_column_that_is_not_wanted_is_not_sent_and_rows_without_columns_are_rows(
    tmp_path: Path, decoders: Decoders
) -> None:
    for name in ("films.parquet", "films.arrow"):
        path = written(tmp_path / name, TABLE)
        with open_rows(source_of(path), Wanted(frozenset({"year"}), rest=False), decoders) as rows:
            batches = list(rows.batches)
        assert sum(map(len, batches)) == 2_500
        assert not any(batch.columns for batch in batches)


def bomb(path: Path) -> Path:
    """Kilobytes that pass every check and take more memory than there is: one page of one row group."""
    row = "x" * (120 << 20)
    pq.write_table(pa.table({"id": [1], "title": [row]}), path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 100_000
    return path


@pytest.mark.slow
def test_a_file_that_takes_too_much_memory_is_refused_by_a_sentence_and_the_next_is_read(
    tmp_path: Path, decoders: Decoders
) -> None:
    good, bad = written(tmp_path / "good.parquet", TABLE), bomb(tmp_path / "bad.parquet")
    for _ in range(2):
        with pytest.raises(FileRefused, match=r"bad.parquet: .* more than the 96 MiB .* MARQUEE_INGEST_DECODE_BYTES"):
            everything(bad, decoders)
        assert everything(good, decoders) == everything(good, None)


def test_a_process_that_is_killed_is_a_refused_file(tmp_path: Path, decoders: Decoders) -> None:
    """As one that the system ends for its memory, or that a file makes fault."""
    path = written(tmp_path / "films.arrow", pa.concat_tables([TABLE] * 40))
    decoders.unpacked_bytes(path, FileFormat.ARROW)
    pid = pids(decoders)[-1]
    with open_rows(source_of(path), EVERYTHING, decoders) as rows:
        next(rows.batches)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(FileRefused, match="it is damaged, or"):
            list(rows.batches)


def test_a_damaged_file_is_refused_as_it_is_here(tmp_path: Path, decoders: Decoders) -> None:
    path = written(tmp_path / "films.parquet", TABLE)
    path.write_bytes(path.read_bytes()[:-20])
    said = []
    for by in (decoders, None):
        with pytest.raises(FileRefused) as refused:
            everything(path, by)
        said.append(str(refused.value))
    assert said[0] == said[1]


@pytest.mark.slow
def test_a_file_that_is_left_in_the_middle_leaves_nothing_for_the_next(tmp_path: Path, decoders: Decoders) -> None:
    path = written(tmp_path / "films.arrow", pa.concat_tables([TABLE] * 40))
    with open_rows(source_of(path), EVERYTHING, decoders) as rows:
        next(rows.batches)
    assert everything(path, decoders)[2][0]["id"][0] == 0


def test_processes_end_with_the_server_and_know_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_WAREHOUSE", "clickhouse://a:secret@host")
    own = Decoders(MEMORY_BYTES)
    everything(written(tmp_path / "films.arrow", TABLE), own)
    (pid,) = pids(own)
    assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    del own
    assert not Path(f"/proc/{pid}").exists()


def test_numbers_of_a_large_file_go_on_over_its_pieces(tmp_path: Path, decoders: Decoders) -> None:
    path = written(tmp_path / "films.arrow", pa.table({"id": np.arange(50_000), "title": ["x" * 300] * 50_000}))
    with open_rows(source_of(path), EVERYTHING, decoders) as rows:
        numbers = np.concatenate([raw.numbers for raw in rows.batches])
    assert (numbers == np.arange(1, 50_001)).all()


def test_a_process_that_ended_while_it_waited_is_nobody_s_fault(decoders: Decoders, tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", TABLE)
    first = everything(path, decoders)
    for pid in pids(decoders):
        os.kill(pid, signal.SIGKILL)
    for one in decoders._idle:
        one.process.wait()
    assert everything(path, decoders) == first


def test_a_process_that_takes_too_long_is_killed() -> None:
    """By the kernel, whatever it does."""
    endless = "from ingest.readers.decoder_process import limit_time\nlimit_time(1)\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", endless], timeout=60, check=False)
    assert ended.returncode == -signal.SIGXCPU
