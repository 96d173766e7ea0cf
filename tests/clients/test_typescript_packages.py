"""The npm packages in a new project: the compiler refuses misspelt names, Node runs them, and React hooks are live."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.docs.pages import blocks
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, VIEWER, bearer, token_of
from tests.integration.server.sockets import Host
from tests.support.node import BUNDLER, printed, started
from warehouse import open_warehouse

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})
PAGES = [Path(__file__).parents[2] / "docs" / name for name in ("clients.md", "embeds.md")]
_STRICT = ("--noEmit", "--strict", "--noUncheckedIndexedAccess", "--skipLibCheck")
COMPILER = (*_STRICT, "--target", "es2022", "--module", "nodenext", "--jsx", "react-jsx")
ENTRY = "import { createClient, Viewer } from '@marquee/client';\nconsole.log(createClient, Viewer);\n"


@pytest.fixture(scope="module")
def service(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over a copy of the small world, which a test loads into."""
    folder = tmp_path_factory.mktemp("copied") / "warehouse"
    shutil.copytree(world_folder, folder, symlinks=True)
    settings = Settings(warehouse=f"chdb://{folder}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        yield Service(settings, warehouse, build_schema(), published(), TOKENS)


def test_the_compiler_refuses_what_the_schema_does_not_have_and_takes_what_the_page_shows(project: Path) -> None:
    for page in PAGES:
        (block,) = (one for one in blocks(page) if one.language == "tsx")
        (project / f"{page.stem}.tsx").write_text(block.text, encoding="utf-8")
    files = ("typed.tsx", *(f"{page.stem}.tsx" for page in PAGES))
    printed(project, "node", "node_modules/typescript/bin/tsc", *COMPILER, *files)


def test_node_is_told_what_http_says(project: Path, host: Host) -> None:
    url = f"http://127.0.0.1:{host.port}"
    lines = printed(project, "node", "asked.mjs", url, VIEWER, GERMANY).splitlines()
    films, rows, scoped, codes, renewed, heard, away = map(json.loads, lines)

    def told(path: str, **parameters: str) -> list[dict[str, object]]:
        body = httpx.get(f"{url}/api/{path}", params=parameters, headers=bearer(VIEWER), trust_env=False).json()
        return next(iter(body["data"].values()))

    assert films == [[one["movie"]["title"], one["views"]] for one in told("TopMovies", limit="3")]  # type: ignore[index]
    asked = told("viewing", measures="views,watchHours", by="country", where="country:DE,US")
    assert rows == asked["rows"]  # type: ignore[call-overload]
    assert len(rows) == 2
    assert scoped == ["DE"]
    assert codes == ["FORBIDDEN", "BAD_INPUT", "BAD_INPUT"]
    assert renewed == ["VIEWER", 0, "UNAUTHENTICATED"]
    assert heard is True
    assert away == ["UNREACHABLE", "AbortError: This operation was aborted"]


def test_only_what_is_used_is_bundled(project: Path) -> None:
    """As Vite's bundler does it."""
    (project / "one.mjs").write_text(ENTRY, encoding="utf-8")
    printed(project, "node", BUNDLER, "one.mjs", "--file", "bundled.js", "--minify")
    bundled = (project / "bundled.js").read_text(encoding="utf-8")
    assert "query Viewer" in bundled
    assert "query TopMovies" not in bundled
    assert len(bundled) < 8_000


def test_a_live_hook_shows_a_load_and_another_does_not(project: Path, host: Host, service: Service) -> None:
    before = len(world.SESSIONS)
    with started(project, "node", "live.mjs", f"http://127.0.0.1:{host.port}", VIEWER) as (_, page):
        first = page.readline().split()
        more = [replace(world.SESSIONS[-1], id=str(9_000_000 + number)) for number in range(3)]
        world.load(service.warehouse, world.World((), (), more, ()))
        second = page.readline().split()
    assert first[0] == first[1]
    assert int(first[0]) <= before
    assert second == [str(int(first[0]) + 3), first[0]]
