"""Films by how many people have met them: the baseline of recommendations, and the lists of countries. Pure DataFrame
to DataFrame.
"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from spark.row_numbers import with_places

# The list of people whose country is not known: what everybody watches.
UNKNOWN = "Unknown"
# Films that fewer people of a country have watched are no news of that country.
MIN_VIEWERS = 5


def popular(everybodys: DataFrame, met: DataFrame, k: int) -> DataFrame:
    """The k most viewed films that each user has not met: user_key, rank (1..k), movie_key.

    everybodys: user_key, movie_key, each pair once, by which films are counted; met: those of the users to get a list.
    Ties by movie_key. The first k films that a user has not met are among the first k more than they have met, so no
    user is paired with all films.
    """
    viewers = everybodys.groupBy("movie_key").agg(F.count("*").alias("viewers"))
    places = with_places(viewers, [F.desc("viewers"), F.asc("movie_key")], "place").select("movie_key", "place")
    wanted = met.groupBy("user_key").agg(F.sequence(F.lit(1), F.count("*").cast("int") + k).alias("places"))
    candidates = wanted.select("user_key", F.explode("places").alias("place")).join(places, "place")
    unmet = candidates.join(met, ["user_key", "movie_key"], "left_anti")
    in_order = Window.partitionBy("user_key").orderBy("place")
    ranked = unmet.withColumn("rank", F.row_number().over(in_order)).where(F.col("rank") <= k)
    return ranked.select("user_key", "rank", "movie_key")


def popular_in_countries(sessions: DataFrame, k: int) -> DataFrame:
    """The k films of each country for users who have met nothing: country, rank (1..k), movie_key, score.

    sessions: user_key, movie_key, country. First the films that at least MIN_VIEWERS people of the country have
    watched, most viewers first, then what most people watch anywhere; ties by movie_key. The score is the film's share
    of the country's viewers; where fewer watched it, of everybody, so that no small group is revealed. `Unknown` is the
    list of everybody.
    """
    seen = sessions.select("user_key", F.col("movie_key").cast("int"), "country").distinct().cache()
    everywhere = seen.withColumn("country", F.lit(UNKNOWN)).distinct()
    somewhere = seen.where(F.col("country") != UNKNOWN).unionByName(everywhere)
    active = somewhere.groupBy("country").agg(F.count_distinct("user_key").alias("active"))
    viewers = somewhere.groupBy("country", "movie_key").agg(F.count_distinct("user_key").alias("viewers"))
    known = F.col("country") == UNKNOWN
    most = with_places(viewers.where(known), [F.desc("viewers"), F.asc("movie_key")], "place")
    everybody = active.where(known).select(F.col("active").alias("all_active"))
    of_all = F.when(F.col("viewers") >= MIN_VIEWERS, F.col("viewers")).otherwise(0) / F.col("all_active")
    fillers = F.broadcast(
        most.where(F.col("place") <= k).crossJoin(everybody).select("movie_key", "place", of_all.alias("of_all"))
    )
    wanted = active.crossJoin(fillers.select("movie_key")).select("country", "movie_key")
    own = viewers.where(F.col("viewers") >= MIN_VIEWERS).select("country", "movie_key")
    listed = wanted.unionByName(own).distinct().join(viewers, ["country", "movie_key"], "left")
    is_news = F.coalesce(F.col("viewers") >= MIN_VIEWERS, F.lit(False))
    first = Window.partitionBy("country").orderBy(
        F.desc("is_news"), F.desc(F.when(F.col("is_news"), F.col("viewers"))), F.asc_nulls_last("place"), "movie_key"
    )
    ranked = (
        listed.withColumn("is_news", is_news)
        .join(fillers, "movie_key", "left")
        .withColumn("rank", F.row_number().over(first))
        .where(F.col("rank") <= k)
    )
    score = F.when(F.col("is_news"), F.col("viewers") / F.col("active")).otherwise(F.col("of_all"))
    return ranked.join(active, "country").select("country", "rank", "movie_key", score.alias("score"))
