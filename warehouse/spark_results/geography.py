"""Where films are watched: their reach in each country, how far tastes lie apart, and films that travel."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.columns import Column, Kind, lacking, stored_columns
from warehouse.query.collation import order_sql
from warehouse.query.masked_source import Source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import check_limit, check_rows, movie_keys_sql, released_to

JOB = "geography"
TOP_MOVIES = 3
CLOSEST = 25


def _country(slug: str) -> Column:
    return lacking(slug, slug, slug, "users.country")


REACH = Source(
    "reach",
    "country_reach",
    MappingProxyType(
        {
            "country": _country("country"),
            **stored_columns(
                movie_key=Kind.KEY, views=Kind.NUMBER, viewers=Kind.NUMBER, active_viewers=Kind.NUMBER, rank=Kind.NUMBER
            ),
        }
    ),
)
DISTANCES = Source(
    "distances",
    "country_distances",
    MappingProxyType(
        {
            **{slug: _country(slug) for slug in ("country", "other")},
            **stored_columns(distance=Kind.NUMBER),
        }
    ),
)
# A film's travels are computed from everybody's countries, so no scope can read them.
TRAVELLERS = Source(
    "travelling films",
    "travelling_movies",
    MappingProxyType(
        {
            "home": _country("home"),
            **stored_columns(
                movie_key=Kind.KEY,
                countries=Kind.NUMBER,
                views=Kind.NUMBER,
                abroad_share=Kind.NUMBER,
                evenness=Kind.NUMBER,
                rank=Kind.NUMBER,
            ),
        }
    ),
)


@dataclass(frozen=True)
class ReachedMovie:
    """A film in one country; `reach` is its share of the country's active viewers."""

    rank: int
    movie_key: int
    views: int
    viewers: int
    reach: float | None


@dataclass(frozen=True)
class CountryReach:
    """One country: who watched there, and the films that reached most of them."""

    country: str | None
    viewers: int
    top_movies: Sequence[ReachedMovie]


@dataclass(frozen=True)
class TasteDistance:
    """How far the tastes of two countries lie apart, 0-1."""

    country: str | None
    other: str | None
    distance: float


@dataclass(frozen=True)
class Traveller:
    """A film that is watched away from home."""

    rank: int
    movie_key: int
    home: str | None
    countries: int
    views: int
    abroad_share: float
    evenness: float


def countries(engine: Engine, access: Access) -> Sequence[CountryReach]:
    """The countries that the asker sees, most active viewers first, each with its first films.

    Raises: Forbidden under a scope of anything but countries.
    """
    parameters, seen = Parameters(), released_to(access, JOB)
    source = read(REACH, REACH.columns, seen, parameters)
    found = engine.query(
        "SELECT country, active_viewers, rank, movie_key, views, viewers, viewers / nullIf(active_viewers, 0) "
        f"FROM {source} WHERE rank <= {TOP_MOVIES} AND movie_key IN {movie_keys_sql(access, parameters)} "
        f"ORDER BY active_viewers DESC, {order_sql('country')}, rank "
        f"LIMIT {parameters.add(access.max_rows + 1, 'UInt64')}",
        parameters.values,
    )
    check_rows(len(found.rows), access, "films of countries")
    return [
        CountryReach(country, viewers, [ReachedMovie(*row[2:]) for row in rows])
        for (country, viewers), rows in groupby(found.rows, key=lambda row: (row[0], row[1]))
    ]


def distances(engine: Engine, access: Access) -> Sequence[TasteDistance]:
    """For each country that the asker sees, the countries closest in taste, closest first; under a scope, only those
    inside.

    Raises: Forbidden under a scope of anything but countries.
    """
    parameters, seen = Parameters(), released_to(access, JOB)
    source = read(DISTANCES, DISTANCES.columns, seen, parameters)
    inside = ""
    if seen.scope:
        inside = f" WHERE other IN {parameters.add(list(seen.scope['country']), 'Array(String)')}"
    found = engine.query(
        f"SELECT country, other, distance FROM {source}{inside} "
        f"ORDER BY {order_sql('country')}, distance, {order_sql('other')} "
        f"LIMIT {CLOSEST} BY country LIMIT {parameters.add(access.max_rows + 1, 'UInt64')}",
        parameters.values,
    )
    check_rows(len(found.rows), access, "pairs of countries")
    return [TasteDistance(*row) for row in found.rows]


def travellers(engine: Engine, limit: int, access: Access) -> Sequence[Traveller] | None:
    """The films that travel most, in the job's order; None under a scope, because everybody's countries count.

    Raises: BadInput for a limit out of bounds.
    """
    check_limit(limit, access)
    parameters, seen = Parameters(), released_to(access, JOB)
    if seen.scope:
        return None
    source = read(TRAVELLERS, TRAVELLERS.columns, seen, parameters)
    found = engine.query(
        f"SELECT rank, movie_key, home, countries, views, abroad_share, evenness FROM {source} "
        f"WHERE movie_key IN {movie_keys_sql(access, parameters)} ORDER BY rank "
        f"LIMIT {parameters.add(limit, 'UInt32')}",
        parameters.values,
    )
    return [Traveller(*row) for row in found.rows]
