"""Facts: tables whose rows are counted. `viewing` has one row per session, `rating` per rating, `user` per user,
`catalogue` per film.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.model.columns import MOVIE_COLUMNS, RATING_COLUMNS, USER_COLUMNS, VIEWING_COLUMNS, Column
from warehouse.model.dimensions import CLOCK_DIMENSIONS


@dataclass(frozen=True)
class Fact:
    """One countable table. `dated` says whether a range applies; for example, registered users are counted in any
    range."""

    slug: str
    table: str
    columns: Mapping[str, Column]
    dimensions: frozenset[str]
    dated: bool = True


_OF_USER = frozenset({"country", "subscription", "age_band", "gender"})
_OF_MOVIE = frozenset({"movie", "genre", "director", "release_year"})

FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "viewing": Fact(
            "viewing",
            "viewing_sessions",
            VIEWING_COLUMNS,
            CLOCK_DIMENSIONS | _OF_MOVIE | _OF_USER | {"device", "quality", "attribute"},
        ),
        "rating": Fact("rating", "ratings", RATING_COLUMNS, CLOCK_DIMENSIONS | _OF_MOVIE | _OF_USER),
        "user": Fact("user", "users", USER_COLUMNS, _OF_USER, dated=False),
        "catalogue": Fact("catalogue", "movies", MOVIE_COLUMNS, _OF_MOVIE, dated=False),
    }
)
