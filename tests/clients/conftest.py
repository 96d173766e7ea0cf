"""The service over the small world, behind a real socket, and clients from npm as `package-lock.json` pins them."""

import fcntl
import importlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from resolvers.root import build_schema
from server.answering.budget import Budget
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.clients.asked_questions import WORLD
from tests.integration.resolvers.conftest import TOKENS, service, world_folder
from tests.integration.server.sockets import Host, hosted
from tests.oracle.loading import load_world
from tests.support.node import printed
from tests.support.npm_packages import installed_packages
from tests.support.python_client import installed_client
from warehouse import open_warehouse

__all__ = ["service", "world_folder"]
FOLDER = Path(__file__).parent


def installed(folder: Path) -> Path:
    """The folder, with the packages of its lock file installed by one of the processes that want them."""
    with (folder / "package.json").open("rb") as manifest:
        fcntl.flock(manifest, fcntl.LOCK_EX)
        if not _is_installed(folder, json.load(manifest)["dependencies"]):
            printed(folder, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    return folder


def _is_installed(folder: Path, pinned: Mapping[str, str]) -> bool:
    manifests = {name: folder / "node_modules" / name / "package.json" for name in pinned}
    return all(
        manifest.is_file() and json.loads(manifest.read_text(encoding="utf-8"))["version"] == pinned[name]
        for name, manifest in manifests.items()
    )


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder with the clients installed."""
    return installed(FOLDER)


@pytest.fixture(scope="session")
def python_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The installed Python client."""
    folder = installed_client(tmp_path_factory.mktemp("client"))
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("marquee_client")
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with the npm packages installed, and our scripts."""
    folder = installed_packages(tmp_path_factory.mktemp("npm"))
    shutil.copytree(FOLDER / "project", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def counted_service() -> Iterator[Service]:
    """A service over the rows that the oracle counts."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(warehouse=f"chdb://{Path(folder) / 'warehouse'}")
        with open_warehouse(settings.warehouse, settings.limits) as warehouse:
            load_world(warehouse, WORLD)
            yield Service(settings, warehouse, build_schema(), published(), TOKENS)


@pytest.fixture
def host(service: Service) -> Iterator[Host]:
    """The service at a port, without a budget: clients ask more in a minute than people do."""
    before = service.admission.budget
    service.admission.budget = Budget(clock=_minutes())
    try:
        with hosted(service) as found:
            yield found
    finally:
        service.admission.budget = before


def _minutes() -> Callable[[], float]:
    """A clock that a minute goes by on at each look."""
    now = 0.0

    def look() -> float:
        nonlocal now
        now += 60
        return now

    return look


def run(packages: Path, script: str, host: Host, *arguments: str) -> list[Any]:
    """The JSON lines that a script prints."""
    lines = printed(packages, "node", script, f"http://127.0.0.1:{host.port}/graphql", *arguments).splitlines()
    return [json.loads(line) for line in lines]
