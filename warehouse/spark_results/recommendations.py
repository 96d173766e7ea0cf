"""What a user may like next, and which films are alike. The model uses everybody's viewing, so no scope can read it.

Users who have met nothing get what is watched most in their country, as far as the asker may see which that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse import ids
from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.columns import Kind, stored_columns
from warehouse.model.facts import FACTS
from warehouse.query.masked_source import USERS, Source, fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import check_limit, movie_keys_sql, released_to, user_keys_sql

JOB = "recommendations"
# What Spark calls a country that is not known; the popular films of everybody.
UNKNOWN = "Unknown"
RECOMMENDATIONS = Source(
    "recommendations",
    "user_recommendations",
    stored_columns(user_key=Kind.KEY, rank=Kind.NUMBER, movie_key=Kind.KEY, score=Kind.NUMBER),
)
# Which list is a user's depends on the country that the asker sees; the lists themselves are of nobody.
POPULAR = Source(
    "popular films",
    "popular_movies",
    stored_columns(country=Kind.TEXT, rank=Kind.NUMBER, movie_key=Kind.KEY, score=Kind.NUMBER),
)
SIMILAR = Source(
    "similar films",
    "similar_movies",
    stored_columns(movie_key=Kind.KEY, rank=Kind.NUMBER, other_key=Kind.KEY, similarity=Kind.NUMBER),
)


@dataclass(frozen=True)
class Recommendation:
    """A film that a user may like; scores compare within one user only. Without `by_model` it is one of those that are
    watched most in the user's country, and the score is the share of its viewers who did."""

    rank: int
    movie_key: int
    score: float
    by_model: bool


@dataclass(frozen=True)
class SimilarMovie:
    """A film that is similar to another."""

    rank: int
    movie_key: int
    similarity: float


def recommendations(engine: Engine, user_id: str, limit: int, access: Access) -> Sequence[Recommendation]:
    """What one user may like, best first; empty for a user whom the asker does not see, and before the job has run.
    Users whom the model does not know get the popular films of their country, without those that they have met since.

    Raises: BadInput for a limit out of bounds; Forbidden under a scope.
    """
    check_limit(limit, access)
    parameters = Parameters()
    source = read(RECOMMENDATIONS, RECOMMENDATIONS.columns, released_to(access, JOB), parameters)
    found = engine.query(
        f"SELECT rank, movie_key, score FROM {source} WHERE user_key IN {user_keys_sql(access, parameters, user_id)} "
        f"AND movie_key IN {movie_keys_sql(access, parameters)} ORDER BY rank "
        f"LIMIT {parameters.add(limit, 'UInt32')}",
        parameters.values,
    )
    if not found.rows:
        return _popular(engine, user_id, limit, access)
    return [Recommendation(rank, key, score, True) for rank, key, score in found.rows]


def _popular(engine: Engine, user_id: str, limit: int, access: Access) -> Sequence[Recommendation]:
    country = _country_of(engine, user_id, access)
    if country is None:
        return []
    parameters = Parameters()
    source = read(POPULAR, POPULAR.columns, released_to(access, JOB), parameters)
    person, of = user_keys_sql(access, parameters, user_id), parameters.add(country, "String")
    met = [
        f"movie_key NOT IN (SELECT movie_key FROM {read(fact, ('user_key', 'movie_key'), access, parameters)} "
        f"WHERE user_key IN {person})"
        for fact in (fact_source(FACTS[name]) for name in ("viewing", "rating"))
    ]
    found = engine.query(
        f"SELECT rank, movie_key, score FROM {source} "
        f"WHERE country = if({of} IN (SELECT country FROM {source}), {of}, {parameters.add(UNKNOWN, 'String')}) "
        f"AND movie_key IN {movie_keys_sql(access, parameters)} AND {' AND '.join(met)} ORDER BY rank "
        f"LIMIT {parameters.add(limit, 'UInt32')}",
        parameters.values,
    )
    return [Recommendation(place, key, score, False) for place, (_, key, score) in enumerate(found.rows, 1)]


def _country_of(engine: Engine, user_id: str, access: Access) -> str | None:
    """A user's country as the asker sees it, UNKNOWN where it is not known or hidden; None without the user."""
    parameters, known = Parameters(), ids.parse(user_id)
    people = read(USERS, ("id", "country"), access, parameters)
    wanted = parameters.add([] if known is None else [known], "Array(UInt128)")
    found = engine.query(f"SELECT country FROM {people} WHERE id IN {wanted}", parameters.values).rows
    return (found[0][0] or UNKNOWN) if found else None


def similar_movies(engine: Engine, movie_id: str, limit: int, access: Access) -> Sequence[SimilarMovie]:
    """The films most similar to one, most similar first; empty for an unknown film, and before the job has run.

    Raises: BadInput for a limit out of bounds; Forbidden under a scope.
    """
    check_limit(limit, access)
    parameters = Parameters()
    source = read(SIMILAR, SIMILAR.columns, released_to(access, JOB), parameters)
    found = engine.query(
        f"SELECT rank, other_key, similarity FROM {source} "
        f"WHERE movie_key IN {movie_keys_sql(access, parameters, movie_id)} "
        f"AND other_key IN {movie_keys_sql(access, parameters)} ORDER BY rank LIMIT {parameters.add(limit, 'UInt32')}",
        parameters.values,
    )
    return [SimilarMovie(*row) for row in found.rows]
