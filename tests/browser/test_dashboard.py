"""The dashboard shows the numbers that a count of the same files gives, for each role, range and zone."""

import pytest

from tests.browser.conftest import Visitor
from tests.browser.recount import Service, Window
from tests.browser.visit import Visit

TREND = ("views", "viewers", "watchHours", "completionRate")
HOUR = ("views", "viewers", "watchHours")
GENRE = (*TREND, "averageRating")
DEVICE = ("views", "viewers", "bufferingPerView")


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
def test_each_role_opens_on_the_last_30_days(visit: Visitor, counted: Service, role: str) -> None:
    seen = visit(role)
    seen.settle()
    check_panels(seen, counted.last_days(30, "UTC"))
    assert seen.page.get_by_test_id("role-badge").get_attribute("data-value") == role.upper()
    assert "token" not in seen.page.url


def test_another_range_asks_another_question(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer")
    for label, days in (("7 days", 7), ("90 days", 90)):
        seen.page.get_by_test_id("range-picker").get_by_role("button", name=label, exact=True).click()
        check_panels(seen, counted.last_days(days, "UTC"))


@pytest.mark.parametrize("zone", ["Australia/Adelaide", "America/New_York"])
def test_another_zone_has_other_days_and_hours(visit: Visitor, counted: Service, zone: str) -> None:
    seen = visit("viewer")
    seen.page.get_by_test_id("zone-picker").select_option(zone)
    check_panels(seen, counted.last_days(30, zone))


def test_a_shared_link_opens_the_same_view(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer", "/?range=P7D&zone=Asia%2FKolkata")
    check_panels(seen, counted.last_days(7, "Asia/Kolkata"))


def test_the_page_says_which_days_it_counted(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer")
    window = counted.last_days(30, "UTC")
    shown = seen.page.locator("[data-field=range]").get_attribute("data-value")
    assert shown == f"{window.start.isoformat()}/{window.end.isoformat()}"


def test_a_chart_can_be_read_as_a_table(visit: Visitor) -> None:
    seen = visit("viewer")
    panel = seen.page.get_by_test_id("panel-daily")
    panel.get_by_role("button", name="Show Day by day as a table").click()
    region = panel.get_by_role("region", name="Day by day as a table")
    assert region.bounding_box() is not None
    assert region.get_by_role("row").count() == 31


def test_without_a_token_the_page_asks_for_one(visit: Visitor, counted: Service) -> None:
    seen = visit(None)
    assert seen.page.get_by_role("textbox").is_visible()
    assert seen.page.locator("[data-value]").count() == 0
    assert str(len(counted.users)) not in seen.page.locator("body").inner_text()
