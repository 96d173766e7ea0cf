"""A server that runs published operations only: every page works for its reader, and Explore says why it can't."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Documents, Settings
from tests.browser.visit import signed_in
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, ANALYST, TOKENS, VIEWER, bearer
from tests.integration.server.sockets import hosted
from warehouse import open_warehouse

SAVE = "mutation ($input: SaveBoardInput!) { saveBoard(input: $input) { board { sourceId } } }"
OF_VIEWERS = (
    "/",
    "/boards",
    "/films",
    "/films/1",
    "/audience",
    "/playback",
    "/charts",
    "/predictions",
    "/users",
    "/users/1",
)
OF_ANALYSTS = ("/alerts", "/experiments", "/data", "/api")
YEAR = "from=2026-01-01&through=2026-12-31&compare=none"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that runs published operations only."""
    folder: Path = tmp_path_factory.mktemp("trusted")
    settings = Settings(warehouse=f"chdb://{folder / 'warehouse'}", documents=Documents.TRUSTED)
    with open_warehouse(settings.warehouse) as warehouse:
        world.load(warehouse)
        with hosted(Service(settings, warehouse, build_schema(), published(), TOKENS)) as host:
            yield host.port


@pytest.fixture(scope="module")
def board(port: int) -> str:
    """A board of an admin that viewers see."""
    panels = [{"title": "By device", "question": "measures=views,viewers&by=DEVICE&top=10"}]
    given = {"input": {"title": "Devices", "panels": panels, "sharedWith": "VIEWER"}}
    body = httpx.post(
        f"http://127.0.0.1:{port}/graphql", json={"query": SAVE, "variables": given}, headers=bearer(ADMIN)
    ).json()
    return str(body["data"]["saveBoard"]["board"]["sourceId"])


@pytest.mark.parametrize(("token", "paths"), [(VIEWER, OF_VIEWERS), (ANALYST, (*OF_VIEWERS, *OF_ANALYSTS))])
def test_every_page_is_answered(browser: Browser, port: int, token: str, paths: tuple[str, ...]) -> None:
    seen = signed_in(browser, port, token)
    for path in paths:
        seen.page.goto(f"{seen.address}{path}")
        expect(seen.page.get_by_role("heading", level=1)).to_be_visible()
        expect(seen.page.locator("[data-state=loading], [data-state=updating], main .animate-pulse")).to_have_count(0)
        assert seen.page.locator("[data-state=error], main [role=alert]").all_inner_texts() == [], path
    seen.close()


@pytest.mark.parametrize("token", [VIEWER, ANALYST])
def test_a_board_has_its_figures(browser: Browser, port: int, board: str, token: str) -> None:
    given = {"range": '{"from": "2026-01-01", "to": "2027-01-01"}'}
    rows = httpx.get(f"http://127.0.0.1:{port}/api/Devices", params=given, headers=bearer(token)).json()
    expected = {
        row["device"] or "": {"views": row["views"], "viewers": row["viewers"]} for row in rows["data"]["devices"]
    }
    seen = signed_in(browser, port, token, f"/boards/{board}?{YEAR}")
    seen.settle()
    seen.shows(lambda: seen.rows("0"), expected)
    assert expected
    seen.close()


@pytest.mark.parametrize("token", [VIEWER, ANALYST])
def test_explore_says_what_is_answered_instead(browser: Browser, port: int, token: str) -> None:
    seen = signed_in(browser, port, token, f"/explore?{YEAR}")
    panel = seen.page.get_by_test_id("panel-explore")
    expect(panel).to_contain_text("ask an admin to save the question to a board")
    # The browser notes each answer of 403.
    assert all("403" in one for one in seen.complaints)
    seen.complaints.clear()
    seen.close()


def test_an_admin_explores_as_ever(browser: Browser, port: int) -> None:
    seen = signed_in(browser, port, ADMIN, f"/explore?{YEAR}&by=DEVICE&measures=views&top=20")
    seen.settle()
    assert sum(row["views"] or 0 for row in seen.rows("explore").values()) == 700
    seen.close()
