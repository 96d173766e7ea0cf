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

from spark.calibration import calibrate
from spark.churn import FEATURES, Cutoffs, cutoffs_of, users_at
from spark.churn_model import DEPTH, SEED, TREES, calibration, calibration_error, fit, importances, measure, predict
from spark.jobs.run_job import run_job, tell_done, write_counted
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
    model = fit(past)
    scored = predict(model, users_at(sessions, [cutoffs.test], days)).withColumn("share", F.lit(share)).cache()
    if scored.isEmpty():
        raise Declined("Nobody was active in the 30 days before the last 30, so nothing can be measured.")
    learnt = calibrate(scored, "score", "churned", "user_key")
    tested = learnt.apply(
        learnt.apply_in_turn(scored, "score", "user_key", "probability"), "score", "published"
    ).cache()
    progress.tell("predicting")
    present = predict(model, users_at(sessions, [cutoffs.scoring], days))
    found = learnt.apply(present, "score", "probability")
    tables = {
        "user_churn": found.select("user_key", "probability", "score", _features().alias("features")),
        "churn_features": spark.createDataFrame(importances(model), "feature string, importance double").coalesce(1),
        "churn_calibration": calibration(tested),
        "churn_report": report(spark, metrics(tested)),
    }
    for name, rows in tables.items():
        write_counted(rows, f"{arguments.out}/{name}", progress)
    tell_done(
        progress,
        f"gradient boosted trees: {TREES} of depth {DEPTH}, {len(FEATURES)} features, {len(cutoffs.training)} cutoffs"
        f" of {days} days, seed {SEED}; calibrated by isotonic regression on the users of {cutoffs.test:%Y-%m-%d}",
    )


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
            f"Of {users} active users {left:.0f} did not come back; the model needs {MIN_USERS} users, of which some"
            " did and some did not. Nothing was written."
        )
    return float(left / users)


def _features() -> Column:
    return F.create_map(*(part for name in FEATURES for part in (F.lit(name), F.round(name, 9))))


def metrics(tested: DataFrame) -> list[Metric]:
    """The baseline of `auc` ranks by days since the last session alone, that of `brier` gives all the base rate, and
    that of `calibration_error` is the trees' score as it is.
    """
    model, baseline = measure(tested, "score", "probability"), measure(tested, "days_since_last", "share")
    as_it_is = tested.withColumns({"published": F.col("score"), "probability": F.col("score")})
    error, uncalibrated = (calibration_error(calibration(one)) for one in (tested, as_it_is))
    return [
        ("auc", model.auc, baseline.auc, model.users),
        ("brier", model.brier, baseline.brier, model.users),
        ("calibration_error", error, uncalibrated, model.users),
    ]


if __name__ == "__main__":
    sys.exit(main())
