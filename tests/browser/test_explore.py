"""Explore answers any question with the figures that a count of the same files gives; panels lead to it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.recount import Service

FIGURES = ("views", "viewers", "watchHours")


@pytest.mark.slow
def test_a_question_in_the_address_is_answered(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer", "/explore?compare=none&top=20&by=DEVICE&measures=views,viewers,watchHours")
    seen.settle()
    expected = counted.last_days(28, "UTC").by("device_type", FIGURES)
    seen.shows(lambda: seen.rows("explore"), expected)


def test_a_question_is_put_together_by_presses(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer", "/explore?compare=none&top=20")
    seen.page.get_by_test_id("groups-menu").click()
    for name in ("Day", "Genre"):
        seen.page.get_by_role("group", name="Group by").get_by_role("button", name=name, exact=True).click()
    seen.page.keyboard.press("Escape")
    seen.shows(lambda: seen.rows("explore"), counted.last_days(28, "UTC").by("genre", ("views",)))
    expect(seen.page.get_by_label("graphql")).to_contain_text("rows(by: [GENRE]")
    assert seen.barriers() == []


def test_a_panel_can_be_explored_under_the_same_view(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer", "/?range=P7D&compare=none")
    seen.settle()
    seen.page.get_by_role("button", name="More for Devices").click()
    seen.page.get_by_role("button", name="Explore this").click()
    seen.page.get_by_role("heading", name="Explore", level=1).wait_for()
    expected = counted.last_days(7, "UTC").by("device_type", ("views", "viewers"))
    seen.shows(lambda: seen.rows("explore"), expected)


def test_a_range_of_the_calendar_is_known_where_sockets_are_closed(visit: Visitor) -> None:
    seen = visit("viewer", "/explore?compare=none&range=this-year&top=20&by=DEVICE&measures=views,viewers")
    seen.settle()
    expected = seen.rows("explore")
    assert len(expected) > 1
    behind_a_proxy = seen.context.new_page()
    behind_a_proxy.route_web_socket("**/*", lambda socket: socket.close())
    behind_a_proxy.goto(seen.page.url)
    seen.page = behind_a_proxy
    seen.view = behind_a_proxy
    seen.settle()
    assert seen.rows("explore") == expected
