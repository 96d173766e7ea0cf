"""How good ranked lists are: precision, recall and NDCG at k of each user, and their means; DataFrames in."""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark.reports import rounded


@dataclass(frozen=True)
class Scores:
    """Means over `users`, who have `held_out` films in all; `films` is how many different ones the lists name."""

    users: int
    held_out: int
    films: int
    precision: float
    recall: float
    ndcg: float


def score(lists: DataFrame, held_out: DataFrame, k: int) -> Scores:
    """How many held-out films are in the first k of each user's list, and how high up.

    lists: user_key, rank (1 is first), movie_key. held_out: user_key, movie_key, each pair once; those of users without
    a list count as missed, and lists of users without held-out films do not count.

    Precision is hits / k, recall hits / held out, NDCG the sum of 1 / log2(rank + 1) over hits, divided by its greatest
    possible value. Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002).
    """
    users = held_out.groupBy("user_key").agg(F.count("*").alias("relevant"))
    shown = lists.where(F.col("rank") <= k).join(users.select("user_key"), "user_key", "left_semi").cache()
    hits = (
        shown.join(held_out, ["user_key", "movie_key"])
        .groupBy("user_key")
        .agg(F.count("*").alias("hits"), F.sum(1 / F.log2(F.col("rank") + 1)).alias("gain"))
    )
    row = (
        users.join(hits, "user_key", "left")
        .na.fill(0)
        .agg(
            F.count("*").alias("users"),
            F.sum("relevant").alias("held_out"),
            F.avg(F.col("hits") / k).alias("precision"),
            F.avg(F.col("hits") / F.col("relevant")).alias("recall"),
            F.avg(F.col("gain") / _best_gain(k)).alias("ndcg"),
        )
        .crossJoin(shown.agg(F.count_distinct("movie_key").alias("films")))
        .first()
    )
    shown.unpersist()
    if row is None or not row.users:
        return Scores(0, 0, 0, 0.0, 0.0, 0.0)
    means = (rounded(row[name]) for name in ("precision", "recall", "ndcg"))
    return Scores(row.users, row.held_out, row.films, *means)


def _best_gain(k: int) -> Column:
    """The gain of an ideal list, with only held-out films in front."""
    places = F.sequence(F.lit(1), F.least(F.col("relevant"), F.lit(k)).cast("int"))
    return F.aggregate(places, F.lit(0.0), lambda total, place: total + 1 / F.log2(place + 1))
