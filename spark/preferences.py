"""Users' preferences for films, from watching and rating them: pure DataFrame to DataFrame.

A contact is one session or one rating. A user's contacts with a film add up to one number, the preference. The split
holds out each user's newest films, to measure on films that the model has not seen.
"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

# One film in five is held out. With fewer than five there is nothing to hold out.
HELD_OUT_EVERY = 5
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


def hold_out(contacts: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The contacts to train on, and the held-out films: user_key, movie_key.

    A user's films are ordered by their first contact, then by key. The newest fifth, rounded down, is held out. Of the
    user's other films, only contacts before the first held-out one are used for training.
    """
    by_time = Window.partitionBy("user_key").orderBy("at", "movie_key")
    films = Window.partitionBy("user_key")
    first = contacts.groupBy("user_key", "movie_key").agg(F.min("at").alias("at"))
    placed = first.withColumn("place", F.row_number().over(by_time)).withColumn("films", F.count("*").over(films))
    kept = F.col("films") - F.floor(F.col("films") / HELD_OUT_EVERY)
    held_out = placed.where(F.col("place") > kept)
    cuts = held_out.where(F.col("place") == kept + 1).select(
        "user_key", F.col("at").alias("cut_at"), F.col("movie_key").alias("cut_movie")
    )
    before = F.struct("at", "movie_key") < F.struct(F.col("cut_at"), F.col("cut_movie"))
    learnt = contacts.join(cuts, "user_key", "left").where(F.col("cut_at").isNull() | before)
    return learnt.select(*contacts.columns), held_out.select("user_key", "movie_key")
