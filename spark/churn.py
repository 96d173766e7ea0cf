"""Who may not come back within 30 days: features of active users at a cutoff, labels after it, and when cutoffs lie.

Pure DataFrame to DataFrame. An instant T is a cutoff; its features come from `[T - lookback, T)`, its label from `[T, T
+ 30 days)`. A day is 24 hours, counted back from the cutoff.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

HORIZON = timedelta(days=30)
WEEK = timedelta(days=7)
LOOKBACKS_DAYS = (60, 30)
MOST_CUTOFFS = 8
# Data of 90 calendar days are some minutes short of 90 times 24 hours.
SLACK = timedelta(days=1)

FEATURES = (
    "days_since_last",
    "sessions_7d",
    "sessions_30d",
    "active_days_30d",
    "films_30d",
    "watch_hours_30d",
    "completion_30d",
    "buffering_per_view_30d",
    "devices_30d",
    "sessions_before_30d",
    "tenure_days",
)


@dataclass(frozen=True)
class Cutoffs:
    """The cutoffs for training, testing and scoring, newest first, and how many days before each are used.

    The label window of the last of `training` ends where that of `test` begins; `scoring` is the end of the data.
    """

    scoring: datetime
    test: datetime
    training: Sequence[datetime]
    lookback_days: int


def cutoffs_of(oldest: datetime, newest: datetime) -> Cutoffs | None:
    """The cutoffs for sessions that start from `oldest` to `newest`; None where they span too few days for any.

    Training cutoffs lie a week apart, at most eight, each with its whole lookback inside the data. The lookback is 60
    days where that leaves one, else 30.
    """
    scoring = newest + timedelta(microseconds=1)
    test = scoring - HORIZON
    for days in LOOKBACKS_DAYS:
        earliest = oldest + timedelta(days=days) - SLACK
        steps = (test - HORIZON - WEEK * step for step in range(MOST_CUTOFFS))
        training = [cutoff for cutoff in steps if cutoff >= earliest]
        if training:
            return Cutoffs(scoring, test, training, days)
    return None


def users_at(sessions: DataFrame, cutoffs: Sequence[datetime], lookback_days: int) -> DataFrame:
    """Users who were active at each cutoff, with their features and whether they churned.

    sessions: user_key, movie_key, start_time, device, watch_minutes_e4, completion_e6, buffering_count (the last two
    may be NULL).

    Result, one row per cutoff and user with a session in the 30 days before: cutoff, user_key, FEATURES (double, none
    NULL: completion that no session tells of is 0.5, buffering 0), churned (1.0 without a session in the 30 days from
    the cutoff on, else 0.0).
    """
    spark = sessions.sparkSession
    at = F.broadcast(spark.createDataFrame([(cutoff,) for cutoff in cutoffs], "cutoff timestamp"))
    start, cutoff = F.col("start_time"), F.col("cutoff")
    begin, end = cutoff - F.expr(f"INTERVAL {lookback_days} DAYS"), cutoff + F.expr(f"INTERVAL {HORIZON.days} DAYS")
    near = (start >= begin) & (start < end)
    age_us = F.unix_micros("cutoff") - F.unix_micros("start_time")
    pairs = at.join(sessions, near).withColumn("age_days", age_us / (86_400 * 1e6))
    features = [F.coalesce(column.cast("double"), F.lit(0.0)).alias(name) for name, column in _features().items()]
    returned = F.max((F.col("age_days") <= 0).cast("int"))
    seen = pairs.groupBy("cutoff", "user_key").agg(*features, (1.0 - returned).alias("churned"))
    return seen.where(F.col("sessions_30d") > 0)


def _features() -> dict[str, Column]:
    """Feature → its aggregate over a user's sessions; those from the cutoff on have an age of 0 or less."""
    age = F.col("age_days")
    before, recent, week = age > 0, (age > 0) & (age <= 30), (age > 0) & (age <= 7)

    def seen(value: Column | str) -> Column:
        return F.when(recent, F.col(value) if isinstance(value, str) else value)

    def different(value: Column | str) -> Column:
        return F.size(F.collect_set(seen(value)))

    def mean(column: str) -> Column:
        return F.try_divide(F.sum(seen(column)), F.count(seen(column)))

    return {
        "days_since_last": F.min(F.when(before, age)),
        "sessions_7d": F.count_if(week),
        "sessions_30d": F.count_if(recent),
        "active_days_30d": different(F.ceil(age)),
        "films_30d": different("movie_key"),
        "watch_hours_30d": F.sum(seen("watch_minutes_e4")) / 600_000,
        "completion_30d": F.coalesce(mean("completion_e6") / 1e6, F.lit(0.5)),
        "buffering_per_view_30d": mean("buffering_count"),
        "devices_30d": different("device"),
        "sessions_before_30d": F.count_if(age > 30),
        "tenure_days": F.max(F.when(before, age)),
    }
