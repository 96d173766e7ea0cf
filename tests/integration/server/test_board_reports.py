"""Reports within a service: whose rows they hold, who may ask their page's application, and that they end."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from schema.reports import ReportForm
from schema.roles import Role
from server.answering.service import Service
from server.identity.callers import Caller
from server.identity.principal import Principal
from server.reporting.board_report import ReportView, board_report
from server.reporting.chromium import find_chromium
from server.reporting.printed_page import Page, PrintFormat, printed
from server.reporting.report_app import OneReader, report_app
from tests.browser.printed_text import text_of
from tests.conftest import ROOT
from tests.integration.resolvers.conftest import ADMIN, Door, bearer
from tests.integration.server.sockets import comes_true
from tests.integration.server.test_board_questions import saved
from warehouse.errors import BadInput, Unavailable
from warehouse.reports.ranges import parse_range

COUNTRIES = "measures=views&by=COUNTRY&top=20"
EVER = ReportView(parse_range("2026-01-01..2026-12-31"), "UTC")
GERMANS = Caller(Principal("gerda", Role.VIEWER, {"country": ("DE",)}))
EVERYBODY = Caller(Principal("anna", Role.ADMIN))


@pytest.fixture
def board(door: Door) -> str:
    """The id of a board that viewers see."""
    return saved(door, "VIEWER", COUNTRIES)


@pytest.fixture
def printing(service: Service, chromium: Path) -> Service:
    """The service, whose settings name the browser of the tests."""
    return replace(service, settings=service.settings.model_copy(update={"browser": str(chromium)}))


def test_a_report_holds_the_rows_of_its_reader(printing: Service, door: Door, board: str) -> None:
    of_one = text_of(door.portal.call(board_report, printing, GERMANS, board, ReportForm.PDF, EVER).archive)
    assert "Germany" in of_one
    assert "UnitedStates" not in of_one
    assert "OnlyGermany" in of_one
    (file,) = door.portal.call(board_report, printing, GERMANS, board, ReportForm.CSV, EVER).files
    assert [line.split(",")[0] for line in file.content.decode().splitlines()] == ["country", "DE"]
    (whole,) = door.portal.call(board_report, printing, EVERYBODY, board, ReportForm.CSV, EVER).files
    assert {"DE", "US"} <= {line.split(",")[0] for line in whole.content.decode().splitlines()}


def test_the_page_s_application_answers_nobody_else(service: Service, door: Door) -> None:
    reader = OneReader(GERMANS)
    app = report_app(service, reader)

    async def asked(token: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.post("/graphql", json={"query": "{ viewer { subject } }"}, headers=bearer(token))

    own = door.portal.call(asked, reader.token)
    assert own.json()["data"]["viewer"]["subject"] == "gerda"
    assert door.portal.call(asked, ADMIN).status_code == 401
    assert door.portal.call(asked, OneReader(GERMANS).token).status_code == 401
    # And the page's token is none for the service.
    assert door.post({"query": "{ viewer { subject } }"}, reader.token).status_code == 401


def test_a_board_that_the_reader_does_not_see_has_no_report(service: Service, door: Door) -> None:
    private = saved(door, None, COUNTRIES)
    with pytest.raises(BadInput, match="There is no board"):
        door.portal.call(board_report, service, GERMANS, private, ReportForm.CSV, EVER)
    empty = saved(door, "VIEWER")
    with pytest.raises(BadInput, match="Nothing is on the board"):
        door.portal.call(board_report, service, GERMANS, empty, ReportForm.CSV, EVER)


def naming(folder: Path) -> list[str]:
    """The processes whose arguments name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(folder) in (process / "cmdline").read_text(errors="replace"):
                found.append(process.name)
    return found


def test_a_page_that_is_never_ready_ends_with_its_browser(
    chromium: Path, service: Service, door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The browser's profile is there, so its processes name it.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    page = Page(report_app(service, OneReader(GERMANS)), "/boards/x", "false", "''")
    with ThreadPoolExecutor(1) as pool:
        printing = pool.submit(door.portal.call, printed, str(chromium), page, PrintFormat.PDF, 2.0)
        while not naming(tmp_path):
            assert not printing.done()
            time.sleep(0.05)
        with pytest.raises(Unavailable, match="not complete within 2 s"):
            printing.result()
    # Crash handlers are nobody's children any more, and end as soon as they hear that the browser has.
    assert comes_true(lambda: naming(tmp_path) == [])
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_a_browser_is_left_to_a_first_process(chromium: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.server.printing_first_process", str(chromium)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [], "")


def test_a_page_that_fails_says_why(printing: Service, door: Door) -> None:
    broken = saved(door, "VIEWER", "measures=views&by=COUNTRY&country=" + "x" * 400)
    with pytest.raises(Unavailable, match="The page can't be printed: "):
        door.portal.call(board_report, printing, GERMANS, broken, ReportForm.PDF, EVER)


def test_a_program_that_is_no_browser_is_named(monkeypatch: pytest.MonkeyPatch, service: Service, door: Door) -> None:
    with pytest.raises(BadInput, match="MARQUEE_BROWSER is 'nothing', which is no program"):
        find_chromium("nothing")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("server.reporting.chromium.NAMES", ("chromium",))
    with pytest.raises(Unavailable, match="Install Chromium or Google Chrome, or set MARQUEE_BROWSER"):
        find_chromium("")
    page = Page(report_app(service, OneReader(GERMANS)), "/boards/x", "false", "''")
    with pytest.raises(Unavailable, match="The browser ended before the page was printed"):
        door.portal.call(printed, "/bin/true", page, PrintFormat.PDF, 20.0)
