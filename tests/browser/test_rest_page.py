"""The page of the REST addresses: it asks with the visitor's own token, and what it fills in runs."""

import json

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.integration.server.commands import Served

pytestmark = pytest.mark.slow


def test_a_question_is_answered_as_the_call_it_shows(visit: Visitor, served: Served) -> None:
    seen = visit("analyst", "/api?operation=Devices")
    page = seen.page
    page.get_by_label("where").fill('{"country": {"eq": "US"}}')
    page.get_by_role("button", name="Send the request").click()
    shown = json.loads(page.get_by_test_id("rest-answer").text_content() or "")
    call = page.get_by_test_id("rest-call").input_value()
    address = call.split("'")[1]
    assert call == f"curl '{address}' -H \"Authorization: Bearer $TOKEN\""
    headers = {"Authorization": f"Bearer {served.token('analyst')}"}
    answer = httpx.get(address, headers=headers, trust_env=False).json()
    assert shown["data"] == answer["data"]
    assert len(shown["data"]["devices"]) > 2
    page.get_by_label("format").select_option("csv")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_test_id("rest-answer")).to_contain_text("device,views,viewers")
    assert seen.barriers() == []


def test_every_example_runs(visit: Visitor) -> None:
    seen = visit("admin", "/api")
    panel, choice = seen.page.get_by_test_id("panel-rest"), seen.page.get_by_label("Address")
    panel.wait_for()
    names = choice.locator("option").evaluate_all("options => options.map(one => one.value)")
    assert names[:2] == ["rating", "viewing"]
    assert len(names) > 40
    for name in names:
        choice.select_option(name)
        expect(panel.get_by_role("heading")).to_have_text(f"GET /api/{name}")
        seen.page.get_by_role("button", name="Send the request").click()
        expect(panel.get_by_test_id("rest-answer")).to_contain_text('"data"')


def test_who_may_not_read_the_schema_is_told_so(visit: Visitor) -> None:
    seen = visit("viewer", "/api")
    expect(seen.page.get_by_text("Your role may not read the schema.")).to_be_visible()
    expect(seen.page.get_by_role("link", name="REST")).to_have_count(0)
    seen.complaints = [one for one in seen.complaints if "403" not in one]
