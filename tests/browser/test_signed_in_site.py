"""The example of a site with its own sign-in: each person's panels show the rows of their country and no others."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_web_component import VIEWS, marquee
from tests.browser.visit import PATIENCE_S, Visit
from tests.conftest import ROOT
from tests.integration.resolvers.conftest import ADMIN, bearer

__all__ = ["marquee"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(marquee: str) -> Iterator[str]:
    """The address of the example, run as its docstring says."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(ROOT) / "examples" / "signed_in_site.py"), "--port", str(port)]
    environment = {**os.environ, "MARQUEE_URL": marquee, "MARQUEE_TOKEN": ADMIN, "NO_PROXY": "127.0.0.1"}
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=environment) as process:
        try:
            _wait_for(address)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            httpx.get(address, trust_env=False)
            return
        except httpx.ConnectError:
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.parametrize(("name", "password", "country"), [("greta", "rose garden", "DE"), ("uma", "blue canoe", "US")])
def test_a_person_sees_the_rows_of_their_country(
    browser: Browser, marquee: str, site: str, name: str, password: str, country: str
) -> None:
    seen = Visit(browser, site, "light", 1280)
    seen.page.goto(f"{site}/")
    seen.page.get_by_label("Name").fill(name)
    seen.page.get_by_label("Password").fill(password)
    seen.page.get_by_role("button", name="Sign in").click()
    frame = seen.page.frame_locator("marquee-panel[operation=Devices] iframe")
    expect(frame.get_by_test_id("panel-devices")).to_have_attribute("data-state", "ready")
    asked = {"measures": "views", "by": "device", "where": f"country:{country}"}
    answer = httpx.get(f"{marquee}/api/viewing", params=asked, headers=bearer(ADMIN), trust_env=False).json()
    views = {row["device"] or "Unknown": row["views"] for row in answer["data"]["viewing"]["rows"]}
    assert views
    assert frame.locator("table [data-row]").evaluate_all(VIEWS) == views
    seen.foreign = [url for url in seen.foreign if not url.startswith(f"{marquee}/")]
    # The browser asks for an icon, which the example does not have.
    seen.complaints = [one for one in seen.complaints if "404" not in one]
    seen.close()


def test_who_is_not_signed_in_gets_no_token(site: str) -> None:
    assert httpx.get(f"{site}/marquee-token", trust_env=False).status_code == 401
    wrong = {"name": "greta", "password": "blue canoe"}
    assert httpx.post(f"{site}/sign-in", data=wrong, trust_env=False).status_code == 403
