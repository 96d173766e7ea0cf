"""The playground runs a query with the visitor's own token; an embed shows its one panel and nothing else."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.recount import Service
from tests.browser.test_dashboard import DEVICE, TREND
from tests.integration.server.commands import Place


@pytest.mark.slow
def test_the_playground_answers_its_first_example(visit: Visitor, counted: Service) -> None:
    seen = visit("analyst", "/playground")
    expect(seen.page.locator(".graphiql-query-editor .view-lines")).to_contain_text("dashboard(")
    seen.page.locator(".graphiql-execute-button").click()
    result = seen.page.locator(".result-window")
    expect(result).to_contain_text("users")
    views = counted.last_days(30, "UTC").cards()["views"]
    expect(result).to_contain_text(f'"views": {views:.0f}')
    assert "token" not in seen.page.url


@pytest.mark.slow
@pytest.mark.parametrize(("role", "others"), [("viewer", 0), ("admin", 5)])
def test_every_example_runs_for_the_role_that_is_shown_it(visit: Visitor, role: str, others: int) -> None:
    seen = visit(role, "/playground")
    seen.page.get_by_role("button", name="Examples").click()
    examples = seen.page.get_by_role("region", name="Examples").locator("li button")
    expect(examples.first).to_be_visible()
    names = examples.all_text_contents()
    assert len(names) == 21 + others
    result, run = seen.page.locator(".result-window"), seen.page.locator(".graphiql-execute-button")
    for name in names:
        seen.page.get_by_role("region", name="Examples").get_by_role("button", name=name, exact=True).click()
        expect(seen.page.get_by_role("tab", selected=True)).to_contain_text(name)
        run.click()
        expect(result).to_contain_text('"data"')
        assert '"errors"' not in result.inner_text(), name
        if name == "Freshness":
            # It stays open until it is stopped.
            run.click()
        elif name != "Viewer":  # which costs nothing
            expect(seen.page.get_by_role("status")).to_contain_text("Cost: ")


@pytest.mark.slow
def test_a_question_is_shared_by_its_address(visit: Visitor) -> None:
    seen = visit("viewer", "/playground")
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=seen.address)
    expect(seen.page.locator(".graphiql-query-editor .view-lines")).to_contain_text("dashboard(")
    seen.page.get_by_role("button", name="Copy link").click()
    expect(seen.page.get_by_role("button", name="Copied")).to_be_visible()
    address: str = seen.page.evaluate("navigator.clipboard.readText()")
    assert "token" not in address
    other = visit("analyst", address.removeprefix(seen.address))
    expect(other.page.locator(".graphiql-query-editor .view-lines")).to_contain_text("dashboard(")
    other.page.locator(".graphiql-execute-button").click()
    expect(other.page.locator(".result-window")).to_contain_text('"views"')


@pytest.mark.slow
def test_on_a_phone_the_pane_of_examples_gives_way_to_the_one_that_is_opened(visit: Visitor) -> None:
    seen = visit("viewer", "/playground", width=360)
    seen.page.get_by_role("button", name="Examples").click()
    pane = seen.page.get_by_role("region", name="Examples")
    expect(seen.page.locator(".graphiql-execute-button")).not_to_be_visible()
    pane.get_by_role("button", name="Genres", exact=True).click()
    expect(pane).to_have_count(0)
    seen.page.locator(".graphiql-execute-button").click()
    expect(seen.page.locator(".result-window")).to_contain_text('"genres"')
    assert seen.overflow_px() == 0


def test_an_embed_shows_its_panel_with_its_numbers(visit: Visitor, counted: Service, place: Place) -> None:
    variables = json.dumps({"days": 7, "timeZone": "Asia/Kolkata"})
    done = place.run("token", "embed", "--operation", "DailyTrends", "--variables", variables)
    seen = visit(None)
    seen.open_frame(f"/embed/DailyTrends?token={done.stdout.strip()}")
    seen.settle()
    expected = counted.last_days(7, "Asia/Kolkata").days(TREND)
    seen.shows(lambda: seen.rows("daily"), expected)
    assert seen.view.locator("[data-testid^=panel-]").count() == 1
    assert seen.view.get_by_role("link").count() == 0


def test_an_embed_in_scope_counts_its_country_only(visit: Visitor, counted: Service, place: Place) -> None:
    done = place.run("token", "embed", "--operation", "TopMovies", "--scope", "country=US")
    seen = visit(None)
    seen.open_frame(f"/embed/TopMovies?token={done.stdout.strip()}")
    seen.settle()
    sessions = counted.sessions[counted.sessions["country"] == "US"]
    most = sessions.groupby("movie_id").size().max()
    shown = seen.rows("top-movies")
    assert len(shown) == 10
    assert max(row["views"] or 0 for row in shown.values()) == most


def test_an_admin_embeds_a_panel_as_it_is_seen(visit: Visitor, counted: Service) -> None:
    seen = visit("admin", "/?range=P7D&compare=none")
    seen.settle()
    seen.page.get_by_role("button", name="More for Devices").click()
    seen.page.get_by_role("button", name="Embed", exact=True).click()
    assert seen.barriers() == []
    seen.page.get_by_role("button", name="Make the snippet").click()
    snippet = seen.page.get_by_test_id("embed-snippet").input_value()
    address = re.findall(r'src="([^"]+)"', snippet)[0]
    expected = counted.last_days(7, "UTC").by("device_type", DEVICE)
    # The snippet stands in a page that is the same for every visitor.
    for _ in range(2):
        framed = visit(None)
        framed.open_frame(address.removeprefix(seen.address))
        framed.settle()
        framed.shows(lambda: framed.rows("devices"), expected)  # noqa: B023 - it is called before the next


def test_who_makes_no_tokens_is_offered_no_embed(visit: Visitor) -> None:
    seen = visit("analyst")
    seen.settle()
    seen.page.get_by_role("button", name="More for Devices").click()
    seen.page.get_by_role("button", name="Download CSV").wait_for()
    assert seen.page.get_by_role("button", name="Embed", exact=True).count() == 0
