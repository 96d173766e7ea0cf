"""A real warehouse, a caller's session as the CLI sees it, and files to write."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path
from typing import BinaryIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ingest.cli import app
from ingest.files.stream_paths import is_stream
from tests.integration.new_warehouse import lay
from warehouse import Warehouse, open_warehouse

WriteFile = Callable[[str, bytes | str], Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Writes a file into the test's folder; one whose name ends in .gz is compressed."""

    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """A new embedded warehouse."""
    with open_warehouse(lay(tmp_path / "warehouse")) as opened:
        yield opened


@dataclass
class Session:
    """A caller's session whose output stays here; the warehouse opens on first use, as the server's does."""

    folder: Path
    stdout: StringIO = field(default_factory=StringIO)
    stderr: StringIO = field(default_factory=StringIO)
    typed: bytes = b""
    opened: Warehouse | None = None
    token: str = ""

    def __post_init__(self) -> None:
        self.console = Console(file=self.stderr, width=200)

    def close(self) -> None:
        """Close what it opened."""
        if self.opened is not None:
            self.opened.close()

    def claim(self) -> None:
        """Nobody else has the folder."""

    def warehouse(self) -> Warehouse:
        if self.opened is None:
            self.opened = open_warehouse(lay(self.folder / "warehouse"))
        return self.opened

    def resolve(self, path: str) -> Path:
        return self.folder / path

    def stdin(self) -> BytesIO:
        return BytesIO(self.typed)

    def stream_of(self, path: str) -> BinaryIO | None:
        named = self.resolve(path)
        return named.open("rb") if is_stream(str(named)) else None

    def out(self, text: str) -> None:
        self.stdout.write(text + "\n")

    def say(self, sentence: str) -> None:
        self.stderr.write(sentence + "\n")

    def run(self, *arguments: str) -> int:
        """Runs `marquee ingest` with the arguments and gives its exit code."""
        result = CliRunner().invoke(app, list(arguments), obj=self)
        self.stderr.write(result.stderr)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A caller in the test's folder."""
    made = Session(tmp_path)
    yield made
    made.close()
