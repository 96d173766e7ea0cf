"""`<marquee-panel>` in the page of another site: numbers, size, look, events, tokens that are renewed or refused."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, FrameLocator, Request, expect

from schema.roles import Role
from server.identity.principal import Grant, Use
from tests.browser.host_site import HostSite, host_site
from tests.browser.visit import Visit
from tests.integration.docs.pages import ROOT, blocks
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, bearer, token_of
from tests.integration.server.runs import service_of
from tests.integration.server.sockets import hosted

pytestmark = pytest.mark.slow

FIXED = {"timeZone": "Asia/Kolkata", "range": {"last": "P1Y"}}
SHOWN_ADDRESS = "https://analytics.example.com"
PAGE = """<!doctype html><html lang="en"><head><title>Host</title><link rel="icon" href="data:,">
<style>:root {{ color-scheme: light dark; --marquee-accent: rgb(1, 120, 60); }}</style>
<script type="module" src="{marquee}/elements.js"></script></head><body>
<iframe id="other"
  srcdoc="<script>function send(target, message) {{ target.postMessage(message, '*'); }}</script>"></iframe>
<marquee-panel server="{marquee}" operation="Devices" token="{token}"><p>Not available now.</p></marquee-panel>
<script>
const panel = document.querySelector('marquee-panel'), heard = [];
for (const type of ['load', 'error', 'select'])
  panel.addEventListener(type, ({{ detail }}) => heard.push([type, detail]));
</script></body></html>"""
VIEWS = """rows => Object.fromEntries(rows.map(row => [row.dataset.row,
    Number(row.querySelector('[data-field=views]').dataset.value)]))"""
WATCH = """main => {
    main.querySelector('[data-row]').isKept = true;
    window.states = [];
    const note = changes => states.push(...changes.map(({ target }) => target.dataset.state));
    new MutationObserver(note).observe(main, { subtree: true, attributeFilter: ['data-state'] });
}"""
FOREIGN = """() => {
    const other = document.querySelector('#other').contentWindow;
    const frame = panel.shadowRoot.querySelector('iframe').contentWindow;
    const settings = { variables: { where: { device: { eq: 'none' } } }, theme: 'dark', styles: {}, refresh: 0 };
    other.send(frame, { type: 'marquee:settings', settings });
    other.send(frame, { type: 'marquee:token', token: 'foreign' });
    other.send(window, { type: 'marquee:error', code: 'FOREIGN', message: '' });
    other.send(window, { type: 'marquee:height', height: 1 });
    document.documentElement.style.setProperty('--marquee-font', 'Georgia');
}"""

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def marquee(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the small world."""
    with service_of(tmp_path_factory.mktemp("embedded")) as service:
        world.load(service.warehouse)
        with hosted(service) as host:
            yield f"http://127.0.0.1:{host.port}"


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    """The site that embeds."""
    with host_site() as found:
        yield found


@pytest.fixture
def open_page(browser: Browser, marquee: str, site: HostSite) -> Iterator[Open]:
    """Opens a page of the site; at the end it may have asked nobody but the two servers."""
    with ExitStack() as visits:

        def opened(page: str) -> Visit:
            site.pages["/"] = page
            seen = Visit(browser, site.address, "light", 1280)
            visits.callback(_close, seen, marquee)
            seen.page.goto(f"{site.address}/")
            return seen

        yield opened


def _close(seen: Visit, marquee: str) -> None:
    seen.foreign = [url for url in seen.foreign if not url.startswith(f"{marquee}/")]
    seen.close()


def made(site: HostSite, *operations: str, origin: str = "") -> str:
    """A token for panels in the site's pages."""
    return token_of(Role.EMBED, grant=Grant(operations or ("Devices",), FIXED, origin or site.address))


def revoke(marquee: str, token: str) -> None:
    """End a token now."""
    document = f'mutation {{ revokeToken(input: {{token: "{token}"}}) {{ userErrors {{ message }} }} }}'
    answer = httpx.post(f"{marquee}/graphql", json={"query": document}, headers=bearer(ADMIN), trust_env=False)
    assert answer.json()["data"] == {"revokeToken": {"userErrors": []}}


def answered(marquee: str) -> dict[str, float]:
    """Views by device, as the API says them."""
    session = token_of(Role.EMBED, grant=Grant(("Devices",), FIXED, use=Use.SESSION))
    answer = httpx.get(f"{marquee}/api/Devices", headers=bearer(session), trust_env=False)
    return {row["device"] or "Unknown": row["views"] for row in answer.json()["data"]["devices"]}


def framed(seen: Visit, panel: str = "marquee-panel") -> FrameLocator:
    """The inside of the panel."""
    return seen.page.frame_locator(f"{panel} iframe")


def rows(seen: Visit) -> dict[str, float]:
    """Views by device, as the panel shows them."""
    found: dict[str, float] = framed(seen).locator("table [data-row]").evaluate_all(VIEWS)
    return found


def heard(seen: Visit) -> list[Any]:
    """The events so far: type and detail."""
    found: list[Any] = seen.page.evaluate("heard")
    return found


def ready(seen: Visit) -> None:
    """Wait until the panel has its answer."""
    expect(framed(seen).get_by_test_id("panel-devices")).to_have_attribute("data-state", "ready")


def spare_px(seen: Visit) -> int:
    """By how much the frame is higher than its content."""
    height: int = seen.page.locator("marquee-panel iframe").evaluate("frame => frame.clientHeight")
    content: int = framed(seen).locator("main").evaluate("main => Math.ceil(main.getBoundingClientRect().height)")
    return height - content


def test_a_panel_shows_what_the_api_answers_and_is_as_high_as_its_content(
    open_page: Open, marquee: str, site: HostSite
) -> None:
    seen = open_page(PAGE.format(marquee=marquee, token=made(site)))
    ready(seen)
    expected = answered(marquee)
    assert len(expected) > 2
    seen.shows(lambda: rows(seen), expected)
    seen.shows(lambda: heard(seen), [["load", None]])
    seen.shows(lambda: spare_px(seen), 0)
    framed(seen).get_by_role("button", name="Show Devices as a table").click()
    seen.shows(lambda: spare_px(seen), 0)
    expect(framed(seen).locator("footer [data-field=timeZone]")).to_have_text("Asia/Kolkata")
    expect(framed(seen).locator("footer [data-field=range]")).not_to_be_empty()
    expect(seen.page.locator("marquee-panel iframe")).to_have_attribute("title", "Devices")


def test_a_panel_looks_like_the_page_around_it(open_page: Open, marquee: str, site: HostSite) -> None:
    seen = open_page(PAGE.format(marquee=marquee, token=made(site)))
    ready(seen)
    root = framed(seen).locator("html")

    def accent() -> str:
        found: str = root.evaluate("root => root.style.getPropertyValue('--accent')")
        return found

    expect(root).to_have_attribute("data-theme", "light")
    seen.shows(accent, "rgb(1, 120, 60)")
    seen.page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-theme", "dark")
    seen.page.evaluate("document.documentElement.style.colorScheme = 'light'")
    expect(root).to_have_attribute("data-theme", "light")
    seen.page.evaluate("panel.theme = 'dark'")
    expect(root).to_have_attribute("data-theme", "dark")
    seen.page.evaluate("document.documentElement.style.setProperty('--marquee-accent', 'url(https://evil.example/)')")
    seen.shows(accent, "")
    seen.page.evaluate("document.documentElement.style.setProperty('--marquee-font', 'Georgia, serif')")
    expect(root).to_have_css("font-family", "Georgia, serif")


def test_a_renewed_token_leaves_the_rows_in_place(open_page: Open, marquee: str, site: HostSite) -> None:
    first, second, third = made(site), made(site), made(site)
    seen = open_page(PAGE.format(marquee=marquee, token=first))
    ready(seen)
    seen.shows(lambda: heard(seen), [["load", None]])
    framed(seen).locator("main").evaluate(WATCH)
    seen.page.evaluate("""window.loads = 0;
        panel.shadowRoot.querySelector('iframe').addEventListener('load', () => { loads += 1; });""")
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            asked.append(json.loads(request.post_data or "{}")["token"])

    seen.page.on("request", note)
    for token in (first, second):
        revoke(marquee, token)
    seen.page.evaluate("([second, third]) => { panel.getToken = () => third; panel.token = second; }", [second, third])
    seen.shows(lambda: asked, [second, third])
    ready(seen)
    states = set(framed(seen).locator("main").evaluate("() => states"))
    assert states == {"updating", "ready"}
    assert framed(seen).locator("[data-row]").first.evaluate("row => row.isKept") is True
    assert seen.page.evaluate("loads") == 0
    assert heard(seen) == [["load", None]]
    # Chromium itself writes the request that was refused.
    seen.complaints = [one for one in seen.complaints if "401" not in one]


def test_a_refused_token_gives_an_error_and_a_good_one_opens_the_panel(
    open_page: Open, marquee: str, site: HostSite
) -> None:
    ended, good = made(site), made(site)
    revoke(marquee, ended)
    seen = open_page(PAGE.format(marquee=marquee, token=ended))
    seen.shows(lambda: [detail["code"] for _, detail in heard(seen)], ["NOT_OPENED"])
    expect(seen.page.get_by_text("Not available now.")).to_be_visible()
    seen.page.evaluate("token => { panel.token = token; }", good)
    ready(seen)
    seen.shows(lambda: heard(seen)[1:], [["load", None]])
    expect(seen.page.get_by_text("Not available now.")).not_to_be_visible()
    seen.page.evaluate("token => { panel.token = token; }", ended)
    refused = {"code": "UNAUTHENTICATED", "message": "The token was revoked. Ask an administrator for a new one."}
    seen.shows(lambda: heard(seen)[2:], [["error", refused]])
    seen.complaints.clear()


def test_a_panel_does_not_open_in_another_site_than_the_token_s(open_page: Open, marquee: str, site: HostSite) -> None:
    token = made(site, origin="https://films.example")
    seen = open_page(PAGE.format(marquee=marquee, token=token))
    seen.shows(lambda: [detail["code"] for _, detail in heard(seen)], ["NOT_OPENED"])
    assert [one for one in seen.complaints if "frame-ancestors" in one]
    seen.complaints.clear()


def test_the_copied_address_of_an_open_frame_shows_nothing(
    open_page: Open, browser: Browser, marquee: str, site: HostSite
) -> None:
    seen = open_page(PAGE.format(marquee=marquee, token=made(site)))
    ready(seen)
    copied = seen.page.locator("marquee-panel iframe").get_attribute("src") or ""
    assert copied.startswith(f"{marquee}/embed/Devices?token=")
    # Without #element it would be a frame of the page's own.
    address = copied.removesuffix("#element")
    site.pages["/copied"] = f'<!doctype html><title>Copied</title><iframe title="Copied" src="{address}"></iframe>'
    page = browser.new_page()
    # In its own site the frame opens, and finds its token used.
    page.goto(f"{site.address}/copied")
    expect(page.frame_locator("iframe").get_by_test_id("panel-devices")).to_have_attribute("data-state", "error")
    expect(page.frame_locator("iframe").locator("[data-row]")).to_have_count(0)
    # Elsewhere the browser shows a page of its own.
    page.goto(f"{site.address.replace('127.0.0.1', 'localhost')}/copied")
    seen.shows(lambda: page.frames[1].url, "chrome-error://chromewebdata/")
    # In a tab the server refuses it.
    opened = page.goto(address)
    assert opened is not None
    assert opened.status == 403
    page.close()


def test_a_panel_speaks_the_page_s_language(open_page: Open, marquee: str, site: HostSite) -> None:
    seen = open_page(PAGE.format(marquee=marquee, token=made(site)).replace('lang="en"', 'lang="de-AT"'))
    ready(seen)
    expect(framed(seen).get_by_role("heading", name="Geräte", level=2)).to_be_visible()
    expect(framed(seen).locator("html")).to_have_attribute("lang", "de")
    seen.page.evaluate("token => { panel.getToken = () => token; panel.locale = 'en'; }", made(site))
    expect(framed(seen).get_by_role("heading", name="Devices", level=2)).to_be_visible()
    ready(seen)


def test_a_pressed_bar_is_told_and_the_page_may_filter_by_it(open_page: Open, marquee: str, site: HostSite) -> None:
    seen = open_page(PAGE.format(marquee=marquee, token=made(site)))
    ready(seen)
    views = answered(marquee)
    most = max(views, key=lambda device: views[device])
    bar = framed(seen).get_by_test_id("panel-devices").locator("li button").first
    bar.click()
    seen.shows(lambda: heard(seen)[1:], [["select", {"dimension": "device", "value": most}]])
    seen.page.evaluate("device => { panel.variables = { where: { device: { in: [device] } } }; }", most)
    seen.shows(lambda: rows(seen), {most: views[most]})
    expect(bar).to_have_attribute("aria-pressed", "true")
    expect(framed(seen).locator("footer [data-field=filter]")).to_have_count(1)
    seen.page.evaluate("panel.variables = { timeZone: 'UTC' }")
    fixed = {"code": "FORBIDDEN", "message": "This embed token fixes the variable timeZone."}
    seen.shows(lambda: heard(seen)[2:], [["error", fixed]])
    seen.page.evaluate("panel.variables = {}")
    seen.shows(lambda: rows(seen), views)
    seen.complaints = [one for one in seen.complaints if "403" not in one]


def test_a_message_of_a_foreign_window_is_ignored(open_page: Open, marquee: str, site: HostSite) -> None:
    seen = open_page(PAGE.format(marquee=marquee, token=made(site)))
    ready(seen)
    seen.shows(lambda: spare_px(seen), 0)
    asked: list[str] = []
    seen.page.on("request", lambda one: asked.append(one.url))
    seen.page.evaluate(FOREIGN)
    root = framed(seen).locator("html")
    # What the page itself says comes after what the other window said.
    expect(root).to_have_css("font-family", "Georgia")
    expect(root).to_have_attribute("data-theme", "light")
    assert asked == []
    assert heard(seen) == [["load", None]]
    assert spare_px(seen) == 0


def test_the_page_of_the_docs_runs(open_page: Open, marquee: str, site: HostSite) -> None:
    (block,) = (one for one in blocks(ROOT / "docs" / "embeds.md") if one.language == "html")
    site.token = made(site, "Devices", "DailyTrends")
    page = block.text.replace(SHOWN_ADDRESS, marquee).replace("<head>", '<head><link rel="icon" href="data:,">')
    seen = open_page(page)
    devices, trend = framed(seen, "#devices"), framed(seen, "#trend")
    expect(trend.get_by_test_id("panel-daily")).to_have_attribute("data-state", "ready")
    devices.locator("li button").first.click()
    expect(trend.locator("footer [data-field=filter]")).to_have_count(1)


BOARD = """<!doctype html><html lang="en"><head><title>Host</title><link rel="icon" href="data:,">
<script type="module" src="{marquee}/elements.js"></script></head><body>
<marquee-board server="{marquee}" token="{token}" title="Mornings"><p>Not available now.</p></marquee-board>
<script>
const panel = document.querySelector('marquee-board'), heard = [];
for (const type of ['load', 'error', 'select'])
  panel.addEventListener(type, ({{ detail }}) => heard.push([type, detail]));
</script></body></html>"""
QUESTIONS = ("measures=views,viewers&by=DEVICE", "measures=views&by=DAY&country=DE", "measures=views&by=&chart=table")


def saved(marquee: str, shared_with: str = "VIEWER") -> str:
    """The id of a new board."""
    document = "mutation ($input: SaveBoardInput!) { saveBoard(input: $input) { board { id: sourceId } } }"
    panels = [{"title": f"Question {number}", "question": one} for number, one in enumerate(QUESTIONS)]
    asked = {"title": "Mornings", "panels": panels, "sharedWith": shared_with}
    body = {"query": document, "variables": {"input": asked}}
    answer = httpx.post(f"{marquee}/graphql", json=body, headers=bearer(ADMIN), trust_env=False)
    return str(answer.json()["data"]["saveBoard"]["board"]["id"])


def board_page(marquee: str, site: HostSite, board: str) -> str:
    """A page that frames one board, for viewers of Germany and the United States."""
    grant = Grant(("Board",), {"id": board}, site.address)
    return BOARD.format(marquee=marquee, token=token_of(Role.EMBED, {"country": ("DE", "US")}, grant))


def views_of(marquee: str, by: str, **more: str) -> dict[str, float]:
    """What a viewer of the same scope is answered."""
    token = token_of(Role.VIEWER, {"country": ("DE", "US")})
    asked = {"measures": "views", "by": by, "last": "P1Y", **more}
    answer = httpx.get(f"{marquee}/api/viewing", params=asked, headers=bearer(token), trust_env=False)
    return {row[by] or "": row["views"] for row in answer.json()["data"]["viewing"]["rows"]}


def test_a_board_shows_its_questions_as_its_scope_is_answered(open_page: Open, marquee: str, site: HostSite) -> None:
    seen = open_page(board_page(marquee, site, saved(marquee)))
    seen.page.evaluate("panel.variables = { range: { last: 'P1Y' } }")
    board = framed(seen, "marquee-board")
    expect(board.locator("[data-field=board]")).to_have_text("Mornings")
    devices = board.get_by_test_id("panel-0")
    seen.shows(lambda: devices.locator("table [data-row]").evaluate_all(VIEWS), views_of(marquee, "device"))
    assert sum(views_of(marquee, "device").values()) > 0
    germany = board.get_by_test_id("panel-1")
    views = sum(views_of(marquee, "device", where="country:DE").values())
    seen.shows(lambda: sum(germany.locator("table [data-row]").evaluate_all(VIEWS).values()), views)
    expect(germany.get_by_text("Country: Germany")).to_be_visible()
    expect(board.locator("footer [data-field=timeZone]")).to_have_text(["UTC"] * 3)
    expect(board.locator("footer [data-field=range]")).to_have_count(3)
    seen.shows(lambda: heard(seen), [["load", None]])
    # The page filters the board by what was pressed.
    devices.locator("li button").first.click()
    seen.shows(lambda: [type_ for type_, _ in heard(seen)], ["load", "select"])
    pressed = heard(seen)[1][1]
    assert pressed["dimension"] == "device"
    seen.page.evaluate(
        "where => { panel.variables = { range: { last: 'P1Y' }, where }; }", {"device": {"eq": pressed["value"]}}
    )
    expected = {name: views for name, views in views_of(marquee, "device").items() if name == pressed["value"]}
    seen.shows(lambda: devices.locator("table [data-row]").evaluate_all(VIEWS), expected)


def test_a_board_that_is_not_shared_with_viewers_shows_nothing(open_page: Open, marquee: str, site: HostSite) -> None:
    seen = open_page(board_page(marquee, site, saved(marquee, "ANALYST")))
    refused = {"code": "FORBIDDEN", "message": "This token sees no such board."}
    seen.shows(lambda: heard(seen), [["error", refused]])
    expect(framed(seen, "marquee-board").locator("[data-row]")).to_have_count(0)
