"""`marquee query --url`, `login` and `logout`: a running server answers as this machine's warehouse does, or a sentence
says why not.
"""

import json
import os
import pty
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.conftest import ROOT
from tests.integration.server.commands import Place, Served
from tests.integration.server.test_relay import furnished

BY_GENRE = "{ genres { genre views } }"
QUESTIONS = (
    ("Genres",),
    ("TopMovies", "--limit", "3", "--country", "DE,US", "--format", "json"),
    ("DailyTrends", "--range", "P3D", "--format", "csv"),
    ("viewing", "--measures", "views,completionRate", "--by", "country", "--range", "P7D", "--format", "ndjson"),
    ("viewing", "--measures", "views", "--by", "day", "--device", "Phone", "--where", "genre:Drama"),
    (BY_GENRE, "--format", "csv"),
    (BY_GENRE,),
    ("Users", "--first", "2"),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A place with the small world, and what its questions are answered without a server."""
    return furnished(tmp_path_factory.mktemp("asked_there"), world_folder)


@pytest.fixture(scope="module")
def alone(place: Place) -> list[str]:
    """What each question prints on this machine's warehouse."""
    return [place.run("query", *question).stdout for question in QUESTIONS]


@pytest.fixture(scope="module")
def served(place: Place) -> Iterator[Served]:
    """A server of the place; what it answers alone was asked before, by the first test."""
    with place.serving() as found:
        yield found


@pytest.fixture(scope="module")
def token(place: Place) -> str:
    """A token of an analyst."""
    return place.run("token", "issue", "--role", "analyst", "--subject", "remote").stdout.strip()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Place:
    """A folder without a warehouse, of a user with no saved login."""
    return Place(tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "config")})


@pytest.mark.slow
def test_a_server_answers_as_the_warehouse_itself_does(
    alone: list[str], served: Served, elsewhere: Place, token: str
) -> None:
    place = Place(elsewhere.folder, {**elsewhere.settings, "MARQUEE_URL": served.address, "MARQUEE_TOKEN": token})
    answers = [place.run("query", *question) for question in QUESTIONS]
    assert [one.stderr for one in answers] == [""] * len(QUESTIONS)
    assert [one.stdout for one in answers] == alone
    assert not (elsewhere.folder / ".marquee").exists()


def test_a_login_is_checked_saved_for_its_owner_and_forgotten(served: Served, elsewhere: Place, token: str) -> None:
    refused = elsewhere.run("login", served.address, "-", stdin="not.a.token\n")
    assert (refused.returncode, "refuses the token" in refused.stderr) == (1, True)
    done = elsewhere.run("login", served.address, "-", stdin=f"{token}\n")
    assert done.stdout.startswith(f"Signed in at {served.address} as remote (analyst) until 20"), done.stderr
    saved = elsewhere.folder / "config" / "marquee" / "logins.json"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    asked = elsewhere.run("query", "Genres", "--format", "json")
    assert (asked.returncode, asked.stderr) == (
        0,
        f"Asking {served.address}, where you are signed in: there is no warehouse here.\n",
    )
    assert len(json.loads(asked.stdout)["genres"]) > 3
    saved.chmod(0o644)
    assert f"chmod 600 {saved}" in elsewhere.run("query", "Genres").stderr
    saved.chmod(0o600)
    assert elsewhere.run("logout").stdout == f"Signed out of {served.address}.\n"
    assert token not in saved.read_text()
    assert elsewhere.run("logout").returncode == 1


def typed(place: Place, arguments: tuple[str, ...], answer: str = "") -> tuple[int, str]:
    """How a command ends on a terminal, and what it shows there; `answer` is typed when it asks."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        (sys.executable, "-c", "from server.cli import main; main()", *arguments),
        cwd=place.folder,
        env={**place.environment, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, is_answered = b"", not answer
    # A terminal whose last program has ended gives an error instead of an end.
    with process, suppress(OSError):
        while more := os.read(ours, 1 << 16):
            shown += more
            if not is_answered and b"Token: " in shown:
                os.write(ours, f"{answer}\n".encode())
                is_answered = True
    os.close(ours)
    return process.returncode, shown.decode()


def test_a_typed_token_is_not_shown(served: Served, elsewhere: Place, token: str) -> None:
    code, shown = typed(elsewhere, ("login", served.address), token)
    assert (code, f"Signed in at {served.address} as remote" in shown) == (0, True), shown
    assert token not in shown


def test_bytes_stay_off_a_terminal(elsewhere: Place) -> None:
    code, shown = typed(elsewhere, ("query", "Genres", "--format", "arrow", "--output", "-"))
    assert (code, shown) == (2, "arrow can't be printed. Add --output answer.arrow\r\n")


def test_a_saved_token_goes_to_its_own_server_alone(served: Served, elsewhere: Place, token: str) -> None:
    elsewhere.run("login", served.address, "-", stdin=token)
    other = elsewhere.run("query", "Genres", "--url", "http://127.0.0.1:1")
    assert other.stderr.startswith("No token for http://127.0.0.1:1. Sign in: marquee login")


@pytest.mark.parametrize(
    ("code", "arguments", "sentence"),
    [
        (2, ("Genres", "--url", "ftp://x"), "'ftp://x' is not the address of a server: http://127.0.0.1:8000"),
        (2, ("Genres", "--url", "http://u:secret@x"), "'http://...@x' is not the address of a server"),
        (1, ("Genres", "--url", "http://127.0.0.1:1", "--token", "x"), "http://127.0.0.1:1 does not answer: "),
        (2, ("Genres", "--token", "x"), "--token is for a server: add --url, or set MARQUEE_URL."),
        (2, ("Genres", "--url", "http://127.0.0.1:1", "--token", "x", "--role", "admin"), "On a server the token has"),
        (2, ("-", "--url", "http://127.0.0.1:1", "--token", "-"), "Standard input can't be both"),
        (1, ("Genres", "--url", "http://127.0.0.1:1", "--token", "a b"), "The token has characters that no token has."),
    ],
)
def test_what_can_not_be_asked_is_said(elsewhere: Place, code: int, arguments: tuple[str, ...], sentence: str) -> None:
    done = elsewhere.run("query", *arguments, stdin="x\n")
    assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr
    assert "secret" not in done.stderr


def test_a_server_says_what_it_refuses(served: Served, elsewhere: Place, token: str) -> None:
    to = ("--url", served.address, "--token", "-")
    forbidden = elsewhere.run("query", "AuditLog", *to, stdin=token)
    assert (forbidden.returncode, forbidden.stderr) == (
        1,
        "Your role may not query auditLog. Use a token of the role admin.\n",
    )
    unknown = elsewhere.run("query", "{ nope }", *to, stdin=token)
    assert (unknown.returncode, "Cannot query field 'nope'" in unknown.stderr) == (1, True)
    refused = elsewhere.run("query", "Genres", *to, stdin="x.y.z")
    assert (refused.returncode, "refuses the token" in refused.stderr) == (1, True)
    changing = 'mutation { revokeToken(input: {token: "x"}) { userErrors { message } } }'
    changed = elsewhere.run("query", changing, *to, stdin=token)
    assert (changed.returncode, "may not contain a mutation" in changed.stderr) == (1, True)


class _Stranger(BaseHTTPRequestHandler):
    """Answers as its class says."""

    status: ClassVar[int] = 200
    content: ClassVar[bytes] = b""
    told: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(self.status)
        for name, value in self.told.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


BUSY = b'{"errors": [{"message": "Too many questions.", "extensions": {"code": "OVERLOADED"}}]}'


@pytest.mark.parametrize(
    ("status", "content", "headers", "sentence"),
    [
        (429, BUSY, {"Retry-After": "7"}, "Too many questions. Ask again in 7 s."),
        (200, b"<html>", {}, "answers 200, but not as Marquee does."),
        (200, b"[]", {}, "answers 200, but not as Marquee does."),
        (404, b"not here", {}, "answers 404, but not as Marquee does."),
        (302, b"", {"Location": "https://login.example"}, "answers 302 and points to https://login.example, but not"),
        (400, b'{"errors": [{"message": "\\u001b[2Jcleared"}]}', {}, "\N{REPLACEMENT CHARACTER}[2Jcleared"),
    ],
)
def test_a_stranger_and_a_busy_server_are_told_apart(
    elsewhere: Place, status: int, content: bytes, headers: dict[str, str], sentence: str
) -> None:
    kind = type("Answering", (_Stranger,), {"status": status, "content": content, "told": headers})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        done = elsewhere.run("query", "Genres", "--url", address, "--token", "-", stdin="secret-token\n")
        server.shutdown()
    assert (done.returncode, done.stdout, sentence in done.stderr) == (1, "", True), done.stderr
    assert "secret-token" not in done.stderr
