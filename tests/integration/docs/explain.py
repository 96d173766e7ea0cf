"""What the engine skips: the granules that each key and index of docs/warehouse.md leaves to read, as EXPLAIN says.

    python -m tests.integration.docs.explain

Makes 5,000,000 sessions of 250,000 users in a temporary folder, merges their parts, and prints the page's tables:
granules left to read, and what each column weighs.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.generator.demo import DemoSize, load_demo
from warehouse import Warehouse, open_warehouse

SIZE = DemoSize(users=250_000, sessions=5_000_000, ratings=500_000)
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
SEED = 42
# The same sessions under a key that ends with `start_time` itself, for comparison.
LONG_KEY = (
    "CREATE TABLE long_key AS viewing_sessions ENGINE = MergeTree PARTITION BY toYYYYMM(start_time) "
    "ORDER BY (toStartOfDay(start_time), movie_key, start_time)",
    "INSERT INTO long_key SELECT * FROM viewing_sessions",
)
MERGED = ("viewing_sessions", "long_key", "ratings", "movie_analytics", "daily_analytics")
_INDEX = re.compile(r"^\s*(Min-Max|Partition|PrimaryKey|Skip)$")
_GRANULES = re.compile(r"Granules: (\d+)/(\d+)$")


@dataclass(frozen=True)
class Asked:
    """A statement whose conditions are those of the compiler, as literals."""

    what: str
    sql: str


_MONTH = "start_time >= '2026-09-20 00:00:00' AND start_time < '2026-10-20 00:00:00'"
_DAY = "start_time >= '2026-10-10 00:00:00' AND start_time < '2026-10-11 00:00:00'"
# As the router covers them: of days, eight days and months, and of quarter-hours and hours.
_MONTH_IN_PIECES = (
    "(step = 2 AND (bucket >= '2026-10-01 00:00:00' AND bucket < '2026-10-17 00:00:00') OR step = 3 AND "
    "(bucket >= '2026-09-25 00:00:00' AND bucket < '2026-10-01 00:00:00') OR step = 4 AND "
    "(bucket >= '2026-09-20 00:00:00' AND bucket < '2026-09-25 00:00:00' OR "
    "bucket >= '2026-10-17 00:00:00' AND bucket < '2026-10-20 00:00:00'))"
)
_DAY_OF_KOLKATA_IN_PIECES = (
    "(step = 6 AND (bucket >= '2026-10-09 19:00:00' AND bucket < '2026-10-10 18:00:00') OR step = 8 AND "
    "(bucket >= '2026-10-09 18:30:00' AND bucket < '2026-10-09 19:00:00' OR "
    "bucket >= '2026-10-10 18:00:00' AND bucket < '2026-10-10 18:30:00'))"
)

ASKED = (
    Asked("one day", f"SELECT sum(watch_minutes_e4) FROM viewing_sessions WHERE {_DAY}"),
    Asked(
        "one film, 30 days",
        f"SELECT sum(watch_minutes_e4) FROM viewing_sessions WHERE {_MONTH} AND movie_key = 7",
    ),
    Asked("one day, longer key", f"SELECT sum(watch_minutes_e4) FROM long_key WHERE {_DAY}"),
    Asked(
        "one film, 30 days, longer key",
        f"SELECT sum(watch_minutes_e4) FROM long_key WHERE {_MONTH} AND movie_key = 7",
    ),
    Asked("one user, ever", "SELECT sum(watch_minutes_e4) FROM viewing_sessions WHERE user_key = {user}"),
    Asked("ratings of one film", "SELECT sum(rating_e2) FROM ratings WHERE movie_key = 7"),
    Asked("ratings by one user", "SELECT sum(rating_e2) FROM ratings WHERE user_key = {user}"),
    Asked(
        "one film, 30 days, rolled up",
        f"SELECT sum(watch_e4) FROM movie_analytics WHERE {_MONTH_IN_PIECES} AND movie_key = 7",
    ),
    Asked(
        "one day, rolled up",
        f"SELECT sum(watch_e4) FROM daily_analytics WHERE step = 4 AND {_DAY.replace('start_time', 'bucket')}",
    ),
    Asked(
        "one day of Kolkata, rolled up",
        f"SELECT sum(watch_e4) FROM daily_analytics WHERE {_DAY_OF_KOLKATA_IN_PIECES}",
    ),
)


def skipped(warehouse: Warehouse, sql: str) -> Iterator[tuple[str, int, int]]:
    """Each index that EXPLAIN names, with the granules that it left and those that came to it."""
    index = ""
    for (line,) in warehouse.engine.query(f"EXPLAIN indexes = 1 {sql}").rows:
        if found := _INDEX.match(line):
            index = found[1]
        elif index and (granules := _GRANULES.search(line)):
            yield index, int(granules[1]), int(granules[2])
            index = ""


def table(warehouse: Warehouse) -> Iterator[str]:
    """The page's table, line by line."""
    for statement in LONG_KEY:
        warehouse.engine.command(statement)
    for name in MERGED:
        warehouse.engine.command(f"OPTIMIZE TABLE {name} FINAL")
    # A user as most are: 20 sessions, the mean of this data.
    user = warehouse.engine.query(
        "SELECT user_key FROM viewing_sessions GROUP BY user_key ORDER BY abs(count() - 20), user_key LIMIT 1"
    ).scalar()
    yield "| asked | granules | partition | primary key | bloom filter | read |"
    yield "|---|---:|---:|---:|---:|---:|"
    for asked in ASKED:
        steps = {name: (left, came) for name, left, came in skipped(warehouse, asked.sql.format(user=user))}
        whole, read = next(iter(steps.values()))[1], list(steps.values())[-1][0]
        cells = [str(steps[name][0]) if name in steps else "" for name in ("Min-Max", "PrimaryKey", "Skip")]
        yield f"| {asked.what} | {whole} | {' | '.join(cells)} | **{read}** |"


def weights(warehouse: Warehouse) -> Iterator[str]:
    """The page's table of columns, line by line: bytes a row on disk, and how many times smaller than in memory."""
    yield "| column | bytes a row | compressed |"
    yield "|---|---:|---:|"
    found = warehouse.engine.query(
        "SELECT column, sum(column_data_compressed_bytes) / sum(rows) AS stored, "
        "sum(column_data_uncompressed_bytes) / sum(column_data_compressed_bytes) AS ratio "
        "FROM system.parts_columns WHERE database = currentDatabase() AND table = 'viewing_sessions' AND active "
        "GROUP BY column ORDER BY stored DESC"
    )
    for column, stored, ratio in found.rows:
        yield f"| `{column}` | {stored:.2f} | {ratio:.1f} : 1 |"


def main() -> None:
    """Make the data and print the tables."""
    with (
        tempfile.TemporaryDirectory(prefix="marquee-explain-") as folder,
        open_warehouse(f"chdb://{Path(folder) / 'warehouse'}") as warehouse,
    ):
        load_demo(warehouse, SIZE, SEED, UNTIL)
        sys.stdout.writelines(f"{line}\n" for line in (*table(warehouse), "", *weights(warehouse)))


if __name__ == "__main__":
    main()
