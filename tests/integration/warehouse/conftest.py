"""A real warehouse, embedded in this process and behind HTTP in another: the same tests in both."""

from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(params=MODES)
def warehouse(request: pytest.FixtureRequest, modes: Modes, tmp_path: Path) -> Iterator[Warehouse]:
    """A new warehouse, once in each mode."""
    with modes.new(request.param, tmp_path) as found:
        yield found
