"""Masks do not leak: what a role may not see can't be read, filtered, sorted, paged or grouped by."""

import base64
import json
from typing import Any

import pytest

from schema.roles import Role
from server.identity.principal import Grant, Use
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, bearer, token_of
from tests.integration.resolvers.recount import grouped
from tests.integration.resolvers.world import PEOPLE, REVIEWS, SESSIONS, listed

SHOWN = "id: sourceId username email age gender"
# As loaded: ada 17 f, bob 18 m, carl 24 m, dora 25 f, éva 34 f, finn 55, nobody, gil 44, hal 70 m.
NAMES = ("ada", "bob", "carl", "dora", "éva", "finn", None, "gil", "hal")
MASKED_NAMES = ["a***", "b***", "c***", "d***", "é***", "f***", None, "g***", "h***"]
MASKED_EMAILS = [
    "a***@example.com",
    "b***@example.org",
    "c***@example.com",
    "d***@mail.example",
    "é***@exämple.hu",
    None,
    None,
    "g***@example.com",
    "h***@example.com",
]
BANDS = ["under 18", "18-24", "18-24", "25-34", "25-34", "55+", None, "35-44", "55+"]
AGES = ["17", "18", "24", "25", "34", "55", None, "44", "70"]
GENDERS = ["female", "male", "male", "female", "female", None, None, "other", "male"]

USERS = f"{{ users(first: 100) {{ edges {{ node {{ {SHOWN} }} }} }} }}"


def users(door: Door, token: str, document: str = USERS, **variables: Any) -> list[Any]:
    return [edge["node"] for edge in door.ask(document, token, **variables)["users"]["edges"]]


def column(rows: list[Any], name: str) -> list[Any]:
    return [row[name] for row in rows]


def test_a_viewer_sees_parts_bands_and_nothing(door: Door) -> None:
    rows = users(door, VIEWER)
    assert column(rows, "id") == [one.id for one in listed(PEOPLE)]
    assert column(rows, "username") == listed(PEOPLE, MASKED_NAMES)
    assert column(rows, "email") == listed(PEOPLE, MASKED_EMAILS)
    assert column(rows, "age") == listed(PEOPLE, BANDS)
    assert column(rows, "gender") == [None] * len(PEOPLE)


def test_an_analyst_sees_ages_and_genders_but_no_names(door: Door) -> None:
    rows = users(door, ANALYST)
    assert column(rows, "username") == listed(PEOPLE, MASKED_NAMES)
    assert column(rows, "email") == listed(PEOPLE, MASKED_EMAILS)
    assert column(rows, "age") == listed(PEOPLE, AGES)
    assert column(rows, "gender") == listed(PEOPLE, GENDERS)


def test_an_admin_sees_what_was_loaded(door: Door) -> None:
    rows = users(door, ADMIN)
    assert column(rows, "username") == listed(PEOPLE, NAMES)
    assert column(rows, "email") == [one.email for one in listed(PEOPLE)]
    assert column(rows, "age") == listed(PEOPLE, AGES)


def test_a_single_user_is_masked_like_a_listed_one(door: Door) -> None:
    for token in (VIEWER, ANALYST, ADMIN):
        shown = users(door, token)
        document = f"query ($id: ID!) {{ user(id: $id) {{ {SHOWN} }} }}"
        assert [door.ask(document, token, id=one.id)["user"] for one in listed(PEOPLE)] == shown


FIND = "query ($where: UserFilter) { users(where: $where) { totalCount edges { node { id: sourceId } } } }"


@pytest.mark.parametrize("token", [VIEWER, ANALYST], ids=["viewer", "analyst"])
@pytest.mark.parametrize(
    "where",
    [
        {"email": {"eq": "ada@example.com"}},
        {"email": {"in": [one.email for one in PEOPLE if one.email]}},
        {"username": {"eq": "ada"}},
        {"and": [{"country": {"eq": "US"}}, {"or": [{"email": {"eq": "ada@example.com"}}]}]},
        {"not": {"not": {"email": {"eq": "ada@example.com"}}}},
    ],
    ids=str,
)
def test_a_raw_value_finds_nobody_for_whom_it_is_masked(door: Door, token: str, where: Any) -> None:
    assert door.ask(FIND, token, where=where)["users"] == {"totalCount": 0, "edges": []}
    assert door.ask(FIND, ADMIN, where=where)["users"]["totalCount"] > 0


def test_a_masked_value_finds_all_that_look_like_it(door: Door) -> None:
    where = {"email": {"eq": "c***@example.com"}}
    assert door.ask(FIND, VIEWER, where=where)["users"]["edges"] == [{"node": {"id": "12"}}]
    assert door.ask(FIND, ADMIN, where=where)["users"]["totalCount"] == 0


def test_a_hidden_gender_finds_nobody_and_groups_into_nothing(door: Door) -> None:
    where = {"gender": {"eq": "male"}}
    assert door.ask(FIND, VIEWER, where=where)["users"]["totalCount"] == 0
    assert door.ask(FIND, ANALYST, where=where)["users"]["totalCount"] == 3
    document = "{ viewing { rows(by: [GENDER]) { gender views } } }"
    assert door.ask(document, VIEWER)["viewing"]["rows"] == [{"gender": None, "views": len(SESSIONS)}]
    assert door.ask(document, ANALYST)["viewing"]["rows"] == [
        {"gender": gender, "views": len(rows)}
        for gender, rows in grouped(SESSIONS, lambda one: one.user.gender).items()
    ]


def test_a_hidden_gender_filters_no_panel(door: Door) -> None:
    document = '{ dashboard(where: {gender: {eq: "male"}}) { views users } }'
    assert door.ask(document, VIEWER)["dashboard"] == {"views": 0, "users": 0}
    expected = sum(one.user.gender == "male" for one in SESSIONS)
    assert door.ask(document, ANALYST)["dashboard"] == {"views": expected, "users": 3}


SORTED = """query ($after: String, $field: UserField!) {
    users(first: 2, after: $after, orderBy: {field: $field, direction: DESC}) {
        pageInfo { endCursor hasNextPage } edges { cursor node { id: sourceId } } } }"""


def walk(door: Door, token: str, field: str) -> tuple[list[str], list[str]]:
    """Ids in the order of a field, and all cursors on the way."""
    ids: list[str] = []
    cursors: list[str] = []
    after = None
    while True:
        page = door.ask(SORTED, token, after=after, field=field)["users"]
        ids += [edge["node"]["id"] for edge in page["edges"]]
        cursors += [edge["cursor"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return ids, cursors
        after = page["pageInfo"]["endCursor"]


def test_sorting_by_a_masked_field_sorts_by_its_mask(door: Door) -> None:
    # By band, descending as text; equal bands go by the fixed order, not by the age itself.
    expected = [PEOPLE[at].id for at in (0, 8, 5, 7, 4, 3, 2, 1, 6)]
    assert walk(door, VIEWER, "AGE")[0] == expected
    by_age = [PEOPLE[at].id for at in (8, 5, 7, 4, 3, 2, 1, 0, 6)]
    assert walk(door, ANALYST, "AGE")[0] == by_age
    # Hidden from a viewer, everybody is equal.
    assert walk(door, VIEWER, "GENDER")[0] == [one.id for one in reversed(listed(PEOPLE))]


@pytest.mark.parametrize("field", ["EMAIL", "USERNAME", "AGE"])
def test_cursors_carry_masks_only(door: Door, field: str) -> None:
    _, cursors = walk(door, VIEWER, field)
    decoded = b"\n".join(base64.urlsafe_b64decode(cursor) for cursor in cursors).decode()
    for one in PEOPLE:
        for raw in (one.email, one.username and f'"{one.username}"'):
            assert raw is None or raw not in decoded
    if field == "AGE":
        assert '"18-24"' in decoded


NO_CURSOR = "`after` is not a cursor of this list and order that was made for you."


@pytest.mark.parametrize(
    "value", ["carl@example.com", "c***@example.com", "", None, 5, 1.5, 2**64 - 1, True, [], {}], ids=str
)
def test_a_forged_cursor_can_not_search_for_raw_values(door: Door, value: Any) -> None:
    """Nor for masked ones: a cursor is a position that was given out, for that list."""
    cursor = base64.urlsafe_b64decode(walk(door, VIEWER, "EMAIL")[1][0])
    seal, place = cursor[:24], json.loads(cursor[24:])
    forged = base64.urlsafe_b64encode(seal + json.dumps([*place[:2], value, *place[3:]]).encode()).decode()
    error = door.answer(SORTED, VIEWER, after=forged, field="EMAIL")["errors"][0]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"].startswith(NO_CURSOR)


@pytest.mark.parametrize(
    "other", [ANALYST, ADMIN, token_of(Role.VIEWER, {"country": ("US",)})], ids=["analyst", "admin", "scoped"]
)
def test_a_cursor_made_by_another_asker_is_refused(door: Door, other: str) -> None:
    _, cursors = walk(door, other, "EMAIL")
    error = door.answer(SORTED, VIEWER, after=cursors[0], field="EMAIL")["errors"][0]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"].startswith(NO_CURSOR)


def test_a_cursor_of_another_list_is_refused(door: Door) -> None:
    films = door.ask("{ movies(first: 1) { pageInfo { endCursor } } }", VIEWER)["movies"]["pageInfo"]["endCursor"]
    error = door.answer("query ($after: String) { users(after: $after) { totalCount } }", VIEWER, after=films)[
        "errors"
    ][0]
    assert error["message"].startswith(NO_CURSOR)


def test_reviews_are_read_by_those_who_may(door: Door) -> None:
    document = "{ ratings(first: 100) { edges { node { reviewText } } } }"
    texts = [one.text for one in REVIEWS]
    for token, expected in ((VIEWER, [None] * len(REVIEWS)), (ANALYST, texts), (ADMIN, texts)):
        edges = door.ask(document, token)["ratings"]["edges"]
        assert [edge["node"]["reviewText"] for edge in edges] == expected


def test_an_embed_token_sees_no_more_than_a_viewer(door: Door) -> None:
    token = token_of(Role.EMBED, grant=Grant(("Users",), use=Use.SESSION))
    found = door.get("/api/Users", token).json()["data"]["users"]["edges"]
    assert [edge["node"]["email"] for edge in found] == listed(PEOPLE, MASKED_EMAILS)


def test_the_viewer_field_names_what_is_masked(door: Door) -> None:
    document = "{ viewer { subject role masks { type field strategy } } }"
    assert door.ask(document, ANALYST)["viewer"] == {
        "subject": "test-analyst",
        "role": "ANALYST",
        "masks": [
            {"type": "User", "field": "username", "strategy": "PARTIAL"},
            {"type": "User", "field": "email", "strategy": "EMAIL"},
        ],
    }
    assert door.ask(document, ADMIN)["viewer"]["masks"] == []


def test_no_raw_value_is_anywhere_in_a_viewer_s_answers(door: Door) -> None:
    documents = [
        "{ users(first: 100) { totalCount edges { cursor node { id: sourceId username email age gender } } } }",
        "{ users(first: 100, orderBy: {field: EMAIL}) { edges { cursor node { email } } } }",
        "{ ratings(first: 100) { edges { cursor node { reviewText } } } }",
        """{ viewing { rows(by: [AGE_BAND, GENDER, COUNTRY]) { id ageBand gender country views }
             plan(by: [AGE_BAND, GENDER, COUNTRY]) { source sql } } }""",
    ]
    raw = [one.email for one in PEOPLE if one.email] + ["Kept me awake.", "Schön"]
    for document in documents:
        response = door.request("POST", "/graphql", json={"query": document}, headers=bearer(VIEWER))
        assert response.status_code == 200
        assert [value for value in raw if value in response.text] == []
