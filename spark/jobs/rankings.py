"""The job `rankings`: viewing_sessions and movies in, film ranks out, all months in one pass.

    python -m spark.jobs.rankings --in DIR --out DIR [--parts 202601,202602] [--through 2026-03-01T00:00:00Z]

writes OUT/movie_rankings/part=MONTH, the charts of the periods that begin in the month. Without --parts it ranks all
months in which sessions have charts. Without --through the data counts as complete up to its newest session.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark.jobs.run_job import run_job, write_parts
from spark.parquet import read
from spark.progress import Progress
from spark.rankings import rank_films

SESSIONS = {
    "month": "bigint",
    "movie_key": "bigint",
    "start_time": "timestamp",
    "device": "string",
    "country": "string",
}
# How far a month's last week reaches into the next month at most.
REACH_DAYS = 6
MOVIES = {"movie_key": "bigint", "sort_key": "string", "genre": "string"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("rankings", argv, _run, _options)


def _run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)
    movies = read(spark, f"{arguments.source}/movies", MOVIES)
    through = arguments.through or _newest(sessions)
    parts = arguments.parts or _all_parts(sessions)
    progress.tell("ranking")
    rows = write_parts(ranks_of(parts, sessions, movies, through), f"{arguments.out}/movie_rankings", parts, progress)
    progress.tell("done", rows=rows)


def ranks_of(parts: Sequence[str], sessions: DataFrame, movies: DataFrame, through: datetime) -> DataFrame:
    """The charts that begin in some months, with the month as `part`: a month's weeks reach six days into the next."""
    later = [int(f"{_next_month(datetime.strptime(part, '%Y%m').replace(tzinfo=UTC)):%Y%m}") for part in parts]
    own = F.col("month").isin([int(part) for part in parts])
    # Months are folders, so only these are read.
    near = sessions.where(own | (F.col("month").isin(later) & (F.dayofmonth("start_time") <= REACH_DAYS)))
    ranks = rank_films(near, movies, through).withColumn("part", F.date_format("period_start", "yyyyMM"))
    return ranks.where(F.col("part").isin(list(parts)))


def _next_month(first: datetime) -> datetime:
    return (first + timedelta(days=31)).replace(day=1)


def _all_parts(sessions: DataFrame) -> list[str]:
    """The months in which a chart begins: those of the sessions, and those of the Mondays before them."""
    days = sessions.select(
        F.explode(F.array(F.trunc("start_time", "week"), F.trunc("start_time", "month"))).alias("day")
    )
    starts: list[date] = [row.day for row in days.distinct().collect()]
    return sorted({f"{day:%Y%m}" for day in starts})


def _newest(sessions: DataFrame) -> datetime:
    """The start of the newest session, in UTC; any instant if there is none."""
    seconds = sessions.agg(F.unix_micros(F.max("start_time"))).first()
    return datetime.fromtimestamp((seconds[0] or 0) / 1_000_000 if seconds else 0, UTC)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--through", type=_instant, metavar="INSTANT", help="ISO 8601 with an offset")
    parser.add_argument("--parts", type=_parts, metavar="YYYYMM,...", help="the months to rank")


def _parts(text: str) -> list[str]:
    parts = text.split(",")
    for part in parts:
        datetime.strptime(part, "%Y%m")  # noqa: DTZ007 - a month
    return parts


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: an instant needs an offset, such as {text}Z")
    return moment.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
