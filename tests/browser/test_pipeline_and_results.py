"""What Spark computed is on the pages, and admins run the pipeline from theirs: results as values, runs for real."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest
from playwright.sync_api import Browser, expect

from schema.roles import Role
from tests.browser.visit import Visit
from tests.integration.resolvers import computed, world
from tests.integration.resolvers.conftest import token_of
from tests.integration.server.sockets import Host

pytestmark = pytest.mark.slow


class Opener(Protocol):
    """Opens a page as a role."""

    def __call__(self, role: Role, path: str, theme: str = "light", width: int = 1280) -> Visit: ...


@pytest.fixture
def opened(browser: Browser, host_with_results: Host) -> Iterator[Opener]:
    with ExitStack() as visits:

        def open_page(role: Role, path: str, theme: str = "light", width: int = 1280) -> Visit:
            found = Visit(browser, f"http://127.0.0.1:{host_with_results.port}", theme, width)
            visits.callback(found.close)
            found.page.goto(f"{found.address}{path}#token={token_of(role)}")
            return found

        yield open_page


def test_the_weekly_chart_shows_moves_and_steps_back_to_the_week_before(opened: Opener) -> None:
    seen = opened(Role.VIEWER, "/charts")
    seen.settle()
    panel = seen.page.get_by_test_id("panel-rankings")
    told = panel.locator("li").evaluate_all(
        """rows => rows.map(row => [row.dataset.row, row.children[1].textContent.trim(),
            ...['peakRank', 'periodsOnChart'].map(name => row.querySelector(`[data-field=${name}]`).dataset.value)])"""
    )
    assert told == [
        ["4", "▲ up 3", "1", "2"],
        ["2", "–unchanged", "2", "2"],
        ["5", "NEW", "3", "1"],
        ["1", "▼ down 3", "1", "2"],
    ]
    panel.get_by_role("button", name="Earlier week").click()
    expect(panel).to_contain_text("Week of March 23, 2026")
    expect(panel.get_by_text("NEW")).to_have_count(4)
    panel.get_by_role("button", name="Later week").click()
    expect(panel).to_contain_text("Week of March 30, 2026")
    assert seen.barriers() == []


def test_pages_show_every_result_without_a_barrier(opened: Opener) -> None:
    seen = opened(Role.ANALYST, "/predictions", theme="dark", width=360)
    seen.settle()
    assert seen.rows("forecast") == {
        "2026-04-11": {"views": 10.5, "low": 6.0, "high": 15.0},
        "2026-04-12": {"views": 11.5, "low": 6.25, "high": 17.0},
    }
    mae = seen.page.get_by_test_id("panel-models").locator('[data-row="forecast mae"]')
    expect(mae.locator("[data-field=model]")).to_have_attribute("data-value", "1.5")
    expect(mae.locator("[data-field=baseline]")).to_have_attribute("data-value", "2")
    expect(mae).to_contain_text("Better than the simple rule")
    passes(seen)


def test_playback_shows_what_spark_found_unusual(opened: Opener) -> None:
    seen = opened(Role.ANALYST, "/playback", theme="dark", width=360)
    seen.settle()
    assert [row["bufferingPerView"] for row in seen.rows("alerts").values()] == [3.5, 3.0, 2.5, 2.0]
    passes(seen)


def test_film_charts_show_how_far_tastes_lie_apart(opened: Opener) -> None:
    seen = opened(Role.ANALYST, "/charts", theme="dark", width=360)
    seen.settle()
    assert seen.rows("geography")["DE"] == {"HU": 0.5, "US": 0.25}
    passes(seen)


def test_the_audience_s_patterns_are_shown_by_plan(opened: Opener) -> None:
    seen = opened(Role.ANALYST, "/audience", theme="dark", width=360)
    seen.settle()
    seen.page.get_by_test_id("panel-patterns").get_by_role("button", name="Plan").click()
    seen.shows(lambda: set(seen.rows("patterns")), {"premium", "basic", "free", "Unknown"})
    assert seen.rows("patterns")["premium"]["visits"] == 9
    passes(seen)


def passes(seen: Visit) -> None:
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0


def test_what_nobody_said_is_called_unknown_and_narrows_the_dashboard_to_itself(opened: Opener) -> None:
    seen = opened(Role.ANALYST, "/?range=P90D")
    seen.settle()
    silent = [one for one in world.SESSIONS if one.device is None]
    devices = set(seen.rows("devices"))
    assert seen.rows("devices")["Unknown"]["views"] == len(silent)
    unknown = seen.page.get_by_test_id("panel-devices").get_by_role("button", name="Unknown")
    unknown.click()
    expect(unknown).to_have_attribute("aria-pressed", "true")
    of_nowhere: dict[str, float | None] = {"views": sum(one.user.country is None for one in silent)}
    seen.shows(lambda: {"views": seen.rows("countries")["Unknown"]["views"]}, of_nowhere)
    # The others stay, so that they can be chosen beside it.
    assert set(seen.rows("devices")) == devices
    assert seen.page.get_by_test_id("panel-genres").get_by_text("Unknown").count() > 0


def test_a_users_page_shows_what_they_may_like_and_films_like_it(opened: Opener) -> None:
    seen = opened(Role.VIEWER, "/users/10", width=360)
    seen.settle()
    films = seen.page.get_by_test_id("panel-recommendations").locator("li")
    assert films.evaluate_all("rows => rows.map(row => row.dataset.row)") == ["3", computed.ZERO, "4"]
    email = (
        seen.page.get_by_test_id("panel-user")
        .get_by_test_id("masked-cell")
        .and_(seen.page.locator("[data-field=email]"))
    )
    assert email.get_attribute("data-value") == "a***@example.com"
    expect(seen.page.get_by_test_id("panel-patterns").locator("dl [data-field=visits]")).to_have_text("4")
    films.first.get_by_role("button").click()
    expect(seen.page.get_by_test_id("panel-similar")).to_contain_text("No similar films")
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0


def test_a_user_is_a_press_away_in_the_list(opened: Opener) -> None:
    seen = opened(Role.VIEWER, "/users/12")
    seen.settle()
    seen.page.get_by_role("link", name="All users").click()
    seen.page.get_by_test_id("users-table").get_by_role("link", name="15", exact=True).click()
    expect(seen.page.get_by_test_id("panel-recommendations")).to_contain_text("marquee spark recommendations")


def test_an_admin_runs_steps_and_watches_them_to_their_end(opened: Opener) -> None:
    seen = opened(Role.ADMIN, "/operations", theme="dark", width=360)
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("Operations")
    seen.page.get_by_role("checkbox", name="Verify").check()
    seen.page.get_by_role("button", name="Run", exact=True).click()
    run = seen.page.get_by_test_id("panel-pipeline-run")
    expect(run.locator("header [data-field=state]")).to_have_attribute("data-value", "DONE")
    expect(run.get_by_role("progressbar", name="Verify: progress")).to_have_attribute("aria-valuenow", "1")
    expect(run.locator("[data-row=VERIFY]")).to_contain_text("6 rollups agree with the facts on")
    expect(run.get_by_role("status")).to_contain_text("1 step is done")
    expect(seen.page.get_by_test_id("panel-pipeline-runs").locator("li").first).to_contain_text("Done")
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0


def test_only_admins_find_the_pipeline(opened: Opener) -> None:
    seen = opened(Role.ANALYST, "/users/10")
    seen.settle()
    expect(seen.page.get_by_role("link", name="Playground")).to_have_count(1)
    expect(seen.page.get_by_role("link", name="Operations")).to_have_count(0)
    seen.page.goto(f"{seen.address}/operations")
    expect(seen.page.locator("main")).to_contain_text("admins whose token reaches all rows")
    assert seen.page.get_by_role("button", name="Run", exact=True).count() == 0
