"""Fields of films and users that are questions of their own say what the queries of their names say, each with its own
refusal.
"""

from typing import Any

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ANALYST, VIEWER, Door, token_of
from tests.integration.resolvers.world import FILMS, PEOPLE, REVIEWS, SESSIONS, Session

HERE = token_of(Role.ANALYST, {"country": ("DE",)})
PATTERN = "value viewers sessions visits dayparts { night evening }"
FILM = """{ film: movie(id: "1") { id title similar(limit: 5) { rank similarity movie { title } }
    trend(range: {last: "P7D"}) { day views viewers }
    ratings(first: 99) { totalCount nodes { id rating movie { id } } } } }"""


def test_a_film_leads_to_similar_ones_its_trend_and_its_ratings(door: Door) -> None:
    film = door.ask(FILM, VIEWER)["film"]
    plain = door.ask(
        """{ similarMovies(id: "1", limit: 5) { rank similarity movie { title } }
            dailyTrends(range: {last: "P7D"}, where: {movie: {eq: "1"}}) { day views viewers } }""",
        VIEWER,
    )
    assert (film["id"], film["title"]) == ("Movie:1", "Dusk")
    assert film["similar"] == plain["similarMovies"] != []
    assert film["trend"] == plain["dailyTrends"]
    given = [one for one in REVIEWS if one.film == FILMS[0]]
    expected = [(f"Rating:{one.given:%Y-%m-%d}:{one.id}", one.stars_e2 / 100) for one in given]
    assert [(one["id"], one["rating"]) for one in film["ratings"]["nodes"]] == expected
    assert film["ratings"]["totalCount"] == len(expected) > 1
    assert {one["movie"]["id"] for one in film["ratings"]["nodes"]} == {"Movie:1"}


def test_a_film_s_ratings_are_paged_both_ways(door: Door) -> None:
    document = """query ($n: Int, $a: String, $l: Int, $b: String) { node(id: "Movie:2") { ... on Movie {
        ratings(first: $n, after: $a, last: $l, before: $b) { edges { cursor node { id } } } } } }"""

    def page(**given: Any) -> list[dict[str, Any]]:
        edges: list[dict[str, Any]] = door.ask(document, VIEWER, **given)["node"]["ratings"]["edges"]
        return edges

    whole = page(n=99)
    assert page(n=2, a=whole[0]["cursor"]) == whole[1:3]
    assert page(l=2, b=whole[-1]["cursor"]) == whole[-3:-1]


def test_a_user_leads_to_recommendations_habits_and_the_risk(door: Door) -> None:
    user = door.ask(
        f"""{{ user(id: "User:12") {{ sourceId recommendations(limit: 2) {{ rank score movie {{ id }} }}
            patterns {{ {PATTERN} }} churnRisk {{ probability user {{ id }} features {{ name value }} }} }} }}""",
        ANALYST,
    )["user"]
    plain = door.ask(
        f"""{{ recommendations(userId: "12", limit: 2) {{ rank score movie {{ id }} }}
            viewingPatterns(userId: "12") {{ {PATTERN} }}
            churnRisk(limit: 9) {{ probability user {{ id }} features {{ name value }} }} }}""",
        ANALYST,
    )
    assert user["sourceId"] == "12"
    assert user["recommendations"] == plain["recommendations"] != []
    assert [user["patterns"]] == plain["viewingPatterns"]
    assert user["churnRisk"] == next(one for one in plain["churnRisk"] if one["user"]["id"] == "User:12")


SESSION = """id sourceId startTime watchMinutes completion device quality bufferingCount
    movie { id title } user { id username }"""


def id_of(session: Session) -> str:
    """The id of a session as a node."""
    return f"Session:{session.start:%Y-%m-%d}:{session.id}"


def _newest_first(user: str) -> list[Session]:
    return sorted(
        (one for one in SESSIONS if one.user.id == user), key=lambda one: (-one.start.timestamp(), -int(one.id))
    )


def test_a_user_leads_to_the_sessions_newest_first(door: Door) -> None:
    found = door.ask(f"{{ user(id: 12) {{ sessions(first: 99) {{ totalCount nodes {{ {SESSION} }} }} }} }}", ANALYST)
    sessions, expected = found["user"]["sessions"], _newest_first("12")
    assert sessions["totalCount"] == len(expected) > 5
    assert [one["sourceId"] for one in sessions["nodes"]] == [one.id for one in expected]
    assert sessions["nodes"][0] == {
        "id": id_of(expected[0]),
        "sourceId": expected[0].id,
        "startTime": f"{expected[0].start:%Y-%m-%dT%H:%M:%SZ}",
        "watchMinutes": expected[0].minutes_e4 / 10_000,
        "completion": None if expected[0].completion_e6 is None else expected[0].completion_e6 / 1_000_000,
        "device": expected[0].device,
        "quality": expected[0].quality,
        "bufferingCount": expected[0].buffering,
        "movie": {"id": f"Movie:{expected[0].film.id}", "title": expected[0].film.title},
        "user": {"id": "User:12", "username": door.ask("{ user(id: 12) { username } }", ANALYST)["user"]["username"]},
    }


def test_a_user_s_sessions_are_paged_both_ways(door: Door) -> None:
    document = """query ($n: Int, $a: String, $l: Int, $b: String) { node(id: "User:12") { ... on User {
        sessions(first: $n, after: $a, last: $l, before: $b) { edges { cursor node { id } } } } } }"""

    def page(**given: Any) -> list[dict[str, Any]]:
        edges: list[dict[str, Any]] = door.ask(document, VIEWER, **given)["node"]["sessions"]["edges"]
        return edges

    whole = page(n=99)
    assert page(n=2, a=whole[1]["cursor"]) == whole[2:4]
    assert page(l=2, b=whole[-1]["cursor"]) == whole[-3:-1]


def test_a_user_leads_to_the_ratings_that_they_gave(door: Door) -> None:
    rater = next(one.user for one in REVIEWS)
    expected = [f"Rating:{one.given:%Y-%m-%d}:{one.id}" for one in REVIEWS if one.user == rater]
    document = f'{{ user(id: "{rater.id}") {{ ratings(first: 99) {{ totalCount nodes {{ id reviewText }} }} }} }}'
    found = door.ask(document, VIEWER)["user"]["ratings"]
    assert (found["totalCount"], sorted(one["id"] for one in found["nodes"])) == (len(expected), sorted(expected))
    # Reviews are masked for viewers.
    assert {one["reviewText"] for one in found["nodes"]} == {None}


def test_a_session_is_a_node_and_masked_as_its_user_is(door: Door) -> None:
    document = f'{{ node(id: "{id_of(SESSIONS[0])}") {{ ... on Session {{ id user {{ id email age }} }} }} }}'
    person = f'{{ user(id: "{SESSIONS[0].user.id}") {{ id email age }} }}'
    for token in (VIEWER, ANALYST, token_of(Role.ADMIN)):
        found = door.ask(document, token)["node"]
        assert found == {"id": id_of(SESSIONS[0]), "user": door.ask(person, token)["user"]}
    assert door.ask(document, VIEWER)["node"]["user"]["email"] != SESSIONS[0].user.email
    assert door.ask('{ node(id: "Session:nothing") { id } }', VIEWER) == {"node": None}


@pytest.mark.parametrize("scope", [{"country": ("DE",)}, {"subscription": ("free",)}, {"genre": ("Drama",)}])
def test_sessions_out_of_scope_are_absent(door: Door, scope: dict[str, tuple[str, ...]]) -> None:
    token = token_of(Role.ANALYST, scope)
    ids = [id_of(one) for one in SESSIONS[:40]]
    seen = door.ask("query ($i: [ID!]!) { nodes(ids: $i) { id } }", token, i=ids)["nodes"]
    ((name, values),) = scope.items()
    told = [{"country": one.user.country, "subscription": one.user.plan, "genre": one.film.genre} for one in SESSIONS]
    expected = [found if of[name] in values else None for found, of in zip(ids, told, strict=False)]
    assert [one and one["id"] for one in seen] == expected
    assert 0 < sum(one is not None for one in seen) < 40
    undated = [f"Session:{one.id}" for one in SESSIONS[:40]]
    assert door.ask("query ($i: [ID!]!) { nodes(ids: $i) { id } }", token, i=undated)["nodes"] == seen


def test_a_user_out_of_reach_leads_to_no_sessions(door: Door) -> None:
    # Such a token may not open users, so it meets sessions by their own ids only.
    body = door.answer("{ user(id: 12) { sessions { totalCount } } }", token_of(Role.ADMIN, {"genre": ("Drama",)}))
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
    elsewhere = next(one for one in PEOPLE if one.country not in ("DE", None))
    document = f'{{ user(id: "{elsewhere.id}") {{ sessions {{ totalCount }} }} }}'
    assert door.ask(document, HERE) == {"user": None}


def test_who_has_none_has_null(door: Door) -> None:
    document = '{ user(id: "18") { id patterns { sessions } churnRisk { probability } } }'
    found = door.ask(document, ANALYST)["user"]
    assert found == {"id": "User:18", "patterns": None, "churnRisk": None}
    assert door.ask('{ user(id: "99") { id patterns { sessions } } }', ANALYST) == {"user": None}


@pytest.mark.parametrize("token", [VIEWER, HERE])
def test_a_refused_field_of_a_node_leaves_the_others(door: Door, token: str) -> None:
    body = door.answer('{ user(id: "12") { country churnRisk { probability } } }', token)
    assert body["data"] == {"user": {"country": "DE", "churnRisk": None}}
    (error,) = body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["user", "churnRisk"], "FORBIDDEN")


def test_several_nodes_are_walked_at_once_and_told_apart(door: Door) -> None:
    found = door.ask(
        """{ nodes(ids: ["Movie:1", "User:10", "Movie:3", "User:x"]) { __typename id
            ... on Movie { title similar { id rank } } ... on User { recommendations { id rank } } } }""",
        VIEWER,
    )["nodes"]
    assert [one and one["__typename"] for one in found] == ["Movie", "User", "Movie", None]
    ids = [part["id"] for one in found if one for part in one.get("similar") or one.get("recommendations") or ()]
    assert len(set(ids)) == len(ids) > 3


@pytest.mark.parametrize(
    "document",
    [
        "{ movies { nodes { similar { rank } } } }",
        "{ topMovies { movie { trend { day } } } }",
        "{ viewing { rows(by: [MOVIE]) { movie { ratings { totalCount } } } } }",
    ],
)
def test_below_a_list_it_is_refused_and_says_where_to_ask(door: Door, document: str) -> None:
    (error,) = door.answer(document, VIEWER)["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "below movie, user, node and nodes" in error["message"]


def test_many_nodes_are_too_many_questions(door: Door) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Movie { similar { rank } } } }"
    ids = [f"Movie:{film.id}" for film in FILMS] * 5
    (error,) = door.answer(document, VIEWER, ids=ids)["errors"]
    assert (error["extensions"]["code"], "path" in error) == ("TOO_EXPENSIVE", False)
