"""`node(id)` finds what any list showed, ids are unique among all types, and arguments take either form of them."""

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door, token_of
from tests.integration.resolvers.world import FILMS, PEOPLE, REVIEWS

EVERY = "{ movies(first: 99) { edges { node { %s } } } users(first: 99) { edges { node { %s } } } " + (
    "ratings(first: 999) { edges { node { %s } } } }"
)
HERE = token_of(Role.VIEWER, {"country": ("DE",)})


def every(door: Door, fields: str) -> list[dict[str, str]]:
    found = door.ask(EVERY % (fields, fields, fields), ADMIN)
    return [edge["node"] for field in ("movies", "users", "ratings") for edge in found[field]["edges"]]


def test_no_two_things_have_one_id(door: Door) -> None:
    shown = every(door, "__typename id sourceId")
    assert len({one["id"] for one in shown}) == len(shown) == len(FILMS) + len(PEOPLE) + len(REVIEWS)
    days = {one.id: f"{one.given:%Y-%m-%d}:" for one in REVIEWS}
    for one in shown:
        day = days[one["sourceId"]] if one["__typename"] == "Rating" else ""
        assert one["id"] == f"{one['__typename']}:{day}{one['sourceId']}"


def test_what_lists_showed_is_found_again_in_any_order(door: Door) -> None:
    shown = every(door, "__typename id sourceId")
    asked = list(reversed(shown))
    document = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Node { id }
        ... on Movie { sourceId } ... on User { sourceId } ... on Rating { sourceId } } }"""
    assert door.ask(document, ADMIN, ids=[one["id"] for one in asked])["nodes"] == asked


def test_a_node_has_the_fields_of_its_type(door: Door) -> None:
    found = door.ask(
        """{ film: node(id: "Movie:2") { __typename ... on Movie { title averageRating views } ... on User { email } }
             user: node(id: "User:10") { ...U } rating: node(id: "Rating:5000") { ... on Rating { movie { id } } }
             plain: movie(id: "2") { title averageRating views } byId: user(id: "User:10") { ...U } }
           fragment U on User { username email views }""",
        VIEWER,
    )
    assert found["film"] == {"__typename": "Movie", **found["plain"]}
    assert found["user"] == found["byId"]
    assert found["user"]["email"] == "a***@example.com"
    assert found["rating"]["movie"]["id"] == f"Movie:{REVIEWS[0].film.id}"


@pytest.mark.parametrize("given", ["10", "Movie:10", "Film:1", "", "Movie:", "Movie:x", "User:10:1", "user:10"])
def test_what_names_nothing_is_null(door: Door, given: str) -> None:
    document = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id, $id]) { id } }"
    assert door.ask(document, ADMIN, id=given) == {"node": None, "nodes": [None, None]}


def test_what_is_out_of_scope_is_null_as_if_it_were_not_there(door: Door) -> None:
    document = '{ nodes(ids: ["User:10", "User:12", "User:99", "Movie:1"]) { id } }'
    assert door.ask(document, HERE)["nodes"] == [None, {"id": "User:12"}, None, {"id": "Movie:1"}]


@pytest.mark.parametrize(
    ("field", "selection"),
    [
        ("movie(id: %s)", "{ title }"),
        ("similarMovies(id: %s)", "{ rank }"),
        ("viewing(where: {movie: {eq: %s}})", "{ totals { views } }"),
        ("viewing(where: {movie: {in: [%s]}})", "{ rows { views } }"),
        ("dashboard(where: {not: {movie: {ne: %s}}})", "{ views }"),
        ("movies(where: {id: {in: [%s]}})", "{ totalCount }"),
    ],
)
def test_an_argument_takes_either_id_of_a_film(door: Door, field: str, selection: str) -> None:
    by_source, by_node, other = (
        door.ask(f"{{ it: {field % one} {selection} }}", ADMIN)["it"] for one in ('"1"', '"Movie:1"', '"User:1"')
    )
    assert by_source == by_node != other


@pytest.mark.parametrize(
    ("field", "selection"),
    [
        ("user(id: %s)", "{ username }"),
        ("recommendations(userId: %s)", "{ rank }"),
        ("users(where: {id: {eq: %s}})", "{ totalCount }"),
        ("viewingPatterns(userId: %s)", "{ sessions }"),
    ],
)
def test_an_argument_takes_either_id_of_a_user(door: Door, field: str, selection: str) -> None:
    by_source, by_node, other = (
        door.ask(f"{{ it: {field % one} {selection} }}", ADMIN)["it"] for one in ('"12"', '"User:12"', '"Movie:12"')
    )
    assert by_source == by_node != other


def test_a_list_of_ids_has_a_limit(door: Door) -> None:
    body = door.answer("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", VIEWER, ids=["Movie:1"] * 1_001)
    assert body["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert "allowed are 1,000" in body["errors"][0]["message"]
