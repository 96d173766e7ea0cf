"""An empty warehouse says how to begin, and none of its pages is broken."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from schema.roles import Role
from tests.browser.visit import signed_in
from tests.integration.resolvers.conftest import token_of
from tests.integration.server.runs import service_of
from tests.integration.server.sockets import Host, hosted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server over a warehouse without a row."""
    with service_of(tmp_path_factory.mktemp("empty")) as service, hosted(service) as host:
        yield host


def test_an_empty_warehouse_says_how_to_begin(browser: Browser, empty: Host) -> None:
    seen = signed_in(browser, empty.port, token_of(Role.ADMIN))
    begin = seen.page.get_by_test_id("begin")
    begin.wait_for()
    for command in ("marquee ingest generate", "marquee ingest load", "/ingest/viewing_sessions"):
        expect(begin).to_contain_text(command)
    assert seen.barriers() == []
    seen.close()


@pytest.mark.parametrize("path", ["/films", "/audience", "/playback", "/charts", "/predictions", "/data"])
def test_every_page_of_an_empty_warehouse_says_that_there_is_nothing(browser: Browser, empty: Host, path: str) -> None:
    seen = signed_in(browser, empty.port, token_of(Role.ADMIN), path)
    seen.settle()
    expect(seen.page.get_by_role("alert")).to_have_count(0)
    expect(seen.page.locator("[data-state=error]")).to_have_count(0)
    seen.close()
