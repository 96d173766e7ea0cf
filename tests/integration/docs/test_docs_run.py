"""The documentation runs: commands print what pages show, queries answer what pages show."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from tests.integration.docs.conftest import SHOWN_ADDRESS, Served
from tests.integration.docs.pages import PAGES, ROOT, Block, blocks
from tests.integration.docs.shell import Shell, matches, steps
from tests.support.node import printed
from tests.support.npm_packages import installed_packages
from tests.support.python_client import installed_client

pytestmark = pytest.mark.slow

LANGUAGES = frozenset(
    {
        *("console", "sh", "graphql", "json", "text", "toml", "html", "sql", "csv", "python", "mermaid", "js", "ts"),
        *("tsx", "yaml"),
    }
)
RUN = frozenset({"console", "sh"})
# Blocks that ask a server; others show code of ours.
_ASKS = ("marquee_client", "{token}")
PYTHON = [
    one
    for page in PAGES
    for one in blocks(page)
    # `marquee_queries` is generated, see `tests/clients/test_other_tools.py`.
    if one.language == "python" and any(sign in one.text for sign in _ASKS) and "marquee_queries" not in one.text
]
SCRIPTS = [one for page in PAGES for one in blocks(page) if one.language == "js" and "@marquee/" in one.text]


def _id(page: Path) -> str:
    return page.name


def _like(shown: object, got: object) -> bool:
    """Whether an answer is as shown; `"..."` stands for any value."""
    if isinstance(shown, dict) and isinstance(got, dict):
        return shown.keys() == got.keys() and all(_like(value, got[name]) for name, value in shown.items())
    if isinstance(shown, list) and isinstance(got, list):
        return len(shown) == len(got) and all(_like(one, other) for one, other in zip(shown, got, strict=True))
    return shown == "..." or shown == got


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_commands_print_what_the_page_shows(page: Path, served: Served) -> None:
    commands = [block for block in blocks(page) if block.language in RUN and block.not_run is None]
    with Shell(served.folder, served.environment) as shell:
        for block in commands:
            text = block.text.replace(SHOWN_ADDRESS, served.address)
            if block.language == "sh":
                printed, code = shell.run(text)
                assert code == 0, f"{block.place}: exit {code}\n{printed}"
                continue
            for step in steps(text):
                printed, _ = shell.run(step.command)
                assert matches(step.shown, printed), f"{block.place}: {step.command}\nprinted:\n{printed}"


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    return served.run("marquee", "token", "issue", "--role", "analyst")


@pytest.fixture(scope="module")
def client(served: Served, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://{served.address}", headers=headers, timeout=30, trust_env=False) as one:
        yield one


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_queries_answer_what_the_page_shows(page: Path, client: httpx.Client) -> None:
    asked: tuple[Block, dict[str, object]] | None = None
    for block in blocks(page):
        if block.language == "graphql" and block.not_run is None:
            asked = block, client.post("/graphql", json={"query": block.text}).json()
            continue
        if asked is not None:
            _check(*asked, block if block.answers and block.language == "json" else None)
        asked = None
    if asked is not None:
        _check(*asked, None)


def _check(query: Block, answer: dict[str, object], block: Block | None) -> None:
    """A shown answer has some of the response's keys, each whole; a query without one must at least succeed."""
    if block is None:
        assert "errors" not in answer, f"{query.place}: {answer['errors']}"
        return
    shown = orjson.loads(block.text)
    got = {name: answer.get(name) for name in shown}
    assert _like(shown, got), f"{query.place} answers:\n{orjson.dumps(got, option=orjson.OPT_INDENT_2).decode()}"
    assert "errors" in shown or "errors" not in answer, f"{query.place}: {answer['errors']}"


@pytest.fixture(scope="module")
def client_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed_client(tmp_path_factory.mktemp("client"))


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.place)
def test_python_prints_what_its_last_comment_says(block: Block, served: Served, token: str, client_path: Path) -> None:
    *code, last = block.text.rstrip().replace(SHOWN_ADDRESS, served.address).split("\n")
    environment = {**served.environment, "PYTHONPATH": str(client_path), "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-c", "\n".join([f"token = {token!r}", *code])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.strip(), done.stderr) == (last.removeprefix("# "), "")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed_packages(tmp_path_factory.mktemp("npm"))


@pytest.mark.parametrize("block", SCRIPTS, ids=lambda block: block.place)
def test_a_script_prints_what_its_last_comment_says(block: Block, served: Served, token: str, project: Path) -> None:
    *code, last = block.text.rstrip().replace(SHOWN_ADDRESS, served.address).split("\n")
    text = "\n".join([f"const token = '{token}';", *code])
    assert printed(project, "node", "--input-type=module", "--eval", text).strip() == last.removeprefix("// ")


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_block_names_a_language_that_the_tests_know(page: Path) -> None:
    unknown = [block.place for block in blocks(page) if block.language not in LANGUAGES]
    assert not unknown, f"a block that says ``` alone is neither run nor excused: {', '.join(unknown)}"


def test_readme_is_among_the_pages() -> None:
    assert ROOT / "README.md" in PAGES
    assert any(block.language == "console" for block in blocks(ROOT / "README.md"))
