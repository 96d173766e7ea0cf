"""Titles and names stand where people look for them, whatever case and accents they are written in: in lists, page by
page, and wherever films or values are sorted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, SECRET, TOKENS, VIEWER, Door, opened_door
from tests.integration.resolvers.world import Film, Person, Session, World
from tests.oracle.selections import grouped_by
from warehouse import open_warehouse
from warehouse.query.collation import film_key_sql

pytestmark = pytest.mark.slow

# In their order; those that differ in nothing but case and accents go by bytes, equal ones by id.
TITLES = (
    "“Quoted”",
    "[Rec]",
    "😀 Faces",
    "9",
    "A b",
    "A-b",
    "Ab",
    "Æon",
    "Ångström",
    "APPLE",
    "Apple",
    "apple",
    "Äpple",
    "àpple",
    "Dusk",
    "Dusk",
    "Dusk",
    "Éclair",
    "Eclipse",
    "łódź",
    "ñandú",
    "Ocean's Eleven",
    "Ocean’s Twelve",
    "Østerbro",
    "Straße",
    "Strasse 2",
    "Zebra",
    "Þór",
    "Ωμέγα",
    "Москва",
    "москва",
    "カ",
    "東京",
    "",
    "",
)
NAMES = ("[Ada]", "Ánna", "anna-b", "Bob", "ÇELIK", "dora", "Żaneta", None)
START = datetime(2026, 3, 1, 20, tzinfo=UTC)


def _world(chance: Random) -> World:
    """Films and people loaded in no order, ids in the order of equal titles; each film watched once, by the one user
    whose number is as many films' as there are users."""
    films = [Film(str(100 + at), title, (title,) if title else (), director=title) for at, title in enumerate(TITLES)]
    people = [Person(str(900 + at), name, country=name) for at, name in enumerate(NAMES)]
    sessions = [
        Session(str(at), people[at % len(people)], film, START, 600_000, None, film.title, None, None)
        for at, film in enumerate(films)
    ]
    # Ids say nothing of the order but of equal titles.
    mixed = {film.id: replace(film, id=str(chance.randrange(1_000) * 1_000 + int(film.id))) for film in films}
    for title in ("Dusk", ""):
        equal = sorted(int(mixed[film.id].id) for film in films if film.title == title)
        for film, identity in zip((film for film in films if film.title == title), equal, strict=True):
            mixed[film.id] = replace(film, id=str(identity))
    sessions = [replace(one, film=mixed[one.film.id]) for one in sessions]
    loaded = list(mixed.values())
    chance.shuffle(loaded)
    chance.shuffle(people)
    return World(loaded, people, sessions, ())


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    settings = Settings(warehouse=f"chdb://{tmp_path_factory.mktemp('titles') / 'warehouse'}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse, _world(Random(5)))
        service = Service(settings, warehouse, build_schema(), published(), TOKENS, hash_key=SECRET)
        with opened_door(service) as found:
            yield found


def walked(door: Door, token: str, field: str, shown: str, order: str, size: int) -> list[tuple[str, str]]:
    """(id, text) of a whole list, in pages of a size."""
    document = f"""query ($size: Int!, $after: String) {{ {field}(first: $size, after: $after, orderBy: {order}) {{
        pageInfo {{ hasNextPage endCursor }} edges {{ node {{ id: sourceId {shown} }} }} }} }}"""
    found: list[tuple[str, str]] = []
    after, more = None, True
    while more:
        page = door.ask(document, token, size=size, after=after)[field]
        found += [(edge["node"]["id"], edge["node"][shown]) for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_titles_are_paged_in_one_order_and_each_comes_once(door: Door, size: int) -> None:
    found = walked(door, ADMIN, "movies", "title", "{field: TITLE}", size)
    assert [title for _, title in found] == list(TITLES)
    assert len({identity for identity, _ in found}) == len(TITLES)
    equal = [int(identity) for identity, title in found if title == "Dusk"]
    assert equal == sorted(equal)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_backwards_they_come_in_the_opposite_order_but_for_those_without_a_title(door: Door, size: int) -> None:
    found = walked(door, ADMIN, "movies", "title", "{field: TITLE, direction: DESC}", size)
    assert [title for _, title in found] == [*reversed(TITLES[:-2]), "", ""]
    forwards = walked(door, ADMIN, "movies", "title", "{field: TITLE}", 100)
    assert found[:-2] == forwards[-3::-1]


def test_films_stand_in_that_order_wherever_they_are_sorted(door: Door) -> None:
    expected = walked(door, ADMIN, "movies", "title", "{field: TITLE}", 100)
    document = """{ viewing { rows(by: [MOVIE]) { movie { id: sourceId title } } }
        back: viewing { rows(by: [MOVIE], orderBy: [{field: MOVIE, direction: DESC}]) { movie { id: sourceId title } } }
        topMovies(limit: 100) { movie { id: sourceId title } } }"""
    found = door.ask(document, ADMIN)

    def films(rows: list[dict[str, dict[str, str]]]) -> list[tuple[str, str]]:
        return [(row["movie"]["id"], row["movie"]["title"]) for row in rows]

    assert films(found["viewing"]["rows"]) == expected
    assert films(found["topMovies"]) == expected
    assert films(found["back"]["rows"]) == [*expected[-3::-1], *expected[:-3:-1]]
    then = '{ viewing(asOf: "2100-01-01") { rows(by: [MOVIE]) { movie { id: sourceId title } } } }'
    assert films(door.ask(then, ADMIN)["viewing"]["rows"]) == expected


@pytest.mark.parametrize("dimension", ["director", "genre", "device"])
def test_texts_of_dimensions_stand_in_it_too(door: Door, dimension: str) -> None:
    rows = door.ask(f"{{ viewing {{ rows({grouped_by(dimension)}) {{ {dimension} views }} }} }}", ADMIN)["viewing"][
        "rows"
    ]
    assert [row[dimension] for row in rows] == [*(title for title in dict.fromkeys(TITLES) if title), None]


def test_users_stand_by_what_is_seen_of_their_names(door: Door) -> None:
    found = walked(door, ADMIN, "users", "username", "{field: USERNAME}", 2)
    assert [name for _, name in found] == list(NAMES)
    # Names of one mask go by id, whatever they are.
    masked = walked(door, VIEWER, "users", "username", "{field: USERNAME}", 2)
    assert masked == [
        ("900", "[***"),
        ("902", "a***"),
        ("901", "Á***"),
        ("903", "B***"),
        ("904", "Ç***"),
        ("905", "d***"),
        ("906", "Ż***"),
        ("907", None),
    ]


def test_panels_break_ties_in_it(door: Door) -> None:
    rows = door.ask(
        '{ quality(by: COUNTRY, where: {director: {in: ["APPLE", "Apple", "apple"]}}) { value views } }', ADMIN
    )
    assert rows["quality"] == [
        {"value": "Ánna", "views": 1},
        {"value": "anna-b", "views": 1},
        {"value": "Bob", "views": 1},
    ]


def test_spark_is_given_a_key_in_the_same_order(door: Door) -> None:
    expected = [title for _, title in walked(door, ADMIN, "movies", "title", "{field: TITLE}", 100)]
    keys = door.service.warehouse.engine.query(f"SELECT {film_key_sql('title', 'id')}, title, id FROM movies").rows
    ordered = sorted(keys, key=lambda row: (str(row[0]).encode(), row[2]))
    assert [title for _, title, _ in ordered] == expected
