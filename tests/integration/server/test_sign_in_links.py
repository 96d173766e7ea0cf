"""Links that sign in: each is exchanged once for a token no wider than it says, and leaves no trace in a log."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from schema.roles import Role
from server.answering.service import Service
from server.http.serving import page_to_open
from server.identity.principal import Principal
from server.identity.tokens import LINK_AUDIENCE
from tests.integration.resolvers.conftest import ADMIN, ANALYST, SECRET, TOKENS, Door, opened_door, token_of
from warehouse.revocations import Revocations

HOUR = timedelta(hours=1)
ADA = Principal("ada", Role.ANALYST, {"country": ("DE",)})
CREATE = """mutation ($input: CreateSignInLinkInput!) { createSignInLink(input: $input) {
    signInLink { id: sourceId path expiresAt } userErrors { message } } }"""
TOKENS_LIST = "{ tokens { id: sourceId kind subject role scope issuedBy isRevoked expiresAt } }"


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged, whatever its level."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def link_of(principal: Principal = ADA, ttl: timedelta = HOUR, within: timedelta = HOUR) -> str:
    """What a link carries."""
    return TOKENS.issue_link(principal, ttl, within).token


def exchange(door: Door, link: Any) -> httpx.Response:
    """The answer to the page that was opened by a link."""
    return door.request("POST", "/sign-in", json={"link": link})


def refusal(response: httpx.Response) -> tuple[int, str]:
    """The status and sentence of a refusal."""
    assert "token" not in response.json()
    return response.status_code, response.json()["errors"][0]["message"]


def test_a_link_gives_a_token_of_its_role_and_scope(door: Door) -> None:
    answered = exchange(door, link_of(ttl=timedelta(minutes=20)))
    token = answered.json()["token"]
    viewer = door.ask("{ viewer { subject role scope { name values } } }", token)["viewer"]
    assert viewer == {"subject": "ada", "role": "ANALYST", "scope": [{"name": "COUNTRY", "values": ["DE"]}]}
    left = datetime.fromisoformat(answered.json()["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=19) < left <= timedelta(minutes=20)
    assert answered.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answered.headers


def test_a_link_is_used_once_also_after_a_restart(service: Service, door: Door) -> None:
    link = link_of()
    assert exchange(door, link).status_code == 200
    assert refusal(exchange(door, link)) == (401, "This link was used already, or revoked. Ask for a new one.")
    restarted = Service(
        service.settings, service.warehouse, service.schema, service.built_in, service.tokens, service.hash_key
    )
    with opened_door(restarted) as other:
        assert exchange(other, link).status_code == 401


def test_the_page_that_a_demo_opens_signs_in_once_and_shows_no_token(service: Service, door: Door) -> None:
    opened = page_to_open(service, "http://127.0.0.1:8000")
    address, _, link = opened.partition("/#link=")
    assert address == "http://127.0.0.1:8000"
    assert refusal(door.get("/api/Devices", link))[0] == 401
    token = exchange(door, link).json()["token"]
    assert door.ask("{ viewer { subject role } }", token)["viewer"] == {"subject": "demo-admin", "role": "ADMIN"}
    assert exchange(door, link).status_code == 401
    # Who lists processes later than that has nothing either.
    claims = jwt.decode(link, options={"verify_signature": False})
    assert claims["exp"] - datetime.now(UTC).timestamp() <= 300


def test_of_uses_at_the_same_moment_one_counts(door: Door) -> None:
    link = link_of()
    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(lambda _: exchange(door, link).status_code, range(6)))
    assert sorted(codes) == [200, *[401] * 5]


def test_of_uses_in_two_processes_one_counts(service: Service) -> None:
    """The other one has not read what this one wrote."""
    engine, until = service.warehouse.engine, datetime.now(UTC) + HOUR
    one, other = (Revocations(engine, is_shared=True) for _ in range(2))
    assert [each.use_up("shared link", until, "ada") for each in (one, other, one)] == [True, False, False]


def test_an_expired_link_signs_nobody_in(door: Door) -> None:
    assert refusal(exchange(door, link_of(within=timedelta(seconds=-60))))[0] == 401


@pytest.mark.parametrize(
    "link",
    ["", "x", "a.b.c", ADMIN, TOKENS.issue_link(ADA, HOUR, HOUR).token[:-3] + "abc"],
    ids=["empty", "text", "dots", "a token", "another signature"],
)
def test_what_is_no_link_signs_nobody_in(door: Door, link: str) -> None:
    assert refusal(exchange(door, link))[0] == 401


@pytest.mark.parametrize("ttl_s", [None, 0, -5, 1.5, "60", True, 10**12], ids=str)
def test_a_signed_link_of_another_form_signs_nobody_in(door: Door, ttl_s: Any) -> None:
    claims = jwt.decode(link_of(), SECRET, algorithms=["HS256"], audience=LINK_AUDIENCE)
    assert refusal(exchange(door, jwt.encode({**claims, "ttl_s": ttl_s}, SECRET, "HS256")))[0] == 401


@pytest.mark.parametrize("body", [b"", b"[]", b'{"link": 5}', b"{}", b'"x"'], ids=str)
def test_a_body_without_a_link_is_refused(door: Door, body: bytes) -> None:
    sent = door.request("POST", "/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert refusal(sent)[0] == 400


def test_a_link_is_not_a_token(door: Door) -> None:
    assert door.post({"query": "{ viewer { role } }"}, link_of()).status_code == 401


def test_a_form_of_another_site_can_not_use_it(door: Door) -> None:
    """A form sends no JSON without asking first."""
    sent = door.request(
        "POST", "/sign-in", content=f'{{"link": "{link_of()}"}}', headers={"Content-Type": "text/plain"}
    )
    assert refusal(sent)[0] == 400


def test_a_revoked_link_signs_nobody_in(door: Door) -> None:
    made = door.ask(CREATE, ADMIN, input={"role": "VIEWER", "subject": "bob"})["createSignInLink"]["signInLink"]
    door.ask("mutation ($id: ID!) { revokeToken(input: {id: $id}) { revokedToken { id } } }", ADMIN, id=made["id"])
    assert refusal(exchange(door, made["path"].removeprefix("/#link=")))[0] == 401


def test_links_of_a_subject_end_with_its_tokens(service: Service, door: Door) -> None:
    from schema.access_policy import access_of

    link = link_of(Principal("a leaver", Role.VIEWER))
    admin = access_of("root", Role.ADMIN, {})
    door.portal.call(service.token_service.revoke_subject, admin, "a leaver")
    assert refusal(exchange(door, link))[0] == 401


def test_links_and_their_tokens_are_in_no_log(door: Door, said: pytest.LogCaptureFixture) -> None:
    link = link_of(Principal("dora", Role.VIEWER))
    token = exchange(door, link).json()["token"]
    exchange(door, link)
    audited = json.dumps(door.ask("{ auditLog(first: 50) { edges { node { operation subject detail } } } }", ADMIN))
    written = said.text + audited
    assert "/sign-in" in audited
    assert [secret for secret in (link, token, link.split(".")[2], token.split(".")[2]) if secret in written] == []


def test_an_admin_makes_a_link_and_sees_what_became_of_it(door: Door) -> None:
    made = door.ask(
        CREATE, ADMIN, input={"role": "VIEWER", "subject": "eve", "scope": {"country": ["ca"]}, "within": "10m"}
    )["createSignInLink"]["signInLink"]

    def of_eve() -> list[tuple[str, str, bool]]:
        return sorted(
            (one["kind"], one["issuedBy"], one["isRevoked"])
            for one in door.ask(TOKENS_LIST, ADMIN)["tokens"]
            if one["subject"] == "eve" and one["scope"] == ["country=CA"] and one["role"] == "VIEWER"
        )

    assert of_eve() == [("LINK", "test-admin", False)]
    assert exchange(door, made["path"].removeprefix("/#link=")).status_code == 200
    assert of_eve() == [("LINK", "test-admin", True), ("SESSION", f"link {made['id']}", False)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "EMBED"}, "createEmbedToken"),
        ({"role": "INGEST"}, "no pages to sign in to"),
        ({"within": "8d"}, "the longest is 7d"),
        ({"ttl": "soon"}, "ttl is 'soon'"),
        ({"subject": ""}, "1 to 256 printable"),
        ({"subject": "a\nb"}, "1 to 256 printable"),
        ({"scope": {"country": []}}, "scope can't be evaluated"),
    ],
    ids=str,
)
def test_a_link_that_can_not_be_made_is_refused(door: Door, given: dict[str, Any], said: str) -> None:
    body = door.answer(CREATE, ADMIN, input={"role": "VIEWER", "subject": "x", **given})
    told = [*body.get("errors", []), *(body["data"]["createSignInLink"] or {"userErrors": []})["userErrors"]]
    assert [said in one["message"] for one in told] == [True]


def test_only_an_admin_makes_links_and_none_wider_than_they_are(door: Door) -> None:
    scoped = token_of(Role.ADMIN, {"country": ("DE",)})
    given = {"role": "ADMIN", "subject": "x", "scope": {"country": ["US"]}}
    codes = [door.answer(CREATE, token, input=given)["errors"][0]["extensions"]["code"] for token in (ANALYST, scoped)]
    assert codes == ["FORBIDDEN", "FORBIDDEN"]
    made = door.ask(CREATE, scoped, input={"role": "ADMIN", "subject": "x"})["createSignInLink"]["signInLink"]
    token = exchange(door, made["path"].removeprefix("/#link=")).json()["token"]
    assert door.ask("{ viewer { scope { values } } }", token)["viewer"]["scope"] == [{"values": ["DE"]}]
