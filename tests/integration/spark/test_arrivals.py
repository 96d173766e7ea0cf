"""Session files are read by the names of their columns, and what is broken in one costs a row that says so."""

import errno
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.demo_size import DemoSize
from ingest.files.writers import WRITERS, write_file
from ingest.generator import GENERATORS, Plan, build_world
from spark import arriving_files as arrivals
from spark.arriving_files import CELLS, read_file

NAMES = "id,user_id,movie_id,start_time,watch_duration_minutes"
ROW = ["1", "2", "3", "2026-03-02T12:00:00Z", "60"]
# As it is read: times are seconds since 1970.
READ = [*ROW[:3], "1772452800", "60"]


def rows_of(path: Path) -> list[list[str | None]]:
    """The rows without a fault, of the required columns."""
    rows = [row for batch in read_file(f"file:{path}") for row in batch.to_pylist()]
    return [[row[name] for name in CELLS[:5]] for row in rows if row["fault"] is None]


def faults_of(path: Path) -> list[str]:
    return [
        row["fault"] for batch in read_file(f"file:{path}") for row in batch.to_pylist() if row["fault"] is not None
    ]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_what_the_generator_writes_is_read_the_same_in_every_format(tmp_path: Path) -> None:
    size = DemoSize(movies=5, users=20, sessions=200, ratings=0, days=3)
    [batch] = GENERATORS["viewing_sessions"](build_world(Plan.ending(datetime(2026, 3, 2, tzinfo=UTC), size, 6)))
    expected = [
        (start, minutes_e4, device, buffering)
        for start, minutes_e4, device, buffering in zip(
            *(batch[name].to_pylist() for name in ("start_time", "watch_minutes_e4", "device_type", "buffering_count")),
            strict=True,
        )
    ]
    for form in WRITERS:
        path = tmp_path / f"sessions.{form}"
        write_file(path, form, "viewing_sessions", [batch])
        rows = [row for read in read_file(str(path)) for row in read.to_pylist()]
        assert [row["id"] for row in rows] == [str(number) for number in range(1, 201)]
        assert {row["fault"] for row in rows} == {None}
        assert [
            (
                datetime.fromtimestamp(int(row["start_time"]), UTC),
                round(float(row["watch_duration_minutes"]) * 10_000),
                row["device_type"],
                int(row["buffering_count"]),
            )
            for row in rows
        ] == expected


def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path) -> None:
    text = '﻿note,start_time,id,watch_duration_minutes,movie_id,user_id\n"a,\nb",2026-03-02T12:00:00Z,1,60,3,2\n'
    assert rows_of(write(tmp_path / "100 %20.csv", text)) == [READ]


def test_a_line_that_is_no_row_costs_that_line(tmp_path: Path) -> None:
    row = ",".join(ROW)
    torn = write(tmp_path / "torn.csv", f"{NAMES}\n{row}\n1,2\n{row}\n{row}")
    assert rows_of(torn) == [READ] * 3
    assert faults_of(torn) == ["a row has 2 cells, not 5"]
    line = json.dumps(dict(zip(CELLS, ROW, strict=False)))
    cut = write(tmp_path / "cut.ndjson", f"{line}\n\n[1]\n{line}\n{line[:20]}")
    assert rows_of(cut) == [READ] * 2
    assert faults_of(cut) == ["a line is not a JSON object"] * 2


def test_bytes_that_are_no_text_cost_their_row(tmp_path: Path) -> None:
    head = f"{NAMES},device_type\n{','.join(ROW)},".encode()
    path = write(tmp_path / "latin.csv", head + b"T\xe9l\xe9\n" + ",".join(ROW).encode() + b",TV\n")
    [batch] = read_file(str(path))
    assert batch["device_type"].to_pylist() == ["T\ufffdl\ufffd", "TV"]


def test_parquet_may_have_its_ids_and_times_in_any_type(tmp_path: Path) -> None:
    key = uuid.UUID(int=7)
    columns = {
        "id": pa.array([key.bytes], pa.binary(16)),
        "user_id": pa.array([2], pa.uint64()),
        "movie_id": pa.array(["3"]).dictionary_encode(),
        "start_time": pa.array([datetime(2026, 3, 2, 12)], pa.timestamp("ns")),  # noqa: DTZ001
        "watch_duration_minutes": pa.array([0.1], pa.float32()),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert rows_of(tmp_path / "a.parquet") == [[str(key), "2", "3", "1772452800", "0.1"]]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "", "a.csv: there is no column id"),
        ("a.csv", "id,user_id\n1,2\n", "a.csv: there is no column movie_id"),
        ("a.csv", f"{NAMES},id\n", "a.csv: it has the column id more than once"),
        ("a.parquet", b"PAR1 and no more", "a.parquet: Parquet magic bytes not found in footer"),
    ],
)
def test_a_file_that_is_no_session_file_is_named(
    tmp_path: Path, name: str, content: str | bytes, sentence: str
) -> None:
    [fault] = faults_of(write(tmp_path / name, content))
    assert fault.startswith(sentence)


def test_a_file_that_is_gone_is_named_and_a_place_that_does_not_answer_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults_of(tmp_path / "a.csv") == ["a.csv: the file is gone"]

    def broken(_: str) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(arrivals, "_located", broken)
    with pytest.raises(OSError, match="Input/output error"):
        list(read_file(str(tmp_path / "a.csv")))
