"""What a browser shows is what a recount in plain Python says: the TypeScript client and a React hook in a page, and
embedded panels in another site's page. In a module of its own: Playwright's loop runs in the tests' own thread.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from schema.roles import Role
from server.answering.service import Service
from server.identity.principal import Grant
from tests.browser.conftest import browser
from tests.browser.host_site import HostSite, host_site
from tests.clients.asked_questions import FREE, GERMANY, OPERATIONS, TOKENS, asked, counted, counted_panel
from tests.clients.doors import canonical
from tests.integration.resolvers.conftest import token_of
from tests.integration.server.sockets import Host
from tests.oracle.difference import difference
from tests.oracle.facts import Asker
from tests.support.node import BUNDLER, printed

__all__ = ["browser"]
pytestmark = pytest.mark.slow
REFUSALS = {"embed": "FORBIDDEN", "ended": "UNAUTHENTICATED"}
PANEL = """<!doctype html><html lang="en"><head><title>Host</title><link rel="icon" href="data:,">
<script type="module" src="{marquee}/elements.js"></script></head><body>
<marquee-panel server="{marquee}" operation="{operation}" token="{token}"></marquee-panel></body></html>"""
ROWS = """rows => rows.map(row => [row.dataset.row, Object.fromEntries([...row.querySelectorAll('[data-field]')].map(
    cell => [cell.dataset.field, cell.dataset.value]))])"""
KEYS = {"Countries": "country", "DailyTrends": "day", "Devices": "device", "Genres": "genre", "TopMovies": "sourceId"}


@pytest.fixture(scope="module")
def service(counted_service: Service) -> Service:
    """The service over the rows that the oracle counts."""
    return counted_service


@pytest.fixture(scope="module")
def bundle(project: Path) -> str:
    """The clients and React as one script, as a bundler makes it."""
    printed(project, "node", BUNDLER, "browser.mjs", "--format", "iife", "--file", "browser.js")
    script = (project / "browser.js").read_text(encoding="utf-8")
    return f"globalThis.process = {{ env: {{ NODE_ENV: 'production' }} }};\n{script}"


@pytest.fixture
def page(browser: Browser, host: Host, bundle: str) -> Iterator[Page]:
    """A page of the server, with the clients in it."""
    opened = browser.new_page()
    opened.goto(f"http://127.0.0.1:{host.port}/")
    opened.evaluate(bundle)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    """The site that embeds."""
    with host_site() as found:
        yield found


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(40))
def test_a_question_in_a_page(page: Page, seed: int) -> None:
    question = asked(seed)
    for name, token in TOKENS.items():
        given = {"token": token, "question": question.question}
        expected: Any = REFUSALS.get(name) or canonical(counted(question, name))
        for door in ("byClient", "byHook"):
            answer = page.evaluate(f"given => {door}(given)", given)
            shown = answer if isinstance(answer, str) else canonical(answer)
            assert difference(expected, shown) is None, (door, name, question.document)


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("seed", "scope"), [(0, {}), (1, GERMANY), (2, FREE), (3, {})], ids=str)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_embedded_panel(
    browser: Browser, host: Host, site: HostSite, operation: str, seed: int, scope: dict[str, tuple[str, ...]]
) -> None:
    variables = {**asked(seed).variables, "range": {"last": "P1Y"}}
    token = token_of(Role.EMBED, scope, Grant((operation,), variables, site.address))
    marquee = f"http://127.0.0.1:{host.port}"
    site.pages["/"] = PANEL.format(marquee=marquee, operation=operation, token=token)
    page = browser.new_page()
    page.goto(f"{site.address}/")
    panel = page.frame_locator("marquee-panel iframe").locator("[data-testid^=panel-]").first
    expect(panel).to_have_attribute("data-state", "ready")
    shown = dict(panel.locator("table [data-row]").evaluate_all(ROWS))
    expected = counted_panel(operation, variables, Asker(masks_gender=True, scope=scope))
    key = KEYS[operation]
    for row in expected:
        found = shown.pop(str(row["movie"][key] if operation == "TopMovies" else row[key] or "Unknown"))
        assert "views" in found
        figures = {field: json.loads(text) if text else None for field, text in found.items() if field in row}
        assert difference({field: row[field] for field in figures}, figures) is None
    assert not shown
    page.close()
