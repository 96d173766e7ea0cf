"""Boards: questions are saved from Explore and from panels, put in order by keys, and answered for each reader."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.recount import Service
from tests.browser.visit import Visit
from tests.integration.server.commands import Place, Served

FIGURES = ("views", "viewers")
BY_COUNTRY = "/explore?compare=none&top=20&by=COUNTRY&measures=views,viewers"


@pytest.fixture
def germans(browser: Browser, served: Served, place: Place) -> Iterator[Visit]:
    """An analyst who sees Germany only."""
    done = place.run("token", "issue", "--role", "analyst", "--scope", "country=DE", "--subject", "gerda")
    with ExitStack() as visits:
        seen = Visit(browser, served.address, "dark", 768)
        visits.callback(seen.close)
        seen.page.goto(f"{served.address}/boards?compare=none#token={done.stdout.strip()}")
        yield seen


def save(page: Page, board: str) -> None:
    """Save the question of the page to a new board, and open that."""
    page.get_by_role("button", name="Save to a board").click()
    page.get_by_label("Name of a new board").fill(board)
    page.get_by_role("button", name="Make the board").click()
    page.get_by_role("link", name="Open the board").click()


def test_every_reader_of_a_board_sees_their_own_rows(visit: Visitor, germans: Visit, counted: Service) -> None:
    seen = visit("admin", BY_COUNTRY)
    seen.settle()
    save(seen.page, "Countries")
    expected = counted.last_days(28, "UTC").by("country", FIGURES)
    seen.shows(lambda: seen.rows("0"), expected)
    seen.page.get_by_role("button", name="Change the board").click()
    seen.page.get_by_label("Who sees this board").select_option("VIEWER")
    expect(seen.page.locator("main")).to_contain_text("Shared with everyone")
    assert seen.barriers() == []

    germans.page.reload()
    germans.page.get_by_role("link", name="Countries").click()
    germans.shows(lambda: germans.rows("0"), {"DE": expected["DE"]})
    assert germans.page.get_by_role("button", name="Change the board").count() == 0
    assert germans.barriers() == []
    assert germans.overflow_px() <= 0


@pytest.mark.slow
def test_panels_are_put_in_order_by_keys(visit: Visitor) -> None:
    seen = visit("analyst", BY_COUNTRY, width=360)
    seen.settle()
    save(seen.page, "Order")
    seen.page.goto(f"{seen.address}/")
    seen.settle()
    seen.page.get_by_role("button", name="More for Devices").click()
    seen.page.get_by_role("button", name="Save to a board").click()
    seen.page.get_by_role("button", name="Order", exact=True).click()
    seen.page.get_by_role("link", name="Open the board").click()
    titles = seen.page.locator("main ol h2")
    expect(titles).to_have_text(["Views, Viewers × Country", "Devices"])
    seen.page.get_by_role("button", name="Change the board").click()
    seen.page.get_by_role("button", name="Move Devices up").focus()
    seen.page.keyboard.press("Enter")
    expect(titles).to_have_text(["Devices", "Views, Viewers × Country"])
    expect(seen.page.get_by_role("status").filter(has_text="Devices is now 1 of 2.")).to_have_count(1)
    expect(seen.page.locator("[data-place='0'] [data-move]")).to_be_focused()
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0

    seen.page.reload()
    expect(titles).to_have_text(["Devices", "Views, Viewers × Country"])
    seen.page.get_by_role("button", name="Change the board").click()
    seen.page.locator("[data-place='1']").drag_to(seen.page.locator("[data-place='0']"))
    expect(titles).to_have_text(["Views, Viewers × Country", "Devices"])
    seen.page.get_by_role("button", name="Delete the board").click()
    seen.page.get_by_role("button", name="Delete it for everyone").click()
    expect(seen.page.get_by_role("heading", name="Boards", level=1)).to_be_visible()
    expect(seen.page.get_by_role("link", name="Order")).to_have_count(0)


def test_a_board_is_scheduled_from_its_page(visit: Visitor) -> None:
    seen = visit("analyst", BY_COUNTRY, theme="dark", width=360)
    seen.settle()
    save(seen.page, "Mondays")
    seen.page.get_by_role("button", name="Send it regularly").click()
    seen.page.get_by_label("Format").select_option("CSV")
    seen.page.get_by_label("Address of target 1").fill("ops@example.com")
    seen.page.get_by_role("button", name="Schedule it").click()
    report = seen.page.get_by_test_id("report")
    expect(report).to_contain_text("CSV · Mon 08:00 · UTC · Last 7 days")
    expect(report).to_contain_text("E-mail: ops@example.com")
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0
    report.get_by_role("button", name="Delete the report CSV · Mon 08:00").click()
    expect(report).to_have_count(0)
