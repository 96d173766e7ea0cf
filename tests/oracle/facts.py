"""The facts that are counted, and the dimensions that each of them knows.

A fact is a list of `Row`s: a session, a rating, a registered user, a film of the catalogue, with what it is of.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.clock import Clock
from tests.oracle.rows import Film, Person, Review, Session, World

CLOCK = ("time", "hourOfDay", "dayOfWeek")
FILMS = ("movie", "genre", "director", "releaseYear")
PEOPLE = ("country", "subscription", "ageBand", "gender")
KNOWS: Mapping[str, frozenset[str]] = {
    "viewing": frozenset({*CLOCK, *FILMS, *PEOPLE, "daysSinceRelease", "device", "quality", "attribute"}),
    "rating": frozenset({*CLOCK, *FILMS, *PEOPLE, "daysSinceRelease"}),
    "user": frozenset(PEOPLE),
    "catalogue": frozenset(FILMS),
}
AGES = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (1000, "55+"))
UNKNOWN = "Unknown"


@dataclass(frozen=True, eq=False)
class Row:
    """One row of a fact; what it is not of is None, and `at` 0 where it has no instant."""

    film: Film | None = None
    person: Person | None = None
    at: int = 0
    session: Session | None = None
    review: Review | None = None


@dataclass(frozen=True)
class Asker:
    """Who asks: whether gender is masked, and the values that a row scope allows."""

    masks_gender: bool = False
    scope: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Seen:
    """A world as an asker sees it, in a time zone."""

    world: World
    asker: Asker
    clock: Clock
    _rows: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, fact: str) -> list[Row]:
        """The rows of a fact that are in the asker's scope; the catalogue is open to everybody."""
        if fact not in self._rows:
            self._rows[fact] = self._made(fact)
        return self._rows[fact]

    def _made(self, fact: str) -> list[Row]:
        world = self.world
        if fact == "viewing":
            rows = [Row(one.film, one.person, one.at, session=one) for one in world.sessions]
        elif fact == "rating":
            rows = [Row(one.film, one.person, one.at, review=one) for one in world.reviews]
        elif fact == "user":
            # Nothing says which people a scope by genre allows: who asks for them is refused.
            rows = [] if "genre" in (self.asker.scope or {}) else [Row(person=one) for one in world.people]
        else:
            return [Row(film=one) for one in world.films]
        return [row for row in rows if self._reaches(row)]

    def newest(self) -> int | None:
        """The newest session."""
        return max((row.at for row in self.rows("viewing")), default=None)

    def first_sessions(self) -> dict[int, int]:
        """By person: the instant of the first session ever."""
        first: dict[int, int] = {}
        for row in sorted(self.rows("viewing"), key=lambda row: row.at):
            assert row.person is not None
            first.setdefault(row.person.id, row.at)
        return first

    def _reaches(self, row: Row) -> bool:
        return all(self.value(name, row) in allowed for name, allowed in (self.asker.scope or {}).items())

    def value(self, name: str, row: Row, path: str | None = None) -> Any:
        """What a row has in a dimension but `time`: None where nothing is known, or where it is masked."""
        if name == "gender" and self.asker.masks_gender:
            return None
        if name == "hourOfDay":
            return self.clock.local(row.at).hour
        if name == "dayOfWeek":
            return self.clock.local(row.at).isoweekday()
        if name == "daysSinceRelease":
            assert row.film is not None
            released = row.film.released
            return None if released is None else (self.clock.local(row.at).date() - released).days
        if name == "attribute":
            assert row.session is not None
            return known((row.session.attributes or {}).get(path or ""))
        return _PLAIN[name](row)


def known(text: str | None) -> str | None:
    """A text that was sent; one that is empty or says that it is unknown says nothing."""
    return None if text in ("", UNKNOWN) else text


def age_band(age: int | None) -> str | None:
    """The band of an age in years."""
    return None if age is None else next(band for below, band in AGES if age < below)


def first_genre(film: Film) -> str | None:
    """The genre that a film counts for."""
    return known(film.genres[0]) if film.genres else None


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "movie": lambda row: row.film,
    "genre": lambda row: first_genre(row.film),
    "director": lambda row: known(row.film.director),
    "releaseYear": lambda row: None if row.film.released is None else row.film.released.year,
    "country": lambda row: known(row.person.country),
    "subscription": lambda row: known(row.person.plan),
    "ageBand": lambda row: age_band(row.person.age),
    "gender": lambda row: known(row.person.gender),
    "device": lambda row: known(row.session.device),
    "quality": lambda row: known(row.session.quality),
}
