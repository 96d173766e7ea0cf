"""Random worlds around awkward instants: changes of odd clocks, leap days, ends of months and years."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.oracle.clock import DAY_S, all_zones, clock_of
from tests.oracle.rows import Film, Person, Review, Session, World

# Titles whose order is not in doubt; two are the same.
TITLES = ("Alpha", "Bravo", "Charlie", "Delta", "Echo", "Bravo", "Foxtrot", "Golf", "Hotel", "India")
GENRES = ("Crime", "Comedy", "Drama", "War")
DIRECTORS = ("A. Berg", "B. Cole", None, "Unknown")
COUNTRIES = ("DE", "IN", "US", None)
PLANS = ("Free", "Premium", None, "")
GENDERS = ("Female", "Male", None, "Unknown")
DEVICES = ("Phone", "TV", None, "Unknown", "")
QUALITIES = ("4K", "HD", None)
AGES = (None, 12, 17, 18, 24, 25, 34, 35, 44, 45, 54, 55, 90)
COMPLETIONS = (None, 0, 249_999, 250_000, 500_000, 750_000, 899_999, 900_000, 1_000_000)
STARS = (50, 100, 250, 350, 500)
VERSIONS = ("1.0", "2.1", "Unknown", "")
TESTS = ("a", "b")
ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("America/St_Johns", "Pacific/Apia", "Antarctica/Troll", "America/Asuncion", "Africa/Casablanca", "Asia/Tehran"),
    *("Asia/Beirut", "America/Havana", "Pacific/Chatham", "Africa/Cairo", "America/Sao_Paulo", "Asia/Pyongyang"),
    *("America/Caracas", "Pacific/Kiritimati", "Antarctica/Casey", "Asia/Gaza", "Atlantic/Azores"),
)
YEARS = range(1993, 2027)
LEAP_YEARS = range(1996, 2027, 4)
# Local days that months and years end with, and leap days.
EDGES = ((2, 28), (3, 1), (3, 31), (4, 30), (12, 31), (1, 1), (10, 1), (6, 30))


@dataclass(frozen=True)
class Setting:
    """What questions are about: a zone, the instant around which sessions lie, whether attributes are open, and moments
    at which the world was another.
    """

    zone: str
    centre: int
    attributes: bool = True
    moments: tuple[str, ...] = ()

    def open(self, names: Sequence[str]) -> Sequence[str]:
        """The dimensions of these that may be read."""
        return [name for name in names if self.attributes or name != "attribute"]

    @property
    def day(self) -> date:
        """The local date of the centre."""
        return clock_of(self.zone).local(self.centre).date()


def random_setting(chance: Random) -> Setting:
    """A change of a clock, or the end of a month, a leap day, or a turn of the year."""
    zone = chance.choice(ZONES if chance.random() < 0.7 else all_zones())
    clock = clock_of(zone)
    if chance.random() < 0.55:
        start, end = (round(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (YEARS[0], YEARS[-1]))
        changes = [one.start for one in clock.stretches(start, end)[1:]]
        if changes:
            return Setting(zone, chance.choice(changes))
    if chance.random() < 0.4:
        return Setting(zone, clock.first_instant(date(chance.choice(LEAP_YEARS), 2, 29)))
    month, day = chance.choice(EDGES)
    return Setting(zone, clock.first_instant(date(chance.choice(YEARS), month, day)))


def random_world(chance: Random, setting: Setting, sessions: int = 220) -> World:
    """A world around a setting: most sessions near it, others a month or a year before, where comparisons look."""
    films = [_film(chance, number, title, setting) for number, title in enumerate(TITLES, start=1)]
    people = [_person(chance, number) for number in range(1, 21)]
    watchers, watched = people[:-2], films[:-1]
    rows = [
        Session(
            id=1000 + number,
            person=watchers[min(int(chance.expovariate(0.2)), len(watchers) - 1)],
            film=watched[min(int(chance.expovariate(0.3)), len(watched) - 1)],
            at=_instant(chance, setting),
            minutes_e4=chance.choice((0, 600_000, chance.randrange(2_000_000))),
            completion_e6=chance.choice((*COMPLETIONS, chance.randrange(1_000_001))),
            device=chance.choice(DEVICES),
            quality=chance.choice(QUALITIES),
            buffering=chance.choice((None, 0, 0, 1, 3)),
            attributes=_attributes(chance),
        )
        for number in range(sessions)
    ]
    reviews = [
        Review(number, chance.choice(people), chance.choice(films), _instant(chance, setting), chance.choice(STARS))
        for number in range(1, sessions // 3)
    ]
    return World(films, people, rows, reviews)


def random_earlier(chance: Random, world: World) -> World:
    """What a world may have been: with some of its sessions and ratings, and some films and people known otherwise."""
    films = {
        one.id: replace(one, genres=("War",), director=None, released=date(2001, 1, 1))
        if chance.random() < 0.4
        else one
        for one in world.films
    }
    people = {
        one.id: replace(one, country="IN", plan=None, age=None) if chance.random() < 0.4 else one
        for one in world.people
    }
    return World(
        list(films.values()),
        list(people.values()),
        [
            replace(one, film=films[one.film.id], person=people[one.person.id])
            for one in world.sessions
            if chance.random() < 0.6
        ],
        [
            replace(one, film=films[one.film.id], person=people[one.person.id])
            for one in world.reviews
            if chance.random() < 0.6
        ],
    )


def _film(chance: Random, number: int, title: str, setting: Setting) -> Film:
    genres = tuple(chance.sample(GENRES, chance.randrange(3)))
    near = setting.day + timedelta(days=chance.randrange(-40, 20))
    released = chance.choice((None, near, near, date(1999, 12, 31), date(2004, 2, 29)))
    return Film(number, title, genres, chance.choice(DIRECTORS), released)


def _person(chance: Random, number: int) -> Person:
    return Person(
        *(number, chance.choice(COUNTRIES), chance.choice(PLANS), chance.choice(AGES)), chance.choice(GENDERS)
    )


def _instant(chance: Random, setting: Setting) -> int:
    """Near the centre, or near the same local day of an earlier month or year; often right on a boundary."""
    clock, centre = clock_of(setting.zone), setting.centre
    shape = chance.random()
    if shape < 0.2:
        centre = clock.first_instant(_years_before(setting.day, 1))
    elif shape < 0.35:
        centre -= chance.choice((7, 28, 29, 30, 31, 59, 60, 90)) * DAY_S
    reach = chance.choice((4 * 3600, 2 * DAY_S, 2 * DAY_S, 20 * DAY_S))
    at = centre + chance.randrange(-reach, reach)
    return at // 900 * 900 if chance.random() < 0.25 else at


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _attributes(chance: Random) -> dict[str, str] | None:
    paths: Sequence[tuple[str, tuple[str, ...]]] = (("app.version", VERSIONS), ("test", TESTS))
    found = {path: chance.choice(values) for path, values in paths if chance.random() < 0.6}
    return found or None
