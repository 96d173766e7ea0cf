"""A small film service as plain Python values: the rows that integration tests load, and count again by hand.

Its corners are on purpose: a film without genres, two films of one title, ids of both kinds, users who say nothing of
themselves, sessions around two changes of the clock, a film that is rated but never watched.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse import Warehouse, ids
from warehouse.tables.incoming_schemas import INCOMING


@dataclass(frozen=True)
class Film:
    """One row of `movies`."""

    id: str
    title: str
    genres: tuple[str, ...] = ()
    minutes: int | None = None
    released: date | None = None
    director: str | None = None

    @property
    def genre(self) -> str | None:
        """The first genre."""
        return self.genres[0] if self.genres else None


@dataclass(frozen=True)
class Person:
    """One row of `users`."""

    id: str
    username: str | None = None
    email: str | None = None
    country: str | None = None
    plan: str | None = None
    age: int | None = None
    gender: str | None = None


@dataclass(frozen=True)
class Session:
    """One row of `viewing_sessions`, in the warehouse's exact units."""

    id: str
    user: Person
    film: Film
    start: datetime
    minutes_e4: int
    completion_e6: int | None
    device: str | None
    quality: str | None
    buffering: int | None
    attributes: Sequence[tuple[str, str]] | None = None


@dataclass(frozen=True)
class Review:
    """One row of `ratings`, in hundredths."""

    id: str
    user: Person
    film: Film
    stars_e2: int
    text: str | None
    given: datetime


FILMS = (
    Film("1", "Dusk", ("Drama", "Crime"), 121, date(2019, 5, 1), "A. Berg"),
    Film("2", "Dawn", ("Comedy",), 95, date(2024, 12, 24), "B. Cole"),
    Film("3", "Dusk", ("Thriller", "Drama"), 88, date(1978, 1, 1), "A. Berg"),
    Film("4", "Émigré", ("Drama",), None, None, None),
    Film("5", "Static", (), 45, date(2026, 2, 27), "C. Díaz"),
    Film(str(uuid.UUID(int=0x1234 << 64 | 7)), "Zero", ("Comedy", "Drama"), 60, date(2001, 7, 9), "B. Cole"),
    Film("18446744073709551615", "Unwatched", ("Western",), 101, date(2010, 1, 2), "D. Eve"),
)

PEOPLE = (
    Person("10", "ada", "ada@example.com", "US", "premium", 17, "female"),
    Person("11", "bob", "bob@example.org", "US", "basic", 18, "male"),
    Person("12", "carl", "carl@example.com", "DE", "premium", 24, "male"),
    Person("13", "dora", "dora@mail.example", "DE", "free", 25, "female"),
    Person("14", "éva", "éva@exämple.hu", "HU", "basic", 34, "female"),
    Person("15", "finn", None, "IN", "free", 55, None),
    Person(str(uuid.UUID(int=0xBEEF << 96 | 3)), None, None, None, None, None, None),
    Person("17", "gil", "gil@example.com", "IN", "premium", 44, "other"),
    Person("18", "hal", "hal@example.com", "CA", "free", 70, "male"),
)

START = datetime(2026, 2, 20, 21, 30, tzinfo=UTC)
END = datetime(2026, 4, 10, 18, 0, tzinfo=UTC)
# Over both changes of the clock: America on 8 March, Europe on 29 March.
_SPAN_S = int((END - START).total_seconds())
_DEVICES = ("TV", "Phone", "Tablet", None)
_QUALITIES = ("4K", "HD", None)
# Who watches: Hal is registered only.
_WATCHERS = PEOPLE[:-1]
_WATCHED = FILMS[:-1]


def _sessions(count: int, chance: Random) -> tuple[Session, ...]:
    made = []
    for number in range(count):
        # The last one starts at the very end, so that the newest day is known.
        offset_s = _SPAN_S if number == count - 1 else int(chance.random() ** 0.8 * _SPAN_S)
        made.append(
            Session(
                id=str(1_000 + number),
                user=_WATCHERS[min(int(chance.expovariate(0.4)), len(_WATCHERS) - 1)],
                film=_WATCHED[min(int(chance.expovariate(0.5)), len(_WATCHED) - 1)],
                start=START + timedelta(seconds=offset_s),
                minutes_e4=chance.randrange(0, 1_800_000),
                completion_e6=None if chance.random() < 0.1 else chance.randrange(0, 1_000_001),
                device=chance.choice(_DEVICES),
                quality=chance.choice(_QUALITIES),
                buffering=None if chance.random() < 0.2 else chance.randrange(0, 6),
            )
        )
    return tuple(made)


def _reviews(count: int, chance: Random) -> tuple[Review, ...]:
    return tuple(
        Review(
            id=str(5_000 + number),
            user=chance.choice(PEOPLE),
            film=chance.choice(FILMS),
            stars_e2=50 * chance.randrange(1, 11),
            text=chance.choice((None, "Kept me awake.", "Schön & 'quoted'")),
            given=START + timedelta(seconds=chance.randrange(_SPAN_S)),
        )
        for number in range(count)
    )


SESSIONS = _sessions(700, Random(7))
REVIEWS = _reviews(90, Random(11))


@dataclass(frozen=True)
class World:
    """What one warehouse is loaded with."""

    films: Sequence[Film]
    people: Sequence[Person]
    sessions: Sequence[Session]
    reviews: Sequence[Review]


SMALL = World(FILMS, PEOPLE, SESSIONS, REVIEWS)


def listed(rows: Sequence[Any], values: Sequence[Any] | None = None) -> list[Any]:
    """Rows, or `values` beside them, in the order in which lists show them: by id, UUIDs before numbers."""
    order = sorted(range(len(rows)), key=lambda at: ids.parse(rows[at].id) or 0)
    return [(rows if values is None else values)[at] for at in order]


def load(warehouse: Warehouse, world: World = SMALL) -> None:
    """Load everything through the door that ingest uses, films and users first; tables without rows are left alone."""
    tables: Mapping[str, Sequence[tuple[Any, ...]]] = {
        "movies": [(one.id, one.title, one.genres, one.minutes, one.released, one.director) for one in world.films],
        "users": [
            (one.id, one.username, one.email, one.country, one.plan, one.age, one.gender) for one in world.people
        ],
        "viewing_sessions": [
            (
                *(one.id, one.user.id, one.film.id, one.start, one.minutes_e4, one.completion_e6),
                *(one.device, one.quality, one.buffering, one.attributes),
            )
            for one in world.sessions
        ],
        "ratings": [(one.id, one.user.id, one.film.id, one.stars_e2, one.text, one.given) for one in world.reviews],
    }
    for table, rows in tables.items():
        if not rows:
            continue
        with warehouse.load(table, files=[f"{table}.test"]) as opened:
            opened.write(_batch(table, rows))
            summary = opened.commit()
        assert (summary.accepted, summary.duplicates, summary.quarantined) == (len(rows), 0, 0), table


def _batch(table: str, rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = []
    for field, values in zip(INCOMING[table], zip(*rows, strict=True), strict=True):
        if field.type == ids.ID_TYPE:
            keys, invalid = ids.from_text(list(values))
            assert not np.any(invalid)
            columns.append(keys)
        else:
            columns.append(pa.array(values, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=INCOMING[table])
