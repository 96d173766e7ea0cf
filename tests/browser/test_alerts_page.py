"""Alerts: made from a panel's menu, judged by the server, counted in the navigation, acknowledged and silenced."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.recount import Service

pytestmark = pytest.mark.slow


def test_an_alert_of_a_panel_fires_and_is_acknowledged(visit: Visitor, counted: Service) -> None:
    seen = visit("analyst", "/?country=DE&country=US")
    seen.settle()
    page = seen.page
    page.get_by_role("button", name="More for Devices").click()
    page.get_by_role("button", name="Alert", exact=True).click()
    expect(page.get_by_label("Name")).to_have_value("Devices")
    expect(page.get_by_role("button", name="Remove the filter Country: Germany")).to_be_visible()
    page.get_by_label("Fires when it").select_option("ABOVE")
    page.get_by_label("Value", exact=True).fill("1")
    page.get_by_role("button", name="Add a target").click()
    page.get_by_label("Address of target 1").fill("http://127.0.0.1:9/hook")
    assert seen.barriers() == []
    page.get_by_role("button", name="Save the alert").click()

    fired = page.get_by_test_id("panel-alert-history").locator("[data-row=FIRING]")
    expect(fired).to_have_count(1, timeout=60_000)
    # Its last whole day is the one before the newest, which ends at noon.
    days = counted.last_days(2, "UTC").sessions
    views = int(((days["day"] == "2026-11-19") & days["country"].isin(["DE", "US"])).sum())
    expect(fired).to_contain_text(f"{views} ·")
    expect(fired.locator("[data-field=outcome]")).to_have_attribute("data-value", "REFUSED")
    expect(page.get_by_test_id("panel-alert-movers").locator("[data-row]").first).to_be_visible()
    expect(page.get_by_test_id("alert-badge").first).to_be_visible()
    assert seen.barriers() == []

    page.get_by_role("button", name="Acknowledge Devices").click()
    expect(page.get_by_test_id("panel-alert-history").locator("[data-row=ACKNOWLEDGED]")).to_have_count(1)
    expect(page.get_by_test_id("alert-badge")).to_have_count(0)
    page.get_by_role("button", name="Silence Devices").click()
    page.get_by_role("button", name="For an hour").click()
    expect(page.get_by_role("button", name="End the silence of Devices")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 900})
    assert seen.overflow_px() <= 0
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete the alert").click()
    expect(page.get_by_role("heading", name="Alerts", level=1)).to_be_visible()


def test_a_viewer_has_no_alerts(visit: Visitor) -> None:
    seen = visit("viewer", "/")
    seen.settle()
    expect(seen.page.get_by_role("link", name="Boards")).to_be_visible()
    expect(seen.page.get_by_role("link", name="Alerts")).to_have_count(0)
