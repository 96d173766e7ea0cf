"""The wheel, built from the source distribution and installed elsewhere, serves all that the checkout does."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

PACKAGES = ("ingest", "resolvers", "schema", "server", "spark", "warehouse")
BUILT_FROM = (*PACKAGES, "client/dist", "client/operations", "tools/dist")
FILES = ("CHANGELOG.md", "LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py")
# These must not find the checkout, nor settings from the environment of the test run.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not name.startswith("MARQUEE_")
}


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env={**ENVIRONMENT, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def copied(folder: Path) -> Path:
    """What a build reads, and nothing else, in a place of its own: a build leaves files beside its sources."""
    for name in BUILT_FROM:
        target = folder / name
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by what `make dist` runs."""
    source = copied(tmp_path_factory.mktemp("source"))
    built = tmp_path_factory.mktemp("built")
    run(source / "tools" / "dist", built, cwd=built, PYTHON=sys.executable)
    assert [path.suffix for path in sorted(built.iterdir())] == [".whl", ".gz"]
    return next(built.glob("*.whl"))


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and a folder to work in."""

    scripts: Path
    folder: Path

    def run(self, *command: str) -> str:
        return run(self.scripts / command[0], *command[1:], cwd=self.folder)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own, which borrows the dependencies of this one."""
    environment = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment)
    python = environment / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel, cwd=environment)
    # Python reads no .pth file in a folder that another one names: the checkout, editable there, is not found here.
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    own = next((environment / "lib").glob("python*/site-packages"))
    (own / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    return Installed(environment / "bin", tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def address(installed: Installed) -> Iterator[str]:
    """Of `marquee demo`, run by the wheel in an empty folder."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(installed.scripts / "marquee"), "demo", "--no-activity", "--port", str(port)]
    with subprocess.Popen(command, cwd=installed.folder, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"Marquee is at http://127.0.0.1:{port}\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


@pytest.fixture(scope="module")
def client(address: str, installed: Installed) -> Iterator[httpx.Client]:
    token = installed.run("marquee", "token", "issue", "--role", "analyst")
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as one:
        yield one


def test_the_wheel_holds_every_file_of_every_package(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    pages = {
        f"server/static/dist/{path.relative_to(ROOT / 'client' / 'dist')}"
        for path in (ROOT / "client" / "dist").rglob("*")
        if path.is_file() and ".stamps" not in path.parts
    }
    operations = {f"server/static/operations/{path.name}" for path in (ROOT / "client/operations").iterdir()}
    assert {f"{package}/py.typed" for package in PACKAGES} <= ours
    assert {name for name in held if ".dist-info/" not in name} == ours | pages | operations
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)


def test_a_wheel_without_the_client_is_not_built(tmp_path: Path) -> None:
    source = copied(tmp_path)
    shutil.rmtree(source / "client" / "dist")
    done = subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build"],
        cwd=source,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "The client is not built, so the wheel would have no pages. Run: make dist" in done.stderr


def test_its_modules_are_not_those_of_the_checkout(installed: Installed) -> None:
    places = installed.run("python", "-c", f"import {', '.join(PACKAGES)}; print(server.__file__, warehouse.__file__)")
    assert all(place.startswith(str(installed.scripts.parent)) for place in places.split())


def test_it_tells_its_version(installed: Installed) -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert installed.run("marquee", "--version") == f"marquee {version[1]}"


def test_its_demo_answers_published_operations(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    movies = client.get("/api/TopMovies", params={"limit": 3}).json()["data"]["topMovies"]
    assert [movie["rank"] for movie in movies] == [1, 2, 3]


@pytest.mark.parametrize("page", ["/", "/playground", "/users", "/operations"])
def test_its_pages_are_there_with_what_they_load(client: httpx.Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', answer.text)
    assert assets
    assert {client.get(asset).status_code for asset in assets} == {200}


def test_its_schema_is_the_exported_one(client: httpx.Client) -> None:
    assert client.get("/schema.graphql").text == (ROOT / "schema/schema.graphql").read_text(encoding="utf-8")
