"""`marquee token`: what `inspect` says of a token, and what `revoke` and `rotate-secret` do to a server that runs."""

import io
import json
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from schema.roles import Role
from server import cli
from server.identity.principal import Principal
from server.identity.secret import read_secret
from server.identity.secret_ring import SecretRing
from server.identity.tokens import issue
from tests.integration.server.commands import Place, Served
from tests.integration.server.issuer import AUDIENCE, NAME, serving

HOUR = timedelta(hours=1)
MARS = {"planet": ("Mars",)}

# Exit code, stdout, stderr of some arguments.
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def marquee(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, which saves its start."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["marquee", "token", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return run


def told(marquee: Run, token: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the JSON of an inspection."""
    code, out, _ = marquee("inspect", "-", "--json", stdin=f"{token}\n")
    return code, json.loads(out)


def test_inspect_says_what_a_token_carries_and_may_see(marquee: Run, tmp_path: Path) -> None:
    _, token, _ = marquee("issue", "--role", "analyst", "--scope", "country=US,CA", "--subject", "ada")
    code, found = told(marquee, token.strip())
    assert (code, found["accepted"], found["reason"]) == (0, True, None)
    assert found["claims"]["sub"] == "ada"
    sees = found["sees"]
    assert (sees["role"], sees["scope"]) == ("analyst", {"country": ["US", "CA"]})
    assert sees["masks"] == {"users.username": "PARTIAL", "users.email": "EMAIL"}
    assert {"viewing", "dashboard"} <= set(sees["permissions"])
    assert "createEmbedToken" not in sees["permissions"]
    assert found["revocation"].startswith("not checked")
    assert [path.name for path in (tmp_path / ".marquee").iterdir()] == ["secret"]


def test_inspect_reads_well_too(marquee: Run) -> None:
    _, token, _ = marquee("embed", "--operation", "Genres", "--operation", "Devices", "--ttl", "2h")
    code, out, errors = marquee("inspect", "-", stdin=token)
    lines = dict(line.split("  ", 1) for line in out.splitlines())
    said = {name.strip(): value.strip() for name, value in lines.items()}
    assert (code, errors, said["accepted"], said["sees operations"]) == (0, "", "yes", "Genres, Devices")
    ends = datetime.fromisoformat(said["exp"]) - datetime.now(UTC)
    assert timedelta(hours=1, minutes=59) < ends <= timedelta(hours=2)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda secret: issue(secret, Principal("ada", Role.ADMIN), -HOUR).token, "has expired"),
        (lambda secret: issue(secret[::-1], Principal("ada", Role.ADMIN), HOUR).token, "not signed by an accepted key"),
        (lambda secret: jwt.encode({"sub": "ada"}, secret, "HS256"), "lacks the claim exp"),
        (lambda secret: jwt.encode({"sub": "ada"}, secret * 2, "HS512"), "not valid here"),
        (lambda secret: issue(secret, Principal("ada", Role.VIEWER, MARS), HOUR).token, "scope can't be evaluated"),
    ],
    ids=["expired", "foreign", "bare", "other", "scope"],
)
def test_inspect_says_why_a_token_does_not_count(
    marquee: Run, tmp_path: Path, make: Callable[[bytes], str], reason: str
) -> None:
    code, found = told(marquee, make(read_secret(tmp_path / ".marquee" / "secret")))
    assert (code, found["accepted"], found["sees"], found["claims"]["sub"]) == (1, False, None, "ada")
    assert reason in found["reason"]


def test_a_token_can_not_draw_on_the_terminal(marquee: Run, tmp_path: Path) -> None:
    secret = read_secret(tmp_path / ".marquee" / "secret")
    token = jwt.encode({"sub": "\x1b[2Jada", "\x1b]0;x\x07": "1", "n": 10**30}, secret, "HS256")
    code, out, _ = marquee("inspect", "-", stdin=token)
    assert code == 1
    assert "\x1b" not in out
    assert "\x07" not in out


@pytest.mark.parametrize("text", ["x", "a.b.c", "-", "é"])
def test_what_is_no_token_is_said_in_one_line(marquee: Run, text: str) -> None:
    code, out, errors = marquee("inspect", text)
    assert (code, out, errors.count("\n")) == (1, "", 1)
    assert errors.startswith("Malformed token.")


def test_inspect_asks_the_issuer_for_its_keys(marquee: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as issuer:
        issuer.add("one", ec.generate_private_key(ec.SECP256R1()))
        monkeypatch.setenv("MARQUEE_JWKS_URL", issuer.address)
        monkeypatch.setenv("MARQUEE_TOKEN_ISSUER", NAME)
        monkeypatch.setenv("MARQUEE_TOKEN_AUDIENCE", AUDIENCE)
        code, found = told(marquee, issuer.sign("one"))
        assert (code, found["accepted"], found["sees"]["role"]) == (0, True, "analyst")
        issuer.status = 500
        code, found = told(marquee, issuer.sign("one"))
        assert (code, "does not answer" in found["reason"]) == (1, True)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"JWKS_URL": "https://issuer.example"}, "needs MARQUEE_TOKEN_ISSUER and MARQUEE_TOKEN_AUDIENCE"),
        ({"JWKS_URL": "http://issuer.example", "TOKEN_ISSUER": "i", "TOKEN_AUDIENCE": "a"}, "expected https://"),
        ({"TOKEN_ISSUER": "i"}, "set MARQUEE_JWKS_URL too"),
    ],
    ids=["half", "open", "idle"],
)
def test_an_issuer_that_is_set_by_halves_ends_the_command(
    marquee: Run, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"MARQUEE_{name}", value)
    code, out, errors = marquee("issue", "--role", "viewer")
    assert (code, out, errors.count("\n")) == (1, "", 1)
    assert said in errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rotate-secret", "--grace", "soon"), "--grace is 'soon'"),
        (("issue", "--role", "viewer", "--ttl", "400d"), "the longest is 366d"),
        (("embed", "--operation", "Genres", "--ttl", "31d"), "the longest is 30d"),
        (("embed", "--operation", "Genres", "--operation", "Nothing"), "There is no operation Nothing"),
        (("revoke", "a.b.c"), "Malformed token"),
        (("revoke", "eyJh.b.c"), "send the token on stdin"),
        (("inspect", "eyJh.b.c"), "send the token on stdin"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_what_can_not_be_is_said(marquee: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, errors = marquee(*arguments)
    assert (code, out) == (1, "")
    assert said in errors.splitlines()[-1]


def status(served: Served, token: str) -> int:
    return httpx.get(f"{served.address}/api/Genres", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.slow
def test_a_running_server_learns_of_revocations_and_rotations_at_once(tmp_path: Path, world_folder: Path) -> None:
    shutil.copytree(world_folder, tmp_path / ".marquee" / "warehouse", symlinks=True)
    place, ring = Place(tmp_path), SecretRing(tmp_path / ".marquee" / "secret")

    def made() -> str:
        return issue(ring.accepted()[0], Principal("ada", Role.VIEWER), HOUR).token

    with place.serving() as served:
        revoked, before = made(), made()
        assert [status(served, token) for token in (revoked, before)] == [200, 200]
        done = place.run("token", "revoke", "-", stdin=f"{revoked}\n")
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert done.stderr.endswith(" is revoked.\n")
        assert [status(served, token) for token in (revoked, before)] == [401, 200]
        ring.rotate(HOUR)
        after = made()
        time.sleep(0.1)
        assert [status(served, token) for token in (before, after)] == [200, 200]
        ring.rotate(timedelta(0))
        # The server looks at the file 20 times a second.
        time.sleep(0.1)
        assert [status(served, token) for token in (before, after, made())] == [401, 401, 200]


def test_rotating_says_what_still_counts(marquee: Run, tmp_path: Path) -> None:
    path = tmp_path / ".marquee" / "secret"
    first = read_secret(path)
    code, out, errors = marquee("rotate-secret")
    assert (code, out, "Earlier ones stay valid until" in errors) == (0, "", True)
    second, *former = SecretRing(path).accepted()
    assert (former, second != first) == ([first], True)
    code, out, errors = marquee("rotate-secret", "--grace", "0")
    assert (code, out, "Earlier ones are no longer valid" in errors) == (0, "", True)
    assert first not in SecretRing(path).accepted()
    assert second not in SecretRing(path).accepted()
