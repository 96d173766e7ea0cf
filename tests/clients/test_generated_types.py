"""Clients whose types are made of the served schema, set up as `docs/clients.md` says: they compile, and show what is
true; what the schema does not have does not pass.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.conftest import FOLDER, installed
from tests.conftest import ROOT
from tests.integration.docs.conftest import SHOWN_ADDRESS
from tests.integration.docs.pages import within
from tests.integration.resolvers.conftest import ANALYST, VIEWER
from tests.integration.server.sockets import Host
from tests.support.node import BUNDLER, ended, printed

pytestmark = pytest.mark.slow
PAGE = ROOT / "docs" / "clients.md"
TSC = ("node", "node_modules/typescript/bin/tsc")
FORBIDDEN = "Your role may not read the schema. Use a token of the role analyst or admin."


@dataclass(frozen=True)
class Recipe:
    """A section of the page, and the names of the files that its blocks of TypeScript are, the client's last."""

    heading: str
    files: tuple[str, ...]
    misspelt: str
    refused_by: tuple[str, ...]

    def blocks(self, language: str) -> list[str]:
        """The section's blocks in a language."""
        return [one.text for one in within(PAGE, f"### {self.heading}") if one.language == language]


RECIPES = (
    Recipe("GraphQL Code Generator", ("codegen.ts", "src/codegen.ts"), "device vievs", ("graphql-codegen",)),
    Recipe("gql.tada", ("src/tada.ts",), "device vievs", ("gql.tada", "check")),
    Recipe("genql", ("src/genql.ts",), "device: true, vievs: true", TSC),
)


@dataclass(frozen=True)
class Project:
    """A project of TypeScript, and the server that it asks."""

    folder: Path
    address: str

    def write(self, recipe: Recipe) -> None:
        """The section's files."""
        for name, text in zip(recipe.files, recipe.blocks("ts"), strict=True):
            (self.folder / name).write_text(self._served(text), encoding="utf-8")

    def generate(self, recipe: Recipe, token: str) -> tuple[int, str]:
        """Run the section's commands; the exit code, and what is printed."""
        (commands,) = recipe.blocks("sh")
        done = ended(self.folder, "bash", "-ec", self._served(commands), TOKEN=token)
        return done.returncode, done.stdout + done.stderr

    def _served(self, text: str) -> str:
        return text.replace(SHOWN_ADDRESS, self.address)


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder with the generators installed."""
    return installed(FOLDER / "typed")


@pytest.fixture
def open_project(packages: Path, host: Host, tmp_path: Path) -> Callable[[Recipe], Project]:
    """Starts a project with the configuration that the page shows, and a recipe's files."""

    def start(recipe: Recipe) -> Project:
        project = Project(tmp_path, f"127.0.0.1:{host.port}")
        shutil.copy(packages / "package.json", tmp_path)
        (tmp_path / "node_modules").symlink_to(packages / "node_modules")
        (tmp_path / "src").mkdir()
        ((configuration,),) = (one.blocks("json") for one in RECIPES if one.heading == "gql.tada")
        (tmp_path / "tsconfig.json").write_text(configuration, encoding="utf-8")
        project.write(recipe)
        return project

    return start


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.heading)
def test_generated_types_compile_and_the_client_shows_what_is_true(
    open_project: Callable[[Recipe], Project], host: Host, recipe: Recipe
) -> None:
    project = open_project(recipe)
    code, said = project.generate(recipe, ANALYST)
    assert code == 0, said
    printed(project.folder, *TSC)
    printed(project.folder, "node", BUNDLER, recipe.files[-1], "--platform", "node", "--file", "built.mjs")
    for token in (ANALYST, VIEWER):
        environment: Mapping[str, str] = {"URL": f"http://127.0.0.1:{host.port}/graphql", "TOKEN": token}
        assert printed(project.folder, "node", "built.mjs", **environment) == "true\n"

    client = project.folder / recipe.files[-1]
    right = client.read_text(encoding="utf-8")
    wrong = right.replace(recipe.misspelt.replace("vievs", "views"), recipe.misspelt)
    assert wrong != right
    client.write_text(wrong, encoding="utf-8")
    refused = ended(project.folder, *_with_npx(recipe.refused_by), TOKEN=ANALYST)
    assert refused.returncode != 0
    assert "vievs" in refused.stdout + refused.stderr


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.heading)
def test_a_generator_with_a_viewers_token_says_which_role_may_read_the_schema(
    open_project: Callable[[Recipe], Project], recipe: Recipe
) -> None:
    project = open_project(recipe)
    _, said = project.generate(recipe, VIEWER)
    assert FORBIDDEN in said


def _with_npx(command: tuple[str, ...]) -> tuple[str, ...]:
    return command if command[0] == "node" else ("npx", *command)
