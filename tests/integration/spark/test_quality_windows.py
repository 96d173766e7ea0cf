"""Buffering windows equal a plain recount, through kills, late sessions and files that come twice."""

import json
import os
import random
import re
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from ingest.value_kinds.instants import EARLIEST_S, Instant
from spark.arriving_files import CELLS
from spark.instants import as_seconds
from spark.jobs import quality
from spark.progress import Progress
from spark.quality import checked, with_alerts

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
COUNTRIES = {"1": "US", "2": "US", "3": "DE"}


GOOD = {
    "id": "1",
    "user_id": "2",
    "movie_id": "3",
    "start_time": "2026-03-02T12:00:00Z",
    "watch_duration_minutes": "60",
}
KEY = "01234567-89AB-cdef-0123-456789abcdef"
READABLE: dict[tuple[str, str], dict[str, object]] = {
    ("id", " 007 "): {"id": "7"},
    ("id", "0"): {"id": "0"},
    ("id", "18446744073709551615"): {"id": "18446744073709551615"},
    ("user_id", KEY): {"user_id": KEY.lower()},
    ("start_time", "2026-03-02 12:00:00"): {"start": NOON},
    ("start_time", "2026-03-02T17:30:00+05:30"): {"start": NOON},
    ("start_time", "2026-03-02"): {"start": NOON - timedelta(hours=12)},
    ("start_time", "2026-03-02T12:00Z"): {"start": NOON},
    ("start_time", "2026-03-02T12"): {"start": NOON},
    ("start_time", "2026-03-03T07:00:00+19:00"): {"start": NOON},
    ("start_time", "20260302T120000Z"): {"start": NOON},
    ("start_time", " 2026-03-02T12:00:00.9Z "): {"start": NOON},
    ("start_time", "2026-W10-1T12:00"): {"start": NOON},
    ("start_time", "1772452800"): {"start": NOON},
    ("start_time", "1772452800000"): {"start": NOON},
    ("device_type", ""): {"device": "Unknown"},
    ("buffering_count", "2.0"): {"buffering": 2.0},
    ("buffering_count", ""): {"buffering": None},
    ("completion_rate", "1e-3"): {},
}
UNREADABLE = [
    *[(name, "") for name in CELLS[:5]],
    *[("id", text) for text in ("-1", "1.5", "18446744073709551616", "x", KEY[:-1])],
    *[("start_time", text) for text in ("noon", "12:00", "1989-12-31T23:59:59Z", "2999-01-01", "2026-02-30", "1e300")],
    *[("start_time", text) for text in ("2026-03-02 12:00:00 UTC", "2026-03-02 12:00:00 Europe/Berlin", "2026-3-2")],
    *[("watch_duration_minutes", text) for text in ("-1", "1441", "nan", "an hour")],
    *[("completion_rate", text) for text in ("1.1", "x")],
    *[("buffering_count", text) for text in ("1.5", "65536", "many")],
    ("device_type", "T\ufffd"),
]


def test_cells_are_read_as_a_load_reads_them(spark: SparkSession) -> None:
    cases = [*READABLE, *UNREADABLE]
    rows = [{**dict.fromkeys([*CELLS, "fault"]), **GOOD, name: text} for name, text in cases]
    # As the files' reader gives them, each in a file of its own.
    for one in rows:
        one["start_time"] = as_seconds(pa.array([one["start_time"] or None], pa.string()))[0].as_py()
    cells = spark.createDataFrame(rows, ", ".join(f"{name} string" for name in (*CELLS, "fault")))
    found = checked(cells).selectExpr("*", "unix_micros(start_time) AS micros").collect()
    for case, row in zip(cases, found, strict=True):
        assert row.fault == (f"{case[0]} can't be read" if case not in READABLE else None), case
        for name, value in READABLE.get(case, {}).items():
            start = datetime.fromtimestamp(row.micros / 1e6, UTC)
            assert (start if name == "start" else row[name]) == value, case


@pytest.mark.parametrize("text", [case[1] for case in [*READABLE, *UNREADABLE] if case[0] == "start_time"])
def test_times_are_those_of_a_load(text: str) -> None:
    now_s = 1_800_000_000
    found = Instant(now_s).read(pa.array([text or None], pa.string()))
    seconds = as_seconds(pa.array([text or None], pa.string()))[0].as_py()
    is_read = seconds is not None and re.fullmatch("-?[0-9]{1,12}", seconds) is not None
    if found.bad[0] or not text:
        assert not is_read or not EARLIEST_S <= int(seconds) <= now_s
    else:
        assert is_read
        assert int(seconds) == found.values[0].as_py().timestamp()


def test_an_alert_is_twice_the_usual_of_the_device_in_the_country_and_no_matter_of_a_few(spark: SparkSession) -> None:
    quiet, loud = (100, 100, 70, 100), (10, 10, 7, 20)  # sessions, those that say it, those that buffered, events
    cases = {
        "loud": [quiet, loud],
        "too few before": [(99, 99, 70, 99), loud],
        "too few to say": [quiet, (30, 9, 9, 90)],
        "few of them": [quiet, (10, 10, 6, 90)],
        "not twice": [quiet, (10, 10, 10, 19)],
        "usual is of all before": [quiet, (100, 100, 70, 140), loud],
        "nobody says": [(100, 0, 0, 0)] * 2,
    }
    rows = [
        (NOON + place * QUARTER, NOON + (place + 1) * QUARTER, "TV", case, *counts)
        for case, windows in cases.items()
        for place, counts in enumerate(windows)
    ]
    columns = "sessions bigint, known_sessions bigint, buffered_sessions bigint, buffering_events bigint"
    windows = spark.createDataFrame(
        rows, f"window_start timestamp, window_end timestamp, device string, country string, {columns}"
    )
    last = {row.country: row for row in sorted(with_alerts(windows).collect(), key=lambda row: row.window_start)}
    assert {case for case, row in last.items() if row.alert} == {"loud"}
    assert {case: (row.buffering_per_view, row.usual) for case, row in last.items()} == {
        "loud": (2.0, 1.0),
        "too few before": (2.0, 1.0),
        "too few to say": (10.0, 1.0),
        "few of them": (9.0, 1.0),
        "not twice": (1.9, 1.0),
        "usual is of all before": (2.0, 1.2),
        "nobody says": (0.0, 0.0),
    }


@dataclass(frozen=True)
class Session:
    """What a window counts of a session."""

    id: int
    user: str
    start: datetime
    device: str | None
    buffering: int | None

    def cells(self) -> dict[str, Any]:
        """As files have it."""
        return {
            "id": self.id,
            "user_id": int(self.user),
            "movie_id": 1,
            "start_time": self.start.isoformat(),
            "watch_duration_minutes": 60,
            "device_type": self.device,
            "buffering_count": self.buffering,
        }


def some_sessions(chance: random.Random, first_id: int, start: datetime, hours: float, count: int) -> list[Session]:
    return [
        Session(
            id=first_id + number,
            user=chance.choice("1234"),
            start=start + timedelta(seconds=chance.randrange(int(hours * 3600))),
            device=chance.choice(["TV", "Phone", None]),
            buffering=chance.choice([None, 0, 0, 1, 5]),
        )
        for number in range(count)
    ]


def write_csv(path: Path, sessions: list[Session]) -> None:
    rows = [session.cells() for session in sessions]
    lines = [",".join("" if value is None else str(value) for value in row.values()) for row in rows]
    path.write_text("\n".join([",".join(rows[0]), *lines, "broken"]), encoding="utf-8")


def write_ndjson(path: Path, sessions: list[Session]) -> None:
    path.write_text("\n".join(json.dumps(session.cells()) for session in sessions), encoding="utf-8")


def write_parquet(path: Path, sessions: list[Session]) -> None:
    table = pa.Table.from_pylist([session.cells() | {"start_time": session.start} for session in sessions])
    pq.write_table(table, path)


class Folders:
    """A run's folders; files come into `files` in the order of `come`."""

    def __init__(self, root: Path) -> None:
        self.arguments = Namespace(
            source=str(root / "in"),
            files=str(root / "files"),
            checkpoint=str(root / "checkpoint"),
            out=str(root / "out"),
            window="15 minutes",
            lateness="1 hour",
            files_a_batch=32,
        )
        (root / "files").mkdir()
        (root / "in" / "user_countries").mkdir(parents=True)
        users = {"user_id": list(COUNTRIES), "country": list(COUNTRIES.values())}
        pq.write_table(pa.table(users), root / "in" / "user_countries" / "part.parquet")
        self._came = 0

    def come(self, name: str, write: Callable[[Path, list[Session]], None], sessions: list[Session]) -> None:
        path = Path(self.arguments.files) / name
        write(path, sessions)
        self._came += 1
        os.utime(path, (1.7e9 + self._came, 1.7e9 + self._came))

    def windows(self) -> list[dict[str, Any]]:
        return sorted_windows(pq.read_table(Path(self.arguments.out) / "quality_windows").to_pylist())


def sorted_windows(windows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(windows, key=lambda row: (row["window_start"], row["device"], row["country"]))


def recounted(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    """The windows that end at least an hour before the newest session starts, but for `usual` and `alert`."""
    once = {session.id: session for session in sessions}.values()
    groups: dict[tuple[datetime, str, str], list[Session]] = {}
    for one in once:
        start = one.start.replace(minute=one.start.minute // 15 * 15, second=0, microsecond=0)
        groups.setdefault((start, one.device or "Unknown", COUNTRIES.get(one.user, "Unknown")), []).append(one)
    through = max(one.start for one in once) - timedelta(hours=1)
    return sorted_windows(
        counted(*group, members) for group, members in groups.items() if group[0] + QUARTER <= through
    )


def counted(start: datetime, device: str, country: str, sessions: list[Session]) -> dict[str, Any]:
    known = [one.buffering for one in sessions if one.buffering is not None]
    return {
        "window_start": start,
        "window_end": start + QUARTER,
        "device": device,
        "country": country,
        "sessions": len(sessions),
        "buffered_sessions": sum(events > 0 for events in known),
        "buffering_events": sum(known),
        "buffering_per_view": sum(known) / len(known) if known else 0.0,
    }


def without_judgement(windows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in {"usual", "alert"}} for row in windows]


def kill_in_mid_stream(folders: Folders) -> None:
    """Run the job as a process, and kill it and its JVM once it has told of a batch."""
    told = folders.arguments
    command = ["--in", told.source, "--files", told.files, "--checkpoint", told.checkpoint, "--out", told.out]
    process = subprocess.Popen(
        [sys.executable, "-m", "spark.jobs.quality", *command, "--files-a-batch", "1"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stderr is not None
        events = (json.loads(line)["event"] for line in process.stderr if line.startswith("{"))
        assert "batch" in events
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.timeout(600)  # two Sparks after one another, on a machine that others use
def test_windows_survive_a_kill_late_sessions_and_files_that_come_twice(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> list[tuple[int, int, int]]:
        """How many rows each batch had, could not be read, and came too late."""
        capsys.readouterr()
        quality.run(spark, folders.arguments, Progress("quality"))
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
        return [(line["rows"], line["malformed"], line["late"]) for line in lines if line["event"] == "batch"]

    chance = random.Random(6)
    folders = Folders(tmp_path)
    first = some_sessions(chance, 0, NOON, 1.5, 200)
    second = some_sessions(chance, 1000, NOON + timedelta(hours=1), 1.5, 200)
    third = some_sessions(chance, 2000, NOON + timedelta(hours=2), 2, 200)
    folders.come("first.csv", write_csv, first)
    folders.come("second.ndjson", write_ndjson, [*second, *first[:50]])
    folders.come("third.parquet", write_parquet, [*third, *second])
    folders.come("fourth.csv.part", write_csv, some_sessions(chance, 9000, NOON, 1, 5))

    kill_in_mid_stream(folders)
    assert not (tmp_path / "out").exists()
    run()
    assert without_judgement(folders.windows()) == recounted(first + second + third)
    assert len(folders.windows()) > 50

    # Beside what is new an hour later, the first file again, and sessions of the day before.
    fourth = some_sessions(chance, 3000, NOON + timedelta(hours=4.5), 2, 200)
    folders.come("first again.csv", write_csv, first)
    folders.come("late.ndjson", write_ndjson, some_sessions(chance, 4000, NOON - timedelta(days=1), 2, 30))
    folders.come("fourth.csv", write_csv, fourth)
    assert run() == [(201 + 30 + 201, 2, 200 + 30)]
    assert without_judgement(folders.windows()) == recounted(first + second + third + fourth)

    before = folders.windows()
    assert run() == []
    assert folders.windows() == before


def test_windows_of_a_warehouse_are_those_of_its_sessions(spark: SparkSession, tmp_path: Path) -> None:
    sessions = some_sessions(random.Random(7), 0, NOON, 6, 600)
    rows = [
        {
            "start_time": one.start,
            "device": one.device or "Unknown",
            "country": COUNTRIES.get(one.user, "Unknown"),
            "buffering_count": one.buffering,
        }
        for one in sessions
    ]
    folders = Folders(tmp_path)
    (tmp_path / "in" / "viewing_sessions").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in" / "viewing_sessions" / "part.parquet")
    of_warehouse = Namespace(**{**vars(folders.arguments), "files": None, "checkpoint": None})
    quality.run(spark, of_warehouse, Progress("quality"))
    assert without_judgement(folders.windows()) == recounted(sessions)
    assert len(folders.windows()) > 100
