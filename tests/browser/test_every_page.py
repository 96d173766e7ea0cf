"""Every page as each role, at four widths and in both themes: it is whole, fits, and shows the API's figures."""

import json
import math
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest
from playwright.sync_api import Browser, Request, expect

from schema.roles import Role
from tests.browser.visit import Visit
from tests.integration.resolvers.conftest import token_of
from tests.integration.server.sockets import Host

pytestmark = pytest.mark.slow

ROLES = (Role.VIEWER, Role.ANALYST, Role.ADMIN)
WIDTHS = (360, 768, 1280, 1920)
# The role that a page is for, and those above it.
PAGES = {
    **dict.fromkeys(("/?range=P90D", "/films?range=P90D", "/films/1?range=P90D", "/audience?range=P90D"), Role.VIEWER),
    **dict.fromkeys(("/playback?range=P90D", "/charts", "/predictions", "/boards", "/playground"), Role.VIEWER),
    **dict.fromkeys(("/explore?by=DEVICE,GENRE&range=P90D", "/users", "/users/10"), Role.VIEWER),
    **dict.fromkeys(("/alerts", "/experiments", "/data", "/api"), Role.ANALYST),
    "/operations": Role.ADMIN,
}
# Pages of tools and lists, which are empty here.
WITHOUT_FIGURES = ("/boards", "/playground", "/alerts", "/experiments", "/api", "/operations", "/users")
_FIGURES = r"""root => [...root.querySelectorAll(':is([data-testid^=panel-], [data-testid^=card-]) [data-field]')]
    .map(({ dataset }) => [dataset.field, dataset.value])
    .filter(([, value]) => /^-?[0-9.]+(e-?[0-9]+)?$/.test(value))"""


@pytest.fixture
def visits() -> Iterator[ExitStack]:
    """Closes the visits, and fails if one of them complained."""
    with ExitStack() as stack:
        yield stack


# All 408 in `make prove`.
@pytest.mark.sampled
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_fits_and_shows_the_figures_of_the_api(
    browser: Browser, host_with_results: Host, visits: ExitStack, path: str, role: Role, width: int, theme: str
) -> None:
    seen = Visit(browser, f"http://127.0.0.1:{host_with_results.port}", theme, width)
    visits.callback(seen.close)
    asked: list[str] = []
    seen.page.on("request", lambda one: asked.append(body) if (body := _question(one)) else None)
    seen.page.goto(f"{seen.address}{path}#token={token_of(role)}")
    expect(seen.page.locator("main h1, main h2").first).to_be_visible()
    if role not in _above(PAGES[path]):
        expect(seen.page.get_by_role("main")).to_contain_text("analyst" if PAGES[path] is Role.ANALYST else "admin")
        assert seen.page.locator("[data-testid^=panel-] [data-value]").count() == 0
    elif "data-state" in seen.page.content():
        seen.settle()
    expect(seen.page.locator("[data-state=error]")).to_have_count(0)
    assert seen.overflow_px() <= 0
    shown = {(name, float(value)) for name, value in seen.page.locator("body").evaluate(_FIGURES)}
    assert bool(shown) or path in WITHOUT_FIGURES or role not in _above(PAGES[path])
    told = numbers_of(host_with_results, token_of(role), asked)
    assert {
        (name, value) for name, value in shown if not any(math.isclose(value, one, rel_tol=1e-9) for one in told)
    } == set()


def _above(role: Role) -> tuple[Role, ...]:
    """A role, and those that may see more."""
    return ROLES[ROLES.index(role) :]


def _question(request: Request) -> str:
    is_asked = request.method == "POST" and request.url.endswith("/graphql")
    return request.post_data or "" if is_asked else ""


def numbers_of(host: Host, token: str, asked: list[str]) -> set[float]:
    """All numbers in the answers to what a page asked, asked again by a client without a browser."""
    found: set[float] = set()

    def read(value: object) -> None:
        if isinstance(value, dict):
            for one in value.values():
                read(one)
        elif isinstance(value, list):
            found.add(float(len(value)))
            for one in value:
                read(one)
        elif isinstance(value, int | float | str):
            # An age may be masked, and is a text.
            with suppress(ValueError):
                found.add(float(value))

    headers = {"Authorization": f"Bearer {token}"}
    for body in dict.fromkeys(asked):
        answer = httpx.post(f"http://127.0.0.1:{host.port}/graphql", json=json.loads(body), headers=headers, timeout=60)
        read(answer.json().get("data"))
    return found
