"""What every test shares: a marker from the folder it lies in, and the door that keeps unit tests from I/O."""

import socket
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parent.parent
KINDS = ("unit", "integration", "browser", "bench")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder; a test that lies in none of them is an error, not an unmarked test.

    A file's tests run in one process, and all that share a Spark session in one: each session of its own would start a
    JVM, and warm it up.
    """
    for item in items:
        in_session = item.path.is_relative_to(ROOT / "tests" / "integration" / "spark")
        group = "spark" if in_session else str(item.path.relative_to(ROOT))
        item.add_marker(pytest.mark.xdist_group(group))
        kind = item.path.relative_to(ROOT / "tests").parts[0]
        if kind not in KINDS:
            raise pytest.UsageError(f"{item.nodeid}: a test belongs to one of the folders {', '.join(KINDS)}")
        item.add_marker(kind)


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
