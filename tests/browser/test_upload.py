"""An admin drops a file on the Data page, sees how it would be read, puts it right, and loads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import Visit
from tests.integration.server.commands import Place, Served

FILMS = "film_id;heading;runtime;released\n" + "".join(
    f"{number};Film {number};{'long' if number == 903 else 90};{'soon' if number == 905 else '2026-05-17'}\n"
    for number in range(900, 912)
)
DROP = """([zone, name, text]) => {
    const given = new DataTransfer();
    given.items.add(new File([text], name));
    for (const kind of ['dragover', 'drop'])
        zone.dispatchEvent(new DragEvent(kind, {dataTransfer: given, bubbles: true, cancelable: true}));
}"""
STORED = "JSON.stringify([{...sessionStorage}, {...localStorage}])"
FIGURES = """root => Object.fromEntries([...root.querySelectorAll('[data-field]')].map(one =>
    [one.dataset.field, one.dataset.value]))"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Served]]:
    """A server over an empty warehouse, which takes small files only."""
    place = Place(tmp_path_factory.mktemp("upload"), {"MARQUEE_INGEST_BODY_BYTES": "100000"})
    with place.serving("serve") as served:
        yield place, served


@pytest.fixture
def opened(browser: Browser, own: tuple[Place, Served]) -> Iterator[Any]:
    """Opens the Data page with a token of a role; at the end no visit may have complained."""
    place, served = own
    visits: list[Visit] = []

    def open_page(role: str = "admin", theme: str = "light", width: int = 1280, **scope: str) -> Visit:
        scoped = [f"--scope={name}={values}" for name, values in scope.items()]
        token = place.run("token", "issue", "--role", role, "--ttl", "1h", *scoped).stdout.strip()
        seen = Visit(browser, served.address, theme, width)
        visits.append(seen)
        seen.page.goto(f"{seen.address}/data#token={token}")
        return seen

    yield open_page
    for seen in visits:
        seen.close()


def drop(page: Page, name: str, text: str) -> None:
    """Drop a file on the panel."""
    zone = page.get_by_test_id("drop-zone")
    expect(zone.get_by_text("Choose a file")).to_be_visible()
    page.evaluate(DROP, [zone.element_handle(), name, text])


def figures(page: Page, root: str) -> dict[str, str]:
    """The figures that a part of the page shows, by name."""
    found: dict[str, str] = page.get_by_test_id(root).evaluate(FIGURES)
    return found


@pytest.mark.slow
def test_a_dropped_file_shows_its_bad_cells_is_mapped_and_loaded(opened: Any, own: tuple[Place, Served]) -> None:
    place, _ = own
    seen = opened()
    page = seen.page
    drop(page, "my films.csv", FILMS)
    panel = page.get_by_test_id("panel-upload")
    table = page.get_by_test_id("first-rows")
    # "heading" is a name that nobody gives a title: only a person knows.
    expect(panel.get_by_test_id("verdict")).to_contain_text("movies needs title")
    expect(panel.get_by_role("button", name="Load into movies")).to_be_disabled()
    panel.get_by_label("What heading becomes").select_option("title")
    bad = table.locator("td[data-bad]")
    expect(bad).to_have_count(2)
    expect(bad.nth(0)).to_contain_text("duration is 'long', expected a whole number from 0 to 65535")
    expect(bad.nth(1)).to_contain_text("release_date is 'soon'")
    assert figures(page, "verdict") == {"good-rows": "10", "bad-rows": "2"}
    assert place.run("ingest", "status").stdout == "", "nothing is loaded before it is asked for"
    expect(panel.locator("[data-field=command]")).to_have_text(
        "marquee ingest load movies 'my films.csv' --profile my-films"
    )
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save as profile").click()
    assert download.value.suggested_filename == "my-films.toml"
    profile = Path(download.value.path()).read_text(encoding="utf-8")
    assert 'delimiter = ";"' in profile
    assert 'heading = "title"' in profile

    stored = page.evaluate(STORED)
    panel.get_by_role("button", name="Load into movies").click()
    expect(page.get_by_test_id("upload-result")).to_contain_text("12 rows were sent to movies")
    shown = figures(page, "upload-result")
    assert {name: shown[name] for name in ("accepted", "duplicates", "quarantined", "BAD_VALUE")} == {
        "accepted": "10", "duplicates": "0", "quarantined": "2", "BAD_VALUE": "2",
    }  # fmt: skip
    assert "12 rows: 10 accepted, 0 duplicates, 2 quarantined" in place.run("ingest", "status").stdout
    expect(panel.get_by_label("The first rows that were kept aside")).to_contain_text("duration is 'long'")
    assert seen.barriers() == []
    assert page.evaluate(STORED) == stored, "the sender's token is kept nowhere"

    # The profile that was saved reads the same file on the server: now all rows are known.
    (place.folder / "profiles").mkdir(exist_ok=True)
    (place.folder / "profiles" / "my-films.toml").write_text(profile, encoding="utf-8")
    (place.folder / "my films.csv").write_text(FILMS, encoding="utf-8")
    done = place.run("ingest", "load", "movies", "my films.csv", "--profile", "my-films")
    assert "0 accepted, 10 duplicates, 2 quarantined" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_red_cells_are_corrected_in_place_and_their_rows_load(opened: Any, own: tuple[Place, Served]) -> None:
    place, _ = own
    seen = opened()
    page = seen.page
    films = FILMS.replace("film_id;heading", "id;title").replace("90", "80")
    drop(page, "films.csv", films)
    panel, bad = page.get_by_test_id("panel-upload"), page.locator("td[data-bad]")
    expect(bad).to_have_count(2)
    minutes = panel.get_by_label("runtime of row 5", exact=True)
    minutes.fill("brief")
    minutes.press("Enter")
    expect(bad.nth(0)).to_contain_text("duration is 'brief', expected a whole number from 0 to 65535")
    minutes.fill("162")
    minutes.press("Enter")
    expect(bad).to_have_count(1)
    expect(minutes).to_be_focused()
    expect(page.locator("td[data-corrected]")).to_contain_text("in the file: long")
    panel.get_by_label("released of row 7", exact=True).fill("2026-05-18")
    # Leaving the field is enough.
    panel.get_by_label("runtime of row 5", exact=True).focus()
    expect(bad).to_have_count(0)
    assert figures(page, "verdict") == {"good-rows": "12", "bad-rows": "0"}
    panel.get_by_role("button", name="Take back released of row 7").click()
    expect(bad).to_have_count(1)
    assert seen.barriers() == []
    panel.get_by_role("button", name="Load into movies").click()
    expect(page.get_by_test_id("upload-result")).to_contain_text("12 rows were sent to movies")
    assert figures(page, "upload-result")["quarantined"] == "1"
    found = place.run("query", "{ movie(id: 803) { duration } }").stdout
    assert "162" in found, found
    assert " 0 duplicates, 1 quarantined; request" in place.run("ingest", "status").stdout


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_quarantined_rows_are_corrected_in_place(
    opened: Any, own: tuple[Place, Served], theme: str, width: int
) -> None:
    place, _ = own
    first = width * 10
    files = {
        "users": f"id\n{first}\n",
        "movies": f"id,title\n{first},Heat\n",
        "viewing_sessions": "id,user_id,movie_id,start_time,watch_duration_minutes\n"
        + f"{first},{first},{first},2026-01-01T20:00:00Z,long\n"
        + f"{first + 1},{first},{first},2026-01-02T20:00:00Z,2000\n",
    }
    for table, text in files.items():
        (place.folder / f"{table}-{width}.csv").write_text(text, encoding="utf-8")
        place.run("ingest", "load", table, f"{table}-{width}.csv")
    seen = opened(theme=theme, width=width)
    panel = seen.page.get_by_test_id("panel-quarantine")
    expect(panel.locator("li[data-row]")).to_have_count(2)
    expect(panel.locator("li[data-row='2']")).to_contain_text(
        "watch_duration_minutes is 'long', expected minutes from 0 to 1440"
    )
    expect(panel.get_by_role("button", name="Load 0 corrected rows")).to_be_disabled()
    panel.get_by_label("watch_duration_minutes of row 2").fill("45")
    panel.get_by_label("watch_duration_minutes of row 3").fill("many")
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0
    panel.get_by_role("button", name="Load 2 corrected rows").click()
    done = seen.page.get_by_test_id("repaired")
    expect(done).to_contain_text("1 accepted by load")
    expect(done).to_contain_text("Row 3: watch_duration_minutes is 'many', expected minutes from 0 to 1440")
    expect(panel.locator("li[data-row]")).to_have_count(1)
    expect(panel.get_by_label("watch_duration_minutes of row 3")).to_have_value("many")
    assert "1 accepted, 0 duplicates, 1 quarantined" in place.run("ingest", "status").stdout


def test_what_can_not_be_sent_says_what_to_do(opened: Any) -> None:
    page = opened().page
    panel = page.get_by_test_id("panel-upload")
    drop(page, "films.xlsx", "x")
    expect(panel.get_by_role("alert")).to_contain_text("films.xlsx says no format")
    drop(page, "films.csv", "id,title\n" + "1,Heat\n" * 20_000)
    expect(panel.get_by_role("alert")).to_contain_text("marquee ingest load TABLE films.csv")


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 360), ("light", 1280), ("dark", 1280)])
def test_a_file_that_is_looked_at_fits_any_window_and_theme(opened: Any, theme: str, width: int) -> None:
    seen = opened(theme=theme, width=width)
    drop(seen.page, "films.csv", FILMS.replace("heading", "title"))
    expect(seen.page.locator("td[data-bad]")).to_have_count(2)
    assert seen.barriers() == []
    assert seen.overflow_px() <= 0


@pytest.mark.slow
def test_who_may_not_load_sees_no_panel(opened: Any) -> None:
    asked: list[tuple[str, dict[str, str]]] = [("viewer", {}), ("analyst", {}), ("admin", {"country": "DE"})]
    for role, scope in asked:
        page = opened(role, **scope).page
        expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
        expect(page.get_by_test_id("role-badge")).to_be_visible()
        expect(page.get_by_test_id("panel-upload")).to_have_count(0)
        expect(page.get_by_test_id("panel-quarantine")).to_have_count(0)
