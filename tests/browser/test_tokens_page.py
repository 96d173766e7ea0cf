"""Admins make tokens and links on Operations; a link signs in once, and a revoked token is thrown out."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit
from tests.integration.server.commands import Served


@pytest.fixture
def stranger(browser: Browser, served: Served) -> Visit:
    """Somebody with another browser, who is not signed in."""
    return Visit(browser, served.address, "light", 1280)


def test_a_link_made_on_the_page_signs_in_once_within_its_scope(visit: Visitor, stranger: Visit) -> None:
    seen = visit("admin", "/operations?section=tokens", width=360)
    form = seen.page.get_by_test_id("panel-new-token")
    form.get_by_label("For whom").fill("ada@example.com")
    form.get_by_role("combobox", name="Rows").select_option("country")
    form.get_by_label("Which, separated by commas").fill("DE, FR")
    form.get_by_role("button", name="Make the link").click()
    link = form.get_by_test_id("made-link").input_value()
    made = seen.page.get_by_test_id("panel-tokens").locator("li", has_text="ada@example.com")
    expect(made.locator("[data-field=limits]")).to_have_text("analyst · country=DE · country=FR")
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0

    stranger.page.goto(link)
    expect(stranger.page.get_by_test_id("role-badge")).to_have_attribute("data-value", "ANALYST")
    expect(stranger.page.get_by_test_id("scope")).to_have_text("Only Germany, France")
    assert "#" not in stranger.page.url
    stranger.page.get_by_role("button", name="You and your settings").click()
    stranger.page.get_by_role("button", name="Sign out").click()
    stranger.page.goto("about:blank")
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("alert")).to_contain_text("used already")
    stranger.context.close()


def test_a_revoked_token_is_thrown_out(visit: Visitor, stranger: Visit) -> None:
    seen = visit("admin", "/operations?section=tokens", theme="dark")
    form = seen.page.get_by_test_id("panel-new-token")
    form.get_by_role("button", name="Token", exact=True).click()
    form.get_by_label("For whom").fill("bob")
    form.get_by_role("button", name="Make the token").click()
    token = form.get_by_test_id("made-token").input_value()
    stranger.page.goto(f"{stranger.address}/#token={token}")
    expect(stranger.page.get_by_test_id("role-badge")).to_be_visible()

    seen.page.get_by_role("button", name="Revoke the token of bob").click()
    seen.page.get_by_role("button", name="Revoke it now").click()
    expect(seen.page.locator("li", has_text="bob").locator("[data-field=state]")).to_have_text("Revoked")
    assert seen.barriers() == []
    stranger.page.reload()
    expect(stranger.page.get_by_role("alert")).to_contain_text("revoked")
    stranger.context.close()
