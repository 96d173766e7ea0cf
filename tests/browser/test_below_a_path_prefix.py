"""Behind a real nginx below `/marquee/`: a browser asks for nothing outside of it, and everything works."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.identity.principal import Grant
from server.settings import Settings
from tests.browser.visit import Visit
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, TOKENS, bearer, token_of
from tests.integration.server.proxy import nginx_path, proxying
from tests.integration.server.sockets import Talk, hosted
from warehouse import open_warehouse

pytestmark = pytest.mark.slow

PREFIX = "/marquee"
ANALYST = token_of(Role.ANALYST)
EMBED = token_of(Role.EMBED, grant=Grant(("DailyTrends",)))


@pytest.fixture(scope="module", params=[False, True], ids=["kept", "taken off"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Marquee below a prefix that the proxy keeps, or takes off."""
    folder = tmp_path_factory.mktemp("prefixed")
    settings = Settings(warehouse=f"chdb://{folder / 'warehouse'}", path_prefix=PREFIX, proxies=("127.0.0.1",))
    with open_warehouse(settings.warehouse) as warehouse:
        world.load(warehouse)
        service = Service(settings, warehouse, build_schema(), published(), TOKENS)
        with (
            hosted(service) as host,
            proxying(nginx_path(), folder / "nginx", [host.port, host.port], PREFIX, request.param) as found,
        ):
            yield found


def test_pages_answer_below_the_prefix_and_the_bare_prefix_leads_there(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        for path in ("/", "/films/1", "/playground"):
            page = client.get(path)
            assert page.status_code == 200
            assert f'<meta name="marquee-prefix" content="{PREFIX}" />' in page.text
            assert f'src="{PREFIX}/assets/' in page.text
            assert '"./assets/' not in page.text
        answer = client.post("/graphql", json={"query": "{ viewer { role } }"}, headers=bearer(ADMIN))
        assert answer.json() == {"data": {"viewer": {"role": "ADMIN"}}}
        assert client.get("/api/Viewer", headers=bearer(ADMIN)).status_code == 200
        assert client.get("/elements.js").status_code == 200


def test_a_socket_opens_for_pages_of_the_proxy_alone(address: str) -> None:
    origin = address.removesuffix(PREFIX)
    with connect(
        f"{address.replace('http', 'ws', 1)}/graphql",
        origin=Origin(origin),
        subprotocols=[Subprotocol("graphql-transport-ws")],
    ) as connection:
        talk = Talk(connection)
        talk.say("connection_init", payload={"Authorization": f"Bearer {ADMIN}"})
        assert talk.hear()["type"] == "connection_ack"


def test_a_browser_finds_its_way_below_the_prefix(browser: Browser, address: str) -> None:
    visit = Visit(browser, address, "light", 1280)
    visit.page.goto(f"{address}/#token={ANALYST}")
    visit.settle()
    assert (visit.cards()["views"] or 0) > 0
    visit.page.get_by_role("link", name="Films", exact=True).first.click()
    visit.settle()
    assert visit.page.url.startswith(f"{address}/films")
    visit.page.reload()
    visit.settle()
    visit.page.goto(f"{address}/playground")
    visit.page.locator(".graphiql-container").wait_for()
    visit.open_frame(f"{address}/embed/DailyTrends?token={EMBED}")
    visit.view.locator("[data-row]").first.wait_for(state="attached")
    visit.close()
