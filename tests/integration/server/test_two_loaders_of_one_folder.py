"""Two processes that load into one folder without a server: the second is told whose it is, and may come again. With a
server both run in it: see `test_relay.py`.
"""

import json
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.server.commands import START_S, Place

pytestmark = pytest.mark.slow

FILMS = "id,title\n1,Metropolis\n2,Nosferatu\n"
LOAD = ("ingest", "load", "movies", "movies.csv", "--json")


def test_a_loader_is_told_of_the_one_that_has_the_folder_and_may_come_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "movies.csv").write_text(FILMS, encoding="utf-8")
    # What loads from standard input has the folder until that ends.
    with place.start("ingest", "load", "movies", "-", "--format", "csv", "--json", stdin=subprocess.PIPE) as holder:
        _await_held(place)
        refused = place.run("--wait", "0s", *LOAD)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"is held by process {holder.pid} (marquee ingest load movies - " in refused.stderr
        assert "Stop it, or set MARQUEE_WAREHOUSE to another folder." in refused.stderr
        said, errors = holder.communicate(FILMS, timeout=60)
    assert (holder.returncode, _counts(said)) == (0, (2, 2, 0, 0)), errors
    again = place.run(*LOAD)
    assert (again.returncode, _counts(again.stdout)) == (0, (2, 0, 2, 0)), again.stderr


def test_a_loader_waits_for_the_one_that_has_the_folder(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "movies.csv").write_text(FILMS, encoding="utf-8")
    with place.start("ingest", "load", "movies", "-", "--format", "csv", "--json", stdin=subprocess.PIPE) as holder:
        _await_held(place)
        with place.start("--wait=2m", *LOAD) as waiting:
            assert waiting.stderr is not None
            told = waiting.stderr.readline()
            assert told.startswith("Waiting up to 120 s: The warehouse ")
            assert f"is held by process {holder.pid} " in told
            holder.communicate(FILMS, timeout=60)
            said, errors = waiting.communicate(timeout=60)
    assert (waiting.returncode, _counts(said)) == (0, (2, 0, 2, 0)), errors


def test_a_wait_of_another_form_is_refused(tmp_path: Path) -> None:
    for wait in ("x", "-1s", "30", ""):
        refused = Place(tmp_path).run("--wait", wait, "warehouse", "status")
        assert (refused.returncode, refused.stderr.startswith(f"--wait is {wait!r}, expected")) == (2, True)
    assert not (tmp_path / ".marquee").exists()


def _counts(said: str) -> tuple[int, int, int, int]:
    report = json.loads(said)
    return report["rows"], report["accepted"], report["duplicates"], report["quarantined"]


def _await_held(place: Place) -> None:
    """Return once a process says that it has the folder."""
    note = place.folder / ".marquee" / "warehouse.lock"
    until = time.monotonic() + START_S
    while not (note.exists() and note.read_text(encoding="utf-8")):
        assert time.monotonic() < until, "nobody takes the folder"
        time.sleep(0.02)
