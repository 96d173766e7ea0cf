"""The job `forecast`: viewing_sessions and movies in, views per genre for the next 14 days out, and how far it was off.

    python -m spark.jobs.forecast --in DIR --out DIR

writes OUT/view_forecast and OUT/forecast_report. The days after the last whole one are forecast: sessions reach it, and
its newest one starts at 23:45 UTC or later.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
from pyspark.sql import SparkSession

from spark.forecast import daily_views, forecast_of, rows_of
from spark.forecast_model import NEEDED_DAYS, WEEK, Array, Forecast
from spark.jobs.run_job import run_job, tell_done, write_counted
from spark.parquet import Declined, read
from spark.progress import Progress
from spark.reports import Metric, report, rounded

SESSIONS = {"movie_key": "bigint", "start_time": "timestamp"}
MOVIES = {"movie_key": "bigint", "genre": "string"}
FORECAST = "genre string, day date, views double, low double, high double, by_model boolean"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("forecast", argv, _run)


def _run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)
    daily = daily_views(sessions, read(spark, f"{arguments.source}/movies", MOVIES))
    if daily is None:
        raise Declined("There is no whole day of sessions yet, so there is nothing to forecast. Load sessions first.")
    if daily.late:
        progress.tell(
            "note", message=f"{daily.late:,} sessions start after {daily.last}, up to which days are whole: not counted"
        )
    progress.tell("predicting")
    found = forecast_of(daily)
    if found is None:
        raise Declined(
            f"No genre has {NEEDED_DAYS} complete days behind it, as it takes to learn a forecast and to tell how far"
            " it is off. Nothing was written."
        )
    made, places = found
    lost = [daily.genres[at] for at in places if not made.is_model[at]]
    if lost:
        progress.tell("note", message=f"last week's same day is published where no model was closer: {', '.join(lost)}")
    rows = spark.createDataFrame(rows_of(daily, made, places), FORECAST).coalesce(1)
    write_counted(rows, f"{arguments.out}/view_forecast", progress)
    write_counted(report(spark, metrics(made, places)), f"{arguments.out}/forecast_report", progress)
    tell_done(
        progress, f"levels and weekdays of {len(places)} genres, {len(lost)} of them last week's same day instead"
    )


def metrics(made: Forecast, places: Sequence[int]) -> list[Metric]:
    """Mean absolute errors in views a day and genre beside last week's same day, in all and by week; the intervals'
    coverage has no baseline, it should be 0.8; and how many genres have the model's forecast.
    """
    errors, baseline = made.errors[list(places)], made.baseline_errors[list(places)]
    weeks = {"mae": slice(None), "mae_days_1_7": slice(0, WEEK), "mae_days_8_14": slice(WEEK, None)}
    found: list[Metric] = [
        (name, _mean(np.abs(errors[:, :, week])), _mean(np.abs(baseline[:, :, week])), _known(errors[:, :, week]))
        for name, week in weeks.items()
    ]
    inside = made.inside[list(places)]
    if _known(inside):
        found.append(("coverage_80", _mean(inside), None, _known(inside)))
    return [*found, ("genres_by_model", float(made.is_model[list(places)].sum()), None, len(places))]


def _mean(values: Array) -> float:
    return rounded(float(np.nanmean(values)))


def _known(values: Array) -> int:
    return int((~np.isnan(values)).sum())


if __name__ == "__main__":
    sys.exit(main())
