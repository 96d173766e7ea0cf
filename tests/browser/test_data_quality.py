"""The dashboard tells analysts what the checks after loads found, and viewers, who may not ask, nothing."""

import pytest

from tests.browser.conftest import Visitor


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_analyst_sees_every_check_of_the_newest_loads_without_a_barrier(visit: Visitor, theme: str) -> None:
    seen = visit("analyst", "/data", theme=theme, width=360)
    panel = seen.page.get_by_test_id("panel-quality")
    panel.locator("li").first.wait_for()
    seen.settle()
    rows = panel.locator("li[data-row]").evaluate_all("rows => rows.map(row => row.querySelector('h3').textContent)")
    assert [row.partition(" · ")[0] for row in rows] == [
        "Ratings load 4",
        "Viewing sessions load 3",
        "Users load 2",
        "Movies load 1",
    ]
    assert panel.locator("ul li").count() == 0, "nothing is odd about the demo"
    panel.locator("summary").nth(1).click()
    assert panel.get_by_role("rowheader", name="Shift: watch minutes").is_visible()
    assert panel.locator("details[open] [data-field=status]").first.is_visible()
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0


def test_a_viewer_is_not_asked_to_look_at_what_they_may_not_see(visit: Visitor) -> None:
    seen = visit("viewer", "/data")
    seen.page.get_by_text("They are for analysts and admins").wait_for()
    assert seen.page.get_by_role("link", name="Data", exact=True).count() == 0
    assert seen.page.get_by_test_id("panel-quality").count() == 0
