"""Embeds: one panel in a frame of one origin, for a token that runs its operation and nothing else."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from schema.roles import Role
from server.identity.principal import Grant, Use
from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door, bearer, token_of
from tests.integration.server.headers import policy

GRANT = Grant(("DailyTrends",), {"days": 5}, "https://films.example")
TOKEN = token_of(Role.EMBED, {"country": ("DE",)}, GRANT)
# What the frame's page asks with.
SESSION = token_of(Role.EMBED, {"country": ("DE",)}, replace(GRANT, use=Use.SESSION))
OTHER_SESSION = token_of(Role.EMBED, grant=Grant(("DailyTrends",), use=Use.SESSION))


def test_only_the_token_s_origin_may_frame_it(door: Door) -> None:
    response = door.get("/embed/DailyTrends", params={"token": TOKEN})
    assert response.status_code == 200
    assert policy(response)["frame-ancestors"] == ["https://films.example"]
    assert policy(response)["script-src"] == ["'self'"]


def test_without_an_origin_the_server_s_own_pages_may_frame_it(door: Door) -> None:
    token = token_of(Role.EMBED, grant=Grant(("DailyTrends",)))
    response = door.get("/embed/DailyTrends", params={"token": token})
    assert policy(response)["frame-ancestors"] == ["'self'"]


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/embed/DailyTrends", "", 401),
        ("/embed/DailyTrends", "x", 401),
        ("/embed/DailyTrends", token_of(Role.EMBED, grant=GRANT, secret=bytes(32)), 401),
        ("/embed/TopMovies", TOKEN, 403),
        ("/embed/DailyTrends", VIEWER, 403),
        ("/embed/DailyTrends", OTHER_SESSION, 403),
    ],
)
def test_another_token_or_operation_shows_nothing(door: Door, path: str, token: str, status: int) -> None:
    response = door.get(path, params={"token": token})
    assert response.status_code == status
    assert policy(response)["frame-ancestors"] == ["'none'"]


def exchanged(door: Door, operation: str, token: str, **headers: str) -> httpx.Response:
    """What a frame's page gets for its token."""
    return door.request("POST", f"/embed/{operation}", json={"token": token}, headers=headers)


def test_a_token_is_exchanged_once_for_a_session_that_asks(door: Door) -> None:
    token = token_of(Role.EMBED, {"country": ("DE",)}, Grant(("DailyTrends", "Genres")))
    first, again = (exchanged(door, "DailyTrends", token) for _ in range(2))
    session = first.json()["session"]
    assert door.get("/api/DailyTrends", session).status_code == 200
    assert (again.status_code, set(again.json())) == (401, {"errors"})
    assert "opened its frame already" in again.text
    # Its other operation opens a frame of its own, and each session is for one.
    assert door.get("/api/Genres", session).status_code == 403
    assert door.get("/api/Genres", exchanged(door, "Genres", token).json()["session"]).status_code == 200


def test_a_reusable_token_opens_frames_until_it_expires(door: Door) -> None:
    token = token_of(Role.EMBED, grant=Grant(("DailyTrends",), use=Use.OFTEN))
    sessions = [exchanged(door, "DailyTrends", token).json()["session"] for _ in range(2)]
    assert [door.get("/api/DailyTrends", one).status_code for one in sessions] == [200, 200]


@pytest.mark.parametrize("use", [Use.ONCE, Use.OFTEN])
def test_what_stands_in_an_address_is_no_key_to_the_api(door: Door, use: Use) -> None:
    token = token_of(Role.EMBED, grant=Grant(("DailyTrends",), use=use))
    for path in ("/api/DailyTrends", "/api/DailyTrends?format=csv", "/api/Board/question?question=x"):
        assert door.get(path, token).status_code == 403


@pytest.mark.parametrize(
    ("operation", "token", "status"),
    [
        ("DailyTrends", "x", 401),
        ("DailyTrends", token_of(Role.EMBED, grant=GRANT, ttl=timedelta(seconds=-60)), 401),
        ("TopMovies", token_of(Role.EMBED, grant=GRANT), 403),
        ("DailyTrends", VIEWER, 403),
        # A session makes no sessions.
        ("DailyTrends", SESSION, 403),
    ],
)
def test_another_token_is_exchanged_for_nothing(door: Door, operation: str, token: str, status: int) -> None:
    response = exchanged(door, operation, token)
    assert (response.status_code, set(response.json())) == (status, {"errors"})


@pytest.mark.parametrize("body", [None, [], {}, {"token": 7}, {"session": "x"}], ids=str)
def test_a_body_without_a_token_says_what_to_send(door: Door, body: object) -> None:
    response = door.request("POST", "/embed/DailyTrends", json=body)
    assert (response.status_code, "Send" in response.text) == (400, True)


def test_a_session_ends_with_its_token(door: Door) -> None:
    made = door.ask('mutation { createEmbedToken(input: {operations: ["Genres"]}) { embedToken { id token } } }', ADMIN)
    token = made["createEmbedToken"]["embedToken"]
    session = exchanged(door, "Genres", token["token"]).json()
    assert door.get("/api/Genres", session["session"]).status_code == 200
    door.ask(f'mutation {{ revokeToken(input: {{id: "{token["id"]}"}}) {{ revokedToken {{ id }} }} }}', ADMIN)
    assert door.get("/api/Genres", session["session"]).status_code == 401


@pytest.mark.parametrize(("site", "status"), [("same-origin", 200), ("cross-site", 403), ("same-site", 403)])
def test_a_session_asks_from_its_frame_alone(door: Door, site: str, status: int) -> None:
    headers = {**bearer(SESSION), "Sec-Fetch-Site": site}
    assert door.request("GET", "/api/DailyTrends", headers=headers).status_code == status


@pytest.mark.parametrize(("dest", "status"), [("iframe", 200), ("frame", 200), ("document", 403), ("object", 403)])
def test_a_copied_address_opens_nothing_in_a_tab(door: Door, dest: str, status: int) -> None:
    headers = {"Sec-Fetch-Dest": dest}
    response = door.request("GET", "/embed/DailyTrends", params={"token": TOKEN}, headers=headers)
    assert response.status_code == status


def test_it_runs_its_operation_with_its_variables_in_its_scope(door: Door) -> None:
    response = door.get("/api/DailyTrends", SESSION)
    scoped = token_of(Role.VIEWER, {"country": ("DE",)})
    document = "{ dailyTrends(days: 5) { id day views viewers watchHours completionRate } }"
    assert response.json()["data"] == door.ask(document, scoped)


def test_other_variables_are_free(door: Door) -> None:
    response = door.get("/api/DailyTrends", SESSION, params={"timeZone": "Asia/Tokyo"})
    assert response.status_code == 200
    assert len(response.json()["data"]["dailyTrends"]) == 5


@pytest.mark.parametrize("value", ["6", "5", "null", ""])
def test_fixed_variables_can_not_be_overridden(door: Door, value: str) -> None:
    response = door.get("/api/DailyTrends", SESSION, params={"days": value})
    assert response.status_code in (400, 403)
    assert "data" not in response.json()


def test_it_runs_no_other_operation(door: Door) -> None:
    response = door.get("/api/Users", SESSION)
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_graphql_is_closed_to_it(door: Door) -> None:
    for response in (
        door.post({"query": "{ viewer { role } }"}, SESSION),
        door.get("/graphql", SESSION, params={"query": "{ viewer { role } }"}),
    ):
        assert response.status_code == 403
        assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("params", [{}, {"format": "csv"}, {"format": "json"}, {"days": "5"}], ids=str)
def test_an_expired_token_opens_no_door_and_falls_back_to_nothing(door: Door, params: dict[str, str]) -> None:
    """Elsewhere an expired embed token turned into an unfiltered CSV: nothing but a refusal may come back here."""
    expired = token_of(Role.EMBED, {"country": ("DE",)}, GRANT, ttl=timedelta(seconds=-60))
    for path in ("/api/DailyTrends", "/api/Users"):
        response = door.get(path, expired, params=params)
        assert response.status_code == 401
        assert set(response.json()) == {"errors"}
        assert 'error="invalid_token"' in response.headers["www-authenticate"]
    page = door.get("/embed/DailyTrends", params={**params, "token": expired})
    assert (page.status_code, page.headers["content-type"]) == (401, "text/plain; charset=utf-8")
    assert page.text.startswith("The token has expired.")


def test_a_token_in_an_address_opens_the_embed_s_page_only(door: Door) -> None:
    assert door.get("/api/DailyTrends", params={"token": TOKEN}).status_code == 401
    assert door.get("/graphql", params={"token": VIEWER, "query": "{ viewer { role } }"}).status_code == 401


def test_a_variable_that_its_operation_no_longer_has_denies(door: Door) -> None:
    token = token_of(Role.EMBED, grant=Grant(("DailyTrends",), {"country": "DE"}, use=Use.SESSION))
    response = door.get("/api/DailyTrends", token)
    assert (response.status_code, set(response.json())) == (403, {"errors"})


def test_the_page_sends_its_address_nowhere(door: Door) -> None:
    assert door.get("/embed/DailyTrends", params={"token": TOKEN}).headers["referrer-policy"] == "no-referrer"
