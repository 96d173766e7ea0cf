"""The job as its parent runs it: a process of its own, Parquet in, Parquet out, JSON lines on stderr."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
INSTANT = pa.timestamp("ms", "UTC")


def write_input(folder: Path) -> Path:
    """Three sessions of two films."""
    sessions = {
        "movie_key": pa.array([7, 7, 8], pa.uint32()),
        "start_time": pa.array([datetime(2026, 3, day, 20, tzinfo=UTC) for day in (2, 3, 3)], INSTANT),
        "device": pa.array(["TV", "Phone", "TV"]).dictionary_encode(),
        "country": pa.array(["US", "US", "DE"]),
    }
    movies = {
        "movie_key": pa.array([7, 8], pa.uint32()),
        "sort_key": pa.array(["dusk", "dawn"]),
        "genre": pa.array(["Drama", "Drama"]),
    }
    for name, columns in (("viewing_sessions/month=202603", sessions), ("movies", movies)):
        (folder / name).mkdir(parents=True)
        pq.write_table(pa.table(columns), folder / name / "part.parquet")
    return folder


def run_job(source: Path, out: Path, *more: str) -> tuple[int, list[dict[str, Any]]]:
    """Its exit code and its progress."""
    command = [sys.executable, "-m", "spark.jobs.rankings", "--in", str(source), "--out", str(out), *more]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    return ended.returncode, [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]


def test_the_job_writes_what_the_warehouse_loads(tmp_path: Path) -> None:
    source = write_input(tmp_path / "in")
    code, progress = run_job(source, tmp_path / "out")
    assert code == 0
    assert [line["event"] for line in progress] == ["started", "ranking", "part", "done"]

    result = pq.read_table(tmp_path / "out" / "movie_rankings" / "part=202603", partitioning=None)
    assert progress[-1]["rows"] == result.num_rows == 18
    assert {field.name: str(field.type) for field in result.schema} == {
        "period": "string",
        "period_start": "date32[day]",
        "by": "string",
        "value": "string",
        "movie_key": "int64",
        "views": "int64",
        "rank": "int32",
        "dense_rank": "int32",
        "row_number": "int32",
        "complete": "bool",
    }
    week = [row for row in result.to_pylist() if (row["period"], row["by"]) == ("WEEK", "ALL")]
    assert sorted(week, key=lambda row: row["row_number"]) == [
        {
            "period": "WEEK",
            "period_start": date(2026, 3, 2),
            "by": "ALL",
            "value": "",
            "movie_key": key,
            "views": views,
            "rank": rank,
            "dense_rank": rank,
            "row_number": rank,
            "complete": False,  # the newest session is of its second day
        }
        for key, views, rank in ((7, 2, 1), (8, 1, 2))
    ]


def test_a_broken_file_ends_the_job_with_a_sentence(tmp_path: Path) -> None:
    source = write_input(tmp_path / "in")
    broken = source / "viewing_sessions" / "month=202603" / "part.parquet"
    broken.write_bytes(broken.read_bytes()[:500])
    code, progress = run_job(source, tmp_path / "out")
    assert (code, progress[-1]["event"]) == (1, "failed")
    assert "part.parquet is not a Parquet file" in progress[-1]["message"]
