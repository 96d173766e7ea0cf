"""Twins: two worlds that differ in nothing but what an asker may not see, drawn from a seed.

Hidden values are replaced by others of the same masked image; rows out of scope by other rows, more or fewer, between
those in scope and newer than they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar

from tests.integration.resolvers.world import Film, Person, Review, Session, World

T = TypeVar("T")
Scope = Mapping[str, tuple[str, ...]]
COUNTRIES = ("US", "DE", "HU", None)
GENRES = ("Drama", "Comedy", "Crime")
PLANS = ("free", "premium", None)
START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 24
# Ages of one band each.
_BANDS = (range(3, 18), range(18, 25), range(25, 35), range(35, 45), range(45, 55), range(55, 100))
_LETTERS = "abcdefghijklmnopqrstuvwxyzéüß0123456789._%'\\"


def masked_twins(seed: int, hides_people: bool) -> tuple[World, World]:
    """Worlds of other names and mail addresses; with `hides_people` also of other ages within their bands, genders and
    review texts."""
    chance = Random(seed)
    world = _world(chance)
    twin = {one.id: _other(one, hides_people, chance) for one in world.people}
    sessions = [replace(one, user=twin[one.user.id]) for one in world.sessions]
    reviews = [
        replace(one, user=twin[one.user.id], text=_word(chance) if hides_people else one.text) for one in world.reviews
    ]
    return world, World(world.films, list(twin.values()), sessions, reviews)


def scoped_twins(seed: int, scope: Scope) -> tuple[World, World]:
    """Worlds of other rows out of `scope`. Where it names no genre, all films are in scope."""
    chance = Random(seed)
    world = _world(chance)
    other = _world(chance, base=100)
    films = world.films
    if "genre" in scope:
        films = _mixed(world.films, other.films, lambda one: one.genre in scope["genre"], chance)
    people = _mixed(world.people, other.people, lambda one: _user_in(one, scope), chance)

    def seen(user: Person, film: Film) -> bool:
        return _user_in(user, scope) and ("genre" not in scope or film.genre in scope["genre"])

    sessions = [one for one in world.sessions if seen(one.user, one.film)]
    reviews = [one for one in world.reviews if seen(one.user, one.film)]
    pairs = [(user, film) for user in people for film in films if not seen(user, film)]
    for number in range(chance.randrange(120) if pairs else 0):
        user, film = chance.choice(pairs)
        made = replace(_session(20_000 + number, user, film, chance, DAYS + 3), attributes=[("secret", "x")])
        sessions.insert(chance.randrange(len(sessions) + 1), made)
        if number % 3 == 0:
            reviews.insert(chance.randrange(len(reviews) + 1), _review(30_000 + number, user, film, chance))
    return world, World(films, people, sessions, reviews)


def _user_in(user: Person, scope: Scope) -> bool:
    return all(
        (value or "Unknown") in scope.get(name, (value or "Unknown",))
        for name, value in (("country", user.country), ("subscription", user.plan))
    )


def _mixed(own: Sequence[T], other: Sequence[T], seen: Callable[[T], bool], chance: Random) -> list[T]:
    """What is seen of `own` in its order, with some of `other` that is not seen in between."""
    rows = [one for one in own if seen(one)]
    for one in other:
        if not seen(one) and chance.random() < 0.7:
            rows.insert(chance.randrange(len(rows) + 1), one)
    return rows


def _world(chance: Random, base: int = 0) -> World:
    films = [
        Film(
            id=str(base + number),
            title=chance.choice(("Dusk", "Dawn", _word(chance))),
            genres=() if number == 0 else tuple(chance.sample(GENRES, chance.randrange(1, 3))),
            minutes=chance.choice((None, chance.randrange(40, 200))),
            released=chance.choice((None, date(chance.randrange(1970, 2026), 5, 1))),
            director=chance.choice((None, "A. Berg", "B. Cole")),
        )
        for number in range(1, 9)
    ]
    people = [
        Person(
            id=str(base + 1_000 + number),
            username=None if number % 7 == 0 else _word(chance),
            email=None if number % 5 == 0 else f"{_word(chance)}@{chance.choice(('example.com', 'mail.example'))}",
            country=chance.choice(COUNTRIES),
            plan=chance.choice(PLANS),
            age=None if number % 6 == 0 else chance.choice(chance.choice(_BANDS)),
            gender=chance.choice(("female", "male", None)),
        )
        for number in range(20)
    ]
    sessions = [
        _session(base * 100 + number, chance.choice(people), chance.choice(films), chance, DAYS)
        for number in range(160)
    ]
    reviews = [
        _review(base * 100 + number, chance.choice(people), chance.choice(films), chance) for number in range(30)
    ]
    return World(films, people, sessions, reviews)


def _session(number: int, user: Person, film: Film, chance: Random, days: int) -> Session:
    return Session(
        id=str(number),
        user=user,
        film=film,
        start=START + timedelta(seconds=chance.randrange(days * 86_400)),
        minutes_e4=chance.randrange(0, 1_800_000),
        completion_e6=chance.choice((None, chance.randrange(0, 1_000_001))),
        device=chance.choice(("TV", "Phone", None)),
        quality=chance.choice(("4K", "HD", None)),
        buffering=chance.choice((None, chance.randrange(6))),
    )


def _review(number: int, user: Person, film: Film, chance: Random) -> Review:
    given = START + timedelta(seconds=chance.randrange(DAYS * 86_400))
    return Review(str(number), user, film, 50 * chance.randrange(1, 11), chance.choice((None, _word(chance))), given)


def _other(person: Person, hides_people: bool, chance: Random) -> Person:
    """A person of the same masked image."""
    email = person.email and f"{person.email[0]}{_word(chance)}@{person.email.partition('@')[2]}"
    username = person.username and person.username[0] + _word(chance)
    if not hides_people:
        return replace(person, email=email, username=username)
    ages = [age for band in _BANDS if person.age in band for age in band]
    gender = chance.choice(("female", "male", "other", None))
    return replace(person, email=email, username=username, age=chance.choice(ages) if ages else None, gender=gender)


def _word(chance: Random) -> str:
    return "".join(chance.choice(_LETTERS) for _ in range(chance.randrange(1, 12)))


# The fewest people of a group in the twins of small groups, and what only fewer have.
MINIMUM = 4
_RARE_DEVICES = ("Fridge", "Watch")
_RARE_PEOPLE = (
    ("LU", "free", 70),
    ("MT", "premium", 12),
    ("LU", None, 20),
    ("US", "premium", 50),
    ("DE", "free", 40),
    (None, None, None),
    ("IS", "basic", 30),
)


def small_group_twins(seed: int) -> tuple[World, World]:
    """Worlds in which the same people have other attributes, and the same sessions other devices, that fewer than
    MINIMUM share; everything else is of groups that are large enough."""
    chance = Random(seed)
    films = _world(chance).films
    common = [("US", "free", 30), ("DE", "premium", 20)]
    people = [
        Person(str(500 + number), f"n{number}", f"n{number}@a.example", country, plan, age, "female")
        for number, (country, plan, age) in enumerate(common * 7)
    ]
    drawn = [chance.sample(_RARE_PEOPLE, MINIMUM + 1) for _ in range(2)]
    one, other = (
        [Person(str(600 + number), None, None, *attributes, "female") for number, attributes in enumerate(each)]
        for each in drawn
    )
    everybody = people + one
    sessions = [_session(number, chance.choice(everybody), chance.choice(films), chance, DAYS) for number in range(400)]
    # One fewer people than would be told has something else.
    odd = set(chance.sample([person.id for person in everybody], MINIMUM - 1))
    sessions = [
        replace(each, device=_RARE_DEVICES[0]) if each.user.id in odd and chance.random() < 0.5 else each
        for each in sessions
    ]
    reviews = [_review(number, chance.choice(everybody), chance.choice(films), chance) for number in range(120)]
    changed = {person.id: person for person in [*people, *other]}
    moved = [
        replace(
            each,
            user=changed[each.user.id],
            device=chance.choice(_RARE_DEVICES) if each.device in _RARE_DEVICES else each.device,
        )
        for each in sessions
    ]
    return (
        World(films, everybody, sessions, reviews),
        World(films, [*people, *other], moved, [replace(each, user=changed[each.user.id]) for each in reviews]),
    )
