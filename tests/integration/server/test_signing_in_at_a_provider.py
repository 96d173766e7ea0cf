"""Signing in at an OpenID provider, as a browser does it and as attackers try it, with a real provider."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from schema.access_policy import access_of
from schema.roles import Role
from server.answering.budget import Budget
from server.answering.service import Service
from server.identity import callers
from server.identity.oidc_settings import provider_of
from server.identity.principal import Grant, Use
from server.settings import Settings
from tests.integration.resolvers.conftest import ADMIN, Door, bearer, opened_door, token_of
from tests.integration.server.oidc_provider import CLIENT_ID, CLIENT_SECRET, KEY_ID, Provider, claims_in, providing
from warehouse.audit.record import Record
from warehouse.errors import BadInput

HERE, SECURE = "http://localhost", "https://localhost"
ASKED = {"query": "{ viewer { subject role scope { name values } } }"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with providing() as found:
        yield found


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider as it is at first."""
    running.person, running.change, running.is_down = {"sub": "ada", "groups": ["data-team"]}, lambda told: told, False
    running.returns_to = f"{HERE}/oidc/callback"
    running.calls_itself, running.asked_who_it_is = "", 0
    running.asked_for_tokens.clear()
    return running


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("oidc") / "secret"
    path.write_text(CLIENT_SECRET)
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def signing_in(service: Service, running: Provider, secret_file: Path) -> Service:
    """The service with a provider."""
    settings = service.settings.model_copy(
        update={
            "public_url": HERE,
            "oidc_issuer": running.address,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret_file": str(secret_file),
            "oidc_roles": ("data-team=analyst", "platform=admin"),
            "role_claim": "groups",
        }
    )
    return replace(service, settings=settings, oidc=provider_of(settings, Path("/")))


@pytest.fixture(scope="module")
def site(signing_in: Service) -> Iterator[Door]:
    with opened_door(signing_in) as found:
        yield found


class Browser:
    """A browser's cookies, and what it sends."""

    def __init__(self, site: Door) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._keep(self.site.request("GET", path, headers=self._headers(more.pop("headers", {})), **more))

    def ask(self, headers: dict[str, str] | None = None) -> httpx.Response:
        sent = self._headers({"Authorization": "Session", **(headers or {})})
        return self._keep(self.site.request("POST", "/graphql", json=ASKED, headers=sent))

    def begin(self, path: str = "/") -> str:
        """Where the provider sends the browser after signing it in."""
        sent = self.get("/oidc/sign-in", params={"next": path})
        assert sent.status_code == 303, sent.text
        return _led_back(sent.headers["location"])

    def sign_in(self, path: str = "/") -> httpx.Response:
        return self.get(self.begin(path))

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        self.site.client.cookies.clear()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**({"Cookie": cookie} if cookie else {}), **given}

    def _keep(self, response: httpx.Response) -> httpx.Response:
        for text in response.headers.get_list("set-cookie"):
            name, _, value = text.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if "Max-Age=0" in text:
                del self.cookies[name]
        return response


def _led_back(address: str) -> str:
    """Where the provider sends a browser that was sent to an address there; it is another site, which gets no cookie of
    this one.
    """
    back = httpx.get(address)
    assert back.status_code == 302, back.text
    return str(httpx.URL(back.headers["location"]).raw_path, "ascii")


@pytest.fixture
def browser(site: Door, provider: Provider) -> Browser:
    assert provider.person
    return Browser(site)


def refused(response: httpx.Response) -> str:
    """Why nobody was signed in."""
    assert response.status_code == 303
    assert not [one for one in response.headers.get_list("set-cookie") if "marquee_session=" in one]
    return parse_qs(urlsplit(response.headers["location"]).fragment)["refused"][0]


def resigned(provider: Provider, key: Any = None, algorithm: str = "RS256", kid: str = KEY_ID, **changed: Any) -> None:
    """Have the provider answer with an ID token of other claims, key or algorithm."""

    def change(told: dict[str, Any]) -> dict[str, Any]:
        claims = {
            name: value for name, value in {**claims_in(told["id_token"]), **changed}.items() if value is not None
        }
        signing = provider.pem if key is None else key
        return {**told, "id_token": jwt.encode(claims, signing, algorithm, headers={"kid": kid})}

    provider.change = change


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


@pytest.fixture
def secure_site(signing_in: Service, provider: Provider) -> Iterator[Door]:
    """The site as people reach it over https."""
    assert signing_in.oidc
    provider.returns_to = f"{SECURE}/oidc/callback"
    settings = signing_in.settings.model_copy(update={"public_url": SECURE})
    oidc = replace(signing_in.oidc, returns_to=provider.returns_to)
    with opened_door(replace(signing_in, settings=settings, oidc=oidc)) as found:
        yield found


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


def test_signing_out_ends_the_session_wherever_it_is_open(browser: Browser, site: Door) -> None:
    browser.sign_in()
    elsewhere = Browser(site)
    elsewhere.cookies = dict(browser.cookies)
    out = site.request("POST", "/oidc/sign-out", headers=browser._headers({"Authorization": "Session"}))
    assert out.status_code == 204
    browser._keep(out)
    assert browser.cookies == {}
    assert elsewhere.ask().status_code == 401


_LINK = 'mutation { createSignInLink(input: {role: VIEWER, subject: "linked"}) { signInLink { path } } }'


def _tokens_of_others(site: Door) -> dict[str, str]:
    """A token of each kind that is no session of a person."""
    roles = {role.value: token_of(role, subject="signing-out") for role in Role if role is not Role.EMBED}
    link = site.ask(_LINK, ADMIN)["createSignInLink"]["signInLink"]["path"].partition("#link=")[2]
    linked = site.request("POST", "/sign-in", json={"link": link}).json()["token"]
    once = token_of(Role.EMBED, grant=Grant(("DailyTrends",)))
    reusable = token_of(Role.EMBED, grant=Grant(("DailyTrends",), use=Use.OFTEN))
    return {**roles, "link": linked, "once": once, "reusable": reusable, "frame": _frame(site, reusable)}


def _frame(site: Door, token: str) -> str:
    """The session of a frame."""
    opened = site.request("POST", "/embed/DailyTrends", json={"token": token})
    assert opened.status_code == 200, opened.text
    return str(opened.json()["session"])


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
    assert browser.get(_led_back(sent)).headers["location"] == "/"
    browser.cookies = kept
    # The provider gives another code to whoever asks again with the address of the attempt.
    assert refused(browser.get(_led_back(sent))) == "attempt"
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


def test_signing_in_replaces_the_session_that_was_there(browser: Browser) -> None:
    browser.cookies["marquee_session"] = "planted"
    browser.sign_in()
    first = browser.cookies["marquee_session"]
    assert first != "planted"
    browser.sign_in()
    assert browser.cookies["marquee_session"] != first


@pytest.fixture
def anew(signing_in: Service, provider: Provider) -> Iterator[Door]:
    """The site when nothing is known of the provider yet."""
    assert provider.person
    assert signing_in.oidc
    with opened_door(replace(signing_in, oidc=replace(signing_in.oidc))) as found:
        yield found


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
