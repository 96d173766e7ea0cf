"""Runs Node, and what packages of npm bring, for tests."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.conftest import ROOT

BUNDLER = str(ROOT / "client" / "node_modules" / "rolldown" / "bin" / "cli.mjs")
WITH_NODE = str(ROOT / "tools" / "with-node")
# Installing takes a few seconds and a compiler ten, unless the machine is busy.
RUN_S = 280


def ended(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command with Node on its path, run in a folder to its end, whatever that is."""
    given = {**os.environ, "NODE_NO_WARNINGS": "1", **environment}
    return subprocess.run(
        [WITH_NODE, *command], cwd=folder, env=given, capture_output=True, text=True, timeout=RUN_S, check=False
    )


def printed(folder: Path, *command: str, **environment: str) -> str:
    """What a command prints on stdout; it must end well."""
    done = ended(folder, *command, **environment)
    assert done.returncode == 0, f"{' '.join(command)[:200]}: {done.stdout[-3_000:]}{done.stderr[-3_000:]}"
    return done.stdout


@contextmanager
def started(folder: Path, *command: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """A command that runs, and what it prints; it is killed after the block."""
    with subprocess.Popen([WITH_NODE, *command], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()
