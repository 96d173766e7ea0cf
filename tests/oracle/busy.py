"""A world of some length that is busy around the edges of the calendar, for what holds of any answers."""

from datetime import UTC, date, datetime
from random import Random

from tests.oracle.rows import Film, Person, Review, Session, World

DAY_S = 86_400
GENRES, COUNTRIES, DEVICES = ("Crime", "Drama", "War"), ("DE", "US", None), ("Phone", "TV", None)
EDGES = tuple(
    datetime.fromisoformat(day).replace(tzinfo=UTC)
    for day in ("2024-02-29", "2024-03-01", "2024-12-31", "2025-03-31", "2025-10-26", "2025-11-02")
)


def busy_world(chance: Random, start: datetime, end: datetime, count: int) -> World:
    """Sessions and ratings of some time, two of five near the ends of months and the changes of clocks in it."""
    films = [
        Film(
            *(number, f"Film {number}", tuple(chance.sample(GENRES, chance.randrange(3)))),
            director=chance.choice(("A. Berg", None)),
            released=chance.choice((None, date(2023, 5, 5), date(2024, 2, 29))),
        )
        for number in range(1, 9)
    ]
    people = [
        Person(
            *(number, chance.choice(COUNTRIES), chance.choice(("Free", None)), chance.choice((None, 15, 30, 60))),
            gender=chance.choice(("Female", "Male", None)),
        )
        for number in range(1, 31)
    ]
    sessions = [
        Session(
            *(number, chance.choice(people), chance.choice(films), _instant(chance, start, end)),
            minutes_e4=chance.randrange(1_500_000),
            completion_e6=chance.choice((None, 500_000, 900_000, 1_000_000)),
            device=chance.choice(DEVICES),
            quality=chance.choice(("4K", "HD", None)),
            buffering=chance.choice((None, 0, 1, 4)),
            attributes=chance.choice((None, {"app.version": "1.0"}, {"app.version": "2.1"})),
        )
        for number in range(1, count + 1)
    ]
    reviews = [
        Review(
            *(number, chance.choice(people), chance.choice(films), _instant(chance, start, end)),
            stars_e2=chance.choice((50, 350)),
        )
        for number in range(1, count // 6)
    ]
    return World(films, people, sessions, reviews)


def _instant(chance: Random, start: datetime, end: datetime) -> int:
    near = chance.choice([day for day in EDGES if start < day < end])
    if chance.random() < 0.4:
        return round(near.timestamp() + chance.gauss(0, 1.5) * DAY_S)
    return round(chance.uniform(start.timestamp(), end.timestamp()))
