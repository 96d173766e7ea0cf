"""A film as a node of an answer."""

from collections.abc import Sequence
from typing import Any

from tests.oracle.facts import Seen, first_genre, known
from tests.oracle.rows import Film
from tests.oracle.selections import Cell, key


def movie_node(film: Film, selected: Sequence[Cell], seen: Seen) -> dict[str, Any]:
    """The selected fields of a film."""
    return {key(one): _field(one["name"], film, seen) for one in selected}


def _field(name: str, film: Film, seen: Seen) -> Any:
    if name == "averageRating":
        stars = [row.review.stars_e2 for row in seen.rows("rating") if row.review and row.film is film]
        return sum(stars) / (100 * len(stars)) if stars else None
    if name == "views":
        return sum(row.film is film for row in seen.rows("viewing"))
    return {
        "id": f"Movie:{film.id}",
        "sourceId": str(film.id),
        "title": film.title,
        "genre": first_genre(film),
        "genres": list(film.genres),
        "director": known(film.director),
        "releaseDate": None if film.released is None else film.released.isoformat(),
    }[name]
