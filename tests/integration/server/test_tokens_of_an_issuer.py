"""Tokens of an issuer: what its published keys signed counts; what only looks like it does not, through every door."""

import hmac
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from schema.roles import Role
from server.answering.service import Service
from server.identity.claims import ClaimNames
from server.identity.jwks import Jwks, fetch_bounded
from server.identity.principal import Grant, Use
from server.identity.tokens import Issuer as Trusted
from server.identity.tokens import Tokens
from tests.integration.resolvers.conftest import SECRET, VIEWER, Door, bearer, opened_door, token_of
from tests.integration.server.issuer import AUDIENCE, NAME, Issuer, Private, jwk, pem, serving
from tests.one_secret import OneSecret
from tests.support.clock import Clock

RSA: Private = rsa.generate_private_key(65537, 2048)
EC: Private = ec.generate_private_key(ec.SECP256R1())
STRANGER: Private = rsa.generate_private_key(65537, 2048)
WHO = "{ viewer { subject role scope { name values } } }"


@pytest.fixture
def clock() -> Clock:
    """The time by which keys get old."""
    return Clock(0.0)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer with a key of each kind."""
    with serving() as found:
        found.add("rsa", RSA)
        found.add("ec", EC)
        yield found


def trusting(service: Service, issuer: Issuer, clock: Clock, names: ClaimNames) -> Service:
    keys = Jwks(issuer.address, clock=clock)
    return replace(service, tokens=Tokens(OneSecret(SECRET), Trusted(NAME, AUDIENCE, names, keys)))


@pytest.fixture
def gate(service: Service, issuer: Issuer, clock: Clock) -> Iterator[Door]:
    """The HTTP door of a server that trusts the issuer, and reads row scopes from `rows`."""
    with opened_door(trusting(service, issuer, clock, ClaimNames("role", "rows"))) as door:
        yield door


def refusal(door: Door, token: str) -> tuple[int, str]:
    """Status and sentence with which a token is refused; each door that takes one says the same, or shuts."""
    response = door.post({"query": WHO}, token)
    assert "data" not in response.json()
    assert door.get("/api/Viewer", token).status_code == response.status_code
    assert door.get("/schema.graphql", token).status_code == response.status_code
    assert door.get("/embed/Viewer", params={"token": token}).status_code == response.status_code
    return response.status_code, response.json()["errors"][0]["message"]


@pytest.mark.parametrize("kid", ["rsa", "ec"])
def test_a_token_of_either_kind_of_key_counts(gate: Door, issuer: Issuer, kid: str) -> None:
    viewer = gate.ask(WHO, issuer.sign(kid, rows={"country": ["DE"]}))["viewer"]
    assert viewer == {"subject": "ada", "role": "ANALYST", "scope": [{"name": "COUNTRY", "values": ["DE"]}]}
    assert issuer.asked == 1


def test_its_row_scope_limits_rows_as_one_of_ours_does(gate: Door, issuer: Issuer) -> None:
    document = "{ dashboard { views viewers } }"
    ours = gate.ask(document, token_of(Role.ANALYST, {"country": ("DE",)}))
    assert gate.ask(document, issuer.sign("ec", rows={"country": ["DE"]})) == ours
    assert gate.ask(document, issuer.sign("ec", rows={})) != ours


def test_our_own_tokens_count_beside_it_and_ask_it_nothing(gate: Door, issuer: Issuer) -> None:
    embed = token_of(Role.EMBED, grant=Grant(("DailyTrends",), use=Use.SESSION))
    assert gate.ask(WHO, VIEWER)["viewer"]["role"] == "VIEWER"
    assert gate.get("/api/DailyTrends", embed).status_code == 200
    assert issuer.asked == 0


def test_a_new_key_is_taken_up_and_a_withdrawn_one_dropped(gate: Door, issuer: Issuer, clock: Clock) -> None:
    before = issuer.sign("rsa", rows={})
    gate.ask(WHO, before)
    del issuer.keys["rsa"]
    issuer.add("next", STRANGER)
    clock.now_s = 10.0
    gate.ask(WHO, issuer.sign("next", rows={}))
    assert refusal(gate, before) == (
        401,
        "The token is signed by a key that its issuer does not publish. Get a new one from there.",
    )
    assert issuer.asked == 2


def test_while_it_is_down_known_keys_count_and_others_wait(gate: Door, issuer: Issuer, clock: Clock) -> None:
    gate.ask(WHO, issuer.sign("rsa", rows={}))
    issuer.status = 503
    clock.now_s = 4_000.0
    gate.ask(WHO, issuer.sign("rsa", rows={}))
    status, sentence = refusal(gate, issuer.sign("new", key=STRANGER, rows={}))
    assert (status, "does not answer" in sentence) == (503, True)
    assert gate.ask(WHO, VIEWER)["viewer"]["role"] == "VIEWER"


def test_an_issuer_that_was_never_there_closes_only_its_own_tokens(gate: Door, issuer: Issuer) -> None:
    issuer.status = 500
    response = gate.post({"query": WHO}, issuer.sign("rsa", rows={}))
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert gate.ask(WHO, VIEWER)["viewer"]["role"] == "VIEWER"


@pytest.mark.parametrize("kid", ["rsa", "ec"])
@pytest.mark.parametrize(
    "known", [pem, lambda key: pem(key).strip(), lambda key: jwk(key)["kty"].encode()], ids=["pem", "stripped", "kind"]
)
def test_a_public_key_is_not_taken_for_our_secret(gate: Door, issuer: Issuer, kid: str, known: Any) -> None:
    # Signed by hand: PyJWT itself would not sign so.
    forged = hs256(issuer.claims(role="admin", rows={}), known(issuer.keys[kid]), kid)
    ours = hs256(issuer.claims(role="admin", iss="marquee", aud="marquee"), known(issuer.keys[kid]), kid)
    for token in (forged, ours):
        assert refusal(gate, token)[0] == 401


def hs256(claims: dict[str, Any], key: bytes, kid: str) -> str:
    """A token whose MAC is keyed by anything."""
    head, body, _ = jwt.encode(claims, "x" * 32, "HS256", headers={"kid": kid}).split(".")
    mac = hmac.digest(key, f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{jwt.utils.base64url_encode(mac).decode()}"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", "HS384", "RS512", "PS256", "EdDSA"])
def test_another_algorithm_is_refused(gate: Door, issuer: Issuer, alg: str) -> None:
    _, body, signature = issuer.sign("rsa", role="admin", rows={}).split(".")
    head = jwt.utils.base64url_encode(f'{{"alg":"{alg}","kid":"rsa"}}'.encode()).decode()
    for token in (f"{head}.{body}.", f"{head}.{body}.{signature}"):
        assert refusal(gate, token)[0] == 401


def test_a_key_checks_by_its_own_algorithm_only(gate: Door, issuer: Issuer) -> None:
    token = issuer.sign("ec", key=STRANGER, rows={})  # RS256 with the id of a key for ES256
    assert refusal(gate, token)[0] == 401


def test_a_foreign_id_and_a_borrowed_one_are_refused(gate: Door, issuer: Issuer) -> None:
    assert refusal(gate, issuer.sign("foreign", key=STRANGER, rows={}))[0] == 401
    assert refusal(gate, issuer.sign("rsa", key=STRANGER, rows={}))[0] == 401
    without = jwt.encode(issuer.claims(rows={}), RSA, "RS256")
    assert refusal(gate, without) == (
        401,
        "The token's header has no kid, which names the issuer's key to check it with.",
    )


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_a_header_that_brings_a_key_is_refused_and_asked_nowhere(gate: Door, issuer: Issuer, name: str) -> None:
    with serving() as foreign:
        foreign.add("rsa", STRANGER)
        brought = {"jwk": jwk(STRANGER), "x5c": ["MIIB"]}.get(name, foreign.address)
        for key in (STRANGER, RSA):
            token = issuer.sign("rsa", {name: brought}, key, role="admin", rows={})
            status, sentence = refusal(gate, token)
            assert (status, f"header has {name}" in sentence) == (401, True)
        assert foreign.asked == 0


def test_a_header_that_asks_for_rules_of_its_own_is_refused(gate: Door, issuer: Issuer) -> None:
    assert refusal(gate, issuer.sign("rsa", {"crit": ["exp"]}, rows={}))[0] == 401


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"exp": 1}, "has expired"),
        ({"exp": None}, "lacks the claim exp"),
        ({"exp": "soon"}, "not valid"),
        ({"exp": 10**18}, "out of range"),
        ({"nbf": 4_000_000_000}, "not valid yet"),
        ({"iss": "https://other.example"}, "another issuer"),
        ({"iss": "marquee"}, "another issuer"),
        ({"iss": None}, "lacks the claim iss"),
        ({"aud": "another"}, "another audience"),
        ({"aud": "marquee"}, "another audience"),
        ({"aud": None}, "lacks the claim aud"),
        ({"sub": None}, "lacks the claim sub"),
        ({"sub": ""}, "subject is empty"),
        ({"sub": 7}, "not valid"),
        ({"role": None}, "has no role"),
        ({"role": "root"}, "has no role"),
        ({"role": {"admin": True}}, "has no role"),
        ({"role": "embed", "embed": {"operations": ["Users"], "variables": {}, "origin": None}}, "has no role"),
        ({"rows": None}, "is not a row scope"),
        ({"rows": "openid profile"}, "is not a row scope"),
        ({"rows": {"country": "DE"}}, "is not a row scope"),
        ({"rows": [["country", "DE"]]}, "is not a row scope"),
    ],
    ids=str,
)
def test_claims_that_are_wrong_or_missing_are_refused(
    gate: Door, issuer: Issuer, changed: dict[str, Any], said: str
) -> None:
    status, sentence = refusal(gate, issuer.sign("ec", **{"rows": {}, **changed}))
    assert (status, said in sentence) == (401, True), sentence


@pytest.mark.parametrize("rows", [{"planet": ["Mars"]}, {"country": []}], ids=str)
def test_a_scope_that_can_not_be_evaluated_denies(gate: Door, issuer: Issuer, rows: dict[str, Any]) -> None:
    response = gate.post({"query": WHO}, issuer.sign("ec", rows=rows))
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")


def test_roles_and_scopes_are_found_where_the_settings_say(service: Service, issuer: Issuer, clock: Clock) -> None:
    keycloak = {"realm_access": {"roles": ["offline_access", "viewer", "analyst"]}, "marquee": {"rows": {}}}
    auth0 = {"https://marquee.example/role": "viewer"}
    for names, claims, role in (
        (ClaimNames("realm_access.roles", "marquee.rows"), keycloak, "ANALYST"),
        (ClaimNames("https://marquee.example/role"), auth0, "VIEWER"),
        (ClaimNames("role"), {"scope": "openid profile"}, "ANALYST"),
    ):
        with opened_door(trusting(service, issuer, clock, names)) as door:
            viewer = door.ask(WHO, issuer.sign("rsa", **claims))["viewer"]
            assert (viewer["role"], viewer["scope"]) == (role, [])


def test_a_token_without_an_id_can_be_revoked_all_the_same(gate: Door, issuer: Issuer) -> None:
    token, other = issuer.sign("ec", rows={}), issuer.sign("ec", rows={}, sub="bob")
    document = "mutation ($itself: String!) { revokeToken(input: {token: $itself}) { revokedToken { id } } }"
    gate.ask(document, issuer.sign("ec", rows={}, role="admin"), itself=token)
    assert refusal(gate, token)[0] == 401
    gate.ask(WHO, other)


def test_a_redirect_is_no_answer(gate: Door, issuer: Issuer) -> None:
    with serving() as elsewhere:
        elsewhere.add("rsa", RSA)
        issuer.status, issuer.headers = 302, {"Location": elsewhere.address}
        assert refusal(gate, issuer.sign("rsa", rows={}))[0] == 503
        assert elsewhere.asked == 0


@pytest.mark.parametrize("body", [b"x" * 600_000, b"<html>", b"[" * 100_000, b'{"keys": null}'], ids=len)
def test_an_answer_that_is_huge_or_no_key_set_changes_nothing(
    gate: Door, issuer: Issuer, clock: Clock, body: bytes
) -> None:
    gate.ask(WHO, issuer.sign("rsa", rows={}))
    issuer.body = body
    clock.now_s = 400.0
    gate.ask(WHO, issuer.sign("rsa", rows={}))
    assert issuer.asked == 2


def test_the_size_is_bounded_while_it_is_read(gate: Door, issuer: Issuer) -> None:
    issuer.body = b"x" * 600_000
    with pytest.raises(ValueError, match="larger than 524288 bytes"):
        gate.portal.call(fetch_bounded, issuer.address)


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "....", "é", "\x00", "e30.e30.e30", "A" * 9_000, "W1tb" * 2_000 + ".e30.e30"]
)
def test_garbage_is_refused_at_the_embed_page_too(gate: Door, token: str) -> None:
    assert gate.get("/embed/DailyTrends", params={"token": token}).status_code == 401
    if token.isascii() and token.isprintable():
        assert gate.request("GET", "/api/Viewer", headers=bearer(token)).status_code == 401
