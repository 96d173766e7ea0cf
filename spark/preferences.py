"""Users' preferences for films, from watching and rating them: pure DataFrame to DataFrame.

A contact is one session or one rating. A user's contacts with a film add up to one number, the preference. The split
is an instant, the same for everybody: a model learns from what was before it, and is measured on what was met after it.
"""

from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

# At most one first contact in five comes after the split.
HELD_OUT_EVERY = 5
HOUR_S = 3600
HALF_E6 = 500_000
STARS_E2 = 300


def contacts_of(sessions: DataFrame, ratings: DataFrame) -> DataFrame:
    """Sessions and ratings under one shape, one row each.

    sessions: user_key, movie_key, start_time, completion_e6 (NULL counts as half). ratings: user_key, movie_key,
    rating_e2, rating_date.

    Result: user_key, movie_key (both int), at, told_e6 (0.5 for a film that was started to 1 for one that was seen to
    its end; NULL for a rating), rating_e2 (NULL for a session).
    """
    keys = [F.col(key).cast("int") for key in ("user_key", "movie_key")]
    seen = F.coalesce(F.col("completion_e6"), F.lit(HALF_E6))
    watched = sessions.select(
        *keys,
        F.col("start_time").alias("at"),
        (F.lit(HALF_E6) + seen / 2).cast("bigint").alias("told_e6"),
        F.lit(None).cast("int").alias("rating_e2"),
    )
    rated = ratings.select(
        *keys,
        F.col("rating_date").alias("at"),
        F.lit(None).cast("bigint").alias("told_e6"),
        F.col("rating_e2").cast("int"),
    )
    return watched.unionByName(rated)


def preferences(contacts: DataFrame) -> DataFrame:
    """Each user's preference for each film: user_key, movie_key, preference (above 0).

    The logarithm of one plus all sessions (0.5 to 1 each) and the newest rating (three stars count as a session
    that was seen to its end). Summed as integers, so that the order of rows changes nothing.
    """
    newest = F.max_by("rating_e2", F.when(F.col("rating_e2").isNotNull(), F.struct("at", "rating_e2")))
    sessions = F.coalesce(F.sum("told_e6"), F.lit(0)) / 1e6
    rating = F.coalesce(newest, F.lit(0)) / STARS_E2
    return contacts.groupBy("user_key", "movie_key").agg(F.log1p(sessions + rating).cast("float").alias("preference"))


def split_at(contacts: DataFrame) -> datetime | None:
    """The first hour from which on at most a fifth of users' first contacts with films come; None without contacts."""
    hour = F.floor(F.unix_seconds("at") / HOUR_S).cast("bigint").alias("hour")
    first = contacts.groupBy("user_key", "movie_key").agg(F.min("at").alias("at"))
    hours = sorted((row["hour"], row["count"]) for row in first.groupBy(hour).count().collect())
    after = total = sum(count for _, count in hours)
    for at, count in hours:
        if after * HELD_OUT_EVERY <= total:
            return datetime.fromtimestamp(at * HOUR_S, UTC)
        after -= count
    return datetime.fromtimestamp((hours[-1][0] + 1) * HOUR_S, UTC) if hours else None


def hold_out(contacts: DataFrame, split: datetime) -> tuple[DataFrame, DataFrame]:
    """The contacts to train on, all those before the split, and the held-out films: user_key, movie_key.

    Held out are the films that a user met from the split on and not before, of users who had met something before.
    """
    is_before = F.col("at") < F.lit(split)
    learnt = contacts.where(is_before)
    pairs = contacts.groupBy("user_key", "movie_key").agg(F.min("at").alias("at"))
    new = pairs.where(~is_before).select("user_key", "movie_key")
    return learnt, new.join(learnt.select("user_key").distinct(), "user_key", "left_semi")
