"""The dashboard shows the numbers that a count of the same files gives, for each role, range and zone."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.bench.web import first_load_bytes
from tests.browser.conftest import Visitor
from tests.browser.recount import Service, Window
from tests.browser.visit import Visit

pytestmark = pytest.mark.slow

TREND = ("views", "viewers", "watchHours", "completionRate")
HOUR = ("views", "viewers", "watchHours")
GENRE = (*TREND, "averageRating")
DEVICE = (*HOUR, "bufferingPerView")


def check_panels(visit: Visit, window: Window) -> None:
    """Every panel, cell by cell; each waits for its own answer."""
    visit.shows(visit.cards, window.cards())
    visit.shows(lambda: visit.rows("daily"), window.days(TREND))
    visit.shows(lambda: visit.rows("hourly"), window.by("hour", HOUR))
    visit.shows(lambda: visit.rows("genres"), window.by("genre", GENRE))
    visit.shows(lambda: visit.rows("devices"), window.by("device_type", DEVICE))
    visit.shows(lambda: visit.rows("countries"), window.countries())
    visit.shows(lambda: visit.rows("top-movies"), window.top_movies(10))


@pytest.mark.parametrize("role", ["viewer", "analyst", "admin"])
def test_each_role_opens_on_the_last_28_days(visit: Visitor, counted: Service, role: str) -> None:
    seen = visit(role)
    seen.settle()
    check_panels(seen, counted.last_days(28, "UTC"))
    assert seen.page.get_by_test_id("role-badge").get_attribute("data-value") == role.upper()
    assert "token" not in seen.page.url


def test_another_range_asks_another_question(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer")
    for label, days in (("Last 7 days", 7), ("Last 90 days", 90)):
        seen.page.get_by_test_id("range-menu").click()
        seen.page.get_by_role("group", name="Range").get_by_role("button", name=label, exact=True).click()
        check_panels(seen, counted.last_days(days, "UTC"))


@pytest.mark.parametrize("zone", ["Australia/Adelaide", "America/New_York"])
def test_another_zone_has_other_days_and_hours(visit: Visitor, counted: Service, zone: str) -> None:
    seen = visit("viewer")
    seen.page.get_by_test_id("zone-menu").click()
    seen.page.get_by_role("searchbox", name="Find a time zone").fill(zone)
    seen.page.get_by_role("group", name="Time zone").get_by_role("button").first.click()
    check_panels(seen, counted.last_days(28, zone))


def test_a_shared_link_opens_the_same_view(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer", "/?range=P7D&zone=Asia%2FKolkata")
    check_panels(seen, counted.last_days(7, "Asia/Kolkata"))


def test_the_page_says_which_days_it_counted(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer")
    window = counted.last_days(28, "UTC")
    shown = seen.page.locator("[data-field=range]").get_attribute("data-value")
    assert shown == f"{window.start:%Y-%m-%dT%H:%M:%SZ}/{window.end:%Y-%m-%dT%H:%M:%SZ}"


def test_a_chart_can_be_read_as_a_table(visit: Visitor) -> None:
    seen = visit("viewer")
    panel = seen.page.get_by_test_id("panel-daily")
    panel.get_by_role("button", name="Show Views by day as a table").click()
    region = panel.get_by_role("region", name="Views by day as a table")
    assert region.bounding_box() is not None
    assert region.get_by_role("row").count() == 29


def test_a_press_on_a_row_filters_every_panel_and_the_menu_adds_a_value(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer")
    seen.page.get_by_test_id("panel-countries").get_by_role("button", name="Germany").click()
    german = replace(counted, sessions=counted.sessions[counted.sessions["country"] == "DE"])
    seen.shows(lambda: seen.rows("devices"), german.last_days(28, "UTC").by("device_type", DEVICE))
    seen.page.get_by_test_id("filter-menu").click()
    menu = seen.page.get_by_role("group", name="Add a filter")
    menu.get_by_role("button", name="Country").click()
    menu.get_by_role("checkbox", name="France").check()
    chosen = replace(counted, sessions=counted.sessions[counted.sessions["country"].isin(["DE", "FR"])])
    seen.shows(lambda: seen.rows("devices"), chosen.last_days(28, "UTC").by("device_type", DEVICE))
    assert "country=DE&country=FR" in seen.page.url
    seen.page.get_by_role("button", name="Remove the filter Country: Germany").click()
    french = replace(counted, sessions=counted.sessions[counted.sessions["country"] == "FR"])
    seen.shows(lambda: seen.rows("devices"), french.last_days(28, "UTC").by("device_type", DEVICE))


def test_a_panel_keeps_its_other_rows_when_one_is_pressed(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer")
    countries = seen.page.get_by_test_id("panel-countries")
    whole = counted.last_days(28, "UTC").countries()
    chosen: set[str] = set()
    for country, name in (("DE", "Germany"), ("FR", "France")):
        countries.get_by_role("button", name=name).click()
        chosen.add(country)
        service = replace(counted, sessions=counted.sessions[counted.sessions["country"].isin(chosen)])
        seen.shows(lambda: seen.rows("devices"), service.last_days(28, "UTC").by("device_type", DEVICE))
        seen.shows(lambda: seen.rows("countries"), whole)
        assert countries.locator("[aria-pressed=true]").count() == len(chosen)
    on_mobile = counted.sessions["device_type"].str.lower() == "mobile"
    seen.page.get_by_test_id("panel-devices").get_by_role("button", name="Mobile").click()
    service = replace(counted, sessions=counted.sessions[on_mobile])
    expected = service.last_days(28, "UTC").countries()
    seen.shows(lambda: seen.rows("countries"), expected)
    countries.get_by_role("button", name="Germany").click()
    assert countries.locator("[aria-pressed=true]").count() == 1
    seen.settle()
    assert seen.barriers() == []


def test_without_a_comparison_no_panel_compares(visit: Visitor) -> None:
    seen = visit("viewer", "/?compare=none")
    seen.settle()
    assert seen.page.locator("[data-field^=previous], [data-field^=change]").count() == 0


def test_an_unknown_page_says_so_and_leads_back(visit: Visitor) -> None:
    seen = visit("viewer", "/nothing/here")
    seen.page.get_by_role("heading", name="Page not found").wait_for()
    seen.page.get_by_role("link", name="Back to the overview").click()
    seen.settle()
    # Chromium tells of the status too.
    assert all("404" in complaint for complaint in seen.complaints)
    seen.complaints.clear()


def test_without_a_token_the_page_asks_for_one(visit: Visitor, counted: Service) -> None:
    seen = visit(None)
    expect(seen.page.get_by_role("textbox")).to_be_visible()
    assert seen.page.locator("[data-value]").count() == 0
    assert str(len(counted.users)) not in seen.page.locator("body").inner_text()


def test_the_first_page_needs_little_javascript() -> None:
    assert 50_000 < first_load_bytes() <= 120_000
