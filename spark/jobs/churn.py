"""The job `churn`: viewing_sessions in, who may not come back within 30 days out, with the reasons and how sure it is.

    python -m spark.jobs.churn --in DIR --out DIR

writes OUT/user_churn, OUT/churn_features, OUT/churn_calibration and OUT/churn_report. A model that does not beat its
baselines is written all the same, and the report shows it.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from spark.churn import FEATURES, Cutoffs, cutoffs_of, users_at
from spark.churn_model import Fit, calibration, fit, importances, measure, predict
from spark.jobs.frame import run_job, tell_done, write_counted
from spark.parquet import Declined, read
from spark.progress import Progress
from spark.reports import Metric, report

SESSIONS = {
    "user_key": "bigint",
    "movie_key": "bigint",
    "start_time": "timestamp",
    "device": "string",
    "watch_minutes_e4": "bigint",
    "completion_e6": "bigint",
    "buffering_count": "bigint",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEEDED_DAYS = 90
MIN_USERS = 100


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("churn", argv, _run)


def _run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS).cache()
    cutoffs = _cutoffs(sessions)
    days = cutoffs.lookback_days
    progress.tell("measuring on later users")
    past = users_at(sessions, cutoffs.training, days).cache()
    share = _share_that_left(past)
    tested = predict(fit(past), users_at(sessions, [cutoffs.test], days)).withColumn("share", F.lit(share)).cache()
    model = measure(tested, "probability", "probability")
    baseline = measure(tested, "days_since_last", "share")
    progress.tell("fitting to everything")
    final = fit(users_at(sessions, [cutoffs.test, *cutoffs.training], days).cache())
    progress.tell("predicting")
    scored = predict(final, users_at(sessions, [cutoffs.scoring], days))
    tables = {
        "user_churn": scored.select("user_key", "probability", _features().alias("features")),
        "churn_features": spark.createDataFrame(importances(final), "feature string, importance double").coalesce(1),
        "churn_calibration": calibration(tested),
        "churn_report": report(spark, metrics(model, baseline)),
    }
    for name, rows in tables.items():
        write_counted(rows, f"{arguments.out}/{name}", progress)
    tell_done(progress)


def _cutoffs(sessions: DataFrame) -> Cutoffs:
    span = sessions.agg(F.unix_micros(F.min("start_time")), F.unix_micros(F.max("start_time"))).first()
    if span is None or span[0] is None:
        raise Declined("There is no session yet, so there is nobody to score. Load sessions first.")
    oldest, newest = (EPOCH + timedelta(microseconds=micros) for micros in span)
    found = cutoffs_of(oldest, newest)
    if found is None:
        raise Declined(
            f"The sessions span {(newest - oldest).days + 1} days, and it takes {NEEDED_DAYS} to tell who does not come"
            " back: 30 to look at, 30 to see who is missing, and 30 later ones to test on. Nothing was written."
        )
    return found


def _share_that_left(past: DataFrame) -> float:
    """The base rate of the training cutoffs. Raises: Declined where there is nothing to learn."""
    row = past.agg(F.count("*").alias("users"), F.sum("churned").alias("left")).first()
    users, left = (row.users, row.left or 0) if row else (0, 0)
    if users < MIN_USERS or left in {0, users}:
        raise Declined(
            f"Of {users} active users {left:.0f} did not come back; it takes {MIN_USERS} users, some of whom did and"
            " some of whom did not, to learn who does. Nothing was written."
        )
    return float(left / users)


def _features() -> Column:
    return F.create_map(*(part for name in FEATURES for part in (F.lit(name), F.round(name, 9))))


def metrics(model: Fit, baseline: Fit) -> list[Metric]:
    """The baseline of `auc` ranks by days since the last session alone, that of `brier` gives all the base rate."""
    return [("auc", model.auc, baseline.auc, model.users), ("brier", model.brier, baseline.brier, model.users)]


if __name__ == "__main__":
    sys.exit(main())
