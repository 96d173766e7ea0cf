"""Signing in at an OpenID provider, as a browser does it, with a real provider."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from schema.access_policy import access_of
from schema.roles import Role
from server.answering.service import Service
from server.identity.oidc_settings import provider_of
from server.identity.principal import Grant, Use
from server.settings import Settings
from tests.integration.resolvers.conftest import ADMIN, Door, bearer, opened_door, token_of
from tests.integration.server.oidc_provider import Provider
from tests.integration.server.provider_sign_in import (
    ASKED,
    Browser,
    browser,
    provider,
    refused,
    running,
    secret_file,
    secure_site,
    signing_in,
    site,
)
from warehouse.errors import BadInput

__all__ = ["browser", "provider", "running", "secret_file", "secure_site", "signing_in", "site"]

_LINK = 'mutation { createSignInLink(input: {role: VIEWER, subject: "linked"}) { signInLink { path } } }'


def _frame(site: Door, token: str) -> str:
    """The session of a frame."""
    opened = site.request("POST", "/embed/DailyTrends", json={"token": token})
    assert opened.status_code == 200, opened.text
    return str(opened.json()["session"])


@pytest.fixture
def anew(signing_in: Service, provider: Provider) -> Iterator[Door]:
    """The site when nothing is known of the provider yet."""
    assert provider.person
    assert signing_in.oidc
    with opened_door(replace(signing_in, oidc=replace(signing_in.oidc))) as found:
        yield found


def test_a_person_comes_back_to_the_page_with_a_session(browser: Browser, provider: Provider) -> None:
    back = browser.sign_in("/films?range=P7D&country=DE")
    assert (back.status_code, back.headers["location"]) == (303, "/films?range=P7D&country=DE")
    (session,) = [one for one in back.headers.get_list("set-cookie") if one.startswith("marquee_session=")]
    assert "HttpOnly" in session
    assert "SameSite=strict" in session
    (sent,) = provider.asked_for_tokens
    assert len(sent["code_verifier"]) >= 43
    assert "client_secret" not in sent
    answer = browser.ask()
    assert answer.json()["data"]["viewer"] == {"subject": "ada", "role": "ANALYST", "scope": []}


def test_over_https_cookies_are_bound_to_the_host(secure_site: Door) -> None:
    browser = Browser(secure_site)
    sent = browser.get("/oidc/sign-in").headers["set-cookie"]
    assert sent.startswith("__Host-marquee_attempt=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(sent.split("; "))
    back = browser.sign_in()
    (session,) = [one for one in back.headers.get_list("set-cookie") if "marquee_session" in one]
    assert session.startswith("__Host-marquee_session=ey")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(session.split("; "))
    assert sorted(browser.cookies) == ["__Host-marquee_session", "marquee_signed_in"]


def test_the_person_is_the_provider_s(browser: Browser, site: Door) -> None:
    """Ada of the provider is not the Ada whom our own tokens name: she does not see that one's boards."""
    save = 'mutation { saveBoard(input: {title: "Of our Ada", panels: []}) { board { id } } }'
    assert "errors" not in site.answer(save, ADMIN)
    browser.sign_in()
    listed = site.request(
        "POST",
        "/graphql",
        json={"query": "{ boards { title } }"},
        headers=browser._headers({"Authorization": "Session"}),
    )
    assert "Of our Ada" not in [board["title"] for board in listed.json()["data"]["boards"]]


def test_a_page_asks_with_the_session_that_it_shows(browser: Browser, site: Door) -> None:
    """Somebody else who signs in in another tab replaces the cookie, whose mark this page's requests then lack."""

    def status(authorization: str) -> int:
        headers = browser._headers({"Authorization": authorization})
        return site.request("POST", "/graphql", json=ASKED, headers=headers).status_code

    browser.sign_in()
    first = browser.cookies["marquee_signed_in"]
    assert [status(f"Session {first}"), status(f"session  {first} "), status("Session")] == [200, 200, 200]
    browser.sign_in()
    second = browser.cookies["marquee_signed_in"]
    assert second != first
    refused = [
        f"Session {one}"
        for one in (first, second[:-1], f"{second}0", second.upper() + "G", browser.cookies["marquee_session"])
    ]
    assert [status(one) for one in refused] == [401] * 5
    assert status(f"Session {second}") == 200


def test_signing_out_ends_the_session_wherever_it_is_open(browser: Browser, site: Door) -> None:
    browser.sign_in()
    elsewhere = Browser(site)
    elsewhere.cookies = dict(browser.cookies)
    out = site.request("POST", "/oidc/sign-out", headers=browser._headers({"Authorization": "Session"}))
    assert out.status_code == 204
    browser._keep(out)
    assert browser.cookies == {}
    assert elsewhere.ask().status_code == 401


def _tokens_of_others(site: Door) -> dict[str, str]:
    """A token of each kind that is no session of a person."""
    roles = {role.value: token_of(role, subject="signing-out") for role in Role if role is not Role.EMBED}
    link = site.ask(_LINK, ADMIN)["createSignInLink"]["signInLink"]["path"].partition("#link=")[2]
    linked = site.request("POST", "/sign-in", json={"link": link}).json()["token"]
    once = token_of(Role.EMBED, grant=Grant(("DailyTrends",)))
    reusable = token_of(Role.EMBED, grant=Grant(("DailyTrends",), use=Use.OFTEN))
    return {**roles, "link": linked, "once": once, "reusable": reusable, "frame": _frame(site, reusable)}


def test_signing_out_takes_no_token(site: Door, door: Door) -> None:
    """Visitors of a page with an embedded panel share its token: none of them ends it for the others."""
    tokens = _tokens_of_others(site)
    assert sorted(tokens) == ["admin", "analyst", "frame", "ingest", "link", "once", "reusable", "viewer"]
    for kind, token in tokens.items():
        for one in (site, door):
            out = one.request("POST", "/oidc/sign-out", headers=bearer(token))
            assert out.status_code == 403, kind
            assert "set-cookie" not in out.headers, kind
            named = one.request("POST", "/oidc/sign-out", headers={"Authorization": f"Session {token}"})
            assert named.status_code == 401, kind
    for kind in ("viewer", "analyst", "admin", "link"):
        assert site.post(ASKED, tokens[kind]).status_code == 200, kind
    assert site.get("/api/DailyTrends", tokens["frame"]).status_code == 200
    for kind in ("once", "reusable"):
        _frame(site, tokens[kind])


def test_without_a_provider_no_session_is_ended(browser: Browser, door: Door) -> None:
    browser.sign_in()
    out = door.request("POST", "/oidc/sign-out", headers=browser._headers({"Authorization": "Session"}))
    assert out.status_code == 403
    assert browser.ask().status_code == 200


def test_signing_in_replaces_the_session_that_was_there(browser: Browser) -> None:
    browser.cookies["marquee_session"] = "planted"
    browser.sign_in()
    first = browser.cookies["marquee_session"]
    assert first != "planted"
    browser.sign_in()
    assert browser.cookies["marquee_session"] != first


def test_a_provider_that_is_away_says_so_and_is_left_alone(anew: Door, provider: Provider) -> None:
    provider.is_down = True
    for _ in range(5):
        assert refused(anew.get("/oidc/sign-in")) == "provider"
    assert provider.asked_who_it_is == 1


def test_many_who_begin_at_once_ask_the_provider_once(anew: Door, provider: Provider) -> None:
    async def begun() -> list[int]:
        return [one.status_code for one in await asyncio.gather(*(anew.client.get("/oidc/sign-in") for _ in range(8)))]

    assert anew.portal.call(begun) == [303] * 8
    assert provider.asked_who_it_is == 1


def test_what_is_known_of_a_provider_is_used_without_waiting(
    anew: Door, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anew.get("/oidc/sign-in").headers["location"].startswith(provider.address)
    provider.is_down = True
    assert anew.service.oidc
    known = anew.service.oidc._endpoints
    monkeypatch.setattr(known, "_clock", lambda: time.monotonic() + 3_601)
    assert anew.get("/oidc/sign-in").headers["location"].startswith(provider.address)


def test_another_issuer_than_the_settings_say_is_told_with_both_names(
    anew: Door, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.calls_itself = f"{provider.address}/"
    assert refused(anew.get("/oidc/sign-in")) == "settings"
    (line,) = [one.getMessage() for one in caplog.records if one.name == "marquee.sign_in"]
    assert line == (
        f"Nobody was signed in: MARQUEE_OIDC_ISSUER says '{provider.address}', and the provider there calls itself "
        f"'{provider.address}/'. Set it to what the provider says, letter by letter."
    )


def test_a_person_who_is_refused_there_is_told(browser: Browser) -> None:
    state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
    assert refused(browser.get("/oidc/callback", params={"state": state, "error": "access_denied"})) == "account"


def test_the_list_of_tokens_tells_the_provider_s_subject_from_ours(
    browser: Browser, site: Door, signing_in: Service, provider: Provider
) -> None:
    def is_revoked() -> bool:
        found = site.ask("{ tokens(first: 500) { subject kind issuedBy isRevoked } }", ADMIN)["tokens"]
        (session,) = [one for one in found if one["subject"] == "nina"]
        assert session["kind"] == "SESSION"
        assert session["issuedBy"] == f"provider {provider.address}"
        return bool(session["isRevoked"])

    provider.person = {"sub": "nina", "groups": ["data-team"]}
    browser.sign_in()
    admin = access_of("test-admin", Role.ADMIN, {})
    site.portal.call(signing_in.token_service.revoke_subject, admin, "nina")
    assert not is_revoked()
    assert browser.ask().status_code == 200
    site.portal.call(signing_in.token_service.revoke_subject, admin, "nina", provider.address)
    assert is_revoked()
    assert browser.ask().status_code == 401


def test_a_scope_that_no_cookie_holds_is_refused_in_words(
    browser: Browser, signing_in: Service, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    assert signing_in.oidc
    named = replace(signing_in.oidc, claims=replace(signing_in.oidc.claims, scope="rows"))
    with opened_door(replace(signing_in, oidc=named)) as scoped:
        browser.site = scoped
        provider.person = {
            "sub": "gina",
            "groups": ["data-team"],
            "rows": {"genre": [f"Genre {n}" for n in range(300)]},
        }
        assert refused(browser.sign_in()) == "scope"
        assert "and browsers keep 3,900. Give them a row scope with fewer values" in caplog.text
        listed = scoped.ask("{ tokens(first: 500) { subject } }", ADMIN)["tokens"]
        assert {"subject": "gina"} not in listed
        provider.person["rows"]["genre"] = [f"Genre {n}" for n in range(100)]
        assert browser.sign_in().headers["location"] == "/"
        assert len(browser.cookies["marquee_session"]) > 1_500
        assert len(browser.ask().json()["data"]["viewer"]["scope"][0]["values"]) == 100


def test_without_a_provider_there_is_nothing(door: Door) -> None:
    assert door.get("/oidc/sign-in").status_code == 400
    assert door.request("POST", "/graphql", json=ASKED, headers={"Authorization": "Session"}).status_code == 401


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"public_url": ""}, "needs MARQUEE_OIDC_CLIENT_ID"),
        ({"oidc_client_id": ""}, "needs MARQUEE_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "http://id.example"}, "MARQUEE_OIDC_ISSUER is 'http://id.example', expected https"),
        ({"oidc_roles": ("staff=owner",)}, "has 'staff=owner', expected VALUE=ROLE"),
        ({"oidc_client_secret_file": "missing"}, "can't be read"),
    ],
)
def test_settings_that_do_not_go_together_are_named(signing_in: Service, changed: dict[str, Any], said: str) -> None:
    settings: Settings = signing_in.settings.model_copy(update=changed)
    with pytest.raises(BadInput, match=said):
        provider_of(settings, Path("/"))


def test_a_secret_that_others_can_read_is_refused(signing_in: Service, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("x")
    path.chmod(0o644)
    settings = signing_in.settings.model_copy(update={"oidc_client_secret_file": str(path)})
    with pytest.raises(BadInput, match="can be read by others"):
        provider_of(settings, Path("/"))
