"""Relay, compiled against the schema with its default settings, shows what answers without a cache say."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resolvers.export_schema import sdl
from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.clients.conftest import FOLDER, installed, run
from tests.conftest import ROOT
from tests.integration.docs.pages import blocks
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ANALYST, TOKENS
from tests.integration.resolvers.world import FILMS, PEOPLE, SESSIONS
from tests.integration.server.sockets import Host
from tests.support.node import printed
from warehouse import open_warehouse

PAGE = ROOT / "docs" / "clients.md"
PAIRS = 25
# How many values each example compares.
EXAMPLES = {
    "two ids": 4,
    "two groups": 18,
    "nodes": 9,
    "views": 13,
    "viewers of the same rows": 9,
    "views again": 13,
    "films, page after page": 28,
    "a film again": 19,
    "a refused field": 2,
    "an event": 1,
}
FILM = FILMS[0]
SAME_ID = replace(PEOPLE[0], id=FILM.id)


@pytest.fixture(scope="module")
def service(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over a copy of the small world, in which a user has a film's id, and three sessions."""
    folder = tmp_path_factory.mktemp("copied") / "warehouse"
    shutil.copytree(world_folder, folder, symlinks=True)
    settings = Settings(warehouse=f"chdb://{folder}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        watched = [replace(SESSIONS[number], id=f"{9_000_000 + number}", user=SAME_ID) for number in range(3)]
        world.load(warehouse, world.World((), (SAME_ID,), watched, ()))
        yield Service(settings, warehouse, build_schema(), published(), TOKENS)


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder with Relay installed."""
    return installed(FOLDER / "relay")


def project(packages: Path, folder: Path) -> Path:
    """A project with Relay's runtime and compiler, and our schema."""
    shutil.copytree(packages, folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(FOLDER / "questions.mjs", folder)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    (folder / "schema.graphql").write_text(sdl(), encoding="utf-8")
    return folder


def build(folder: Path) -> None:
    """Let relay-compiler check the documents and write its artifacts, and Babel put them into the modules."""
    printed(folder, "node", "node_modules/.bin/relay-compiler", "--output", "quiet-with-errors")
    printed(folder, "node", "compile.mjs")


@pytest.mark.slow
def test_relay_shows_what_answers_without_a_cache_say(packages: Path, host: Host, tmp_path: Path) -> None:
    folder = project(packages, tmp_path / "relay")
    (folder / "src" / "random.js").unlink()
    build(folder)
    found = run(folder, "built/shown.js", host, ANALYST, FILM.id)
    assert [one for one in found if "shown" in one] == []
    assert {one["name"]: one["values"] for one in found} == EXAMPLES


@pytest.mark.slow
@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(20))
def test_random_pairs_of_questions_through_relay(packages: Path, host: Host, tmp_path: Path, seed: int) -> None:
    folder = project(packages, tmp_path / "relay")
    printed(folder, "node", "random.mjs", str(seed), str(PAIRS))
    build(folder)
    assert run(folder, "built/random.js", host, ANALYST) == [{"pairs": PAIRS}]


def test_the_page_shows_this_configuration() -> None:
    (shown,) = (block.text for block in blocks(PAGE) if "customScalarTypes" in block.text)
    assert json.loads(shown) == json.loads((FOLDER / "relay" / "relay.config.json").read_text(encoding="utf-8"))
