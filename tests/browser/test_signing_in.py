"""Signing in at a provider, tabs that share who is signed in, and signing out of all of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.identity.oidc_settings import provider_of
from server.settings import Settings
from tests.browser.conftest import Visitor
from tests.browser.visit import Visit
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS
from tests.integration.server.commands import Place
from tests.integration.server.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, providing
from tests.integration.server.sockets import hosted
from warehouse import open_warehouse


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as found:
        yield found


@pytest.fixture(scope="module")
def address(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server where people sign in at a provider."""
    folder = tmp_path_factory.mktemp("signing_in")
    secret = folder / "secret"
    secret.write_text(CLIENT_SECRET)
    secret.chmod(0o600)
    settings = Settings(
        warehouse=f"chdb://{folder / 'warehouse'}",
        public_url="http://127.0.0.1",
        oidc_issuer=provider.address,
        oidc_name="Example ID",
        oidc_client_id=CLIENT_ID,
        oidc_client_secret_file=str(secret),
        oidc_roles=("data-team=analyst", "everybody=viewer"),
        role_claim="groups",
    )
    oidc = provider_of(settings, Path("/"))
    assert oidc
    # Its port is known once it listens.
    settings = settings.model_copy(update={"public_url": ""})
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse)
        service = Service(settings, warehouse, build_schema(), published(), TOKENS, oidc=oidc)
        with hosted(service) as host:
            oidc.returns_to = provider.returns_to = f"http://127.0.0.1:{host.port}/oidc/callback"
            yield f"http://127.0.0.1:{host.port}"


@pytest.fixture
def seen(browser: Browser, address: str, provider: Provider) -> Iterator[Visit]:
    provider.person = {"sub": "ada", "groups": ["data-team"]}
    found = Visit(browser, address, "light", 360)
    # Answers of the provider are of another site, and what refuses a request is told in the console.
    yield found
    found.foreign = [one for one in found.foreign if not one.startswith(provider.address)]
    found.close()


def badge(page: Page) -> None:
    expect(page.get_by_test_id("role-badge").first).to_have_attribute("data-value", "ANALYST")


def test_a_person_signs_in_and_out_at_the_page_they_wanted(seen: Visit, address: str) -> None:
    page = seen.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/films?range=P7D")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0
    page.get_by_role("link", name="Sign in with Example ID").click()
    badge(page)
    assert page.url == f"{address}/films?range=P7D"
    # Scripts see that there is a session, and not which.
    assert re.fullmatch("marquee_signed_in=[0-9a-f]{16}", page.evaluate("document.cookie"))
    assert page.evaluate("Object.keys(sessionStorage).length") == 0

    other = seen.context.new_page()
    other.goto(f"{address}/")
    badge(other)
    page.get_by_role("button", name="You and your settings").click()
    page.get_by_role("button", name="Sign out").click()
    for one in (page, other):
        expect(one.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Sign in", level=1)).to_be_visible()


def test_who_signs_in_in_another_tab_takes_the_place_of_who_was(seen: Visit, address: str, provider: Provider) -> None:
    page = seen.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/films?range=P7D")
    page.get_by_role("link", name="Sign in with Example ID").click()
    badge(page)
    provider.person = {"sub": "vera", "groups": ["everybody"]}
    other = seen.context.new_page()
    other.goto(f"{address}/oidc/sign-in")
    expect(other.get_by_test_id("role-badge").first).to_have_attribute("data-value", "VIEWER")
    # The first tab asks with the mark of its own session: it is shown nothing of hers as his.
    page.get_by_role("link", name="Audience").first.click()
    expect(page.get_by_test_id("role-badge").first).to_have_attribute("data-value", "VIEWER")
    assert page.url.startswith(f"{address}/audience")
    assert all("401" in one for one in seen.complaints)
    seen.complaints.clear()


def test_who_has_no_role_is_told(seen: Visit, address: str, provider: Provider) -> None:
    provider.person = {"sub": "guest", "groups": ["guests"]}
    seen.page.goto(f"{address}/")
    seen.page.get_by_role("link", name="Sign in with Example ID").click()
    expect(seen.page.get_by_role("alert")).to_contain_text("may have no role in Marquee")
    assert seen.page.url == f"{address}/"
    assert seen.barriers() == []


def test_a_token_is_shared_with_new_tabs_until_one_signs_out(visit: Visitor) -> None:
    seen = visit("viewer")
    seen.settle()
    other = seen.context.new_page()
    other.goto(f"{seen.address}/films")
    expect(other.get_by_test_id("role-badge").first).to_have_attribute("data-value", "VIEWER")
    other.get_by_role("button", name="You and your settings").click()
    other.get_by_role("button", name="Sign out").click()
    for page in (seen.page, other):
        expect(page.get_by_label("Token")).to_be_visible()
    # Nobody is left who could answer.
    last = seen.context.new_page()
    last.goto(f"{seen.address}/")
    expect(last.get_by_label("Token")).to_be_visible()
    assert last.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })") == "{}"


def test_a_link_to_another_account_is_asked_about_before_it_is_taken(visit: Visitor, place: Place) -> None:
    seen = visit("viewer")
    seen.settle()
    asked: list[str] = []
    other = seen.context.new_page()
    sent: list[str] = []
    other.on("request", lambda request: sent.append(request.headers.get("authorization", "")))

    def answered(dialog: Dialog) -> None:
        """Yes to the second question only."""
        asked.append(dialog.message)
        if len(asked) == 2:
            dialog.accept()
        else:
            dialog.dismiss()

    other.on("dialog", answered)
    made = place.run("token", "issue", "--role", "admin", "--subject", "mallory")
    token = made.stdout.strip()
    other.goto(f"{seen.address}/films#token={token}")
    badge = other.get_by_test_id("role-badge").first
    expect(badge).to_have_attribute("data-value", "VIEWER")
    assert "#" not in other.url
    assert [one for one in sent if token in one] == []
    assert token not in other.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")

    other.goto(f"{seen.address}/#token={token}")
    expect(badge).to_have_attribute("data-value", "ADMIN")
    # The tab that was there stays whose it was.
    expect(seen.page.get_by_test_id("role-badge").first).to_have_attribute("data-value", "VIEWER")
    # Who signs out of one account is still asked where another is signed in.
    other.get_by_role("button", name="You and your settings").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("Token")).to_be_visible()
    third = seen.context.new_page()
    third.on("dialog", answered)
    third.goto(f"{seen.address}/#token={token}")
    expect(third.get_by_test_id("role-badge").first).to_have_attribute("data-value", "VIEWER")
    assert len(asked) == 3
    assert asked[0].endswith("Sign in as mallory in this tab?")
