"""The job `forecast`: viewing_sessions and movies in, views per genre for the next 14 days out, and how far it was off.

    python -m spark.jobs.forecast --in DIR --out DIR

writes OUT/view_forecast and OUT/forecast_report. The newest session's day counts as complete from 23:45 UTC on;
else the day before is the last one.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark.forecast import NEEDED_DAYS, covered, daily_views, errors, origins_of, predict, with_interval
from spark.jobs.frame import run_job, write_counted
from spark.parquet import Refused, read
from spark.progress import Progress
from spark.reports import Metric, report, rounded

SESSIONS = {"movie_key": "bigint", "start_time": "timestamp"}
MOVIES = {"movie_key": "bigint", "genre": "string"}
NEARLY_OVER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("forecast", argv, _run)


def _run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)
    movies = read(spark, f"{arguments.source}/movies", MOVIES)
    daily = daily_views(sessions, movies, F.lit(_last_complete_day(sessions))).cache()
    origins = origins_of(daily).cache()
    if origins.isEmpty():
        raise Refused(
            f"No genre has {NEEDED_DAYS} complete days behind it, as it takes to learn a forecast and to tell how far"
            " it is off. Nothing was written."
        )
    progress.tell("predicting")
    forecasts = predict(daily, origins).cache()
    off = errors(forecasts, daily).cache()
    rows = write_counted(with_interval(forecasts, off), f"{arguments.out}/view_forecast")
    progress.tell("measuring against last week")
    rows += write_counted(report(spark, metrics(off)), f"{arguments.out}/forecast_report")
    progress.tell("done", rows=rows)


def _last_complete_day(sessions: DataFrame) -> date:
    newest = sessions.agg(F.unix_micros(F.max("start_time"))).first()
    if newest is None or newest[0] is None:
        raise Refused("There is no session yet, so there is nothing to forecast. Load sessions first.")
    return (EPOCH + timedelta(microseconds=newest[0]) + NEARLY_OVER).date() - timedelta(days=1)


def metrics(off: DataFrame) -> list[Metric]:
    """Mean absolute errors in views a day and genre beside last week's same day, in all and by week; the intervals'
    coverage has no baseline, it should be 0.8.
    """
    weeks = {"mae": F.lit(True), "mae_days_1_7": F.col("ahead") <= 7, "mae_days_8_14": F.col("ahead") > 7}
    found: list[Metric] = []
    for name, week in weeks.items():
        means = [F.avg(F.abs(error)) for error in ("error", "baseline_error")]
        row = off.where(week).agg(*means, F.count("*")).first()
        if row is not None and row[2]:
            found.append((name, rounded(row[0]), rounded(row[1]), row[2]))
    share = covered(off).agg(F.avg(F.col("inside").cast("double")), F.count("*")).first()
    if share is not None and share[1]:
        found.append(("coverage_80", rounded(share[0]), None, share[1]))
    return found


if __name__ == "__main__":
    sys.exit(main())
