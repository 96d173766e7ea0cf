"""The service over the small world, behind a real socket, and clients from npm as `package-lock.json` pins them."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.answering.budget import Budget
from server.answering.service import Service
from tests.integration.resolvers.conftest import service, world_folder
from tests.integration.server.sockets import Host, hosted

__all__ = ["service", "world_folder"]
FOLDER = Path(__file__).parent
# Installing takes a few seconds, unless the machine is busy.
INSTALL_S, RUN_S = 200, 280


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder with the clients installed. Without a registry there are none, and the tests are skipped aloud."""
    if not (FOLDER / "node_modules" / "@apollo" / "client").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("tests/clients needs Node and npm")
        command = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        if done.returncode:
            pytest.skip(f"npm can't install the clients: {done.stderr[-200:]}")
    return FOLDER


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
    command = ["node", script, f"http://127.0.0.1:{host.port}/graphql", *arguments]
    done = subprocess.run(command, cwd=packages, capture_output=True, text=True, timeout=RUN_S, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
