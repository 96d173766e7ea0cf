"""What is piped into a program that stops reading ends silently, whatever the command; a full disk is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.integration.server.commands import Place
from tests.integration.server.test_relay import furnished

MARQUEE = (sys.executable, "-c", "from server.cli import main; main()")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A place with the small world."""
    return furnished(tmp_path_factory.mktemp("pipes"), world_folder)


def ended(place: Place, arguments: tuple[str, ...], stdout: int) -> tuple[int, str]:
    """How a command ends with this as its stdout, and what it says."""
    done = subprocess.run(
        (*MARQUEE, *arguments),
        cwd=place.folder,
        env={**place.environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("ingest", "load", "--help"),
        ("query", "viewing", "--help"),
        ("config", "show"),
        ("query", "Genres", "--format", "csv"),
        pytest.param(("query", "Genres", "--format", "arrow", "--output", "-"), marks=pytest.mark.slow),
        pytest.param(("sql", "--tables"), marks=pytest.mark.slow),
        pytest.param(("warehouse", "status"), marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_nothing_is_said_when_nobody_reads(place: Place, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert ended(place, arguments, writing) == (141, "")
    finally:
        os.close(writing)


@pytest.mark.parametrize("arguments", [("--help",), ("config", "show")], ids=" ".join)
def test_a_full_disk_is_said_in_a_sentence(place: Place, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        code, said = ended(place, arguments, full.fileno())
    assert (code, said) == (1, "The output can't be written: No space left on device.\n")
