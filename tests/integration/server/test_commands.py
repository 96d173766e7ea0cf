"""The command line: where output goes, how commands end, and what is said when the machine says no."""

import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest

from server import cli
from tests.conftest import ROOT
from tests.integration.server.commands import Place, first_lines

# Exit code, stdout, stderr of some arguments.
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder."""
    return Place(tmp_path)


@pytest.fixture
def marquee(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command of a refusal in this process, which saves its start: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["marquee", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return run


def one_line(text: str) -> str:
    """The only line of a command's stderr."""
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return text.rstrip("\n")


def test_the_version_is_the_project_s(marquee: Run, tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert marquee("--version") == (0, f"marquee {project['version']}\n", "")
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_group_or_command_is_answered_with_what_it_may_be(marquee: Run) -> None:
    assert "Did you mean 'ingest', 'init'?" in marquee("ingset")[2]
    assert "Did you mean 'load'?" in marquee("ingest", "laod")[2]


@pytest.mark.slow
def test_a_token_is_printed_and_nothing_else(place: Place) -> None:
    done = place.run("token", "issue", "--role", "analyst", "--scope", "country=US,CA", "--ttl", "30m")
    assert (done.returncode, done.stderr) == (0, "")
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert done.stdout == f"{done.stdout.strip()}\n"
    assert (claims["role"], claims["scope"], claims["exp"] - claims["iat"]) == (
        "analyst",
        {"country": ["US", "CA"]},
        1_800,
    )


def test_countries_of_a_scope_are_folded_and_one_that_iso_lacks_is_told(marquee: Run) -> None:
    code, out, errors = marquee("token", "issue", "--role", "viewer", "--scope", "country=us,uk,Unknown")
    assert code == 0
    claims = jwt.decode(out.strip(), options={"verify_signature": False})
    assert claims["scope"] == {"country": ["US", "UK", "Unknown"]}
    assert one_line(errors) == (
        "Note: ISO 3166 has no country UK; GB may be meant. The token reaches users who were loaded with UK."
    )


def test_a_token_opens_no_warehouse(place: Place) -> None:
    assert place.run("token", "issue", "--role", "viewer").returncode == 0
    assert [path.name for path in (place.folder / ".marquee").iterdir()] == ["secret"]


def test_an_embed_token_carries_what_it_may_run(place: Place) -> None:
    variables = ("--variables", '{"days": 30}', "--origin", "https://films.example")
    done = place.run("token", "embed", "--operation", "DailyTrends", *variables)
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert claims["embed"] == {
        "operations": ["DailyTrends"],
        "variables": {"days": 30},
        "origin": "https://films.example",
        "use": "once",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("serve", "--nothing"),
        ("serve", "--port", "0"),
        ("serve", "--port", "70000"),
        ("serve", "--port", "x"),
        ("token", "issue"),
        ("token", "issue", "--role", "root"),
        ("query",),
        ("query", "TopMovies", "--format", "xml"),
        ("ingest", "load", "users"),
        ("ingest", "load", "users", "nowhere.csv"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_in_2_and_touches_nothing(marquee: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, out, errors = marquee(*arguments)
    assert (code, out) == (2, "")
    assert "--help" in one_line(errors)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("token", "issue", "--role", "viewer", "--ttl", "soon"), "--ttl is 'soon'"),
        (("token", "issue", "--role", "viewer", "--scope", "US"), "--scope is 'US'"),
        (("token", "issue", "--role", "viewer", "--scope", "planet=Mars"), "scope can't be evaluated"),
        (
            ("token", "issue", "--role", "viewer", "--scope", "country=US,Germany"),
            "There is no country 'Germany'. Use an ISO 3166 code: DE.",
        ),
        (
            ("token", "embed", "--operation", "TopMovies", "--scope", "country=Brazl"),
            "There is no country 'Brazl'. Use an ISO 3166 code: BR.",
        ),
        (
            ("token", "embed", "--operation", "DailyTrends", "--variables", '{"days": "30"}'),
            "The variable days can't have this fixed value for DailyTrends: ",
        ),
        (
            ("token", "embed", "--operation", "DailyTrends", "--variables", '{"timeZone": "Mars/Olympus"}'),
            "The variable timeZone can't have this fixed value for DailyTrends: There is no time zone 'Mars/Olympus'.",
        ),
        (("token", "issue", "--role", "embed"), "marquee token embed"),
        (("token", "embed", "--operation", "Nothing"), "There is no operation Nothing"),
        (("token", "embed", "--operation", "TopMovies", "--variables", "[1]"), "must be a JSON object"),
        (("token", "embed", "--operation", "TopMovies", "--variables", '{"days": 3}'), "has no variable days"),
        (("token", "embed", "--operation", "TopMovies", "--origin", "https://a.example/path"), "The origin is"),
        (
            ("token", "embed", "--operation", "TopMovies", "--origin", "https://a.example; script-src *"),
            "The origin is",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_can_not_be_is_said_in_one_line(marquee: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, errors = marquee(*arguments)
    assert (code, out) == (1, "")
    assert said in one_line(errors)


def test_a_misspelt_setting_ends_every_command(marquee: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_WEARHOUSE", "chdb://x")
    code, out, errors = marquee("token", "issue", "--role", "viewer")
    assert (code, out) == (1, "")
    assert one_line(errors).startswith("MARQUEE_WEARHOUSE is not a setting.")


@pytest.mark.parametrize(
    "address", ["chdb:///proc/marquee/warehouse", "chdb://file/warehouse", "chdb://file", "postgres://here", "chdb://"]
)
def test_a_folder_that_can_not_be_is_named_with_what_to_do(
    marquee: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    # As root permission bits bind nobody: a file stands where a folder should, or the kernel refuses.
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MARQUEE_WAREHOUSE", address)
    code, out, errors = marquee("warehouse", "status")
    assert (code, out) == (1, "")
    assert "MARQUEE_WAREHOUSE" in one_line(errors)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_busy_port_is_named_before_any_data_is_made(marquee: Run, tmp_path: Path, command: str) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        code, out, errors = marquee(command, "--port", str(port))
    assert (code, out) == (1, "")
    assert one_line(errors) == f"Port {port} of 127.0.0.1 is in use by another program. Stop it, or use --port."
    assert list(tmp_path.iterdir()) == []


def test_a_host_of_another_machine_is_named(marquee: Run) -> None:
    code, out, errors = marquee("serve", "--host", "192.0.2.1")
    assert (code, out) == (1, "")
    assert one_line(errors).startswith("Can't listen on 192.0.2.1:8000: ")


@pytest.mark.slow
def test_a_held_folder_is_named_in_one_line_with_its_holder(place: Place) -> None:
    folder = place.folder / ".marquee" / "warehouse"
    script = (
        "from warehouse import open_warehouse\n"
        f"with open_warehouse('chdb://{folder}'):\n"
        "    print('held', flush=True)\n"
        "    input()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with holder:
        first_lines(holder, 1)
        refused = [
            place.run("--wait", "0s", *command) for command in (("warehouse", "status"), ("serve", "--port", "65000"))
        ]
        issued = place.run("token", "issue", "--role", "viewer")
        holder.communicate("\n")
    for done in refused:
        assert (done.returncode, done.stdout) == (1, "")
        expected = (
            rf"The warehouse {folder} is held by process {holder.pid} \(.*\)\. Stop it, or set MARQUEE_WAREHOUSE.*"
        )
        assert re.fullmatch(expected, one_line(done.stderr))
    assert issued.returncode == 0
    assert place.run("warehouse", "status").returncode == 0
