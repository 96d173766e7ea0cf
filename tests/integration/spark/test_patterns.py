"""Visits, binge runs, parts of the day and devices agree with a plain recount; each rule is held at its edge."""

import random
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import Row, SparkSession

from spark.jobs import patterns
from spark.patterns import user_patterns
from spark.progress import Progress

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE_E4 = 10_000


@dataclass(frozen=True)
class Session:
    """A row of `viewing_sessions`: an hour of a film, seen to its end, unless a test says otherwise."""

    start: datetime = NOON
    minutes_e4: int = 60 * MINUTE_E4
    completion_e6: int | None = 1_000_000
    device: str = "TV"
    film: int = 1
    user: int = 1


def after(minutes: float, **other: object) -> Session:
    """A session that starts so long after noon."""
    return replace(Session(NOON + timedelta(minutes=minutes)), **other)  # type: ignore[arg-type]


def hourly(*completions: int | None, day: int = 0) -> list[Session]:
    """Sessions without a pause, watched so far."""
    return [after(60 * place + 1440 * day, completion_e6=seen) for place, seen in enumerate(completions)]


def on(*devices: str) -> list[Session]:
    """Sessions without a pause, on these devices."""
    return [after(60 * place, device=device) for place, device in enumerate(devices)]


def at(instant: str) -> list[Session]:
    """One session."""
    return [Session(datetime.fromisoformat(instant))]


WHOLE, NEARLY, PART = 1_000_000, 700_000, 699_999
HOUR = Session()
VISITS = {
    "thirty minutes": ([HOUR, after(90)], 1),
    "a millisecond more": ([HOUR, after(90 + 1 / 60_000)], 2),
    "two screens at the same time": ([HOUR, replace(HOUR, film=2)], 1),
    "the longer one counts, not the last": ([HOUR, after(5, minutes_e4=0), after(80)], 1),
    "a glance at the end prolongs": ([HOUR, after(85, minutes_e4=0), after(115)], 1),
    "but not by more": ([HOUR, after(85, minutes_e4=0), after(116)], 2),
}
BINGES = {
    "two are none": (hourly(WHOLE, WHOLE), (0, 0)),
    "three, and 70 %": (hourly(WHOLE, NEARLY, WHOLE), (1, 3)),
    "one that was left ends it": (hourly(WHOLE, WHOLE, PART, WHOLE, WHOLE), (0, 0)),
    "one that nobody knows of, too": (hourly(WHOLE, WHOLE, None, WHOLE), (0, 0)),
    "the longest of two": (hourly(*[WHOLE] * 3, PART, *[WHOLE] * 5), (2, 5)),
    "a night lies between": (hourly(WHOLE, WHOLE) + hourly(WHOLE, WHOLE, day=1), (0, 0)),
    "two evenings": (hourly(*[WHOLE] * 3) + hourly(*[WHOLE] * 3, day=1), (2, 3)),
}
DEVICES = {
    "there and back": (on("TV", "Phone", "TV", "TV"), (2, 2)),
    "an unknown one is no switch": (on("TV", "Unknown", "TV"), (1, 0)),
    "nor does it hide one": (on("TV", "Unknown", "Phone"), (2, 1)),
    "nobody knows": (on("Unknown"), (0, 0)),
    "another visit": ([HOUR, after(1440, device="Phone")], (2, 0)),
}
DAYPARTS = {
    ("America/New_York", "2026-03-08T06:59:59Z"): "night",  # 1:59 EST
    ("America/New_York", "2026-03-08T09:59:59Z"): "night",  # 5:59 EDT: the clock went forward at 2:00
    ("America/New_York", "2026-03-08T10:00:00Z"): "morning",
    ("America/New_York", "2026-11-01T10:59:59Z"): "night",  # 5:59 EST: an hour came twice
    ("America/New_York", "2026-11-01T11:00:00Z"): "morning",
    ("Asia/Kolkata", "2026-03-02T12:29:59Z"): "afternoon",
    ("Asia/Kolkata", "2026-03-02T12:30:00Z"): "evening",
    ("Australia/Lord_Howe", "2026-04-04T19:29:00Z"): "night",  # 5:59 after half an hour came twice
    ("Australia/Lord_Howe", "2026-04-04T19:30:00Z"): "morning",
    # The Sahara's hour of Ramadan, which Java's rules may place elsewhere.
    ("Africa/El_Aaiun", "2026-03-22T01:59:59Z"): "night",
    ("Africa/El_Aaiun", "2026-03-21T05:59:59Z"): "night",  # 5:59 at offset 0
    ("Africa/El_Aaiun", "2026-03-22T05:00:00Z"): "morning",  # 6:00 at +1
    ("Africa/El_Aaiun", "2038-11-01T05:30:00Z"): "night",
    (None, "2026-03-02T05:59:59Z"): "night",  # nobody says where they live
}
CASES: dict[object, list[Session]] = {
    **{name: sessions for cases in (VISITS, BINGES, DEVICES) for name, (sessions, _) in cases.items()},
    **{case: at(case[1]) for case in DAYPARTS},
}


def patterns_of(spark: SparkSession, sessions: Iterable[Session], zones: dict[int, str]) -> dict[int, Row]:
    """The rows by user."""
    rows = spark.createDataFrame(
        [(one.user, one.film, one.start, one.device, one.minutes_e4, one.completion_e6) for one in sessions],
        "user_key bigint, movie_key bigint, start_time timestamp, device string, watch_minutes_e4 bigint, "
        "completion_e6 bigint",
    )
    users = spark.createDataFrame(list(zones.items()), "user_key bigint, time_zone string")
    return {row.user_key: row for row in user_patterns(spark, rows, users).collect()}


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> dict[object, Row]:
    """The row of each case, a user each: one question to Spark costs as much as all of them."""
    sessions = [replace(one, user=user) for user, case in enumerate(CASES.values()) for one in case]
    zones = {user: case[0] for user, case in enumerate(CASES) if isinstance(case, tuple) and case[0]}
    rows = patterns_of(spark, sessions, zones)
    return {case: rows[user] for user, case in enumerate(CASES)}


@pytest.mark.slow
def test_a_visit_ends_when_more_than_thirty_minutes_pass_without_watching(found: dict[object, Row]) -> None:
    assert {case: found[case].visits for case in VISITS} == {case: visits for case, (_, visits) in VISITS.items()}


def test_a_binge_run_is_three_sessions_in_a_row_that_were_watched(found: dict[object, Row]) -> None:
    for case, (_, expected) in BINGES.items():
        assert (found[case].binge_runs, found[case].longest_binge) == expected, case


def test_devices_are_switched_inside_a_visit_and_an_unknown_one_is_no_switch(found: dict[object, Row]) -> None:
    for case, (_, expected) in DEVICES.items():
        assert (found[case].devices, found[case].device_switches) == expected, case


def test_parts_of_the_day_are_those_of_the_viewers_clock(found: dict[object, Row]) -> None:
    parts = ("night", "morning", "afternoon", "evening")
    assert {case: [part for part in parts if found[case][part]] for case in DAYPARTS} == {
        case: [part] for case, part in DAYPARTS.items()
    }


def test_no_sessions_give_no_users(spark: SparkSession) -> None:
    assert patterns_of(spark, [], {1: "UTC"}) == {}


ZONES = ["America/St_Johns", "Asia/Kolkata", "Europe/London", "Australia/Lord_Howe"]


@pytest.mark.slow
def test_every_user_agrees_with_a_plain_recount(spark: SparkSession) -> None:
    # Starts and lengths are quarters of an hour, so that equal starts and gaps of exactly 30 minutes are common.
    chance = random.Random(6)
    sessions = [
        Session(
            user=chance.randrange(40),
            film=chance.randrange(3),
            start=datetime(2026, 10, 30, tzinfo=UTC) + timedelta(minutes=15 * chance.randrange(4 * 24 * 4)),
            minutes_e4=15 * MINUTE_E4 * chance.randrange(8),
            completion_e6=chance.choice([None, 0, 699_999, 700_000, 1_000_000, 1_000_000, 1_000_000]),
            device=chance.choice(["TV", "Phone", "Unknown"]),
        )
        for _ in range(2_000)
    ]
    zones = {user: chance.choice(ZONES) for user in range(0, 40, 2)}
    found = {user: row.asDict() for user, row in patterns_of(spark, sessions, zones).items()}
    assert found == {
        user: recounted(user, [one for one in sessions if one.user == user], zones.get(user, "UTC"))
        for user in {one.user for one in sessions}
    }
    assert sum(row["binge_runs"] for row in found.values()) > 20


def recounted(user: int, sessions: list[Session], zone: str) -> dict[str, int]:
    """The row of one user, by lists."""
    visits = visits_of(sessions)
    runs = [run for visit in visits for run in runs_of(visit) if run >= 3]
    hours = [one.start.astimezone(ZoneInfo(zone)).hour for one in sessions]
    named = [[one.device for one in visit if one.device != "Unknown"] for visit in visits]
    return {
        "user_key": user,
        "sessions": len(sessions),
        "visits": len(visits),
        "watch_minutes_e4": sum(one.minutes_e4 for one in sessions),
        "binge_runs": len(runs),
        "longest_binge": max(runs, default=0),
        "night": sum(hour in range(6) for hour in hours),
        "morning": sum(hour in range(6, 12) for hour in hours),
        "afternoon": sum(hour in range(12, 18) for hour in hours),
        "evening": sum(hour in range(18, 24) for hour in hours),
        "devices": len({device for visit in named for device in visit}),
        "device_switches": sum(left != right for visit in named for left, right in pairwise(visit)),
    }


def visits_of(sessions: list[Session]) -> list[list[Session]]:
    visits: list[list[Session]] = []
    for one in sorted(
        sessions, key=lambda one: (one.start, one.film, one.device, one.minutes_e4, one.completion_e6 or -1)
    ):
        if not visits or one.start - max(map(end, visits[-1])) > timedelta(minutes=30):
            visits.append([])
        visits[-1].append(one)
    return visits


def end(session: Session) -> datetime:
    return session.start + timedelta(milliseconds=6 * session.minutes_e4)


def runs_of(visit: list[Session]) -> list[int]:
    marks = "".join("x" if (one.completion_e6 or 0) >= 700_000 else " " for one in visit)
    return [len(run) for run in marks.split()]


@pytest.mark.slow
def test_the_job_reads_the_snapshot_and_writes_its_table(spark: SparkSession, tmp_path: Path) -> None:
    sessions = {
        "user_key": pa.array([5, 5], pa.uint32()),
        "movie_key": pa.array([1, 2], pa.uint32()),
        "start_time": pa.array([NOON, NOON + timedelta(hours=1)], pa.timestamp("ms", "UTC")),
        "device": pa.array(["TV", "Phone"]),
        "watch_minutes_e4": pa.array([600_000, 300_000], pa.uint32()),
        "completion_e6": pa.array([None, 900_000], pa.uint32()),
    }
    users = {"user_key": pa.array([5], pa.uint32()), "time_zone": pa.array(["Asia/Tokyo"])}
    for folder, columns in (("viewing_sessions/month=202603", sessions), ("users", users)):
        (tmp_path / folder).mkdir(parents=True)
        pq.write_table(pa.table(columns), tmp_path / folder / "part.parquet")
    patterns.run(spark, Namespace(source=str(tmp_path), out=str(tmp_path / "out")), Progress("patterns"))
    [row] = pq.read_table(tmp_path / "out" / "user_patterns").to_pylist()
    assert row == {
        "user_key": 5,
        "sessions": 2,
        "visits": 1,
        "watch_minutes_e4": 900_000,
        "binge_runs": 0,
        "longest_binge": 0,
        "night": 0,
        "morning": 0,
        "afternoon": 0,
        "evening": 2,
        "devices": 2,
        "device_switches": 1,
    }
