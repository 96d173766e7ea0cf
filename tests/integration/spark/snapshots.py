"""Snapshots as the warehouse exports them, of the demo data and of MovieLens, made without a warehouse.

    python -m tests.integration.spark.snapshots demo|movielens DIR

writes DIR/viewing_sessions/month=YYYYMM, DIR/ratings/year=YYYY, DIR/movies and for the demo DIR/users; keys are the
sources' own numbers. With `report` it prints what a job left of its model's figures in DIR.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.generator import GENERATORS, DemoSize, Plan, build_world
from tests.real.movielens import MINUTES, films_of, read_source
from warehouse.tables.incoming_schemas import INCOMING

INSTANT = pa.timestamp("ms", "UTC")
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
E4 = 10_000
ZONES = ["UTC", "America/New_York", "Asia/Kolkata"]


def write_demo(folder: Path, seed: int = 42, **size: int) -> Path:
    """The demo data, as `marquee ingest generate --until 2026-11-01T00:00:00Z` makes it; `size` is that of DemoSize."""
    world = build_world(Plan.ending(UNTIL, DemoSize(**size), seed))
    sessions, ratings, users, movies = (
        pa.Table.from_batches(GENERATORS[name](world), INCOMING[name])
        for name in ("viewing_sessions", "ratings", "users", "movies")
    )
    countries = users["country"].take(pc.subtract(_numbers(sessions["user_id"]), 1))
    # The demo's users have no zones of their own.
    zones = pa.array([ZONES[number % len(ZONES)] for number in range(users.num_rows)])
    _write_by(folder / "users", pa.table({"user_key": _keys(_numbers(users["id"])), "time_zone": zones}), "", None)
    return write(
        folder,
        pa.table(
            {
                "user_key": _keys(_numbers(sessions["user_id"])),
                "movie_key": _keys(_numbers(sessions["movie_id"])),
                "start_time": sessions["start_time"].cast(INSTANT),
                "device": sessions["device_type"],
                "country": countries,
                "quality": sessions["quality"],
                "watch_minutes_e4": sessions["watch_minutes_e4"],
                "completion_e6": sessions["completion_e6"],
                "buffering_count": sessions["buffering_count"],
            }
        ),
        pa.table(
            {
                "user_key": _keys(_numbers(ratings["user_id"])),
                "movie_key": _keys(_numbers(ratings["movie_id"])),
                "rating_e2": ratings["rating_e2"],
                "rating_date": ratings["rating_date"].cast(INSTANT),
            }
        ),
        pa.table(
            {
                "movie_key": _keys(_numbers(movies["id"])),
                "movie_id": _numbers(movies["id"]).cast(pa.string()),
                "title": movies["title"],
                "sort_key": movies["title"],
                "genre": pa.array([genres[0] if genres else "Unknown" for genres in movies["genres"].to_pylist()]),
                "duration_minutes": movies["duration_minutes"],
                "release_date": movies["release_date"],
            }
        ),
    )


def write_movielens(folder: Path, by_month: bool = True) -> Path:
    """The 100,004 ratings, each also one session of 100 minutes, watched to the end. They lie in 200 months,
    most of them small: opening so many files takes a test longer than what it is about.
    """
    source = read_source()
    rows = len(source)
    user, movie = (pa.array(source[name].to_numpy(), pa.uint32()) for name in ("userId", "movieId"))
    seconds = pa.array(source["timestamp"].to_numpy(), pa.int64())
    at = pc.multiply(seconds, 1000).cast(INSTANT)
    unknown = pa.array(["Unknown"] * rows)
    films = films_of(source)
    sessions = {
        "user_key": user,
        "movie_key": movie,
        "start_time": at,
        "device": unknown,
        "country": unknown,
        "quality": unknown,
        "watch_minutes_e4": pa.array([MINUTES * E4] * rows, pa.uint32()),
        "completion_e6": pa.array([1_000_000] * rows, pa.uint32()),
        "buffering_count": pa.nulls(rows, pa.uint16()),
    }
    rating_e2 = pa.array((source["rating"].to_numpy() * 100).round().astype(np.uint16))
    ratings = {"user_key": user, "movie_key": movie, "rating_e2": rating_e2, "rating_date": at}
    movies = {
        "movie_key": pa.array(films["id"].astype(int).to_numpy(), pa.uint32()),
        "movie_id": pa.array(films["id"].to_list()),
        "title": pa.array(films["title"].to_list()),
        "sort_key": pa.array(films["title"].to_list()),
        "genre": pa.array([genres.partition("|")[0] or "Unknown" for genres in films["genres"].to_list()]),
        "duration_minutes": pa.nulls(len(films), pa.uint16()),
        "release_date": pa.array([day or None for day in films["release_date"].to_list()]).cast(pa.date32()),
    }
    return write(folder, pa.table(sessions), pa.table(ratings), pa.table(movies), by_month)


def write(folder: Path, sessions: pa.Table, ratings: pa.Table, movies: pa.Table, by_month: bool = True) -> Path:
    """The three tables, partitioned as the warehouse does it, or one file each."""
    month = pc.strftime(sessions["start_time"], "%Y%m") if by_month else None
    year = pc.strftime(ratings["rating_date"], "%Y") if by_month else None
    _write_by(folder / "viewing_sessions", sessions, "month", month)
    _write_by(folder / "ratings", ratings, "year", year)
    _write_by(folder / "movies", movies, "", None)
    return folder


def _write_by(folder: Path, rows: pa.Table, name: str, values: pa.ChunkedArray | None) -> None:
    if values is None:
        folder.mkdir(parents=True)
        pq.write_table(rows, folder / "data.parquet")
        return
    for value in sorted(pc.unique(values).to_pylist()):
        (folder / f"{name}={value}").mkdir(parents=True)
        pq.write_table(rows.filter(pc.equal(values, value)), folder / f"{name}={value}" / "data.parquet")


def _numbers(ids: pa.ChunkedArray) -> pa.Array:
    """The low halves of 16-byte ids: the demo's ids are small numbers."""
    keys = b"".join(ids.to_pylist())
    return pa.array(np.frombuffer(keys, "<u8").reshape(-1, 2)[:, 0].astype(np.int64))


def _keys(numbers: pa.Array) -> pa.Array:
    return numbers.cast(pa.uint32())


def print_reports(folder: Path) -> None:
    """Print the rows of each report below a folder, and of the calibration."""
    for table in sorted((*folder.glob("*_report"), *folder.glob("*_calibration"))):
        for row in pq.read_table(table).to_pylist():
            sys.stdout.write(f"{table.name} {' '.join(f'{name}={value}' for name, value in row.items())}\n")


if __name__ == "__main__":
    asked, place = sys.argv[1], Path(sys.argv[2])
    if asked == "report":
        print_reports(place)
    else:
        write_demo(place) if asked == "demo" else write_movielens(place)
