"""The example of a React page: pressing a device in one panel filters the other by it."""

import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from schema.roles import Role
from server.identity.principal import Grant
from tests.browser.host_site import HostSite, host_site
from tests.browser.test_web_component import marquee
from tests.browser.visit import Visit
from tests.conftest import ROOT
from tests.integration.resolvers.conftest import ADMIN, bearer, token_of
from tests.support.node import BUNDLER, printed
from tests.support.npm_packages import installed_packages

__all__ = ["marquee"]
pytestmark = pytest.mark.slow
PAGE = """<!doctype html><html lang="en"><head><title>Films</title><link rel="icon" href="data:,"></head><body>
<script>globalThis.MARQUEE_URL = '{marquee}'; globalThis.process = {{ env: {{ NODE_ENV: 'production' }} }};</script>
<script>{bundle}</script></body></html>"""
VIEWS = "rows => rows.reduce((sum, row) => sum + Number(row.querySelector('[data-field=views]').dataset.value), 0)"
ZONE, PANELS = "Asia/Kolkata", ("Devices", "DailyTrends")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The example as one script: type-checked and bundled in a project that has the packages installed."""
    project = installed_packages(tmp_path_factory.mktemp("react"))
    shutil.copy(ROOT / "examples" / "react_site.tsx", project)
    checks = ("--noEmit", "--strict", "--jsx", "react-jsx", "--target", "es2022", "--module", "nodenext")
    printed(project, "node", "node_modules/typescript/bin/tsc", *checks, "react_site.tsx")
    printed(project, "node", BUNDLER, "react_site.tsx", "--format", "iife", "--file", "react_site.js")
    return (project / "react_site.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(marquee: str, bundle: str) -> Iterator[HostSite]:
    """The site of the example, which hands out tokens of its own."""
    with host_site() as found:
        found.pages["/"] = PAGE.format(marquee=marquee, bundle=bundle)
        grant = Grant(PANELS, {"range": {"last": "P1Y"}, "timeZone": ZONE}, found.address)
        found.token = token_of(Role.EMBED, grant=grant)
        yield found


def test_a_pressed_device_filters_the_days(browser: Browser, marquee: str, site: HostSite) -> None:
    seen = Visit(browser, site.address, "light", 1280)
    seen.page.goto(f"{site.address}/")
    devices, days = (seen.page.frame_locator(f"marquee-panel[operation={one}] iframe") for one in PANELS)
    expect(devices.get_by_test_id("panel-devices")).to_have_attribute("data-state", "ready")
    expected = asked_by_device(marquee)
    seen.shows(lambda: total(days), sum(expected.values()))
    devices.get_by_test_id("panel-devices").locator("li button").first.click()
    most = max(expected, key=lambda device: expected[device])
    expect(seen.page.get_by_role("heading", level=1)).to_have_text(most)
    seen.shows(lambda: total(days), expected[most])
    seen.page.get_by_role("button", name="All devices").click()
    seen.shows(lambda: total(days), sum(expected.values()))
    expect(seen.page.get_by_role("alert")).to_have_count(0)
    seen.foreign = [url for url in seen.foreign if not url.startswith(f"{marquee}/")]
    seen.close()


def asked_by_device(marquee: str) -> dict[str, int]:
    """Views by device, as the API answers them."""
    asked = {"measures": "views", "by": "device", "last": "P1Y", "timeZone": ZONE}
    answer = httpx.get(f"{marquee}/api/viewing", params=asked, headers=bearer(ADMIN), trust_env=False).json()
    return {row["device"] or "Unknown": row["views"] for row in answer["data"]["viewing"]["rows"]}


def total(days: FrameLocator) -> int:
    """The views of all days that the panel shows."""
    found: int = days.locator("table [data-row]").evaluate_all(VIEWS)
    return found
