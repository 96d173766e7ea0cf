"""Each kind of condition chooses the rows it says, by what the asker sees of them; null is the same as absent."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door
from tests.integration.resolvers.world import FILMS, PEOPLE, Film, Person, listed

Keeps = Callable[[Any], bool]
OF_FILMS: list[tuple[dict[str, Any], Keeps]] = [
    ({"title": {"contains": "USK"}}, lambda film: film.title == "Dusk"),
    ({"title": {"contains": "emig"}}, lambda film: film.title == "Émigré"),
    ({"title": {"startsWith": "d"}}, lambda film: film.title in ("Dusk", "Dawn")),
    ({"title": {"contains": ""}}, lambda _: True),
    ({"title": {"ne": "Dusk"}}, lambda film: film.title != "Dusk"),
    ({"title": {"notIn": ["Dusk", "Dawn"]}}, lambda film: film.title not in ("Dusk", "Dawn")),
    ({"director": {"isNull": True}}, lambda film: film.director is None),
    ({"director": {"isNull": False}}, lambda film: film.director is not None),
    ({"director": {"ne": "A. Berg"}}, lambda film: film.director != "A. Berg"),
    ({"director": {"contains": "diaz"}}, lambda film: film.director == "C. Díaz"),
    ({"director": {"contains": "known"}}, lambda _: False),
    ({"not": {"director": {"contains": "berg"}}}, lambda film: film.director != "A. Berg"),
    ({"genre": {"isNull": True}}, lambda film: not film.genres),
    ({"genre": {"startsWith": "com"}}, lambda film: film.genre == "Comedy"),
    ({"genre": {"ne": "Drama"}}, lambda film: film.genre != "Drama"),
    ({"releaseYear": {"gt": 2010}}, lambda film: film.released is not None and film.released.year > 2010),
    ({"releaseYear": {"lte": 2010}}, lambda film: film.released is not None and film.released.year <= 2010),
    ({"releaseYear": {"isNull": True}}, lambda film: film.released is None),
    ({"releaseYear": {"ne": 2010}}, lambda film: film.released is None or film.released.year != 2010),
    ({"id": {"notIn": ["1", "2"]}}, lambda film: film.id not in ("1", "2")),
    ({"id": {"ne": "no id"}}, lambda _: True),
    (
        {"title": None, "and": None, "not": None, "genre": {"eq": None, "has": "Western"}},
        lambda film: film.id[0] == "1" and len(film.id) > 1,
    ),
]
OF_USERS: list[tuple[dict[str, Any], Keeps]] = [
    ({"username": {"contains": "A"}}, lambda one: "a" in (one.username or "")),
    ({"email": {"isNull": True}}, lambda one: one.email is None),
    ({"email": {"contains": "example.com"}}, lambda one: "example.com" in (one.email or "")),
    ({"country": {"notIn": ["us", "DE"]}}, lambda one: one.country not in ("US", "DE")),
    ({"country": {"isNull": False}}, lambda one: one.country is not None),
    ({"gender": {"ne": "male"}}, lambda one: one.gender != "male"),
]
# Of a viewer's names only the first letter and what follows the @ are there, and no gender.
SEEN: list[tuple[dict[str, Any], Keeps]] = [
    ({"username": {"startsWith": "d"}}, lambda one: (one.username or "").startswith("d")),
    ({"username": {"contains": "da"}}, lambda _: False),
    ({"email": {"contains": "mail.example"}}, lambda one: "mail.example" in (one.email or "")),
    ({"email": {"startsWith": "dora"}}, lambda _: False),
    ({"gender": {"isNull": True}}, lambda _: True),
    ({"gender": {"contains": "male"}}, lambda _: False),
    ({"ageBand": {"startsWith": "25"}}, lambda one: one.age is not None and 25 <= one.age < 35),
]


def found(door: Door, field: str, kind: str, where: dict[str, Any], token: str = ADMIN) -> list[str]:
    document = f"query ($w: {kind}) {{ {field}(first: 100, where: $w) {{ edges {{ node {{ id: sourceId }} }} }} }}"
    return [edge["node"]["id"] for edge in door.ask(document, token, w=where)[field]["edges"]]


@pytest.mark.parametrize(("where", "keeps"), OF_FILMS, ids=[str(where) for where, _ in OF_FILMS])
def test_a_condition_chooses_films(door: Door, where: dict[str, Any], keeps: Callable[[Film], bool]) -> None:
    assert found(door, "movies", "MovieFilter", where) == [film.id for film in listed(FILMS) if keeps(film)]


@pytest.mark.parametrize(("where", "keeps"), OF_USERS, ids=[str(where) for where, _ in OF_USERS])
def test_a_condition_chooses_users(door: Door, where: dict[str, Any], keeps: Callable[[Person], bool]) -> None:
    assert found(door, "users", "UserFilter", where) == [one.id for one in listed(PEOPLE) if keeps(one)]


@pytest.mark.parametrize(("where", "keeps"), SEEN, ids=[str(where) for where, _ in SEEN])
def test_a_hidden_value_is_compared_as_it_is_seen(
    door: Door, where: dict[str, Any], keeps: Callable[[Person], bool]
) -> None:
    assert found(door, "users", "UserFilter", where, VIEWER) == [one.id for one in listed(PEOPLE) if keeps(one)]


@pytest.mark.parametrize(
    ("declared", "asked", "plain"),
    [
        (
            "$z: TimeZone, $f: Boolean, $n: Int",
            "viewing(timeZone: $z) { id rows(by: [DAY], fill: $f, limit: $n) { id time views } }",
            "viewing { id rows(by: [DAY]) { id time views } }",
        ),
        (
            "$d: Direction",
            "viewing { rows(by: [GENRE], orderBy: [{field: VIEWS, direction: $d}]) { genre } }",
            "viewing { rows(by: [GENRE], orderBy: [{field: VIEWS, direction: ASC}]) { genre } }",
        ),
        ("$n: Int", "topMovies(limit: $n) { id views }", "topMovies(limit: 10) { id views }"),
        ("$n: Int", "movies(first: $n) { edges { cursor } }", "movies { edges { cursor } }"),
        ("$p: RankingPeriod", "rankings(period: $p) { id rank }", "rankings { id rank }"),
        ("$g: Grain", "concurrency(grain: $g) { id }", "concurrency(grain: HOUR) { id }"),
    ],
)
def test_null_for_an_argument_is_its_default(door: Door, declared: str, asked: str, plain: str) -> None:
    names = [one.split(":")[0].strip(" $") for one in declared.split(",")]
    told = door.ask(f"query ({declared}) {{ {asked} }}", ADMIN, **dict.fromkeys(names))
    assert told == door.ask(f"{{ {plain} }}", ADMIN)
    assert told == door.ask(f"query ({declared}) {{ {asked} }}", ADMIN)
