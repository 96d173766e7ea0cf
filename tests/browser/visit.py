"""A page as a visitor has it: what its panels show, by row and field, and what its console said."""

import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Frame, FrameLocator, Page, expect

from tests.browser.recount import Fields, Rows

T = TypeVar("T")

# The suite shares its cores: the first page of a new server may take seconds.
PATIENCE_S = 30.0
expect.set_options(timeout=PATIENCE_S * 1_000)
_ROWS = """root => Object.fromEntries([...root.querySelectorAll('table [data-row]')].map(row => [row.dataset.row,
    Object.fromEntries([...row.querySelectorAll('[data-field]')].map(cell =>
        [cell.dataset.field, cell.dataset.value]))]))"""
_FRAME = """address => {
    const frame = document.createElement('iframe');
    Object.assign(frame, { src: address, title: 'Panel' });
    frame.style = 'display: block; width: 100%; height: 800px; border: 0';
    document.body.replaceChildren(frame);
}"""
_FIELDS = """cards => Object.fromEntries(cards.flatMap(card => [...card.querySelectorAll('[data-field]')].map(cell =>
    [cell.dataset.field, cell.dataset.value])))"""


def _number(text: str) -> float | None:
    return float(text) if text else None


class Visit:
    """One page in a context of its own."""

    def __init__(self, browser: Browser, address: str, theme: str, width: int) -> None:
        scheme = cast(Literal["light", "dark"], theme)
        self.address = address
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en", timezone_id="UTC"
        )
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page = self.context.new_page()
        # What is read: the page, or a frame in it.
        self.view: Page | FrameLocator = self.page
        self.document: Page | Frame = self.page
        self.page.set_default_timeout(PATIENCE_S * 1_000)
        self.page.on("dialog", self._answer)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))

    def close(self) -> None:
        """End the visit; fails when the page complained, or asked anyone but its server."""
        self.context.close()
        assert self.complaints == []
        assert self.foreign == [], self.foreign

    def _answer(self, dialog: Dialog) -> None:
        """A link of another role is taken; nothing else is asked of a visitor."""
        if not dialog.message.startswith("You are signed in as "):
            self.complaints.append(dialog.message)
        dialog.accept()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(url)

    def open_frame(self, path: str) -> None:
        """Show an address in a frame of a page of its own server, and read that frame from now on."""
        self.page.goto(f"{self.address}/")
        self.page.locator("main").first.wait_for()
        self.page.evaluate(_FRAME, path)
        self.view = self.page.frame_locator("iframe")
        frame = self.page.locator("iframe").element_handle().content_frame()
        assert frame is not None
        self.document = frame

    def settle(self) -> None:
        """Wait until every panel of the page has its answer."""
        expect(self.view.locator("[data-state]").first).to_be_visible()
        expect(self.view.locator("[data-state=loading], [data-state=updating]")).to_have_count(0)

    def cards(self) -> Fields:
        """The headline figures."""
        cards = self.view.locator("[data-testid^=card-]")
        return {name: _number(text) for name, text in cards.evaluate_all(_FIELDS).items()}

    def rows(self, panel: str) -> Rows:
        """The rows of a panel's table."""
        found = self.view.get_by_test_id(f"panel-{panel}").evaluate(_ROWS)
        return {row: {name: _number(text) for name, text in fields.items()} for row, fields in found.items()}

    def texts(self) -> dict[str, dict[str, str]]:
        """The users' table, as texts."""
        found: dict[str, dict[str, str]] = self.view.locator("main").evaluate(_ROWS)
        return found

    def shows(self, read: Callable[[], T], expected: T) -> None:
        """Wait until what is read is what is expected; fails with the difference."""
        until = time.monotonic() + PATIENCE_S
        found = read()
        while found != expected and time.monotonic() < until:
            self.page.wait_for_timeout(50)
            found = read()
        assert found == expected

    def barriers(self, besides: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """What axe finds serious, `besides` some selectors: the rule, and the first element that breaks it."""
        context = {"exclude": [[selector] for selector in besides]}
        violations: list[Any] = Axe().run(self.document, context).response["violations"]
        return [(one["id"], one["nodes"][0]["html"]) for one in violations if one["impact"] in ("serious", "critical")]

    def overflow_px(self) -> int:
        """By how much the page is wider than its window, once charts have followed a change of its size."""
        width: int = self.document.evaluate(
            "new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() => "
            "setTimeout(() => tell(document.documentElement.scrollWidth - window.innerWidth)))))"
        )
        return width


def signed_in(browser: Browser, port: int, token: str, path: str = "/") -> Visit:
    """A visit of a server on this machine, at a page, with a token."""
    seen = Visit(browser, f"http://127.0.0.1:{port}", "light", 1280)
    seen.page.goto(f"{seen.address}{path}#token={token}")
    return seen
