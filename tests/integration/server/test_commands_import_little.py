"""The command line starts light: what a command does not use, it does not import."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.integration.server.commands import Place

pytestmark = pytest.mark.slow

# Packages, ours among them, whose import takes longer than all that reads arguments and settings.
HEAVY = frozenset(
    {
        *("chdb", "clickhouse_connect", "cryptography", "faker", "graphql", "httpx", "jwt", "numpy", "pyarrow"),
        *("pyspark", "resolvers", "starlette", "strawberry", "uvicorn"),
    }
)
MARQUEE = """
import sys
from server.cli import main

try:
    main()
finally:
    print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A folder that a server holds, with a file to load."""
    place = Place(tmp_path_factory.mktemp("held"))
    (place.folder / "users.csv").write_text("id,country\n1,SE\n", encoding="utf-8")
    with place.serving():
        yield place


def heavy_imports(place: Place, *arguments: str) -> tuple[int, set[str]]:
    """How a command ends, and what of HEAVY its process had imported by then."""
    done = subprocess.run(
        [sys.executable, "-c", MARQUEE, *arguments],
        cwd=place.folder,
        env={**place.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, set(HEAVY & set(done.stderr.splitlines()[-1].split()))


@pytest.mark.parametrize("words", ["", "ingest load", "warehouse forget", "spark", "token", "query"])
def test_help_imports_no_engine_and_no_schema(tmp_path: Path, words: str) -> None:
    assert heavy_imports(Place(tmp_path), *words.split(), "--help") == (0, set())


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest", "load", "users", "users.csv"),
        ("ingest", "status"),
        ("ingest", "generate", "--movies", "1", "--users", "1", "--sessions", "1", "--ratings", "1", "--days", "1"),
        ("warehouse", "status"),
        ("query", "Viewer"),
    ],
    ids=" ".join,
)
def test_a_relayed_command_imports_what_sends_it_and_no_more(held: Place, arguments: tuple[str, ...]) -> None:
    assert heavy_imports(held, *arguments) == (0, set())


def test_a_token_is_issued_with_what_reads_and_signs_tokens_and_no_more(tmp_path: Path) -> None:
    issued = heavy_imports(Place(tmp_path), "token", "issue", "--role", "viewer")
    assert issued == (0, {"cryptography", "httpx", "jwt"})


def test_a_load_of_our_own_imports_neither_the_schema_nor_the_generator(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("id,country\n1,SE\n", encoding="utf-8")
    code, found = heavy_imports(Place(tmp_path), "ingest", "load", "users", "users.csv")
    assert code == 0
    assert found == {"chdb", "clickhouse_connect", "numpy", "pyarrow"}
