"""Everyone can use it: no serious barrier for axe in either theme, narrow windows, and the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit
from tests.integration.server.commands import Place

pytestmark = pytest.mark.slow

PAGES = (
    "/",
    "/explore",
    "/explore?by=DEVICE,GENRE",
    "/films",
    "/films/1",
    "/audience",
    "/alerts",
    "/alerts?new=1",
    "/boards",
    "/experiments",
    "/playback",
    "/charts",
    "/predictions",
    "/users",
    "/users/1",
    "/data",
    "/operations",
    "/api",
    "/playground",
)
# GraphiQL's editors and tabs are its own markup: their colours, and buttons inside tabs.
FOREIGN = (".monaco-editor", ".graphiql-tab")


def settle(seen: Visit, path: str) -> None:
    """Wait until a page shows what it is for."""
    ready = {
        # Its list may be empty.
        "/alerts": "main h1",
        "/alerts?new=1": "[data-testid=panel-alert-form]",
        "/boards": "[data-testid=boards] li, :text('No boards yet')",
        "/users": "[data-testid=users-table]",
        "/playground": ".graphiql-query-editor .view-line",
    }
    if path in ready:
        seen.page.locator(ready[path]).first.wait_for()
    else:
        seen.settle()


@pytest.fixture(scope="module")
def embed(place: Place) -> str:
    """The address of an embedded panel."""
    done = place.run("token", "embed", "--operation", "DailyTrends", "--variables", '{"days": 7}', "--reusable")
    return f"/embed/DailyTrends?token={done.stdout.strip()}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_barrier(visit: Visitor, path: str, theme: str) -> None:
    seen = visit("admin", path, theme=theme)
    settle(seen, path)
    assert seen.barriers(besides=FOREIGN if path == "/playground" else ()) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_barrier_in_an_embed(visit: Visitor, embed: str, theme: str) -> None:
    seen = visit(None, theme=theme)
    seen.open_frame(f"{embed}&theme={theme}")
    seen.settle()
    assert seen.barriers() == []


@pytest.mark.parametrize("path", PAGES)
def test_a_narrow_window_needs_no_sideways_scrolling(visit: Visitor, path: str) -> None:
    seen = visit("admin", path, width=360)
    settle(seen, path)
    assert seen.overflow_px() <= 0


def test_an_embed_fits_a_narrow_frame(visit: Visitor, embed: str) -> None:
    seen = visit(None, width=360)
    seen.open_frame(embed)
    seen.settle()
    assert seen.overflow_px() <= 0


def test_a_wide_window_is_used(visit: Visitor) -> None:
    seen = visit("viewer", width=1600)
    seen.settle()
    box = seen.page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] >= 1_300
    assert seen.overflow_px() <= 0


def focused(seen: Visit) -> str:
    """What has the focus: its test id, or that of what it lies in, or its text."""
    found: str = seen.page.evaluate(
        """() => document.activeElement.closest('[data-testid]')?.dataset.testid
                 ?? document.activeElement.textContent.trim()"""
    )
    return found


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visit: Visitor) -> None:
    seen = visit("viewer")
    seen.settle()
    seen.page.keyboard.press("Tab")
    assert focused(seen) == "Skip to the content"
    assert seen.page.get_by_text("Skip to the content").is_visible()
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.id") == "main"
    seen.page.keyboard.press("Tab")
    assert focused(seen) == "range-menu"


def test_the_keyboard_reaches_the_pickers_in_their_order_and_changes_the_range(visit: Visitor) -> None:
    seen = visit("viewer")
    seen.settle()
    seen.page.locator("main").focus()
    stops: list[str] = []
    for _ in range(4):
        seen.page.keyboard.press("Tab")
        stops.append(focused(seen))
    assert stops == ["range-menu", "compare-menu", "zone-menu", "filter-menu"]
    for _ in range(3):
        seen.page.keyboard.press("Shift+Tab")
    for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):
        seen.page.keyboard.press(key)
    seen.settle()
    assert "range=P7D" in seen.page.url
    assert focused(seen) == "range-menu"


def test_any_page_and_film_is_a_few_keys_away(visit: Visitor) -> None:
    seen = visit("viewer")
    seen.settle()
    title = seen.page.get_by_test_id("panel-top-movies").get_by_role("rowheader").first.get_by_role("link").inner_text()
    seen.page.keyboard.press("Control+K")
    expect(seen.page.get_by_role("combobox", name="Page, film, country")).to_be_focused()
    seen.page.keyboard.type(title)
    seen.page.get_by_role("option", name=title).first.wait_for()
    assert seen.barriers() == []
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("heading", name=title, level=1).wait_for()
    assert "/films/" in seen.page.url


def background(seen: Visit) -> str:
    color: str = seen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return color


def test_the_theme_can_be_switched_and_is_kept(visit: Visitor) -> None:
    seen = visit("viewer")
    seen.settle()
    light = background(seen)
    seen.page.get_by_role("button", name="You and your settings").click()
    seen.page.get_by_role("button", name="Dark theme").click()
    dark = background(seen)
    assert dark != light
    seen.page.reload()
    seen.settle()
    assert background(seen) == dark
