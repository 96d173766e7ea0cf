"""The rows of a film service as plain records: what a world is loaded with, and what the oracle counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Film:
    """A film; ids are numbers."""

    id: int
    title: str
    genres: tuple[str, ...] = ()
    director: str | None = None
    released: date | None = None


@dataclass(frozen=True)
class Person:
    """A registered user."""

    id: int
    country: str | None = None
    plan: str | None = None
    age: int | None = None
    gender: str | None = None


@dataclass(frozen=True)
class Session:
    """A viewing session; `at` is its start in seconds since 1970, minutes ten-thousandths, completion millionths."""

    id: int
    person: Person
    film: Film
    at: int
    minutes_e4: int = 600_000
    completion_e6: int | None = None
    device: str | None = None
    quality: str | None = None
    buffering: int | None = None
    attributes: Mapping[str, str] | None = None

    def __hash__(self) -> int:
        return self.id


@dataclass(frozen=True)
class Review:
    """A rating, in hundredths; `at` in seconds since 1970."""

    id: int
    person: Person
    film: Film
    at: int
    stars_e2: int


@dataclass(frozen=True)
class World:
    """What one warehouse is loaded with."""

    films: Sequence[Film]
    people: Sequence[Person]
    sessions: Sequence[Session]
    reviews: Sequence[Review] = ()
