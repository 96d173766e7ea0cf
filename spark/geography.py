"""Where films are watched: reach per country, distances between tastes, titles that travel. Pure DataFrame transforms.

A film's reach in a country is the share of the country's active viewers (people with a session, of any film) who
watched it. People whose country is Unknown are ranked among themselves, but are of no place: distances and travels
leave them out.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark.row_numbers import with_places

UNKNOWN = "Unknown"
# A handful of people is spread over countries by chance.
LEAST_VIEWERS = 100


def film_audiences(sessions: DataFrame) -> DataFrame:
    """What all the others are made of, the one pass over the sessions.

    sessions: user_key, movie_key, country ('Unknown' where not said); one row a view, a user's all of one country.

    Result, one row per country and film that it watched, in no order: country, movie_key, views, viewers (distinct
    users), active_viewers (the country's, of any film).
    """
    # People are counted by grouping twice: groups spill to disk, a set of people would not.
    by_person = sessions.groupBy("country", "movie_key", "user_key").agg(F.count("*").alias("views"))
    by_film = by_person.groupBy("country", "movie_key").agg(
        F.sum("views").alias("views"), F.count("*").alias("viewers")
    )
    people = sessions.select("country", "user_key").distinct()
    active = people.groupBy("country").agg(F.count("*").alias("active_viewers"))
    return by_film.join(active, "country").select("country", "movie_key", "views", "viewers", "active_viewers")


def country_reach(audiences: DataFrame, movies: DataFrame) -> DataFrame:
    """Every film that a country watched, and its place there.

    audiences: as `film_audiences` gives them.
    movies: movie_key, sort_key; a film that is not among them has none.

    Result, one row per country and film, in no order: the columns of `audiences` and rank (1.. without gaps by viewers;
    ties by sort key).
    """
    by_viewers = Window.partitionBy("country").orderBy(F.desc("viewers"), "sort_key", "movie_key")
    return _with_keys(audiences, movies).select(*audiences.columns, F.row_number().over(by_viewers).alias("rank"))


def country_distances(audiences: DataFrame, movies: DataFrame) -> DataFrame:
    """How differently two countries spread their views over genres, from 0 (alike) to 1 (no genre in common).

    audiences: as `film_audiences` gives them. movies: movie_key, genre; a film without one is of the genre Unknown.

    Result, one row per country and other country, so each pair twice, in no order: country, other, distance.

    Source: Jensen-Shannon distance to the base 2, a metric; J. Lin, "Divergence Measures Based on the Shannon Entropy",
    1991; D. Endres and J. Schindelin, "A New Metric for Probability Distributions", 2003.
    """
    tastes = _tastes(_somewhere(audiences), movies)
    others = tastes.select(F.col("country").alias("other"), F.col("shares").alias("other_shares"))
    # A pair is computed once and read both ways, so that its two rows can't differ in their last digit.
    pairs = tastes.join(others, F.col("country") < F.col("other")).select(
        "country", "other", _distance(F.col("shares"), F.col("other_shares")).alias("distance")
    )
    both = F.array(_way("country", "other"), _way("other", "country"))
    return pairs.select(F.inline(both), "distance")


def travelling_movies(audiences: DataFrame, movies: DataFrame, least_viewers: int = LEAST_VIEWERS) -> DataFrame:
    """Films that are watched beyond one country, those that are watched most evenly first.

    audiences: as `film_audiences` gives them. movies: movie_key, sort_key.
    least_viewers: films with fewer are left out, as are films of one country only.

    Result, one row a film, in no order: movie_key, home (the country of greatest reach; of equal ones that with more
    viewers, then the first by name), countries (in which it was watched), views, abroad_share (of views, outside of
    home), evenness (of its reach over all countries that watch anything: the entropy of the reaches' shares, 1 where
    all are equal, to nine digits), rank (1.. without gaps by evenness; ties by views, then sort key).
    """
    seen = _somewhere(audiences).withColumn("reach", F.col("viewers") / F.col("active_viewers"))
    all_countries = seen.agg(F.count_distinct("country").alias("all_countries"))
    travelled = (
        _spread(seen)
        .where((F.col("viewers") >= least_viewers) & (F.col("countries") > 1))
        .crossJoin(F.broadcast(all_countries))
        .select(
            "movie_key",
            F.col("home.country").alias("home"),
            "countries",
            "views",
            ((F.col("views") - F.col("home.views")) / F.col("views")).alias("abroad_share"),
            _evenness(F.col("reaches"), F.col("all_countries")).alias("evenness"),
        )
    )
    # Who has no sort key comes first, as everywhere.
    by_evenness = [F.desc("evenness"), F.desc("views"), F.asc("sort_key"), F.asc("movie_key")]
    return with_places(_with_keys(travelled, movies), by_evenness, "rank").drop("sort_key")


def _somewhere(audiences: DataFrame) -> DataFrame:
    return audiences.where(F.col("country") != UNKNOWN)


def _with_keys(films: DataFrame, movies: DataFrame) -> DataFrame:
    return films.join(movies.select("movie_key", "sort_key"), "movie_key", "left")


def _spread(seen: DataFrame) -> DataFrame:
    """Per film: home (a struct), countries, views, viewers, and its reaches in the order of the countries' names."""
    nearest = F.struct((-F.col("reach")).alias("far"), (-F.col("viewers")).alias("few"), "country", "views")
    in_order = F.array_sort(F.collect_list(F.struct("country", "reach")))
    return seen.groupBy("movie_key").agg(
        F.min(nearest).alias("home"),
        F.count("*").alias("countries"),
        F.sum("views").alias("views"),
        F.sum("viewers").alias("viewers"),
        F.transform(in_order, lambda place: place["reach"]).alias("reaches"),
    )


def _tastes(audiences: DataFrame, movies: DataFrame) -> DataFrame:
    """Per country the shares of its views by genre, in the order of all genres: country, shares."""
    by_genre = (
        audiences.join(movies.select("movie_key", "genre"), "movie_key", "left")
        .groupBy("country", F.coalesce("genre", F.lit(UNKNOWN)).alias("genre"))
        .agg(F.sum("views").alias("views"))
    )
    everywhere = by_genre.select("country").distinct().crossJoin(by_genre.select("genre").distinct())
    in_order = F.array_sort(F.collect_list(F.struct("genre", F.coalesce("views", F.lit(0)).alias("views"))))
    return (
        everywhere.join(by_genre, ["country", "genre"], "left")
        .groupBy("country")
        .agg(in_order.alias("genres"), F.sum("views").alias("all_views"))
        .select("country", F.transform("genres", lambda one: one["views"] / F.col("all_views")).alias("shares"))
    )


def _way(country: str, other: str) -> Column:
    return F.struct(F.col(country).alias("country"), F.col(other).alias("other"))


def _distance(shares: Column, others: Column) -> Column:
    """The root of the Jensen-Shannon divergence of two lists of shares."""
    divergence = _sum(F.zip_with(shares, others, lambda p, q: _from_middle(p, q) + _from_middle(q, p)))
    return F.sqrt(F.greatest(F.lit(0.0), F.least(F.lit(1.0), divergence)))


def _from_middle(share: Column, other: Column) -> Column:
    bits = share / 2 * F.log2(share * 2 / (share + other))
    return F.when(share > 0, bits).otherwise(0.0)


def _evenness(reaches: Column, countries: Column) -> Column:
    """The entropy of the reaches' shares as a part of the greatest that `countries` allow.

    To nine digits: the same reaches in other countries are added in another order, and are a tie all the same.
    """
    total = _sum(reaches)
    entropy = _sum(F.transform(reaches, lambda reach: -(reach / total) * F.ln(reach / total)))
    return F.round(F.least(F.lit(1.0), entropy / F.ln(countries)), 9)


def _sum(numbers: Column) -> Column:
    """The sum of an array in its order: floats added in another one differ in their last digit from run to run."""
    return F.aggregate(numbers, F.lit(0.0), lambda so_far, number: so_far + number)
