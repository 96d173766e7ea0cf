"""The list of tokens: what the server made and still counts, for admins who may see all rows, and never a token."""

import json
from typing import Any

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of

CREATE = """mutation ($input: CreateTokenInput!) { createToken(input: $input) {
    token { id: sourceId token expiresAt } userErrors { message } } }"""
TOKENS = (
    "{ tokens(first: 500) { id: sourceId kind subject role scope operations issuedBy issuedAt expiresAt isRevoked } }"
)


def created(door: Door, **given: Any) -> dict[str, Any]:
    """A token made through the API."""
    made: dict[str, Any] = door.ask(CREATE, ADMIN, input={"role": "VIEWER", "subject": "ada", **given})["createToken"][
        "token"
    ]
    return made


def listed(door: Door, token_id: str) -> list[dict[str, Any]]:
    """The entries of a token."""
    return [one for one in door.ask(TOKENS, ADMIN)["tokens"] if one["id"] == token_id]


def test_a_token_is_listed_with_whom_it_stands_for_and_who_made_it(door: Door) -> None:
    made = created(door, role="ANALYST", scope={"country": ["de"], "genre": ["Drama"]}, ttl="30m")
    (found,) = listed(door, made["id"])
    assert {name: found[name] for name in ("kind", "subject", "role", "scope", "issuedBy", "isRevoked")} == {
        "kind": "TOKEN",
        "subject": "ada",
        "role": "ANALYST",
        "scope": ["country=DE", "genre=Drama"],
        "issuedBy": "test-admin",
        "isRevoked": False,
    }
    assert found["expiresAt"] == made["expiresAt"]
    viewer = door.ask("{ viewer { role scope { name values } } }", made["token"])["viewer"]
    assert viewer["scope"] == [{"name": "COUNTRY", "values": ["DE"]}, {"name": "GENRE", "values": ["Drama"]}]


def test_an_embed_token_is_listed_with_its_operations(door: Door) -> None:
    document = 'mutation { createEmbedToken(input: {operations: ["Genres"]}) { embedToken { id: sourceId } } }'
    made = door.ask(document, ADMIN)["createEmbedToken"]["embedToken"]
    (found,) = listed(door, made["id"])
    assert (found["kind"], found["operations"]) == ("EMBED", ["Genres"])


def test_a_revoked_token_is_told_and_opens_nothing(door: Door) -> None:
    made = created(door)
    door.ask("mutation ($id: ID!) { revokeToken(input: {id: $id}) { revokedToken { id } } }", ADMIN, id=made["id"])
    assert [one["isRevoked"] for one in listed(door, made["id"])] == [True]
    assert door.post({"query": "{ viewer { role } }"}, made["token"]).status_code == 401


def test_no_token_is_kept(door: Door) -> None:
    made = created(door)
    kept = json.dumps(door.service.warehouse.engine.query("SELECT * FROM issued_tokens").dicts(), default=str)
    assert made["id"] in kept
    assert made["token"].split(".")[2] not in kept


def test_a_token_that_sends_rows_has_no_scope(door: Door) -> None:
    assert created(door, role="INGEST")["token"]
    body = door.answer(CREATE, ADMIN, input={"role": "INGEST", "subject": "x", "scope": {"country": ["DE"]}})
    assert "no row scope" in body["data"]["createToken"]["userErrors"][0]["message"]


@pytest.mark.parametrize("token", [VIEWER, ANALYST, token_of(Role.ADMIN, {"country": ("DE",)})], ids=["v", "a", "s"])
def test_who_may_not_see_all_sees_no_list(door: Door, token: str) -> None:
    assert door.answer(TOKENS, token)["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("first", [0, 501])
def test_a_list_has_a_length(door: Door, first: int) -> None:
    assert "It may be 1 to 500" in door.answer(f"{{ tokens(first: {first}) {{ id }} }}", ADMIN)["errors"][0]["message"]
