"""Reach, distances of taste and travelling films agree with a plain recount, and with what can be done by heart."""

import random
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable
from itertools import permutations
from math import log, log2, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from spark.geography import country_distances, country_reach, film_audiences, travelling_movies
from spark.jobs import geography
from spark.progress import Progress

pytestmark = pytest.mark.slow


class View(NamedTuple):
    """A row of `viewing_sessions`; a user's all are of one country."""

    country: str
    user: int
    film: int


class Film(NamedTuple):
    """A row of `movies`."""

    key: int
    id: str
    title: str
    genre: str

    @property
    def sort_key(self) -> str:
        """What films of as many viewers are sorted by."""
        return f"{self.title}\0{self.id}"


class World(NamedTuple):
    """What was watched, and of what."""

    views: list[View]
    films: list[Film]

    def frames(self, spark: SparkSession) -> tuple[DataFrame, DataFrame]:
        """The audiences and the films."""
        sessions = spark.createDataFrame(self.views, "country string, user_key bigint, movie_key bigint")
        films = [(film.key, film.sort_key, film.genre) for film in self.films]
        movies = spark.createDataFrame(films, "movie_key bigint, sort_key string, genre string")
        return film_audiences(sessions), movies


FILMS = [Film(1, "100", "Zephyr", "Drama"), Film(2, "20", "Aurora", "Comedy"), Film(3, "3", "Aurora", "Drama")]


def in_order(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in rows)


def test_a_film_is_placed_by_people_and_a_tie_by_title_then_id(spark: SparkSession) -> None:
    views = [View("US", 1, 1)] * 3 + [View("US", 2, 3), View("US", 2, 2), View("US", 3, 9), View("DE", 4, 1)]
    rows = in_order(country_reach(*World(views, FILMS).frames(spark)).collect())
    assert rows == [
        ("DE", 1, 1, 1, 1, 1),
        ("US", 1, 3, 1, 3, 4),  # three views of one person
        ("US", 2, 1, 1, 3, 2),
        ("US", 3, 1, 1, 3, 3),
        ("US", 9, 1, 1, 3, 1),  # nobody knows its title
    ]


def test_tastes_are_as_far_apart_as_their_genres(spark: SparkSession) -> None:
    views = [
        *[View("US", 1, 1), View("US", 1, 3), View("CA", 2, 1)],  # drama only
        View("JP", 3, 2),  # comedy only
        *[View("FR", 4, 1), View("FR", 4, 2)],  # half and half
        View("Unknown", 5, 9),  # of no place
    ]
    found = {
        (row.country, row.other): row.distance
        for row in country_distances(*World(views, FILMS).frames(spark)).collect()
    }
    half = sqrt((1 * log2(1 / 0.75) + 0.5 * log2(0.5 / 0.75) + 0.5 * log2(0.5 / 0.25)) / 2)
    expected = {
        ("CA", "US"): 0.0,
        ("JP", "US"): 1.0,
        ("CA", "JP"): 1.0,
        ("FR", "US"): half,
        ("CA", "FR"): half,
        ("FR", "JP"): half,
    }
    assert found == pytest.approx(expected | {(other, country): far for (country, other), far in expected.items()})


def test_a_film_travels_by_reach_not_by_the_size_of_countries(spark: SparkSession) -> None:
    # Ten people in the US and two in Germany: half of each watch film 1, all Germans and one American film 2.
    views = [View("US", user, 1) for user in range(5)] + [View("US", user, 3) for user in range(5, 10)]
    views += [View("DE", 10, 1), View("DE", 10, 2), View("DE", 11, 2), View("US", 0, 2)]
    rows = travelling_movies(*World(views, FILMS).frames(spark), least_viewers=2).collect()
    [even, uneven] = sorted(rows, key=lambda row: int(row["rank"]))
    assert tuple(even) == (1, "US", 2, 6, pytest.approx(1 / 6), 1.0, 1)  # a tie of reach: more people are at home
    entropy = -(10 / 11 * log(10 / 11) + 1 / 11 * log(1 / 11)) / log(2)
    assert tuple(uneven) == (2, "DE", 2, 3, pytest.approx(1 / 3), pytest.approx(entropy), 2)


def test_films_that_few_people_or_one_country_watched_do_not_travel(spark: SparkSession) -> None:
    views = [View("US", user, 1) for user in range(9)] + [View("US", 1, 2), View("DE", 10, 2)]
    audiences, movies = World(views, FILMS).frames(spark)
    assert [row.movie_key for row in travelling_movies(audiences, movies, least_viewers=2).collect()] == [2]
    assert travelling_movies(audiences, movies, least_viewers=3).collect() == []


@pytest.mark.parametrize("views", [[], [View("US", 1, 1), View("Unknown", 2, 1)]], ids=["nobody", "one country"])
def test_one_country_has_no_distances_and_nothing_to_travel_to(spark: SparkSession, views: list[View]) -> None:
    audiences, movies = World(views, FILMS).frames(spark)
    assert country_distances(audiences, movies).collect() == []
    assert travelling_movies(audiences, movies, least_viewers=1).collect() == []


def test_every_row_agrees_with_a_plain_recount(spark: SparkSession) -> None:
    # Few titles and people, so that ties of viewers, titles and reach are common.
    chance = random.Random(6)
    films = [Film(key, str(chance.randrange(10**6)), chance.choice("ABC"), chance.choice("XYZ")) for key in range(25)]
    homes = {user: chance.choice(["US", "IN", "DE", "Unknown"]) for user in range(40)}
    views = [View(homes[user], user, chance.randrange(27)) for user in chance.choices(range(40), k=500)]
    world = World(views, films)
    audiences, movies = world.frames(spark)
    assert in_order(country_reach(audiences, movies).collect()) == sorted(recounted_reach(world))
    distances = {row[:2]: row.distance for row in country_distances(audiences, movies).collect()}
    assert distances == pytest.approx(recounted_distances(world))
    travels = sorted(travelling_movies(audiences, movies, least_viewers=12).collect(), key=lambda row: int(row["rank"]))
    expected = recounted_travels(world, 12)
    assert 3 < len(travels) < 25
    for row, recounted in zip(travels, expected, strict=True):
        assert (row.movie_key, row.home) == recounted[:2]
        assert tuple(row)[2:] == pytest.approx(recounted[2:], abs=1e-9)


def viewers_of(views: Iterable[View]) -> int:
    return len({view.user for view in views})


def title_and_id(world: World, film: int) -> tuple[str, str]:
    """Where a film stands in a tie; one that nobody knows stands before all."""
    return next(((one.title, one.id) for one in world.films if one.key == film), ("", str(film)))


def recounted_reach(world: World) -> list[tuple[str, int, int, int, int, int]]:
    rows = []
    for country in {view.country for view in world.views}:
        here = [view for view in world.views if view.country == country]
        views = {film: [view for view in here if view.film == film] for film in {view.film for view in here}}
        order = sorted(views, key=lambda film: (-viewers_of(views[film]), title_and_id(world, film)))
        rows += [
            (country, film, len(views[film]), viewers_of(views[film]), viewers_of(here), place)
            for place, film in enumerate(order, 1)
        ]
    return rows


def recounted_distances(world: World) -> dict[tuple[str, str], float]:
    genres = {film.key: film.genre for film in world.films}
    tastes: dict[str, Counter[str]] = {}
    for view in world.views:
        if view.country != "Unknown":
            tastes.setdefault(view.country, Counter())[genres.get(view.film, "Unknown")] += 1
    return {(one, other): distance(tastes[one], tastes[other]) for one, other in permutations(tastes, 2)}


def distance(one: Counter[str], other: Counter[str]) -> float:
    """The Jensen-Shannon distance by entropies: that of the mixture less the mean of both."""
    shares = [{genre: count / taste.total() for genre, count in taste.items()} for taste in (one, other)]
    mixture = {genre: (shares[0].get(genre, 0) + shares[1].get(genre, 0)) / 2 for genre in one | other}
    return sqrt(bits(mixture) - (bits(shares[0]) + bits(shares[1])) / 2)


def bits(shares: dict[str, float]) -> float:
    return -sum(share * log2(share) for share in shares.values())


def recounted_travels(world: World, least_viewers: int) -> list[tuple[Any, ...]]:
    seen = [row for row in recounted_reach(world) if row[0] != "Unknown"]
    countries = len({row[0] for row in seen})
    rows = []
    for film in {row[1] for row in seen}:
        places = sorted((row for row in seen if row[1] == film), key=lambda row: (-row[3] / row[4], -row[3], row[0]))
        reaches = [row[3] / row[4] for row in places]
        if len(places) > 1 and sum(row[3] for row in places) >= least_viewers:
            views = sum(row[2] for row in places)
            even = bits({str(place): reach / sum(reaches) for place, reach in enumerate(reaches)}) / log2(countries)
            rows.append((film, places[0][0], len(places), views, 1 - places[0][2] / views, even))
    rows.sort(key=lambda row: (-round(row[5], 9), -row[3], title_and_id(world, row[0])))
    return [(*row, place) for place, row in enumerate(rows, 1)]


def test_the_job_reads_the_snapshot_and_writes_its_tables(spark: SparkSession, tmp_path: Path) -> None:
    sessions = {
        "user_key": pa.array([1, 2, 2], pa.uint32()),
        "movie_key": pa.array([1, 1, 2], pa.uint32()),
        "country": pa.array(["US", "DE", "DE"]),
    }
    movies = {
        "movie_key": pa.array([1, 2], pa.uint32()),
        "sort_key": pa.array(["dusk", "dawn"]),
        "genre": pa.array(["Drama", "Comedy"]),
    }
    for folder, columns in (("viewing_sessions/month=202603", sessions), ("movies", movies)):
        (tmp_path / folder).mkdir(parents=True)
        pq.write_table(pa.table(columns), tmp_path / folder / "part.parquet")
    geography.run(spark, Namespace(source=str(tmp_path), out=str(tmp_path / "out")), Progress("geography"))
    written = {
        name: pq.read_table(tmp_path / "out" / name)
        for name in ("country_reach", "country_distances", "travelling_movies")
    }
    assert {name: (table.column_names, table.num_rows) for name, table in written.items()} == {
        "country_reach": (["country", "movie_key", "views", "viewers", "active_viewers", "rank"], 3),
        "country_distances": (["country", "other", "distance"], 2),
        "travelling_movies": (["movie_key", "home", "countries", "views", "abroad_share", "evenness", "rank"], 0),
    }
