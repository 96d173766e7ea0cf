"""Reports of boards: printed by a real browser from the command line, with the figures of the role that asks."""

import csv
import io
import struct
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.browser.printed_text import pages_of, text_of
from tests.browser.recount import Service
from tests.integration.resolvers.conftest import bearer
from tests.integration.server.commands import Place, Served

SAVE = "mutation ($input: SaveBoardInput!) { saveBoard(input: $input) { board { id } userErrors { message } } }"
PANELS = [
    {"title": "By country", "question": "measures=views,viewers&by=COUNTRY&top=20"},
    {"title": "By device", "question": "measures=views&by=DEVICE&country=DE"},
]


@pytest.fixture(scope="module")
def printing(place: Place, chromium: Path) -> Place:
    """The same folder, with the browser of the tests."""
    return Place(place.folder, {**place.settings, "MARQUEE_BROWSER": str(chromium)})


@pytest.fixture(scope="module")
def board(served: Served) -> str:
    """The title of a board that is shared with viewers."""
    title = "Monday numbers"
    given = {"title": title, "panels": PANELS, "sharedWith": "VIEWER"}
    body = httpx.post(
        f"{served.address}/graphql",
        json={"query": SAVE, "variables": {"input": given}},
        headers=bearer(served.token("admin")),
    ).json()
    assert body["data"]["saveBoard"]["userErrors"] == []
    return title


def test_a_board_is_printed_to_pdf_with_its_figures(printing: Place, board: str, counted: Service) -> None:
    done = printing.run("report", board, "--output", "monday.pdf", "--role", "viewer")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    pdf = (printing.folder / "monday.pdf").read_bytes()
    shown = text_of(pdf).splitlines()
    window = counted.last_days(28, "UTC")
    most = max(float(row["views"] or 0) for row in window.by("country", ("views",)).values())
    assert f"{most:,.0f}" in shown
    assert {"Mondaynumbers", "Bycountry", "Bydevice", "Country:Germany"} <= set(shown)
    (view,) = [one for one in shown if "datathroughNov20,2026" in one]
    assert view.startswith("Oct24–Nov20·vs.periodbefore·UTC·datathroughNov20,2026")
    assert pages_of(pdf) == 1
    # Controls are for screens.
    assert not {"Allboards", "Changetheboard", "Overview"} & set(shown)


@pytest.mark.slow
def test_a_picture_holds_the_whole_board(printing: Place, board: str) -> None:
    done = printing.run("report", board, "--format", "png", "--output", "monday.png", "--range", "P7D")
    assert done.returncode == 0, done.stderr
    picture = (printing.folder / "monday.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 2 * 1_280
    assert height >= 2 * 300


def test_rows_need_no_browser(place: Place, board: str, counted: Service) -> None:
    without = Place(place.folder, {**place.settings, "MARQUEE_BROWSER": "no-such-browser"})
    done = without.run("report", board, "--format", "csv", "--range", "P7D", "--output", "monday.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(without.folder / "monday.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(texts) == ["01-by-country.csv", "02-by-device.csv"]
    rows = {row["country"]: row for row in csv.DictReader(io.StringIO(texts["01-by-country.csv"]))}
    expected = counted.last_days(7, "UTC").by("country", ("views", "viewers"))
    assert {name: (int(rows[name]["views"]), int(rows[name]["viewers"])) for name in expected} == {
        name: (row["views"], row["viewers"]) for name, row in expected.items()
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Tuesdays", "--output", "x.pdf"), "There is no board 'Tuesdays' that the role analyst may see here."),
        (("Monday numbers", "--output", "x.csv", "--format", "csv"), "use --output NAME.zip"),
        (("Monday numbers", "--output", "x.pdf", "--range", "P3D"), "The range is 'P3D'. Use P1D, P7D"),
        (("Monday numbers", "--output", "x.pdf", "--time-zone", "Mars"), "There is no time zone 'Mars'"),
        (("Monday numbers", "--output", "no/folder/x.zip", "--format", "csv"), "no/folder/x.zip can't be written"),
    ],
)
def test_what_can_be_no_report_says_why(place: Place, board: str, arguments: tuple[str, ...], said: str) -> None:
    assert board == "Monday numbers"
    done = place.run("report", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert not (place.folder / arguments[2]).exists()
