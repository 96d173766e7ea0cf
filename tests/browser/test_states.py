"""What a page shows when things are not as they should be: a server that is away, a token that is over or limited."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from schema.roles import Role
from server.identity.principal import Principal
from tests.browser.visit import signed_in
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, token_of
from tests.integration.server.runs import service_of
from tests.integration.server.sockets import Host, hosted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server over the small world."""
    with service_of(tmp_path_factory.mktemp("small")) as service:
        world.load(service.warehouse)
        with hosted(service) as host:
            yield host


def test_a_page_keeps_its_figures_while_the_server_is_away_and_says_so_once(browser: Browser, small: Host) -> None:
    seen = signed_in(browser, small.port, token_of(Role.VIEWER), "/?range=P90D")
    seen.settle()
    views = seen.cards()["views"]
    seen.context.set_offline(True)
    seen.page.get_by_test_id("compare-menu").click()
    seen.page.get_by_role("button", name="Nothing").click()
    banner = seen.page.get_by_test_id("offline")
    banner.wait_for()
    assert seen.barriers() == []
    seen.context.set_offline(False)
    banner.get_by_role("button", name="Retry now").click()
    expect(banner).to_have_count(0)
    seen.settle()
    assert seen.cards()["views"] == views
    # Chromium itself writes each request that failed.
    assert [one for one in seen.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
    seen.complaints.clear()
    seen.close()


def test_a_page_whose_code_does_not_come_says_so_and_the_rest_of_the_page_stays(browser: Browser, small: Host) -> None:
    seen = signed_in(browser, small.port, token_of(Role.VIEWER))
    seen.settle()
    seen.page.route("**/assets/AudiencePage*", lambda route: route.abort())
    seen.page.get_by_role("link", name="Audience").click()
    failed = seen.page.get_by_role("alert")
    expect(failed).to_contain_text("could not be loaded")
    seen.page.get_by_role("link", name="Playback").click()
    seen.page.get_by_test_id("panel-quality-devices").wait_for()
    expect(failed).to_have_count(0)
    seen.page.get_by_role("link", name="Audience").click()
    seen.page.unroute("**/assets/AudiencePage*")
    failed.get_by_role("button", name="Reload the page").click()
    seen.page.get_by_test_id("panel-retention").wait_for()
    assert all("AudiencePage" in complaint or "ERR_FAILED" in complaint for complaint in seen.complaints)
    seen.complaints.clear()
    seen.close()


def test_a_token_that_is_over_leads_to_the_sign_in_page_with_the_reason(browser: Browser, small: Host) -> None:
    over = TOKENS.issue(Principal("late", Role.VIEWER), timedelta(seconds=-60)).token
    seen = signed_in(browser, small.port, over)
    expect(seen.page.get_by_role("alert")).to_contain_text("expired")
    assert seen.page.locator("[data-value]").count() == 0
    assert seen.barriers() == []
    assert all("401" in complaint or "WebSocket" in complaint for complaint in seen.complaints)
    seen.complaints.clear()
    seen.close()


def test_a_scoped_token_says_to_what_it_is_limited(browser: Browser, small: Host) -> None:
    seen = signed_in(browser, small.port, token_of(Role.ANALYST, {"country": ("US",)}))
    seen.settle()
    expect(seen.page.get_by_test_id("scope").first).to_have_text("Only United States")
    seen.close()


def test_on_a_slow_network_a_page_says_that_it_loads_and_then_shows_its_figures(browser: Browser, small: Host) -> None:
    seen = signed_in(browser, small.port, token_of(Role.VIEWER), "/?range=P90D")
    seen.settle()
    views = seen.cards()["views"]
    network = seen.context.new_cdp_session(seen.page)
    slow = {"offline": False, "latency": 1_500, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    seen.page.reload(wait_until="commit")
    expect(seen.page.locator("[data-state=loading]").first).to_be_visible()
    # The frame of the page is there before its figures.
    expect(seen.page.get_by_role("navigation").first).to_be_visible()
    assert seen.page.locator("[data-testid^=card-] [data-value]").count() == 0
    assert seen.overflow_px() <= 0
    seen.settle()
    assert seen.cards()["views"] == views
    seen.close()
