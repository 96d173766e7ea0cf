"""Mutations of tokens: admins make embed tokens, no wider than they are themselves, and end any token."""

from typing import Any

import httpx
import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, bearer, says_nothing, token_of

CREATE = """mutation (
    $operations: [String!]!, $variables: JSON, $scope: RowScope, $origin: String, $ttl: String! = "1h"
) { createEmbedToken(
        input: {operations: $operations, variables: $variables, scope: $scope, origin: $origin, ttl: $ttl}) {
        embedToken { id: sourceId token expiresAt } userErrors { message field } } }"""
REVOKE = """mutation ($input: RevokeTokenInput!) { revokeToken(input: $input) {
        revokedToken { id: sourceId until } userErrors { message field } } }"""
SCOPED_ADMIN = token_of(Role.ADMIN, {"country": ("DE", "CA")})


def created(door: Door, token: str = ADMIN, **variables: Any) -> dict[str, Any]:
    """A token made through the API."""
    payload = door.ask(CREATE, token, **{"operations": ["DailyTrends"], **variables})["createEmbedToken"]
    assert payload["userErrors"] == []
    made: dict[str, Any] = payload["embedToken"]
    return made


def refused(door: Door, document: str, token: str, **variables: Any) -> tuple[str, str]:
    """Code and sentence of a mutation that must not go through."""
    body = door.answer(document, token, **variables)
    if "errors" not in body:
        (payload,) = body["data"].values()
        (told,) = payload.pop("userErrors")
        assert says_nothing(payload)
        return "BAD_INPUT", told["message"]
    assert says_nothing(body.get("data"))
    (error,) = body["errors"]
    return error["extensions"]["code"], error["message"]


def asked(door: Door, operation: str, made: dict[str, Any]) -> httpx.Response:
    """What a new frame with the token is answered."""
    opened = door.request("POST", f"/embed/{operation}", json={"token": made["token"]})
    return door.get(f"/api/{operation}", opened.json()["session"]) if opened.status_code == 200 else opened


def test_an_embed_token_runs_what_it_was_made_for(door: Door) -> None:
    made = created(door, operations=["DailyTrends"], variables={"days": 5}, scope={"country": ["DE"]})
    scoped = token_of(Role.VIEWER, {"country": ("DE",)})
    document = "{ dailyTrends(days: 5) { id day views viewers watchHours completionRate } }"
    assert asked(door, "DailyTrends", made).json()["data"] == door.ask(document, scoped)
    assert asked(door, "TopMovies", made).status_code == 403


def test_fixed_values_of_every_kind_are_taken_as_the_operations_take_them(door: Door) -> None:
    fixed = {
        "range": {"from": "2026-03-01", "to": "2026-03-05"},
        "timeZone": "Asia/Kolkata",
        "where": {"country": {"in": ["us", "Unknown"]}, "not": {"genre": {"has": "Drama"}}},
    }
    made = created(door, operations=["DailyTrends", "Genres"], variables=fixed)
    days = asked(door, "DailyTrends", made).json()["data"]["dailyTrends"]
    assert [one["day"] for one in days] == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]


def test_a_country_of_a_scope_is_folded(door: Door) -> None:
    made = created(door, SCOPED_ADMIN, operations=["Countries"], scope={"country": ["de"]})
    assert [row["country"] for row in asked(door, "Countries", made).json()["data"]["countries"]] == ["DE"]


def test_several_operations_share_a_token(door: Door) -> None:
    made = created(door, operations=["Genres", "Devices"])
    assert {asked(door, name, made).status_code for name in ("Genres", "Devices")} == {200}
    assert {door.get(f"/embed/{name}", params={"token": made["token"]}).status_code for name in ("Genres",)} == {200}
    assert asked(door, "Countries", made).status_code == 403


@pytest.mark.parametrize("token", [VIEWER, ANALYST], ids=["viewer", "analyst"])
def test_only_admins_make_and_revoke_tokens(door: Door, token: str) -> None:
    assert refused(door, CREATE, token, operations=["Genres"])[0] == "FORBIDDEN"
    assert refused(door, REVOKE, token, input={"id": "x"})[0] == "FORBIDDEN"


def test_permissions_name_the_mutations_of_admins_only(door: Door) -> None:
    document = "{ viewer { permissions } }"
    mutations = {"createEmbedToken", "revokeToken"}
    assert mutations <= set(door.ask(document, ADMIN)["viewer"]["permissions"])
    assert not mutations & set(door.ask(document, ANALYST)["viewer"]["permissions"])


def test_a_get_runs_no_mutation(door: Door) -> None:
    document = 'mutation { revokeToken(input: {id: "x"}) { revokedToken { id } } }'
    response = door.get("/graphql", ADMIN, params={"query": document})
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert "x" not in door.service.warehouse.revocations


def test_a_head_runs_no_mutation_though_it_has_a_body(door: Door) -> None:
    body = {"query": 'mutation { revokeToken(input: {id: "headless"}) { revokedToken { id } } }'}
    response = door.request("HEAD", "/graphql", json=body, headers=bearer(ADMIN))
    assert response.status_code == 400
    assert "headless" not in door.service.warehouse.revocations


@pytest.mark.parametrize(
    ("scope", "seen"),
    [({}, ["CA", "DE"]), ({"country": ["DE"]}, ["DE"]), ({"subscription": ["Premium"]}, ["CA", "DE"])],
    ids=str,
)
def test_a_scoped_admin_s_embed_sees_no_more_than_they_do(door: Door, scope: dict[str, Any], seen: list[str]) -> None:
    made = created(door, SCOPED_ADMIN, operations=["Countries"], scope=scope)
    countries = asked(door, "Countries", made).json()["data"]["countries"]
    assert {row["country"] for row in countries} <= set(seen)


@pytest.mark.parametrize("scope", [{"country": ["US"]}, {"country": ["DE", "US"]}], ids=str)
def test_a_scoped_admin_can_not_mint_wider(door: Door, scope: dict[str, Any]) -> None:
    code, sentence = refused(door, CREATE, SCOPED_ADMIN, operations=["Countries"], scope=scope)
    assert (code, "does not reach the country US" in sentence) == ("FORBIDDEN", True)


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"operations": []}, "BAD_INPUT", "at least one operation"),
        ({"operations": ["Nothing"]}, "BAD_INPUT", "no operation Nothing"),
        ({"variables": {"limit": 3}}, "BAD_INPUT", "no variable limit"),
        ({"operations": ["DailyTrends", "Viewer"], "variables": {"days": 3}}, "BAD_INPUT", "Viewer has no variable"),
        ({"variables": [1]}, "BAD_INPUT", "not an object"),
        ({"variables": {"days": "30"}}, "BAD_INPUT", "The variable days can't have this fixed value for DailyTrends"),
        ({"variables": {"days": 2**31}}, "BAD_INPUT", "The variable days can't have this fixed value for DailyTrends"),
        (
            {"variables": {"timeZone": None}},
            "BAD_INPUT",
            "The variable timeZone can't have this fixed value for DailyTrends",
        ),
        ({"variables": {"timeZone": "Mars/Olympus"}}, "BAD_INPUT", "There is no time zone 'Mars/Olympus'"),
        (
            {"variables": {"range": "P7D"}},
            "BAD_INPUT",
            "The variable range can't have this fixed value for DailyTrends",
        ),
        (
            {"variables": {"range": {"from": "2026-01-01", "to": "9999-12-31"}}},
            "BAD_INPUT",
            "The variable range.to can't have this fixed value for DailyTrends: '9999-12-31' is outside the "
            "years 1990 to 2100.",
        ),
        ({"variables": {"where": {"colour": {"eq": "red"}}}}, "BAD_INPUT", "The variable where"),
        ({"variables": {"where": {"or": [{"country": {"in": ["DE", "France"]}}]}}}, "BAD_INPUT", "ISO 3166 code: FR."),
        (
            {"operations": ["QualityAlerts"], "variables": {"country": "Germany"}},
            "BAD_INPUT",
            "The variable country can't have this fixed value for QualityAlerts: There is no country 'Germany'.",
        ),
        ({"scope": {"country": ["Germany"]}}, "BAD_INPUT", "There is no country 'Germany'. Use an ISO 3166 code: DE."),
        ({"scope": {"country": []}}, "FORBIDDEN", "can't be evaluated"),
        ({"origin": "https://a.example/path"}, "BAD_INPUT", "The origin is"),
        ({"origin": "https://a.example; script-src *"}, "BAD_INPUT", "The origin is"),
        ({"ttl": "soon"}, "BAD_INPUT", "ttl is 'soon'"),
        ({"ttl": ""}, "BAD_INPUT", "ttl is ''"),
        ({"ttl": "31d"}, "BAD_INPUT", "the longest is 30d"),
    ],
    ids=str,
)
def test_what_can_not_be_is_said(door: Door, changed: dict[str, Any], code: str, said: str) -> None:
    found, sentence = refused(door, CREATE, ADMIN, **{"operations": ["DailyTrends"], **changed})
    assert (found, said in sentence) == (code, True), sentence


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"operations": []}, "operations"),
        ({"variables": {"limit": 3}}, "variables"),
        ({"scope": {"country": ["Germany"]}}, "scope"),
        ({"origin": "https://a.example/path"}, "origin"),
        ({"ttl": "31d"}, "ttl"),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_input_says_where(door: Door, changed: dict[str, Any], field: str) -> None:
    payload = door.ask(CREATE, ADMIN, **{"operations": ["DailyTrends"], **changed})["createEmbedToken"]
    assert payload["embedToken"] is None
    assert [one["field"] for one in payload["userErrors"]] == [["input", field]]


@pytest.mark.parametrize(("by", "field"), [("id", "id"), ("token", "token")])
def test_a_revoked_token_opens_no_door(door: Door, by: str, field: str) -> None:
    made = created(door)
    assert asked(door, "DailyTrends", made).status_code == 200
    ended = door.ask(REVOKE, ADMIN, input={by: made[field]})["revokeToken"]["revokedToken"]
    assert ended == {"id": made["id"], "until": made["expiresAt"] if by == "token" else None}
    for response in (
        asked(door, "DailyTrends", made),
        door.get("/embed/DailyTrends", params={"token": made["token"]}),
        door.post({"query": "{ viewer { role } }"}, made["token"]),
    ):
        assert (response.status_code, "revoked" in response.text) == (401, True)


def test_revoking_twice_is_no_error(door: Door) -> None:
    made = created(door)
    for _ in range(2):
        assert (
            door.ask(REVOKE, ADMIN, input={"token": made["token"]})["revokeToken"]["revokedToken"]["id"] == made["id"]
        )


@pytest.mark.parametrize("named", [{}, {"id": "a", "token": "b"}, {"id": ""}, {"id": None}], ids=str)
def test_one_token_is_named_by_one_name(door: Door, named: dict[str, Any]) -> None:
    assert refused(door, REVOKE, ADMIN, input=named)[0] == "BAD_INPUT"


def test_a_token_that_does_not_count_can_not_be_revoked(door: Door) -> None:
    assert refused(door, REVOKE, ADMIN, input={"token": "a.b.c"})[0] == "UNAUTHENTICATED"


def test_others_go_on_when_one_is_revoked(door: Door) -> None:
    first, second = created(door), created(door)
    door.ask(REVOKE, ADMIN, input={"id": first["id"]})
    assert asked(door, "DailyTrends", second).status_code == 200
