"""One server on the demo data, one browser, and pages that are signed in as a role."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.film_charts import charted
from tests.browser.recount import TABLES, Service, read_service
from tests.browser.visit import Visit
from tests.integration.resolvers import computed, world
from tests.integration.server.commands import Place, Served
from tests.integration.server.runs import service_of
from tests.integration.server.sockets import Host, hosted

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A Friday noon, weeks after Europe and America set their clocks back: 30 days reach across both.
UNTIL = "2026-11-20T12:00"

Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data as files."""
    folder = tmp_path_factory.mktemp("demo")
    done = Place(folder).run("ingest", "generate", "--to", "files", "--format", "parquet", "--until", UNTIL)
    assert done.returncode == 0, done.stderr
    return folder / "files"


@pytest.fixture(scope="session")
def counted(files: Path) -> Service:
    """The same files, to count again."""
    return read_service(files)


@pytest.fixture(scope="session")
def place(files: Path) -> Place:
    """A folder whose warehouse was loaded from exactly these files."""
    made = Place(files.parent)
    for table in TABLES:
        done = made.run("ingest", "load", table, f"files/{table}.parquet")
        assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="session")
def served(place: Place) -> Iterator[Served]:
    """`marquee demo`, which finds the warehouse full and serves it."""
    with place.serving("demo", "--no-activity") as found:
        yield found


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A headless browser. Closed with its module: Playwright's loop runs in the tests' own thread, where others could
    run none meanwhile.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visitor]:
    """Opens a page as a role; at the end no visit may have left an error in its console."""
    with ExitStack() as visits:

        def open_page(role: str | None, path: str = "/", theme: str = "light", width: int = 1280) -> Visit:
            found = Visit(browser, served.address, theme, width)
            visits.callback(found.close)
            fragment = f"#token={served.token(role)}" if role else ""
            found.page.goto(f"{served.address}{path}{fragment}")
            return found

        yield open_page


@pytest.fixture(scope="module")
def host_with_results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server over the small world, in which the jobs have run."""
    with service_of(tmp_path_factory.mktemp("results")) as service:
        world.load(service.warehouse)
        computed.fill(service.warehouse)
        charted(service.warehouse)
        with hosted(service) as host:
            yield host
