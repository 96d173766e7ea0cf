"""A real warehouse, embedded in this process or behind HTTP in another: the same tests in either."""

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from tests.integration.warehouse.forgettable import settle
from tests.integration.warehouse.modes import MODES, Modes, ServedEngine, embedded, served_engine
from warehouse import Warehouse


@pytest.fixture(scope="session")
def engine_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedEngine]:
    """The engine behind HTTP of all tests of this process."""
    with served_engine(tmp_path_factory.mktemp("served")) as engine:
        yield engine


@pytest.fixture(scope="session")
def modes(request: pytest.FixtureRequest) -> Modes:
    """How to open a warehouse in either mode."""
    return Modes(lambda: request.getfixturevalue("engine_of_all"))


@pytest.fixture(scope="session")
def forgettable_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse with a person to forget, closed: to be copied."""
    folder = tmp_path_factory.mktemp("forgettable")
    with embedded(folder) as warehouse:
        settle(warehouse)
    return folder / "warehouse"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a new warehouse is run in one of the modes, by turns, or in both where that is asked for."""
    if "mode" in metafunc.fixturenames:
        turn = crc32(metafunc.function.__name__.encode()) % len(MODES)
        whole = metafunc.config.getoption("all_cases") or metafunc.config.getoption("on_server")
        chosen = MODES if whole else (MODES[turn],)
        metafunc.parametrize("mode", [pytest.param(mode, marks=pytest.mark.by_turns) for mode in chosen])


@pytest.fixture
def warehouse(mode: str, modes: Modes, tmp_path: Path) -> Iterator[Warehouse]:
    """A new warehouse of the test's mode."""
    with modes.new(mode, tmp_path) as found:
        yield found
