"""What a user may like next, and which films are alike. The model uses everybody's viewing, so no scope can read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.columns import Kind, stored_columns
from warehouse.query.masked_source import Source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.asking import check_limit, movie_keys_sql, released_to, user_keys_sql

JOB = "recommendations"
RECOMMENDATIONS = Source(
    "recommendations",
    "user_recommendations",
    stored_columns(user_key=Kind.KEY, rank=Kind.NUMBER, movie_key=Kind.KEY, score=Kind.NUMBER),
)
SIMILAR = Source(
    "similar films",
    "similar_movies",
    stored_columns(movie_key=Kind.KEY, rank=Kind.NUMBER, other_key=Kind.KEY, similarity=Kind.NUMBER),
)


@dataclass(frozen=True)
class Recommendation:
    """A film that a user may like; scores compare within one user only."""

    rank: int
    movie_key: int
    score: float


@dataclass(frozen=True)
class SimilarMovie:
    """A film that is similar to another."""

    rank: int
    movie_key: int
    similarity: float


def recommendations(engine: Engine, user_id: str, limit: int, access: Access) -> Sequence[Recommendation]:
    """What one user may like, best first; empty for a user whom the asker does not see, and before the job has run.

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
    return [Recommendation(*row) for row in found.rows]


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
