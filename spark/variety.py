"""Variety in lists of recommendations: every tenth place goes to a film that its user wants more than others do.

A model of everybody puts the same popular films on most lists. How much a film stands out for a user is its score,
less the mean of all users' scores of the film, by their standard deviation. So a film that few want has its turn on the
lists of those few. Only the users for whom a film stands out most get one, as many as the quality of the lists allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from pyspark.ml.recommendation import ALSModel
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark.ranking_metrics import best_gain
from spark.recommendations import model_of, recommend
from spark.reports import rounded

EVERY = 10
# A film that only one person has watched would be recommended to everyone like them, on the evidence of one viewer.
MIN_VIEWERS = 2
_LEAST_DEVIATION = 1e-9


def standing_out(model: ALSModel, met: DataFrame, k: int) -> DataFrame:
    """The k films that stand out most for each user among those not met: user_key, movie_key, standing, score.

    met: user_key, movie_key, each pair once. `standing` is in standard deviations, to two digits, `score` the model's.
    """
    known = met.groupBy("movie_key").agg(F.count("*").alias("viewers")).where(F.col("viewers") >= MIN_VIEWERS)
    items = (
        model.itemFactors.join(known, model.itemFactors["id"] == known["movie_key"], "left_semi")
        .withColumns(_scores_of_everybody(model))
        .where(F.col("deviation") > _LEAST_DEVIATION)
        .cache()
    )
    # One factor more, which subtracts the mean.
    divided = F.transform("features", lambda factor: factor / F.col("deviation"))
    shifted = F.concat(divided, F.array(-F.col("mean") / F.col("deviation"))).cast("array<float>")
    users = model.userFactors.select(
        "id", F.concat("features", F.array(F.lit(1.0))).cast("array<float>").alias("features")
    )
    found = recommend(model_of(users, items.select("id", shifted.alias("features")), model.rank + 1), met, k)
    back = items.select(F.col("id").alias("movie_key"), "mean", "deviation")
    return found.join(F.broadcast(back), "movie_key").select(
        "user_key",
        "movie_key",
        F.round("score", 2).alias("standing"),
        (F.col("score") * F.col("deviation") + F.col("mean")).alias("score"),
    )


def vary(lists: DataFrame, outstanding: DataFrame, least: float) -> DataFrame:
    """The lists, with the films that stand out most on each tenth place, if by at least so many standard deviations.

    lists: user_key, rank, movie_key, score; outstanding: as from `standing_out`, enough of each user's that some are
    not on their list. Result: as `lists`.
    """
    turns = _in_turn(lists, outstanding).where(F.col("standing") >= least)
    placed = turns.select(
        "user_key",
        (F.col("turn") * EVERY).alias("rank"),
        F.col("movie_key").alias("other_key"),
        F.col("score").alias("other_score"),
    )
    return lists.join(placed, ["user_key", "rank"], "left").select(
        "user_key",
        "rank",
        F.coalesce("other_key", "movie_key").alias("movie_key"),
        F.coalesce("other_score", "score").alias("score"),
    )


@dataclass(frozen=True)
class Trial:
    """What variety for a share of users costs: how much a film has to stand out for them, and the NDCG at EVERY that
    each half of the users (by key) would have, as a part of that of the lists as they are.
    """

    share: float
    least: float
    kept: Sequence[float]


def trials(lists: DataFrame, outstanding: DataFrame, held_out: DataFrame, shares: Sequence[float]) -> list[Trial]:
    """Try shares of users, with what they met since: held_out, user_key, movie_key, each pair once. Users without a
    list count as served badly by any.
    """
    first = _in_turn(lists, outstanding).where(F.col("turn") == 1)
    new = first.select("user_key", F.col("movie_key").alias("new_key"), "standing")
    least = least_standing(lists, outstanding, shares)
    gain = 1 / F.log2(F.col("rank") + 1)
    hits = (
        lists.where(F.col("rank") <= EVERY)
        .join(new, "user_key", "left")
        .join(held_out.withColumnRenamed("movie_key", "met_key"), "user_key")
    )
    own = F.sum(F.when(F.col("movie_key") == F.col("met_key"), gain).otherwise(0.0))
    last = F.col("rank") == EVERY
    change = F.sum(
        F.when(last & (F.col("new_key") == F.col("met_key")), gain)
        .when(last & (F.col("movie_key") == F.col("met_key")), -gain)
        .otherwise(0.0)
    )
    users = hits.groupBy("user_key").agg(
        own.alias("own"),
        change.alias("change"),
        F.first("standing").alias("standing"),
        F.count_distinct("met_key").alias("relevant"),
    )
    best = best_gain(EVERY)
    changed = [
        F.sum(F.when(F.col("standing") >= one, F.col("change") / best).otherwise(0.0)).alias(f"change_{at}")
        for at, one in enumerate(least)
    ]
    halves = users.groupBy((F.col("user_key") % 2).alias("half")).agg(F.sum(F.col("own") / best).alias("own"), *changed)
    rows = halves.where(F.col("own") > 0).collect()
    return [
        Trial(share, least[at], [1 + row[f"change_{at}"] / row["own"] for row in rows])
        for at, share in enumerate(shares)
    ]


def least_standing(lists: DataFrame, outstanding: DataFrame, shares: Sequence[float]) -> list[float]:
    """How much a film has to stand out so that each of these shares of users get one."""
    first = _in_turn(lists, outstanding).where(F.col("turn") == 1)
    found = first.agg(F.percentile("standing", F.array(*(F.lit(1 - share) for share in shares))).alias("least")).first()
    return [float("inf")] * len(shares) if found is None or found.least is None else [float(one) for one in found.least]


def _in_turn(lists: DataFrame, outstanding: DataFrame) -> DataFrame:
    """The films that stand out and are not on their user's list, with their turn (1..)."""
    most_first = Window.partitionBy("user_key").orderBy(F.desc("standing"), "movie_key")
    new = outstanding.join(lists.select("user_key", "movie_key"), ["user_key", "movie_key"], "left_anti")
    return new.withColumn("turn", F.row_number().over(most_first))


def _scores_of_everybody(model: ALSModel) -> dict[str, Column]:
    """The mean and standard deviation of all users' scores of a film, from its `features`."""
    places = range(model.rank)
    factor = [F.col("features")[place].cast("double") for place in places]
    means = [F.avg(factor[i]).alias(f"mean_{i}") for i in places]
    products = [F.avg(factor[i] * factor[j]).alias(f"product_{i}_{j}") for i in places for j in places]
    row = model.userFactors.agg(*means, *products).first()
    assert row is not None
    mean = np.array([row[f"mean_{i}"] for i in places])
    covariance = np.array([[row[f"product_{i}_{j}"] for j in places] for i in places]) - np.outer(mean, mean)
    # To nine digits: what follows depends on the order in which users were added up.
    linear = [factor[i] * rounded(float(mean[i])) for i in places]
    square = [factor[i] * factor[j] * rounded(float(covariance[i, j])) for i in places for j in places]
    variance = reduce(add, square)
    return {"mean": reduce(add, linear), "deviation": F.sqrt(F.greatest(variance, F.lit(0.0)))}
