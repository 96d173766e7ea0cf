"""An admin publishes an operation in the playground, everybody runs it, and the admin takes it back."""

from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit
from tests.integration.server.commands import Served

# GraphiQL itself, whose barriers are not ours: the dialog stands beside it.
EDITOR = (".graphiql-container",)
DIALOG = "Publish an operation"


def opened(visit: Visitor, document: str, **how: object) -> Visit:
    """The playground with a document, and its dialog of publishing."""
    seen = visit("admin", f"/playground?query={quote(document)}", **how)
    expect(seen.page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query")
    seen.page.get_by_role("button", name="Publish", exact=True).click()
    expect(seen.page.get_by_role("dialog", name=DIALOG)).to_be_visible()
    return seen


def asked(served: Served, path: str) -> tuple[int, str]:
    """The status and body of an address, with a viewer's token."""
    headers = {"Authorization": f"Bearer {served.token('viewer')}"}
    response = httpx.get(f"{served.address}{path}", headers=headers, trust_env=False)
    return response.status_code, response.text


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_an_admin_publishes_and_unpublishes_what_the_editor_has(
    visit: Visitor, served: Served, width: int, theme: str
) -> None:
    name = f"DevicesAt{width}"
    seen = opened(visit, f"# Views by device.\nquery {name} {{ devices {{ device views }} }}", width=width, theme=theme)
    dialog = seen.page.get_by_role("dialog", name=DIALOG)
    expect(dialog.locator("[data-field=name]")).to_have_text(name)
    expect(dialog.locator("[data-field=address]")).to_have_text(f"/api/{name}")
    expect(dialog.get_by_text("Nothing yet.")).to_be_visible()
    dialog.get_by_role("button", name=f"Publish {name}").click()
    assert dialog.get_by_test_id("document-id").input_value().startswith("sha256:")
    row = dialog.locator(f"[data-row={name}]")
    expect(row).to_contain_text("Views by device.")
    assert seen.barriers(besides=EDITOR) == []
    assert seen.overflow_px() == 0

    reader = visit("viewer", "/playground")
    expect(reader.page.locator(".graphiql-query-editor .view-lines")).to_contain_text("dashboard(")
    assert reader.page.get_by_role("button", name="Publish", exact=True).count() == 0
    status, text = asked(served, f"/api/{name}")
    assert (status, '"views"' in text) == (200, True)

    row.get_by_role("button", name=f"Unpublish {name}").click()
    row.get_by_role("button", name="Keep it").click()
    row.get_by_role("button", name=f"Unpublish {name}").click()
    row.get_by_role("button", name="Unpublish it now").click()
    expect(row).to_have_count(0)
    status, text = asked(served, f"/api/{name}")
    assert (status, f"There is no operation {name}" in text) == (400, True)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_what_is_wrong_is_said_and_nothing_is_published(visit: Visitor) -> None:
    seen = opened(visit, "query Genres { genres { genre } }")
    dialog = seen.page.get_by_role("dialog", name=DIALOG)
    dialog.get_by_role("button", name="Publish Genres").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "Genres is an operation that Marquee brings. Call yours otherwise."
    )
    assert seen.barriers(besides=EDITOR) == []
    seen.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    two = opened(visit, "query A { genres { genre } } query B { genres { genre } }", width=360)
    dialog = two.page.get_by_role("dialog", name=DIALOG)
    expect(dialog).to_contain_text("The editor needs exactly one operation, with a name")
    expect(dialog.get_by_role("button", name="Publish")).to_be_disabled()
    expect(dialog.get_by_text("Nothing yet.")).to_be_visible()
