"""The documentation tells all that there is, and nothing else: endpoints, tables, files, folders and make targets."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Mount, Route, WebSocketRoute

from server.http.app import ROUTES
from tests.integration.docs.conftest import Served
from tests.integration.docs.pages import PAGES, ROOT, blocks, section, tables
from warehouse import open_warehouse

CODE = re.compile(r"`([^`]+)`")
# Tables that are made beside one that the page lists, by what is added to its name.
BESIDE = ("_incoming", "_staging", "_view", "_dictionary")


def first_cells(page: str, heading: str) -> Iterator[str]:
    """The first cell of each row of the first table below a heading."""
    for row in next(tables(section(ROOT / page, heading)))[2:]:
        yield row.split("|")[1]


def named(page: str, heading: str) -> list[str]:
    """What the first column names as code."""
    return [name for cell in first_cells(page, heading) for name in CODE.findall(cell)]


def test_every_endpoint_is_listed_with_its_methods() -> None:
    there = set()
    for route in ROUTES:
        match route:
            case WebSocketRoute():
                there.add(("WEBSOCKET", route.path))
            case Mount():
                there.add(("GET", f"{route.path}/{{file}}"))
            case Route():
                path = re.sub(r":\w+}", "}", route.path)
                there |= {(method, path) for method in (route.methods or set()) - {"HEAD"}}
    told = set()
    for cell in first_cells("docs/api.md", "# The API"):
        for name in CODE.findall(cell):
            method, _, path = name.rpartition(" ")
            told.add((method or ("WEBSOCKET" if "WebSocket" in cell else "GET"), path.partition("?")[0]))
    assert told == there


def test_every_table_is_listed(tmp_path: Path) -> None:
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as warehouse:
        found = warehouse.engine.query("SELECT name FROM system.tables WHERE database = currentDatabase()").rows
    there = {re.sub(f"({'|'.join(BESIDE)})$", "", name) for (name,) in found}
    told = [*named("docs/warehouse.md", "## Tables"), *named("docs/warehouse.md", "## Rollups")]
    assert sorted(told) == sorted(there)
    assert [suffix for suffix in BESIDE if f"`{suffix}`" not in section(ROOT / "docs/warehouse.md", "## Tables")] == []


@pytest.mark.slow
def test_every_file_that_marquee_leaves_is_listed(served: Served) -> None:
    served.run("marquee", "token", "issue", "--role", "viewer")
    there = {path.name for path in (served.folder / ".marquee").iterdir()}
    told = {name.rstrip("/") for name in named("docs/configuration.md", "## What is in .marquee")}
    assert {"secret", "hash_key", "warehouse"} <= there
    assert there - told == set()


def test_every_folder_is_listed() -> None:
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    there = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in ignored and ".egg-info" not in path.name
    }
    assert {name.rstrip("/") for name in named("README.md", "## How it is built")} == there


def test_every_package_is_listed() -> None:
    there = {
        str(path.parent.relative_to(ROOT))
        for path in ROOT.glob("*/*/__init__.py")
        if path.parts[len(ROOT.parts)] not in ("tests", "build")
    }
    listed = section(ROOT / "docs/architecture.md", "## Packages")
    told = {name.rstrip("/") for rows in tables(listed) for row in rows[2:] for name in CODE.findall(row.split("|")[1])}
    assert told == there


def test_the_diagrams_show_modules_that_are_there() -> None:
    """A box is named by modules of the folder around it, on its first line: `query/local_time, bucket_sql`."""
    diagrams = [one.text for one in blocks(ROOT / "docs/architecture.md") if one.language == "mermaid"]
    boxes = [
        (folder, Path(name))
        for diagram in diagrams
        for folder, inside in re.findall(r"subgraph (\w+)\n(.*?)\n  end", diagram, re.DOTALL)
        for label in re.findall(r'\["([^"<:]+)', inside)
        for name in _in_one_folder(label)
    ]
    assert len(boxes) > 40
    missing = [
        f"{folder}/{name}"
        for folder, name in boxes
        if not ((ROOT / folder / name).is_dir() or (ROOT / folder / name).with_suffix(".py").is_file())
    ]
    assert missing == []


def _in_one_folder(label: str) -> Iterator[str]:
    """`query/local_time, bucket_sql` as two paths; a name with a folder of its own keeps it."""
    first, *others = label.split(", ")
    folder = first.rpartition("/")[0] if not first.endswith("/") else ""
    yield first
    for other in others:
        yield f"{folder}/{other}" if folder and "/" not in other else other


def test_every_make_target_is_listed() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    told = [name.removeprefix("make ") for name in named("docs/development.md", "## Set-up")]
    assert sorted(told) == sorted(phony[1].split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    """Names with a capital or a placeholder stand for others: `client/operations/Name.graphql`."""
    text = page.read_text(encoding="utf-8")
    named_files = set(
        re.findall(r"`((?:client|ingest|resolvers|schema|server|spark|tests|tools|warehouse)/[^`\s]+)`", text)
    )
    placeholders = re.compile(r"[A-Z<*]|(?:^|[/_])name\.")
    assert sorted(name for name in named_files if not placeholders.search(name) and not (ROOT / name).exists()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_table_is_torn(page: Path) -> None:
    """A blank line inside of a table ends it: what follows is shown as text with bars."""
    torn = []
    for rows in tables(page.read_text(encoding="utf-8")):
        columns = [len(re.split(r"(?<!\\)\|", row)) for row in rows]
        if len(rows) < 3 or not re.fullmatch(r"\|[-:| ]+\|", rows[1]) or len(set(columns)) > 1:
            torn.append(rows[0])
    assert torn == []
