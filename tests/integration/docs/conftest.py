"""A served warehouse that is the same on every machine and every day: generated up to one fixed instant."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

# The docs say how a reader gets the same: `marquee ingest generate --until 2026-11-01T00:00:00Z`.
UNTIL = "2026-11-01T00:00:00Z"
SHOWN_ADDRESS = "127.0.0.1:8000"


@dataclass(frozen=True)
class Served:
    """A running server; `environment` finds the `marquee` command, `address` stands where pages say 127.0.0.1:8000."""

    folder: Path
    environment: dict[str, str]
    address: str

    def run(self, *command: str) -> str:
        """What a command prints on stdout."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The warehouse of the docs, served."""
    folder = tmp_path_factory.mktemp("docs")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARQUEE_")}
    environment = {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    one = Served(folder, environment, f"127.0.0.1:{port}")
    one.run("marquee", "ingest", "generate", "--until", UNTIL)
    command = ["marquee", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Marquee is at"), "the server did not start"
            yield one
        finally:
            process.terminate()
