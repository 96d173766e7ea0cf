"""Embeds: one panel in a frame of one origin, for a token that runs its operation and nothing else."""

from datetime import timedelta

import pytest

from schema.roles import Role
from server.identity.principal import Grant
from tests.integration.resolvers.conftest import VIEWER, Door, token_of
from tests.integration.server.headers import policy

GRANT = Grant(("DailyTrends",), {"days": 5}, "https://films.example")
TOKEN = token_of(Role.EMBED, {"country": ("DE",)}, GRANT)


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
    ],
)
def test_another_token_or_operation_shows_nothing(door: Door, path: str, token: str, status: int) -> None:
    response = door.get(path, params={"token": token})
    assert response.status_code == status
    assert policy(response)["frame-ancestors"] == ["'none'"]


def test_it_runs_its_operation_with_its_variables_in_its_scope(door: Door) -> None:
    response = door.get("/api/DailyTrends", TOKEN)
    scoped = token_of(Role.VIEWER, {"country": ("DE",)})
    document = "{ dailyTrends(days: 5) { day views viewers watchHours completionRate } }"
    assert response.json()["data"] == door.ask(document, scoped)


def test_other_variables_are_free(door: Door) -> None:
    response = door.get("/api/DailyTrends", TOKEN, params={"timeZone": "Asia/Tokyo"})
    assert response.status_code == 200
    assert len(response.json()["data"]["dailyTrends"]) == 5


@pytest.mark.parametrize("value", ["6", "5", "null", ""])
def test_fixed_variables_can_not_be_overridden(door: Door, value: str) -> None:
    response = door.get("/api/DailyTrends", TOKEN, params={"days": value})
    assert response.status_code in (400, 403)
    assert "data" not in response.json()


def test_it_runs_no_other_operation(door: Door) -> None:
    response = door.get("/api/Users", TOKEN)
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_graphql_is_closed_to_it(door: Door) -> None:
    for response in (
        door.post({"query": "{ viewer { role } }"}, TOKEN),
        door.get("/graphql", TOKEN, params={"query": "{ viewer { role } }"}),
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
    token = token_of(Role.EMBED, grant=Grant(("DailyTrends",), {"country": "DE"}))
    response = door.get("/api/DailyTrends", token)
    assert (response.status_code, set(response.json())) == (403, {"errors"})


def test_the_page_sends_its_address_nowhere(door: Door) -> None:
    assert door.get("/embed/DailyTrends", params={"token": TOKEN}).headers["referrer-policy"] == "no-referrer"
