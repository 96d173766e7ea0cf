"""What users may like next and which titles are alike: MLlib's ALS on implicit preferences.

Source: Hu, Koren and Volinsky, Collaborative filtering for implicit feedback datasets (2008).
"""

from typing import Any

from pyspark.ml.recommendation import ALS, ALSModel
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

# Chosen once by measuring on the demo data and on MovieLens; docs/spark.md lists the alternatives.
RANK, REGULARIZATION, CONFIDENCE, ITERATIONS, SEED = 8, 0.6, 3.0, 10, 42
# As many blocks wherever it runs: how rows lie in blocks changes the last digits of a sum.
BLOCKS = 4
# A film that fewer have met has no titles like it: its factors tell who they are, not what it is.
MIN_VIEWERS = 5
# Users are asked for in steps by how many films they have met, each step for so many times more films.
FIRST_STEP, STEPS_GROW = 128, 8


def fit(preferences: DataFrame, iterations: int = ITERATIONS) -> ALSModel:
    """The factors of users and films. The same preferences give the same factors, however they are partitioned.

    preferences: user_key, movie_key (int), preference (float, above 0), each pair once.
    """
    als = ALS(
        rank=RANK,
        regParam=REGULARIZATION,
        alpha=CONFIDENCE,
        maxIter=iterations,
        seed=SEED,
        implicitPrefs=True,
        numUserBlocks=BLOCKS,
        numItemBlocks=BLOCKS,
        userCol="user_key",
        itemCol="movie_key",
        ratingCol="preference",
        coldStartStrategy="drop",
    )
    ordered = preferences.repartition(BLOCKS, "user_key").sortWithinPartitions("user_key", "movie_key")
    return als.fit(ordered)


def recommend(model: ALSModel, met: DataFrame, k: int) -> DataFrame:
    """The k films with the highest scores that each user has not met: user_key, rank (1..k), movie_key, score.

    met: user_key, movie_key, each pair once. Users without factors, who have met nothing, get no rows.

    The model's top n is asked for, with n at least k more than the user has met, so that enough are left. Most have met
    few and some have met thousands; asking in steps keeps what is thrown away in proportion to what they have met.
    """
    films = model.itemFactors.count()
    wanted = met.groupBy("user_key").agg((F.count("*") + k).alias("wanted")).cache()
    most = wanted.agg(F.max("wanted")).first()
    top = [_top(model, wanted, step, films) for step in _steps(min(films, most[0] or 0) if most else 0)]
    found = top[0]
    for more in top[1:]:
        found = found.unionByName(more)
    return _ranked(found.join(met, ["user_key", "movie_key"], "left_anti"), k)


def _steps(most: int) -> list[tuple[int, int]]:
    """Ranges `(above, up to]` of films wanted, that together hold 1 to `most`."""
    ends = [FIRST_STEP]
    while ends[-1] < most:
        ends.append(ends[-1] * STEPS_GROW)
    return list(zip([0, *ends], ends, strict=False))


def _top(model: ALSModel, wanted: DataFrame, step: tuple[int, int], films: int) -> DataFrame:
    above, up_to = step
    # Who wants more films than there are is among those of the last step.
    inside = F.least("wanted", F.lit(films)).between(above + 1, up_to)
    top = model.recommendForUserSubset(wanted.where(inside).select("user_key"), min(up_to, films))
    return top.select("user_key", F.inline("recommendations").alias("movie_key", "score"))


def _ranked(scored: DataFrame, k: int) -> DataFrame:
    best_first = Window.partitionBy("user_key").orderBy(F.desc("score"), "movie_key")
    ranked = scored.withColumn("rank", F.row_number().over(best_first)).where(F.col("rank") <= k)
    return ranked.select("user_key", "rank", "movie_key", F.col("score").cast("double"))


def similar_titles(model: ALSModel, met: DataFrame, k: int) -> DataFrame:
    """The k films whose factors point the same way most: movie_key, rank (1..k), other_key, similarity (cosine).

    met: user_key, movie_key, each pair once; films with fewer than MIN_VIEWERS are left out. Ties by key.
    """
    known = met.groupBy("movie_key").agg(F.count("*").alias("viewers")).where(F.col("viewers") >= MIN_VIEWERS)
    directions = (
        model.itemFactors.withColumnRenamed("id", "movie_key")
        .join(known, "movie_key", "left_semi")
        .select(F.col("movie_key").alias("id"), F.vector_normalize("features").alias("features"))
        .cache()
    )
    top = model_of(directions, directions, model.rank, "movie_key", "other_key").recommendForAllUsers(k + 1)
    pairs = top.select("movie_key", F.inline("recommendations").alias("other_key", "similarity"))
    best_first = Window.partitionBy("movie_key").orderBy(F.desc("similarity"), "other_key")
    ranked = pairs.where(F.col("movie_key") != F.col("other_key")).withColumn("rank", F.row_number().over(best_first))
    best = ranked.where(F.col("rank") <= k)
    return best.select("movie_key", "rank", "other_key", F.col("similarity").cast("double"))


def model_of(
    users: DataFrame, items: DataFrame, rank: int, user_column: str = "user_key", item_column: str = "movie_key"
) -> ALSModel:
    """A model of other factors, both `id` and `features` (array of `rank` floats): it multiplies blocks of factors and
    keeps the best, which a join is slow at. The users may be films too.

    Scala keeps the constructor to its package, Java does not.
    """
    jvm: Any = users.sparkSession._jvm
    made = jvm.org.apache.spark.ml.recommendation.ALSModel("factors", rank, users._jdf, items._jdf)
    # Set on this side they would not be handed over, and it has no defaults.
    return ALSModel(made.setUserCol(user_column).setItemCol(item_column).setBlockSize(4096))
