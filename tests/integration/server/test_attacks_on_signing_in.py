"""Signing in at an OpenID provider, as attackers try it, with a real provider."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from server.answering.budget import Budget
from server.answering.service import Service
from server.identity import callers
from tests.integration.resolvers.conftest import ADMIN, Door, opened_door
from tests.integration.server.oidc_provider import CLIENT_ID, CLIENT_SECRET, KEY_ID, Provider, claims_in
from tests.integration.server.provider_sign_in import (
    ASKED,
    HERE,
    Browser,
    browser,
    led_back,
    provider,
    refused,
    running,
    secret_file,
    secure_site,
    signing_in,
    site,
)
from warehouse.audit.record import Record

__all__ = ["browser", "provider", "running", "secret_file", "secure_site", "signing_in", "site"]


def resigned(provider: Provider, key: Any = None, algorithm: str = "RS256", kid: str = KEY_ID, **changed: Any) -> None:
    """Have the provider answer with an ID token of other claims, key or algorithm."""

    def change(told: dict[str, Any]) -> dict[str, Any]:
        claims = {
            name: value for name, value in {**claims_in(told["id_token"]), **changed}.items() if value is not None
        }
        signing = provider.pem if key is None else key
        return {**told, "id_token": jwt.encode(claims, signing, algorithm, headers={"kid": kid})}

    provider.change = change


def test_a_sibling_site_signs_nobody_in_by_planting_an_attempt(secure_site: Door) -> None:
    attacker, victim = Browser(secure_site), Browser(secure_site)
    back = attacker.begin()
    # Browsers take the name with the prefix from the host alone.
    victim.cookies = {"marquee_attempt": attacker.cookies["__Host-marquee_attempt"]}
    assert refused(victim.get(back)) == "attempt"
    assert victim.ask().status_code == 401
    # It was good all the same, where it was begun.
    assert attacker.get(back).headers["location"] == "/"
    assert attacker.ask().status_code == 200


def test_a_session_counts_only_for_the_pages_of_this_server(browser: Browser, site: Door) -> None:
    browser.sign_in()
    # A form or a link of another site can't set the header; a page that may, is refused.
    assert browser.get("/api/Viewer").status_code == 401
    assert browser.ask({"Origin": "https://evil.example"}).status_code == 403
    assert browser.ask({"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.ask({"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert browser.ask({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}).status_code == 200
    session = browser.cookies["marquee_session"]
    assert site.post(ASKED, session).status_code == 401
    other = Browser(site)
    other.cookies = {"marquee_session": ADMIN}
    assert other.ask().status_code == 401
    out = site.request("POST", "/oidc/sign-out", headers=browser._headers({}))
    assert out.status_code == 401
    assert browser.ask().status_code == 200


def test_another_state_and_another_browser_are_refused(browser: Browser, site: Door) -> None:
    back = browser.begin()
    assert refused(browser.get(re.sub("state=[^&]+", "state=guessed", back))) == "attempt"
    # An attacker's code, sent to somebody who did not begin: nobody is signed in as the attacker.
    assert refused(Browser(site).get(back)) == "attempt"
    victim = Browser(site)
    victim.begin()
    assert refused(victim.get(back)) == "attempt"


def test_a_callback_of_an_attacker_signs_nobody_out(browser: Browser) -> None:
    browser.sign_in()
    assert refused(browser.get("/oidc/callback", params={"state": "x", "code": "y"})) == "attempt"
    assert browser.ask().status_code == 200


def test_an_attempt_comes_back_once(browser: Browser, provider: Provider) -> None:
    sent = browser.get("/oidc/sign-in").headers["location"]
    kept = dict(browser.cookies)
    assert browser.get(led_back(sent)).headers["location"] == "/"
    browser.cookies = kept
    # The provider gives another code to whoever asks again with the address of the attempt.
    assert refused(browser.get(led_back(sent))) == "attempt"
    assert len(provider.asked_for_tokens) == 2


def test_the_provider_takes_a_code_once(browser: Browser, provider: Provider) -> None:
    back = browser.begin()
    kept = dict(browser.cookies)
    assert browser.get(back).headers["location"] == "/"
    browser.cookies = kept
    assert refused(browser.get(back)) == "account"
    code = parse_qs(urlsplit(back).query)["code"][0]
    other = re.sub("code=[^&]+", f"code={code}", browser.begin())
    assert refused(browser.get(other)) == "account"
    assert len(provider.asked_for_tokens) == 3


def test_strangers_who_begin_write_nothing(browser: Browser, site: Door) -> None:
    query = site.service.warehouse.engine.query
    before = query("SELECT count() FROM revoked_tokens").scalar()
    state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
    for given in ({}, {"error": "access_denied"}, {"code": "guessed"}):
        assert refused(browser.get("/oidc/callback", params={"state": state, **given})) == "account"
        state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
    assert query("SELECT count() FROM revoked_tokens").scalar() == before
    browser.sign_in()
    assert query("SELECT count() FROM revoked_tokens").scalar() == before + 1


def test_beginning_is_in_the_audit_log_only_when_it_is_refused(
    browser: Browser, site: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Record] = []
    monkeypatch.setattr(site.service.warehouse.audit, "take", taken.append)
    back = browser.begin()
    assert taken == []
    browser.get(back)
    browser.get("/oidc/callback", params={"state": "guessed"})
    assert [(one.operation, one.subject, one.outcome) for one in taken] == [
        ("/oidc/callback", "ada", "OK"),
        ("/oidc/callback", "", "UNAUTHENTICATED"),
    ]


def test_an_address_begins_so_often_a_minute(
    signing_in: Service, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert provider.person
    monkeypatch.setattr(callers, "MOST_REFUSALS_A_MINUTE", 3)
    with opened_door(replace(signing_in)) as anew:
        anew.service.callers.refusals = Budget(lambda: 0.0)
        begun = [anew.get("/oidc/sign-in") for _ in range(5)]
        assert [one.status_code for one in begun] == [303, 303, 303, 429, 429]
        assert "set-cookie" not in begun[-1].headers


# A refusal counts once more, so a code that the provider refuses is used up earlier.
@pytest.mark.parametrize(("is_down", "said", "asked"), [(True, "provider", 5), (False, "account", 3)])
def test_an_attempt_that_comes_back_again_and_again_reaches_the_provider_so_often(
    signing_in: Service, provider: Provider, monkeypatch: pytest.MonkeyPatch, is_down: bool, said: str, asked: int
) -> None:
    monkeypatch.setattr(callers, "MOST_REFUSALS_A_MINUTE", 6)
    with opened_door(replace(signing_in)) as anew:
        anew.service.callers.refusals = Budget(lambda: 0.0)
        browser = Browser(anew)
        back = re.sub("code=[^&]+", "code=guessed", browser.begin())
        kept = dict(browser.cookies)
        provider.is_down = is_down
        answers = []
        for _ in range(10):
            browser.cookies = dict(kept)
            answers.append(browser.get(back))
        assert refused(answers[0]) == said
        assert [one.status_code for one in answers[asked:]] == [429] * (10 - asked)
        assert len(provider.asked_for_tokens) == asked


def test_a_code_is_worth_nothing_without_the_verifier_of_its_attempt(browser: Browser) -> None:
    stolen = parse_qs(urlsplit(browser.begin()).query)["code"][0]
    assert refused(browser.get(re.sub("code=[^&]+", f"code={stolen}", browser.begin()))) == "account"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"aud": "another-client"},
        {"azp": "another-client"},
        {"aud": ["another-client", CLIENT_ID]},
        {"iss": "https://evil.example"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"groups": ["guests"]},
        {"groups": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_an_id_token_of_something_else_signs_nobody_in(
    browser: Browser, provider: Provider, changed: dict[str, Any]
) -> None:
    resigned(provider, **changed)
    assert refused(browser.sign_in()) == "account"
    assert browser.ask().status_code == 401


def test_an_id_token_is_signed_by_the_provider_s_published_key(browser: Browser, provider: Provider) -> None:
    stranger = rsa.generate_private_key(65_537, 2_048)
    for key, algorithm, kid in (
        (stranger, "RS256", KEY_ID),
        (stranger, "RS256", "unknown"),
        ("", "none", KEY_ID),
        (CLIENT_SECRET * 3, "HS256", KEY_ID),
    ):
        resigned(provider, key, algorithm, kid)
        assert refused(browser.sign_in()) == "account", (algorithm, kid)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie: x=y\r\n",
        "evil.example",
        "/ a",
        "/\t/evil.example",
        "/x" * 2_000,
        "",
    ],
)
def test_nobody_is_led_elsewhere(browser: Browser, path: str) -> None:
    assert browser.sign_in(path).headers["location"] == "/"


def test_strangers_write_no_lines_of_their_own_into_the_log(
    browser: Browser, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    for error in ("access_denied", "x\n2026-01-01 ERROR all is lost", "\x1b[2J", "A" * 5_000):
        state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
        browser.get("/oidc/callback", params={"state": state, "error": error})
    resigned(provider, groups=["x\n2026-01-01 ERROR all is lost"])
    browser.sign_in()
    said = [
        one.getMessage().removeprefix("Nobody was signed in: ")
        for one in caplog.records
        if one.name == "marquee.sign_in"
    ]
    assert said[:4] == [
        "The provider signed nobody in: access_denied.",
        *["The provider signed nobody in: it did not say why."] * 3,
    ]
    assert len(said) == 5
    assert said[4].isprintable()
