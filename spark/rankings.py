"""Film ranks per week and month, over all and by genre, country and device: pure DataFrame to DataFrame.

Weeks start on Monday; days, weeks and months are UTC's. A chart is one (period, period_start, by, value); it lists
every film that was viewed in it, so films without a view are in no chart.
"""

from datetime import datetime

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

UNKNOWN = "Unknown"
CHART = ("period", "period_start", "by", "value")


def rank_films(sessions: DataFrame, movies: DataFrame, through: datetime) -> DataFrame:
    """Every film's place in every chart.

    sessions: movie_key, start_time (instant), device, country; one row a view.
    movies: movie_key, sort_key, genre; one row a film. A view of a film that is not among them has no sort
    key and the genre Unknown; an empty genre, country or device is Unknown too.
    through: the instant up to which the data is whole; a period that ends later has `complete` false.

    Result, one row per chart and film, in no order: period ('WEEK', 'MONTH'), period_start (date), by ('ALL', 'GENRE',
    'COUNTRY', 'DEVICE'), value ('' for ALL), movie_key, views, rank (1 is most viewed; ties share one, and the next is
    skipped), dense_rank (the next is not skipped), row_number (1.. without gaps; inside a tie by sort key),
    complete.
    """
    return _place(_charts(_views_by_slice(sessions), movies)).select(
        *CHART,
        "movie_key",
        "views",
        "rank",
        "dense_rank",
        "row_number",
        (_next_start().cast("timestamp") <= F.lit(through)).alias("complete"),
    )


def _views_by_slice(sessions: DataFrame) -> DataFrame:
    """Views per film, week and month, in all and by country and device: the one pass over the sessions.

    Counting per slice right away, instead of per (device, country) first, keeps the groups few: a film has fifteen of
    them a week with five devices and ten countries, not fifty.
    """
    slices = F.array(
        _slice(F.lit("ALL"), F.lit("")),
        _slice(F.lit("COUNTRY"), _named("country")),
        _slice(F.lit("DEVICE"), _named("device")),
    )
    weeks = F.trunc("start_time", "week").alias("week")
    months = F.trunc("start_time", "month").alias("month")
    return (
        sessions.select("movie_key", weeks, months, F.inline(slices))
        .groupBy("movie_key", "week", "month", "by", "value")
        .agg(F.count("*").alias("views"))
    )


def _charts(views: DataFrame, movies: DataFrame) -> DataFrame:
    """Views per chart and film, with the film's key for the order inside a tie."""
    periods = F.array(
        F.struct(F.lit("WEEK").alias("period"), F.col("week").alias("period_start")),
        F.struct(F.lit("MONTH").alias("period"), F.col("month").alias("period_start")),
    )
    by_period = (
        views.select("movie_key", "by", "value", "views", F.inline(periods))
        .groupBy(*CHART, "movie_key")
        .agg(F.sum("views").alias("views"))
    )
    films = F.broadcast(movies.select("movie_key", "sort_key", "genre"))
    own, genre = _slice(F.col("by"), F.col("value")), _slice(F.lit("GENRE"), _named("genre"))
    # A film has one genre, so its views there are its views in all.
    with_genre = F.when(F.col("by") == "ALL", F.array(own, genre)).otherwise(F.array(own))
    return (
        by_period.join(films, "movie_key", "left")
        .withColumn("slices", with_genre)
        .select("period", "period_start", "movie_key", "sort_key", "views", F.inline("slices"))
    )


def _slice(by: Column, value: Column) -> Column:
    return F.struct(by.alias("by"), value.alias("value"))


def _place(views: DataFrame) -> DataFrame:
    # The finer order first: rows that are sorted for row_number are sorted for rank too, and Spark sorts once.
    by_views = Window.partitionBy(*CHART).orderBy(F.desc("views"))
    in_order = Window.partitionBy(*CHART).orderBy(F.desc("views"), "sort_key", "movie_key")
    return (
        views.withColumn("row_number", F.row_number().over(in_order))
        .withColumn("rank", F.rank().over(by_views))
        .withColumn("dense_rank", F.dense_rank().over(by_views))
    )


def _next_start() -> Column:
    """The day on which the row's period is over."""
    week_later, month_later = F.date_add("period_start", 7), F.add_months("period_start", 1)
    return F.when(F.col("period") == "WEEK", week_later).otherwise(month_later)


def _named(column: str) -> Column:
    """The column, with Unknown where it says nothing."""
    text = F.col(column).cast("string")
    return F.when(F.length(text) > 0, text).otherwise(UNKNOWN)
