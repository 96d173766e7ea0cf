"""What every test shares: a marker from the folder it lies in, and the door that keeps unit tests from I/O."""

import os
import socket
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parent.parent
KINDS = ("unit", "integration", "browser", "bench")
# Files whose names begin so share what is slow to make: a server with demo data, a Spark session, a loaded warehouse.
TOGETHER = (
    "tests/browser/",
    "tests/integration/resolvers/",
    "tests/integration/spark/",
    "tests/integration/warehouse/test_forg",
    "tests/integration/warehouse/test_insights_",
)

# A JVM of the tests lives for seconds: the better compiler and collector would cost more than they give back.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


# How long one example takes says more of the machine than of the code.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--both-modes` takes twice as long where it counts, and is for changes of what knows the mode."""
    parser.addoption(
        "--both-modes",
        action="store_true",
        help="run each test of a new warehouse embedded and behind HTTP, not in one of them by turns",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder; a test that lies in none of them is an error, not an unmarked test."""
    for item in items:
        kind = item.path.relative_to(ROOT / "tests").parts[0]
        if kind not in KINDS:
            raise pytest.UsageError(f"{item.nodeid}: a test belongs to one of the folders {', '.join(KINDS)}")
        item.add_marker(kind)


class Scheduling(LoadFileScheduling):
    """A file's tests run in one process, and so do those of files that share something. (`--dist loadgroup` says this
    with markers, which pytest 9.2 drops: pytest-xdist 1386.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((one for one in TOGETHER if nodeid.startswith(one)), None) or super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Take the place of `--dist loadfile`."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(autouse=True)
def _no_network_in_unit_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit test that connects anywhere fails there and then, so that none comes to lean on a service by accident."""
    if request.node.get_closest_marker("unit") is None:
        return

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a unit test opened a connection: move it to tests/integration, or pass the answer in")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of the browser to test with; fails, with what to install, where there is none."""
    found = subprocess.run([ROOT / "tools" / "browser"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr.strip())
    return Path(found.stdout.strip())
