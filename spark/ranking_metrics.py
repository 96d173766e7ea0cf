"""How good ranked lists are: precision, recall and NDCG at k of each user, and their means; and how varied all lists
are together. DataFrames in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark.reports import rounded


@dataclass(frozen=True)
class Scores:
    """Means over `users`, who have `held_out` films in all."""

    users: int
    held_out: int
    precision: float
    recall: float
    ndcg: float


@dataclass(frozen=True)
class Variety:
    """`titles` is how many different ones the lists name, `coverage` their share of those that anybody had met.

    `novelty` is the mean over all places of how surprising the title is: log2 of one by the share of users who had met
    it. `popular_share` is the share of places that the tenth of titles has which most users had met.
    Source: Vargas and Castells, Rank and relevance in novelty and diversity metrics (2011).
    """

    titles: int
    coverage: float
    novelty: float
    popular_share: float


def score(lists: DataFrame, held_out: DataFrame, k: int) -> Scores:
    """How many held-out films are in the first k of each user's list, and how high up.

    lists: user_key, rank (1 is first), movie_key. held_out: user_key, movie_key, each pair once; those of users without
    a list count as missed, and lists of users without held-out films do not count.

    Precision is hits / k, recall hits / held out, NDCG the sum of 1 / log2(rank + 1) over hits, divided by its greatest
    possible value. Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002).
    """
    users = held_out.groupBy("user_key").agg(F.count("*").alias("relevant"))
    shown = lists.where(F.col("rank") <= k)
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
            F.avg(F.col("gain") / best_gain(k)).alias("ndcg"),
        )
        .first()
    )
    if row is None or not row.users:
        return Scores(0, 0, 0.0, 0.0, 0.0)
    means = (rounded(row[name]) for name in ("precision", "recall", "ndcg"))
    return Scores(row.users, row.held_out, *means)


def variety(lists: DataFrame, met: DataFrame, k: int) -> Variety:
    """How varied the first k of all lists are together.

    lists: user_key, rank, movie_key; titles that nobody had met do not count. met: user_key, movie_key, each pair once.
    """
    viewers = met.groupBy("movie_key").agg(F.count("*").alias("viewers")).cache()
    by_viewers = sorted((row["viewers"], row["count"]) for row in viewers.groupBy("viewers").count().collect())
    users = met.select("user_key").distinct().count()
    known = sum(films for _, films in by_viewers)
    row = (
        lists.where(F.col("rank") <= k)
        .join(viewers, "movie_key")
        .agg(
            F.count_distinct("movie_key").alias("titles"),
            F.avg(F.log2(users / F.col("viewers"))).alias("novelty"),
            F.avg((F.col("viewers") >= _viewers_of_popular(by_viewers)).cast("int")).alias("popular_share"),
        )
        .first()
    )
    if row is None or not row.titles:
        return Variety(0, 0.0, 0.0, 0.0)
    return Variety(row.titles, rounded(row.titles / known), rounded(row.novelty), rounded(row.popular_share))


def _viewers_of_popular(films_by_viewers: Sequence[tuple[int, int]]) -> int:
    """How many users have met the least popular of the tenth of films (rounded up) that most users have met."""
    left = -(-sum(films for _, films in films_by_viewers) // 10)
    for viewers, films in reversed(films_by_viewers):
        left -= films
        if left <= 0:
            return viewers
    return 0


def best_gain(k: int) -> Column:
    """The gain of an ideal list, with only held-out films in front: of `relevant`, how many are held out."""
    places = F.sequence(F.lit(1), F.least(F.col("relevant"), F.lit(k)).cast("int"))
    return F.aggregate(places, F.lit(0.0), lambda total, place: total + 1 / F.log2(place + 1))
