"""`make screenshots`: the pictures of the docs, from the demo data, as a browser draws the pages."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import FLAGS, UNTIL
from tests.browser.visit import Visit
from tests.integration.server.commands import Place, Served

IMAGES = Path(__file__).parent.parent / "docs" / "images"
# Name, path, role, theme, width and height in pixels.
PICTURES = (
    ("dashboard", "/", "analyst", "light", 1280, 1400),
    ("dashboard-dark", "/", "analyst", "dark", 1280, 1400),
    ("audience", "/audience", "analyst", "light", 1280, 1400),
    ("explore", "/explore?by=DAY,GENRE&measures=views", "analyst", "light", 1280, 1100),
    ("phone", "/", "viewer", "dark", 390, 844),
)


def main(chromium: Path) -> None:
    """Make the demo data of a fixed end, and take each picture."""
    with TemporaryDirectory() as folder:
        place = Place(Path(folder))
        done = place.run("ingest", "generate", "--until", UNTIL)
        assert done.returncode == 0, done.stderr
        with place.serving("demo", "--no-activity") as served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
            for picture in PICTURES:
                _take(browser, served, *picture)
            browser.close()


def _take(
    browser: Browser, served: Served, name: str, path: str, role: str, theme: str, width: int, height: int
) -> None:
    seen = Visit(browser, served.address, theme, width)
    seen.page.set_viewport_size({"width": width, "height": height})
    seen.page.goto(f"{served.address}{path}#token={served.token(role)}")
    seen.settle()
    expect(seen.page.locator("svg[role=img]").first).to_be_visible()
    seen.page.evaluate("document.fonts.ready")
    seen.page.screenshot(path=IMAGES / f"{name}.png")
    seen.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
