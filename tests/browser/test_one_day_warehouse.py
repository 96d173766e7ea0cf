"""A warehouse that was begun today: each page shows its one day, and none is broken."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from schema.roles import Role
from tests.browser.visit import signed_in
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import token_of
from tests.integration.server.runs import service_of
from tests.integration.server.sockets import Host, hosted

pytestmark = pytest.mark.slow

DAY = max(one.start for one in world.SESSIONS).date()
SESSIONS = [one for one in world.SESSIONS if one.start.date() == DAY]


@pytest.fixture(scope="module")
def one_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server over a warehouse that was begun today: its sessions are of one day."""
    with service_of(tmp_path_factory.mktemp("one-day")) as service:
        world.load(service.warehouse, world.World(world.FILMS, world.PEOPLE, SESSIONS, ()))
        with hosted(service) as host:
            yield host


@pytest.mark.parametrize("path", ["/", "/films", "/audience", "/playback", "/charts", "/predictions", "/explore"])
def test_a_warehouse_of_one_day_is_shown_as_such(browser: Browser, one_day: Host, path: str) -> None:
    seen = signed_in(browser, one_day.port, token_of(Role.VIEWER), path)
    seen.settle()
    expect(seen.page.locator("[data-state=error]")).to_have_count(0)
    assert seen.overflow_px() <= 0
    assert seen.barriers() == []
    if path == "/":
        assert seen.cards()["views"] == len(SESSIONS) > 0
    seen.close()
