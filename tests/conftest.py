"""What every test shares: a marker from the folder it lies in, which of its cases run, and the door that keeps unit
tests from I/O.
"""

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from zlib import crc32

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parent.parent
KINDS = ("unit", "integration", "browser", "bench", "clients")
# Files whose names begin so share what is slow to make: a server with demo data, a Spark session, a loaded warehouse.
TOGETHER = (
    "tests/browser/",
    "tests/clients/",
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
    """`make test` runs a part of the slow tests by `--slow`; `make prove` runs all, with every case (`--all-cases`)."""
    parser.addoption(
        "--all-cases",
        action="store_true",
        help="run every case of the tests that are marked as sampled, and each test of a new warehouse in both modes",
    )
    parser.addoption(
        "--slow",
        type=_part,
        metavar="PART/PARTS",
        help="of the tests that are marked as slow run one part only, as 0/20: the first twentieth",
    )
    parser.addoption(
        "--on-server",
        action="store_true",
        help="run the integration tests on a ClickHouse server, see tests/support/on_server.py",
    )


def _part(text: str) -> tuple[int, int]:
    part, parts = (int(one) for one in text.split("/"))
    if not 0 <= part < parts:
        raise ValueError
    return part, parts


def pytest_configure(config: pytest.Config) -> None:
    """With `--on-server` a warehouse in a folder is one on a server."""
    if config.getoption("on_server"):
        from tests.support.on_server import OnServer

        on_server = OnServer()
        on_server.begin()
        config.add_cleanup(on_server.end)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by its folder; a test that lies in none of them is an error, not an unmarked test. Of those that
    are marked `sampled` some cases are left out, and with `--slow` most of the `slow` ones: pytest counts them as
    deselected.
    """
    for item in items:
        kind = item.path.relative_to(ROOT / "tests").parts[0]
        if kind not in KINDS:
            raise pytest.UsageError(f"{item.nodeid}: a test belongs to one of the folders {', '.join(KINDS)}")
        item.add_marker(kind)
    if config.getoption("on_server"):
        from tests.support.on_server import is_of_folders

        _leave_out(config, items, {item.nodeid for item in items if is_of_folders(item, ROOT)})
    if not config.getoption("all_cases"):
        _leave_out(config, items, {one.nodeid for one in _left_out(items)})
    if drawn := config.getoption("slow"):
        part, parts = drawn
        # By its name, so that a test stays in its part whatever other tests come: the parts together are the whole.
        slow = {item.nodeid for item in items if item.get_closest_marker("slow")}
        _leave_out(config, items, {name for name in slow if crc32(name.encode()) % parts != part})


def _leave_out(config: pytest.Config, items: list[pytest.Item], names: set[str]) -> None:
    config.hook.pytest_deselected(items=[one for one in items if one.nodeid in names])
    items[:] = [one for one in items if one.nodeid not in names]


def _left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The cases that a sample goes without: `sampled` keeps as few as have every value of every axis in them,
    `sampled(5)` keeps five. The same ones each time.
    """
    found: list[pytest.Item] = []
    tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled"):
            tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for cases in tests.values():
        drawn = sorted(cases, key=lambda one: crc32(one.nodeid.encode()))
        mark = drawn[0].get_closest_marker("sampled")
        kept = drawn[: mark.args[0]] if mark and mark.args else _covering(drawn)
        found += [case for case in drawn if case not in kept]
    return found


def _covering(cases: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The fewest cases that have every value of every axis, nearly: each is the one that adds the most."""
    values = {case: {(axis, repr(value)) for axis, value in case.callspec.params.items()} for case in cases}  # type: ignore[attr-defined]
    left, kept = set().union(*values.values()), []
    while left:
        best = max(cases, key=lambda case: len(values[case] & left))
        kept.append(best)
        left -= values[best]
    return kept


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
