"""A server that is told to stop says so, finishes what it has, and ends well; a hang-up does not end it."""

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.integration.server.commands import MARQUEE, Place

pytestmark = pytest.mark.slow

GENRES = "/api/Genres"


@pytest.fixture
def place(world_folder: Path, tmp_path: Path) -> Place:
    shutil.copytree(world_folder, tmp_path / ".marquee" / "warehouse", symlinks=True)
    return Place(tmp_path)


def test_it_says_that_it_stops_and_answers_meanwhile(place: Place) -> None:
    token = place.run("token", "issue", "--role", "viewer").stdout.strip()
    # Longer than any test; a second signal ends it.
    patient = Place(place.folder, {"MARQUEE_DRAIN_SECONDS": "600"})
    with patient.serving() as served, httpx.Client(base_url=served.address) as client:
        headers = {"Authorization": f"Bearer {token}"}
        assert "connection" not in client.get(GENRES, headers=headers).headers
        served.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 30
        while (ready := client.get("/readyz")).status_code == 200:
            assert time.monotonic() < until
        assert (ready.status_code, ready.json()["status"]) == (503, "draining")
        answer = client.get(GENRES, headers=headers)
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")
        assert client.get("/healthz").status_code == 200
        # A second one cuts the time short.
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=60) == 0
        assert served.process.stderr is not None
        assert "Traceback" not in served.process.stderr.read()
    lines = (place.folder / ".marquee" / "requests.log").read_text(encoding="utf-8").splitlines()
    asked = [told for told in map(json.loads, lines) if told["path"] == "/api/{operation}"]
    assert [told["status"] for told in asked] == [200, 200]


def test_a_hang_up_reopens_the_request_log_and_ends_nothing(place: Place) -> None:
    log = place.folder / ".marquee" / "requests.log"
    with place.serving() as served:
        log.rename(log.with_name("moved.log"))
        served.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 30
        while not log.exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        assert httpx.get(f"{served.address}/healthz").status_code == 200
        # A line is written once the response is on its way.
        while not log.stat().st_size:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert [json.loads(line)["path"] for line in log.read_text(encoding="utf-8").splitlines()] == ["/healthz"]


def test_a_reader_that_has_seen_enough_leaves_no_traceback_anywhere(place: Place) -> None:
    """As `| head` does; run by the server, and without one."""
    command = f"{MARQUEE} warehouse status 2> errors | true"
    with place.serving() as served:
        subprocess.run(command, shell=True, cwd=place.folder, env=place.environment, check=False, timeout=120)
        assert (place.folder / "errors").read_text(encoding="utf-8") == ""
        served.process.send_signal(signal.SIGTERM)
        _, errors = served.process.communicate(timeout=60)
        assert "Traceback" not in errors
    subprocess.run(command, shell=True, cwd=place.folder, env=place.environment, check=False, timeout=120)
    assert (place.folder / "errors").read_text(encoding="utf-8") == ""
