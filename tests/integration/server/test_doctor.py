"""`marquee doctor` finds what is wrong on a machine, says what to do, and changes nothing."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.integration.server.commands import Place, free_port


def found(place: Place) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and what was found by what was looked at."""
    done = place.run("doctor", "--json")
    return done.returncode, {one["what"]: one for one in json.loads(done.stdout)}


def test_a_new_folder_is_fine_and_stays_empty(tmp_path: Path) -> None:
    code, told = found(Place(tmp_path, {"MARQUEE_PORT": str(free_port())}))
    assert code == 0, told
    assert {"versions", "java", "disk", "folder", "secret", "hash key", "memory", "clock", "port"} <= told.keys()
    assert "Python 3." in told["versions"]["told"]
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_can_read_is_wrong(tmp_path: Path) -> None:
    place = Place(tmp_path, {"MARQUEE_PORT": str(free_port())})
    place.run("token", "issue", "--role", "viewer")
    secret = tmp_path / ".marquee" / "secret"
    secret.chmod(0o644)
    done = place.run("doctor")
    assert done.returncode == 1
    assert f"wrong  secret       {secret} can be read by others. Run: chmod 600 {secret}" in done.stdout


def test_a_key_that_is_no_key_is_wrong(tmp_path: Path) -> None:
    (tmp_path / ".marquee").mkdir()
    (tmp_path / ".marquee" / "hash_key").write_text("x", encoding="ascii")
    (tmp_path / ".marquee" / "hash_key").chmod(0o600)
    code, told = found(Place(tmp_path, {"MARQUEE_PORT": str(free_port())}))
    assert (code, told["hash key"]["verdict"]) == (1, "wrong")


@pytest.mark.slow
def test_a_port_of_another_program_is_noted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = found(Place(tmp_path, {"MARQUEE_PORT": str(port)}))[1]["port"]
    assert told["verdict"] == "note"
    assert told["told"].startswith(f"127.0.0.1:{port} can't be used: ")


class _Foreign(BaseHTTPRequestHandler):
    """A server that is not ClickHouse; with a path it refuses as ClickHouse does."""

    def do_GET(self) -> None:
        is_refused = self.headers.get("X-ClickHouse-User") == "refused"
        self.send_response(403 if is_refused else 200)
        if is_refused:
            self.send_header("X-ClickHouse-Exception-Code", "516")
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign() -> Iterator[int]:
    """The port of such a server."""
    with HTTPServer(("127.0.0.1", 0), _Foreign) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


@pytest.mark.parametrize(
    ("user", "sentence"),
    [("me", "answers, but is not a ClickHouse server."), ("refused", "refuses: ClickHouse error 516.")],
)
def test_a_server_that_does_not_serve_is_told_by_its_reason(
    tmp_path: Path, foreign: int, user: str, sentence: str
) -> None:
    settings = {
        "MARQUEE_PORT": str(free_port()),
        "MARQUEE_WAREHOUSE": f"clickhouse://{user}:secret@127.0.0.1:{foreign}/x",
    }
    code, told = found(Place(tmp_path, settings))
    assert (code, told["warehouse"]["verdict"]) == (1, "wrong")
    assert told["warehouse"]["told"] == f"clickhouse://{user}@127.0.0.1:{foreign}/x {sentence}"


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    port = free_port()
    settings = {"MARQUEE_PORT": str(free_port()), "MARQUEE_WAREHOUSE": f"clickhouse://me:secret@127.0.0.1:{port}/x"}
    code, told = found(Place(tmp_path, settings))
    assert (code, told["warehouse"]["verdict"]) == (1, "wrong")
    assert "can't be reached" in told["warehouse"]["told"]
    assert "secret" not in told["warehouse"]["told"]
