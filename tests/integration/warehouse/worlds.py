"""Random film services as plain Python rows, loaded in random pieces, with films and users corrected along the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse import Warehouse, ids
from warehouse.tables.incoming_schemas import INCOMING

DAY_S = 86_400
GENRES = ("Drama", "Comedy", "Crime", "War", "Unknown")
COUNTRIES = ("US", "DE", "IN", "Unknown", None)
PLANS = ("Free", "Premium", "Unknown", None)
GENDERS = ("Female", "Male", "Unknown", None)
DEVICES = ("TV", "Phone", "Unknown", None)
QUALITIES = ("4K", "HD", "Unknown", None)
DIRECTORS = ("A. Berg", "B. Cole", "Unknown", None)


@dataclass(frozen=True)
class Film:
    """A film as it is known last."""

    number: int
    title: str
    genres: tuple[str, ...]
    director: str | None
    year: int | None


@dataclass(frozen=True)
class Person:
    """A user as known last."""

    number: int
    country: str | None
    plan: str | None
    age: int | None
    gender: str | None


@dataclass(frozen=True)
class Session:
    """A viewing session; `start` in seconds since 1970."""

    number: int
    user: int
    film: int
    start: int
    minutes_e4: int
    completion_e6: int | None
    device: str | None
    quality: str | None
    buffering: int | None
    app: str | None = None


@dataclass(frozen=True)
class Review:
    """A rating; `given` in seconds since 1970."""

    number: int
    user: int
    film: int
    stars_e2: int
    given: int


@dataclass
class World:
    """All rows, as a reader should see them in the end."""

    films: dict[int, Film] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


def random_world(chance: Random, centre: int, days: int = 40, sessions: int = 400) -> World:
    """A world whose sessions lie around an instant, many of them within hours of it."""
    films = {n: _film(chance, n) for n in range(1, 13)}
    people = {n: _person(chance, n) for n in range(1, 25)}
    starts = [_start(chance, centre, days) for _ in range(sessions)]
    rows = [
        Session(
            number=1000 + index,
            user=min(int(chance.expovariate(0.15)) + 1, 24),
            film=min(int(chance.expovariate(0.3)) + 1, 12),
            start=start,
            minutes_e4=chance.randrange(0, 2_000_000),
            completion_e6=chance.choice((None, chance.randrange(0, 1_000_001), 900_000, 899_999)),
            device=chance.choice(DEVICES),
            quality=chance.choice(QUALITIES),
            buffering=chance.choice((None, 0, 0, 1, 3)),
            app=chance.choice((None, "", "Unknown", "1.0", "2.1")),
        )
        for index, start in enumerate(starts)
    ]
    reviews = [
        Review(
            n,
            chance.randrange(1, 25),
            chance.randrange(1, 13),
            chance.choice((50, 100, 350, 500)),
            _start(chance, centre, days),
        )
        for n in range(1, 80)
    ]
    return World(films, people, rows, reviews)


def _film(chance: Random, number: int) -> Film:
    genres = tuple(chance.sample(GENRES, chance.randrange(0, 3)))
    return Film(number, f"Film {number % 5}", genres, chance.choice(DIRECTORS), chance.choice((1978, 2019, 2024, None)))


def _person(chance: Random, number: int) -> Person:
    age = chance.choice((None, 12, 17, 18, 24, 25, 34, 35, 54, 55, 90))
    return Person(number, chance.choice(COUNTRIES), chance.choice(PLANS), age, chance.choice(GENDERS))


def _start(chance: Random, centre: int, days: int) -> int:
    reach = chance.choice((3 * 3600, 2 * DAY_S, days * DAY_S // 2))
    start = centre + chance.randrange(-reach, reach)
    # On the boundaries themselves, too: that is where off-by-one errors live.
    return start // 900 * 900 if chance.random() < 0.2 else start


def load_in_pieces(warehouse: Warehouse, world: World, chance: Random) -> None:
    """Load a world in several loads: some rows twice, films and users first in a wrong version and corrected later."""
    wrong_films = [replace(film, genres=("War",), title="Working title") for film in world.films.values()]
    wrong_people = [replace(person, country="XX", plan=None) for person in world.people.values()]
    load(warehouse, "movies", [film_row(film) for film in wrong_films])
    load(warehouse, "users", [person_row(person) for person in wrong_people])
    sessions = chance.sample(world.sessions, len(world.sessions))
    cut = chance.randrange(1, len(sessions))
    load(warehouse, "viewing_sessions", [session_row(one) for one in sessions[:cut]])
    load(warehouse, "movies", [film_row(film) for film in world.films.values()])
    load(warehouse, "viewing_sessions", [session_row(one) for one in sessions[max(0, cut - 20) :]])
    load(warehouse, "users", [person_row(person) for person in world.people.values()])
    load(warehouse, "ratings", [review_row(one) for one in world.reviews])
    warehouse.refill.wait()


def load(warehouse: Warehouse, table: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Load rows given as column → value; returns the summary."""
    with warehouse.load(table, files=["test"]) as opened:
        opened.write(batch_of(table, rows))
        return opened.commit()


def batch_of(table: str, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    """Rows as the Arrow batch that a load takes; ids are numbers."""
    schema = INCOMING[table]
    arrays = [
        _ids(row[name] for row in rows)
        if name in ("id", "user_id", "movie_id", "experiment_id")
        else pa.array([row.get(name) for row in rows], schema.field(name).type)
        for name in schema.names
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _ids(numbers: Iterable[int]) -> pa.Array:
    return ids.from_numbers(np.fromiter(numbers, dtype=np.uint64))


def film_row(film: Film) -> dict[str, Any]:
    """A film as an incoming row."""
    released = None if film.year is None else (film.year - 1970) * 365 + 200
    return {
        "id": film.number,
        "title": film.title,
        "genres": list(film.genres),
        "release_date": released,
        "director": film.director,
    }


def person_row(person: Person) -> dict[str, Any]:
    """A user as an incoming row."""
    return {
        "id": person.number,
        "username": f"user{person.number}",
        "email": f"user{person.number}@example.com",
        "country": person.country,
        "subscription": person.plan,
        "age": person.age,
        "gender": person.gender,
    }


def session_row(session: Session) -> dict[str, Any]:
    """A session as an incoming row."""
    return {
        "id": session.number,
        "user_id": session.user,
        "movie_id": session.film,
        "start_time": session.start,
        "watch_minutes_e4": session.minutes_e4,
        "completion_e6": session.completion_e6,
        "device_type": session.device,
        "quality": session.quality,
        "buffering_count": session.buffering,
        "attributes": None if session.app is None else [("app.version", session.app)],
    }


def review_row(review: Review) -> dict[str, Any]:
    """A rating as an incoming row."""
    return {
        "id": review.number,
        "user_id": review.user,
        "movie_id": review.film,
        "rating_e2": review.stars_e2,
        "rating_date": review.given,
    }
