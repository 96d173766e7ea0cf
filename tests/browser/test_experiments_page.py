"""The demo's experiments as a product manager sees them: what each came to, and which one is not to be trusted."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from ingest.generator.demo import DemoSize, load_demo
from schema.roles import Role
from tests.browser.visit import signed_in
from tests.integration.resolvers.conftest import token_of
from tests.integration.server.runs import service_of
from tests.integration.server.sockets import Host, hosted

pytestmark = pytest.mark.slow

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server over the demo data with experiments."""
    with service_of(tmp_path_factory.mktemp("experiments")) as service:
        load_demo(service.warehouse, DemoSize(), 42, UNTIL, experiments=True)
        with hosted(service) as host:
            yield host


def test_the_list_says_what_each_came_to(browser: Browser, demo: Host) -> None:
    seen = signed_in(browser, demo.port, token_of(Role.ANALYST), "/experiments")
    outcomes = seen.page.locator("[data-field=outcome]")
    expect(outcomes).to_have_count(3)
    seen.settle()
    found = {
        row.get_attribute("data-row"): row.locator("[data-field=outcome]").get_attribute("data-value")
        for row in seen.page.get_by_test_id("experiments").locator("[data-row]").all()
    }
    assert found == {"3": "MISMATCH", "2": "BETTER", "1": "UNCLEAR"}
    assert seen.barriers() == []
    seen.close()


def test_the_page_of_one_agrees_with_the_list_and_all_intervals_share_one_zero(browser: Browser, demo: Host) -> None:
    seen = signed_in(browser, demo.port, token_of(Role.ANALYST), "/experiments/2")
    metrics = seen.page.get_by_test_id("panel-experiment-metrics")
    expect(metrics.locator("[data-row=WATCH_HOURS] [data-field=verdict]")).to_have_attribute("data-value", "BETTER")
    expect(seen.page.get_by_test_id("sample-ratio-mismatch")).to_have_count(0)
    seen.settle()
    boxes = [bar.bounding_box() for bar in metrics.get_by_test_id("interval-bar").all()]
    assert len(boxes) == 6
    assert len({(box["x"], box["width"]) for box in boxes if box}) == 1
    assert seen.barriers() == []
    seen.close()


def test_a_broken_assignment_is_said_above_all_figures(browser: Browser, demo: Host) -> None:
    seen = signed_in(browser, demo.port, token_of(Role.ANALYST), "/experiments/3")
    expect(seen.page.get_by_test_id("sample-ratio-mismatch")).to_be_visible()
    people = seen.page.get_by_test_id("panel-spread").locator("[data-field=people]")
    expect(people).to_have_text(["1,549", "934"])
    seen.close()
