"""The baseline: ClickHouse tables with exact rollups per UTC day, hand-written SQL, one REST route a dashboard.

    python -m tests.bench.baselines.day_rollups --files FOLDER --folder FOLDER [--port 8092]

Loads the files into an empty folder and prints the seconds, then serves `/dashboard?from=...&to=...` (whole UTC days,
in seconds since 1970) as JSON when a port is given. No accounts, masks, corrections or time zones: nothing that is not
needed for these seven panels. Improve it if you can: a stronger baseline makes a better race.
"""

import argparse
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import chdb
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CONNECTIONS = 4
SUMS = ", ".join(
    [
        *(
            f"{name} SimpleAggregateFunction(sum, UInt64)"
            for name in ("views", "minutes", "completion", "completed", "buffering")
        ),
        "viewers AggregateFunction(groupBitmap, UInt32)",
    ]
)
STATES = (
    "count() AS views, sum(minutes_e4) AS minutes, sum(completion_e6) AS completion, count() AS completed, "
    "sum(buffering_count) AS buffering, groupBitmapState(user_id) AS viewers"
)
# Rollup → the key beside the day, its type and its SQL over a session.
ROLLUPS = {
    "by_hour": ("hour", "UInt8", "toHour(start_time)"),
    "by_genre": ("genre", "LowCardinality(String)", "dictGet('films', 'genre', movie_id)"),
    "by_device": ("device", "LowCardinality(String)", "device_type"),
    "by_country": ("country", "LowCardinality(String)", "dictGet('people', 'country', user_id)"),
    "by_movie": ("movie", "UInt32", "movie_id"),
    "by_day": ("total", "UInt8", "0"),
}


def main() -> None:
    """Load what is not there, and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int)
    asked = parser.parse_args()
    is_new = not asked.folder.exists()
    engine = Engine(asked.folder)
    seconds = load(engine, asked.files) if is_new else 0.0
    print(json.dumps({"load_s": seconds, "rows": engine.rows("SELECT count() FROM sessions")[0][0]}), flush=True)
    if asked.port:
        uvicorn.run(app(engine), host="127.0.0.1", port=asked.port, log_level="error", access_log=False)


class Engine:
    """A few connections to one folder."""

    def __init__(self, folder: Path) -> None:
        self._free: SimpleQueue[Any] = SimpleQueue()
        connect: Any = chdb.connect  # mypy finds its types in some installations and not in others
        for _ in range(CONNECTIONS):
            self._free.put(connect(str(folder)))
        self.threads = ThreadPoolExecutor(CONNECTIONS)
        self.lock = threading.Lock()

    @contextmanager
    def _connection(self) -> Any:
        connection = self._free.get()
        try:
            yield connection
        finally:
            self._free.put(connection)

    def rows(self, sql: str) -> list[list[Any]]:
        """The rows of a SELECT."""
        with self._connection() as connection:
            found = connection.query(sql, "JSONCompact")
        rows: list[list[Any]] = orjson.loads(bytes(found.bytes()))["data"]
        return rows

    def run(self, sql: str) -> None:
        """Run a statement without rows."""
        with self._connection() as connection:
            connection.query(sql)


def load(engine: Engine, files: Path) -> float:
    """Make the tables, load the files, and return the seconds that the sessions took."""
    for sql in (
        "CREATE TABLE movies (id UInt32, title String, genre LowCardinality(String)) ENGINE = MergeTree ORDER BY id",
        "CREATE TABLE users (id UInt32, country LowCardinality(String)) ENGINE = MergeTree ORDER BY id",
        "CREATE TABLE ratings (movie_id UInt32, rating_e2 UInt32, at DateTime('UTC')) ENGINE = MergeTree ORDER BY at",
        f"INSERT INTO movies SELECT id, title, genres[1] FROM file('{files}/movies.parquet')",
        f"INSERT INTO users SELECT id, country FROM file('{files}/users.parquet')",
        "INSERT INTO ratings SELECT movie_id, toUInt32(round(rating * 100)), rating_date "
        f"FROM file('{files}/ratings.parquet')",
        "CREATE DICTIONARY films (id UInt32, title String, genre String) PRIMARY KEY id "
        "SOURCE(CLICKHOUSE(TABLE 'movies')) LAYOUT(FLAT(MAX_ARRAY_SIZE 100000000)) LIFETIME(0)",
        "CREATE DICTIONARY people (id UInt32, country String) PRIMARY KEY id "
        "SOURCE(CLICKHOUSE(TABLE 'users')) LAYOUT(FLAT(MAX_ARRAY_SIZE 100000000)) LIFETIME(0)",
        "CREATE TABLE sessions (id UInt64, user_id UInt32, movie_id UInt32, start_time DateTime('UTC'), "
        "minutes_e4 UInt32, completion_e6 UInt32, device_type LowCardinality(String), "
        "quality LowCardinality(String), buffering_count UInt16) ENGINE = MergeTree "
        "PARTITION BY toYYYYMM(start_time) ORDER BY (toStartOfDay(start_time), movie_id)",
    ):
        engine.run(sql)
    for name, (key, kind, sql) in ROLLUPS.items():
        engine.run(
            f"CREATE TABLE {name} (day Date, {key} {kind}, {SUMS}) "
            f"ENGINE = AggregatingMergeTree ORDER BY (day, {key}) SETTINGS index_granularity = 256"
        )
        engine.run(
            f"CREATE MATERIALIZED VIEW {name}_view TO {name} AS SELECT toDate(start_time) AS day, {sql} AS {key}, "
            f"{STATES} FROM sessions GROUP BY day, {key}"
        )
    began = time.perf_counter()
    engine.run(
        "INSERT INTO sessions SELECT id, user_id, movie_id, start_time, "
        "toUInt32(round(watch_duration_minutes * 10000)), toUInt32(round(completion_rate * 1000000)), device_type, "
        "quality, buffering_count "
        f"FROM file('{files}/viewing_sessions.parquet')"
    )
    return time.perf_counter() - began


_DAYS = "day >= toDate({start}) AND day < toDate({end})"
_HOURS = "sum(minutes) / 600000"
_RATE = "sum(completion) / (sum(completed) * 1000000)"
_RATED = "at >= toDateTime({start}, 'UTC') AND at < toDateTime({end}, 'UTC')"
PANELS = {
    "dashboard": f"SELECT (SELECT count() FROM users), groupBitmapMerge(viewers), sum(views), {_HOURS}, {_RATE}, "
    f"(SELECT avg(rating_e2) / 100 FROM ratings WHERE {_RATED}) FROM by_day WHERE {_DAYS}",
    "before": f"SELECT groupBitmapMerge(viewers), sum(views), {_HOURS}, {_RATE}, "
    f"(SELECT avg(rating_e2) / 100 FROM ratings WHERE {_RATED}) FROM by_day WHERE {_DAYS}",
    "dailyTrends": f"SELECT day, sum(views), groupBitmapMerge(viewers), {_HOURS}, {_RATE} FROM by_day WHERE {_DAYS} "
    "GROUP BY day ORDER BY day",
    "hourlyTrends": f"SELECT hour, sum(views), groupBitmapMerge(viewers), {_HOURS} FROM by_hour WHERE {_DAYS} "
    "GROUP BY hour ORDER BY hour",
    "genres": f"SELECT genre, sum(views), groupBitmapMerge(viewers), {_HOURS} AS hours, {_RATE}, any(rating) "
    f"FROM by_genre LEFT JOIN (SELECT dictGet('films', 'genre', movie_id) AS genre, avg(rating_e2) / 100 AS rating "
    f"FROM ratings WHERE {_RATED} GROUP BY genre) AS r USING genre WHERE {_DAYS} GROUP BY genre ORDER BY hours DESC",
    "devices": f"SELECT device, sum(views), groupBitmapMerge(viewers), {_HOURS}, sum(buffering) / sum(views) "
    f"FROM by_device WHERE {_DAYS} GROUP BY device ORDER BY sum(views) DESC",
    "countries": f"SELECT country, any(u.users), groupBitmapMerge(viewers), sum(views), {_HOURS} FROM by_country "
    "LEFT JOIN (SELECT country, count() AS users FROM users GROUP BY country) AS u USING country "
    f"WHERE {_DAYS} GROUP BY country ORDER BY sum(views) DESC LIMIT 20",
    "topMovies": f"SELECT movie, dictGet('films', 'title', movie), dictGet('films', 'genre', movie), sum(views) AS n, "
    f"groupBitmapMerge(viewers), {_HOURS}, {_RATE}, any(rating) FROM by_movie LEFT JOIN (SELECT movie_id AS movie, "
    f"avg(rating_e2) / 100 AS rating FROM ratings WHERE {_RATED} GROUP BY movie) AS r USING movie WHERE {_DAYS} "
    f"AND movie IN (SELECT movie FROM by_movie WHERE {_DAYS} GROUP BY movie ORDER BY sum(views) DESC LIMIT 10) "
    "GROUP BY movie ORDER BY n DESC, movie LIMIT 10",
}


def app(engine: Engine) -> Starlette:
    """One route: all panels of a range, side by side."""

    def dashboard(request: Request) -> Response:
        start, end = int(request.query_params["from"]), int(request.query_params["to"])
        waiting = {}
        for name, sql in PANELS.items():
            first, last = (2 * start - end, start) if name == "before" else (start, end)
            waiting[name] = engine.threads.submit(engine.rows, sql.format(start=first, end=last))
        found = {name: future.result() for name, future in waiting.items()}
        return Response(orjson.dumps(found), media_type="application/json")

    return Starlette(routes=[Route("/dashboard", dashboard)])


if __name__ == "__main__":
    main()
