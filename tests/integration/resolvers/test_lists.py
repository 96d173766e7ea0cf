"""Lists of films, users and ratings, a page at a time: every row once, in one fixed order, with its figures."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.resolvers.conftest import ADMIN, Door
from tests.integration.resolvers.recount import figures, in_order, stars
from tests.integration.resolvers.world import FILMS, PEOPLE, REVIEWS, SESSIONS, Film, Person, listed


def views_of_film(film: Film) -> int:
    return sum(one.film == film for one in SESSIONS)


def views_of(person: Person) -> int:
    return sum(one.user == person for one in SESSIONS)


def hours_of(person: Person) -> float:
    hours: float = figures(one for one in SESSIONS if one.user == person)["watchHours"]
    return hours


def stars_of(film: Film) -> float | None:
    return stars(one for one in REVIEWS if one.film == film)


def pages(door: Door, field: str, node: str, first: int, order: dict[str, str] | None = None) -> Iterator[list[Any]]:
    """The nodes of each page, walked by `endCursor` until there is no next page."""
    kind = {"users": "UserOrder", "movies": "MovieOrder"}.get(field)
    declared, given = (f", $order: {kind}", ", orderBy: $order") if kind else ("", "")
    document = f"""query ($first: Int!, $after: String{declared}) {{
        {field}(first: $first, after: $after{given}) {{
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
            edges {{ cursor node {{ {node} }} }} }} }}"""
    after = None
    while True:
        variables = {"first": first, "after": after, **({"order": order} if kind else {})}
        page = door.ask(document, ADMIN, **variables)[field]
        info, edges = page["pageInfo"], page["edges"]
        assert info["hasPreviousPage"] is (after is not None)
        assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
        yield [edge["node"] for edge in edges]
        if not info["hasNextPage"]:
            return
        assert len(edges) == first
        after = info["endCursor"]


def walked(door: Door, field: str, node: str, first: int, order: dict[str, str] | None = None) -> list[Any]:
    return [row for page in pages(door, field, node, first, order) for row in page]


def test_a_user_shows_what_was_loaded_and_counted(door: Door) -> None:
    node = "id: sourceId username email country subscription age gender views watchHours"
    assert walked(door, "users", node, first=4) == [
        {
            "id": one.id,
            "username": one.username,
            "email": one.email,
            "country": one.country,
            "subscription": one.plan,
            "age": None if one.age is None else str(one.age),
            "gender": one.gender,
            "views": views_of(one),
            "watchHours": hours_of(one),
        }
        for one in listed(PEOPLE)
    ]


def test_a_film_shows_what_was_loaded_and_counted(door: Door) -> None:
    node = "id: sourceId title genre genres duration releaseDate director averageRating views"
    assert walked(door, "movies", node, first=3) == [
        {
            "id": one.id,
            "title": one.title,
            "genre": one.genre,
            "genres": list(one.genres),
            "duration": one.minutes,
            "releaseDate": one.released and one.released.isoformat(),
            "director": one.director,
            "averageRating": stars_of(one),
            "views": views_of_film(one),
        }
        for one in listed(FILMS)
    ]


def test_every_rating_is_listed_once_with_its_film(door: Door) -> None:
    found = walked(door, "ratings", "id: sourceId rating reviewText ratingDate movie { id: sourceId title }", first=17)
    assert found == [
        {
            "id": one.id,
            "rating": one.stars_e2 / 100,
            "reviewText": one.text,
            "ratingDate": one.given.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "movie": {"id": one.film.id, "title": one.film.title},
        }
        for one in REVIEWS
    ]


USER_KEYS: dict[str, Callable[[Person], Any]] = {
    "USERNAME": lambda one: one.username,
    "EMAIL": lambda one: one.email,
    "COUNTRY": lambda one: one.country,
    "SUBSCRIPTION": lambda one: one.plan,
    "AGE": lambda one: one.age,
    "GENDER": lambda one: one.gender,
    "VIEWS": views_of,
    "WATCH_HOURS": hours_of,
}
MOVIE_KEYS: dict[str, Callable[[Film], Any]] = {
    "TITLE": lambda one: one.title,
    "RELEASE_DATE": lambda one: one.released,
    "AVERAGE_RATING": stars_of,
    "VIEWS": views_of_film,
}


def ordered(rows: tuple[Any, ...], key: Callable[[Any], Any], descending: bool) -> list[str]:
    """Ids by key, equal ones by id; descending turns both round; rows without a key come last in both."""
    known = sorted((one for one in listed(rows) if key(one) is not None), key=lambda one: in_order(key(one)))
    missing = [one for one in listed(rows) if key(one) is None]
    return [one.id for one in (known[::-1] + missing[::-1] if descending else known + missing)]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", USER_KEYS)
def test_users_can_be_walked_in_any_order(door: Door, field: str, direction: str) -> None:
    found = walked(door, "users", "id: sourceId", first=2, order={"field": field, "direction": direction})
    assert [row["id"] for row in found] == ordered(PEOPLE, USER_KEYS[field], direction == "DESC")


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", MOVIE_KEYS)
def test_films_can_be_walked_in_any_order(door: Door, field: str, direction: str) -> None:
    found = walked(door, "movies", "id: sourceId", first=2, order={"field": field, "direction": direction})
    assert [row["id"] for row in found] == ordered(FILMS, MOVIE_KEYS[field], direction == "DESC")


def test_ids_of_both_kinds_can_be_walked(door: Door) -> None:
    for direction in ("ASC", "DESC"):
        found = walked(door, "users", "id: sourceId", first=2, order={"field": "ID", "direction": direction})
        assert sorted(row["id"] for row in found) == sorted(one.id for one in PEOPLE)
        numbers = [int(row["id"]) for row in found if row["id"].isdigit()]
        assert numbers == sorted(numbers, reverse=direction == "DESC")


def test_single_objects_are_found_by_their_source_s_id(door: Door) -> None:
    for film in FILMS:
        assert door.ask("query ($id: ID!) { movie(id: $id) { id: sourceId title views } }", ADMIN, id=film.id) == {
            "movie": {"id": film.id, "title": film.title, "views": views_of_film(film)}
        }
    for one in PEOPLE:
        assert door.ask("query ($id: ID!) { user(id: $id) { id: sourceId email } }", ADMIN, id=one.id) == {
            "user": {"id": one.id, "email": one.email}
        }


@pytest.mark.parametrize("identity", ["999", "", "no id", "-1", "18446744073709551616", "' OR 1=1 --"])
def test_an_id_that_nobody_has_is_null(door: Door, identity: str) -> None:
    document = "query ($id: ID!) { movie(id: $id) { id: sourceId } user(id: $id) { id: sourceId } }"
    assert door.ask(document, ADMIN, id=identity) == {"movie": None, "user": None}


FILTERS: list[tuple[str, str, dict[str, Any], Any]] = [
    ("users", "UserFilter", {"country": {"in": ["US", "Unknown"]}}, lambda one: one.country in ("US", None)),
    ("users", "UserFilter", {"email": {"eq": "éva@exämple.hu"}}, lambda one: one.email == "éva@exämple.hu"),
    ("users", "UserFilter", {"not": {"subscription": {"eq": "free"}}}, lambda one: one.plan != "free"),
    ("users", "UserFilter", {"ageBand": {"eq": "under 18"}}, lambda one: one.age == 17),
    ("users", "UserFilter", {"id": {"in": [PEOPLE[6].id, "11"]}}, lambda one: one.id in (PEOPLE[6].id, "11")),
    ("users", "UserFilter", {"or": []}, lambda _: False),
    ("movies", "MovieFilter", {"title": {"eq": "Dusk"}}, lambda one: one.title == "Dusk"),
    ("movies", "MovieFilter", {"genre": {"has": "Drama"}}, lambda one: "Drama" in one.genres),
    ("movies", "MovieFilter", {"genre": {"eq": "Unknown"}}, lambda one: not one.genres),
    ("movies", "MovieFilter", {"releaseYear": {"lt": 2001}}, lambda one: one.released and one.released.year < 2001),
    ("movies", "MovieFilter", {"director": {"eq": "'; DROP TABLE movies; --"}}, lambda _: False),
]


@pytest.mark.parametrize(("field", "kind", "where", "test"), FILTERS, ids=[str(where) for *_, where, _ in FILTERS])
def test_filters_choose_rows_and_the_total(door: Door, field: str, kind: str, where: Any, test: Any) -> None:
    document = (
        f"query ($w: {kind}) {{ {field}(where: $w, first: 2) {{ totalCount edges {{ node {{ id: sourceId }} }} }} }}"
    )
    rows = [one.id for one in listed(PEOPLE if field == "users" else FILMS) if test(one)]
    found = door.ask(document, ADMIN, w=where)[field]
    assert found["totalCount"] == len(rows)
    assert [edge["node"]["id"] for edge in found["edges"]] == rows[:2]


@pytest.mark.parametrize("after", ["x", "W10=", "WyJpZCIsZmFsc2UsIjEiLCIxIl0=", "é", "AAAA"])
def test_a_cursor_of_another_list_or_order_is_refused(door: Door, after: str) -> None:
    document = "query ($after: String) { users(after: $after) { edges { node { id: sourceId } } } }"
    error = door.answer(document, ADMIN, after=after)["errors"][0]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"].startswith("`after` is not a cursor of this list and order that was made for you.")


@pytest.mark.parametrize("name", ["after", "before"])
def test_an_empty_cursor_is_none(door: Door, name: str) -> None:
    document = "{ movies(%s) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    size = "first: 2" if name == "after" else "last: 2"
    assert door.ask(document % f'{size}, {name}: ""', ADMIN) == door.ask(document % size, ADMIN)


@pytest.mark.parametrize("first", [-1, 1_001, 2_147_483_647])
def test_a_page_has_a_size(door: Door, first: int) -> None:
    error = door.answer("query ($n: Int!) { users(first: $n) { totalCount } }", ADMIN, n=first)["errors"][0]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"] == f"first is {first}; allowed are 0 to 1000."


BACKWARD = """query ($last: Int, $before: String, $order: UserOrder) {
    users(last: $last, before: $before, orderBy: $order) {
        pageInfo { hasNextPage hasPreviousPage startCursor } nodes { id } edges { cursor node { id } } } }"""


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["ID", "USERNAME", "COUNTRY", "AGE", "VIEWS"])
def test_a_list_is_walked_backward_in_the_same_order(door: Door, field: str, direction: str) -> None:
    order = {"field": field, "direction": direction}
    forward = [row["id"] for row in walked(door, "users", "id", first=4, order=order)]
    backward: list[str] = []
    before = None
    while True:
        page = door.ask(BACKWARD, ADMIN, last=2, before=before, order=order)["users"]
        assert page["nodes"] == [edge["node"] for edge in page["edges"]]
        assert page["pageInfo"]["hasNextPage"] is (before is not None)
        backward = [node["id"] for node in page["nodes"]] + backward
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        assert len(page["nodes"]) == 2
    assert backward == forward


def test_a_page_lies_between_two_cursors(door: Door) -> None:
    whole = door.ask("{ movies(first: 50) { edges { cursor node { id } } } }", ADMIN)["movies"]["edges"]
    document = "query ($a: String, $b: String, $n: Int, $l: Int) { movies(after: $a, before: $b, first: $n, last: $l)"
    document += " { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }"
    given = {"a": whole[1]["cursor"], "b": whole[5]["cursor"]}
    between = [edge["node"] for edge in whole[2:5]]
    assert door.ask(document, ADMIN, **given)["movies"]["nodes"] == between
    first = door.ask(document, ADMIN, **given, n=2)["movies"]
    assert (first["nodes"], first["pageInfo"]) == (between[:2], {"hasNextPage": True, "hasPreviousPage": True})
    last = door.ask(document, ADMIN, **given, l=2)["movies"]
    assert (last["nodes"], last["pageInfo"]) == (between[1:], {"hasNextPage": True, "hasPreviousPage": True})


def test_no_rows_can_be_asked_for(door: Door) -> None:
    page = "totalCount nodes { id } edges { cursor } pageInfo { hasNextPage endCursor }"
    found = door.ask(f"{{ ratings(first: 0) {{ {page} }} }}", ADMIN)
    assert found["ratings"]["totalCount"] == len(REVIEWS)
    assert found["ratings"]["pageInfo"] == {"hasNextPage": True, "endCursor": None}
    assert found["ratings"]["nodes"] == found["ratings"]["edges"] == []


def test_first_and_last_are_not_given_together(door: Door) -> None:
    error = door.answer("{ users(first: 1, last: 1) { totalCount } }", ADMIN)["errors"][0]
    assert (error["extensions"]["code"], error["message"]) == ("BAD_INPUT", "Give `first` or `last`, not both.")


def test_films_of_a_list_show_what_is_selected_of_them_in_each_place(door: Door) -> None:
    document = "{ ratings(first: 1) { nodes { movie { title } b: movie { id } } edges { node { movie { genre } } } } }"
    page = door.ask(document, ADMIN)["ratings"]
    assert [list(page["nodes"][0]["movie"]), list(page["nodes"][0]["b"])] == [["title"], ["id"]]
    assert list(page["edges"][0]["node"]["movie"]) == ["genre"]
