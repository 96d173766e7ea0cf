"""The dashboard follows the data: a load that ends while the page is open shows in it, without a touch."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.browser.visit import Visit
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, token_of
from tests.integration.server.sockets import Host, hosted
from warehouse import Warehouse, open_warehouse

FIRST, SECOND = world.SESSIONS[:2]
ADA, CARL = world.PEOPLE[0], world.PEOPLE[2]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """One film service in small, with one session of an American."""
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as warehouse:
        world.load(warehouse, replace(world.SMALL, sessions=[replace(FIRST, user=ADA)]))
        yield warehouse


@pytest.fixture
def host(warehouse: Warehouse) -> Iterator[Host]:
    with hosted(Service(Settings(), warehouse, build_schema(), published(), TOKENS)) as host:
        yield host


@pytest.fixture
def pages(browser: Browser, host: Host) -> Iterator[tuple[Visit, Visit]]:
    """The dashboard of who sees all rows, and of who sees those of Americans."""
    visits = []
    for scope in ({}, {"country": ("US",)}):
        visit = Visit(browser, f"http://127.0.0.1:{host.port}", "light", 1280)
        visit.page.goto(f"{visit.address}/#token={token_of(Role.VIEWER, scope)}")
        visit.settle()
        visits.append(visit)
    everything, american = visits
    yield everything, american
    everything.close()
    american.close()


def shows(page: Visit, views: float | None) -> None:
    page.shows(lambda: page.cards()["views"], views)


@pytest.mark.slow
def test_rows_that_are_loaded_while_the_page_is_open_show_in_it(
    pages: tuple[Visit, Visit], warehouse: Warehouse
) -> None:
    everything, american = pages
    shows(everything, 1)
    shows(american, 1)
    loaded = [replace(SECOND, user=CARL), replace(SECOND, id="2", user=ADA), replace(SECOND, id="3", user=CARL)]
    world.load(warehouse, world.World((), (), loaded, ()))
    shows(everything, 4)
    shows(american, 2)
