"""Forecasts of daily views per genre: last week's level times the weekday's share, and past errors of that method.

Pure DataFrame to DataFrame. Days are UTC's. An origin is the last day that a forecast knows of.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

AHEAD = 14
LEVEL_DAYS = 7
PROFILE_WEEKS = 6
LEARNT_DAYS = 28
INSIDE = 0.8
# How many past origins are tried, a day apart, and the fewest from which a genre's interval is computed.
MOST_ORIGINS, LEAST_ORIGINS = 56, 10
NEEDED_DAYS = LEARNT_DAYS + AHEAD + LEAST_ORIGINS - 1


def daily_views(sessions: DataFrame, movies: DataFrame, last: Column) -> DataFrame:
    """Views per genre and day, from the genre's first viewed day to `last`, days without any as 0.

    sessions: movie_key, start_time. movies: movie_key, genre; a film that is not among them is of the genre Unknown.
    Result: genre, day, views.
    """
    genres = F.broadcast(movies.select("movie_key", "genre"))
    counted = (
        sessions.join(genres, "movie_key", "left")
        .groupBy(F.coalesce("genre", F.lit("Unknown")).alias("genre"), F.to_date("start_time").alias("day"))
        .agg(F.count("*").alias("views"))
        .where(F.col("day") <= last)
    )
    spans = counted.groupBy("genre").agg(F.min("day").alias("first"))
    days = spans.select("genre", F.explode(F.sequence("first", last)).alias("day"))
    return days.join(counted, ["genre", "day"], "left").na.fill(0, ["views"])


def origins_of(daily: DataFrame) -> DataFrame:
    """The days from which each genre can be forecast: genre, origin, is_last; the last day, and up to 56 days before it
    whose next 14 days are known. Each has 28 days behind it, and a genre first viewed fewer than 51 days ago has none.
    """
    spans = daily.groupBy("genre").agg(F.min("day").alias("first"), F.max("day").alias("last"))
    old = spans.where(F.date_diff("last", "first") + 1 >= NEEDED_DAYS)
    earliest = F.greatest(F.date_add("first", LEARNT_DAYS - 1), F.date_sub("last", AHEAD + MOST_ORIGINS - 1))
    known = F.sequence(earliest, F.date_sub("last", AHEAD))
    origins = F.concat(known, F.array("last"))
    exploded = old.select("genre", "last", F.explode(origins).alias("origin"))
    return exploded.select("genre", "origin", (F.col("origin") == F.col("last")).alias("is_last"))


def predict(daily: DataFrame, origins: DataFrame) -> DataFrame:
    """The forecast of each origin: genre, origin, is_last, ahead (1..14), day, views.

    The genre's mean of the last 7 days, times the weekday's share: its mean over the last 6 whole weeks (fewer where
    there are fewer) of the views of all genres, in proportion to that of all weekdays.
    """
    recent = origins.join(daily, "genre").where(_age().between(0, LEVEL_DAYS - 1))
    levels = recent.groupBy("genre", "origin", "is_last").agg(F.avg("views").alias("level"))
    steps = levels.withColumn("ahead", F.explode(F.sequence(F.lit(1), F.lit(AHEAD))))
    placed = steps.withColumn("position", F.pmod(-F.col("ahead"), F.lit(7)))
    shares = _shares(daily, origins.select("origin").distinct())
    day, views = F.date_add("origin", F.col("ahead")), F.col("level") * F.col("share")
    return placed.join(shares, ["origin", "position"]).select(
        "genre", "origin", "is_last", "ahead", day.alias("day"), views.alias("views")
    )


def _shares(daily: DataFrame, origins: DataFrame) -> DataFrame:
    """What a weekday has in proportion to the mean of all: origin, position (days that it lies behind the origin's
    weekday, 0-6), share (1 where there are no views at all).
    """
    total = daily.groupBy("day").agg(F.sum("views").alias("views"))
    first = total.agg(F.min("day").alias("first"))
    weeks = F.least(F.floor((F.date_diff("origin", "first") + 1) / 7), F.lit(PROFILE_WEEKS))
    known = F.broadcast(origins.crossJoin(first).withColumn("known", weeks * 7))
    by_weekday = (
        known.join(total, _age().between(0, F.col("known") - 1))
        .groupBy("origin", (_age() % 7).alias("position"))
        .agg(F.avg("views").alias("mean"))
    )
    all_weekdays = F.avg("mean").over(Window.partitionBy("origin"))
    share = F.coalesce(F.try_divide("mean", all_weekdays), F.lit(1.0))
    return by_weekday.select("origin", "position", share.alias("share"))


def _age() -> Column:
    """How many days a day lies behind the origin."""
    return F.date_diff("origin", "day")


def errors(forecasts: DataFrame, daily: DataFrame) -> DataFrame:
    """Errors of past forecasts, compared with the same day of the week before: genre, origin, ahead, day, views
    (forecast), error (actual - forecast), baseline_error (actual - the views of the same weekday in the last week that
    was known).
    """
    actual = daily.select("genre", "day", F.col("views").alias("actual"))
    same_day = daily.select("genre", F.col("day").alias("week_before"), F.col("views").alias("baseline"))
    week_before = F.date_sub("day", (F.ceil(F.col("ahead") / 7) * 7).cast("int"))
    past = forecasts.where(~F.col("is_last")).withColumn("week_before", week_before)
    return (
        past.join(actual, ["genre", "day"])
        .join(same_day, ["genre", "week_before"])
        .select(
            *("genre", "origin", "ahead", "day", "views"),
            (F.col("actual") - F.col("views")).alias("error"),
            (F.col("actual") - F.col("baseline")).alias("baseline_error"),
        )
    )


def with_interval(forecasts: DataFrame, off: DataFrame) -> DataFrame:
    """The forecast of the last day with `low` and `high`: genre, day, views, low, high; no views are fewer than none.

    Four in five of the genre's forecasts as many days ahead were off by no more than half of the interval.
    """
    widths = off.groupBy("genre", "ahead").agg(_width("error").alias("width"))
    views, width = F.col("views"), F.col("width")
    bounds = {"views": views, "low": F.greatest(F.lit(0.0), views - width), "high": views + width}
    last = forecasts.where("is_last").join(widths, ["genre", "ahead"])
    return last.select("genre", "day", *(F.round(bound, 6).alias(name) for name, bound in bounds.items()))


def covered(off: DataFrame) -> DataFrame:
    """Whether past intervals, told from the errors that were known on their origin, held what came: genre, origin,
    ahead, inside. Origins that knew of fewer than ten errors are left out.
    """
    known = off.select("genre", "ahead", F.col("day").alias("known_day"), F.col("error").alias("known_error"))
    pairs = off.join(known, ["genre", "ahead"]).where(F.col("known_day") <= F.col("origin"))
    widths = pairs.groupBy("genre", "ahead", "origin", "error").agg(
        _width("known_error").alias("width"), F.count("*").alias("known")
    )
    inside = F.abs("error") <= F.col("width")
    return widths.where(F.col("known") >= LEAST_ORIGINS).select("genre", "origin", "ahead", inside.alias("inside"))


def _width(error: str) -> Column:
    return F.percentile(F.abs(error), INSIDE)
