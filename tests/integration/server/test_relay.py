"""The relay: while a server holds the folder, commands end as they would alone: same output, same exit code."""

import json
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.server.commands import Place, Served

pytestmark = pytest.mark.slow

# Commands whose output does not depend on the clock.
COMMANDS = (
    ("query", "TopMovies", "--limit", "5", "--format", "json"),
    ("query", "TopMovies", "--limit", "5"),
    ("query", "DailyTrends", "--days", "3", "--time-zone", "Asia/Kolkata", "--format", "csv"),
    ("query", "Users", "--first", "3", "--role", "viewer", "--format", "json"),
    ("query", "Nothing"),
    ("query", "DailyTrends", "--days", "0"),
    ("query", "TopMovies", "--format", "xml"),
    ("ingest", "load", "users", "nowhere.csv"),
    ("warehouse", "migrate"),
)


def furnished(folder: Path, world_folder: Path) -> Place:
    """A place whose warehouse is a copy of the small world."""
    shutil.copytree(world_folder, folder / ".marquee" / "warehouse", symlinks=True)
    return Place(folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A folder with the small world."""
    return furnished(tmp_path_factory.mktemp("relay"), world_folder)


@pytest.fixture(scope="module")
def alone(place: Place) -> dict[tuple[str, ...], tuple[int, str, str]]:
    """How each command ends while nobody holds the folder."""
    ends: dict[tuple[str, ...], tuple[int, str, str]] = {}
    for arguments in COMMANDS:
        done = place.run(*arguments)
        ends[arguments] = (done.returncode, done.stdout, done.stderr)
    return ends


@pytest.fixture(scope="module")
def served(place: Place, alone: object) -> Iterator[Served]:
    """`marquee demo` on the folder, once the commands have been run alone."""
    assert alone
    with place.serving("demo", "--no-activity") as found:
        yield found


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_relayed_command_ends_as_it_would_alone(
    place: Place,
    alone: dict[tuple[str, ...], tuple[int, str, str]],
    served: Served,
    arguments: tuple[str, ...],
) -> None:
    assert served.process.poll() is None
    done = place.run(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == alone[arguments]


def test_commands_end_in_0_1_and_2(alone: dict[tuple[str, ...], tuple[int, str, str]]) -> None:
    assert [alone[arguments][0] for arguments in COMMANDS] == [0, 0, 0, 0, 1, 1, 2, 2, 0]


def test_a_table_has_a_row_a_film_and_the_numbers_of_the_json(
    alone: dict[tuple[str, ...], tuple[int, str, str]],
) -> None:
    films = json.loads(alone[COMMANDS[0]][1])["topMovies"]
    header, *lines = alone[COMMANDS[1]][1].splitlines()
    assert header.split()[:2] == ["rank", "movie.sourceId"]
    assert len(lines) == len(films) == 5
    for line, film in zip(lines, films, strict=True):
        cells = line.split()
        assert (cells[0], cells[1]) == (str(film["rank"]), film["movie"]["sourceId"])
        assert f"{film['views']:,}" in cells


def test_the_command_line_and_http_give_the_same_numbers(place: Place, served: Served) -> None:
    document = """query ($limit: Int!) { topMovies(limit: $limit) {
        id rank movie { id sourceId title genre } views viewers watchHours completionRate averageRating } }"""
    body = {"query": document, "variables": {"limit": 5}}
    headers = {"Authorization": f"Bearer {served.token('analyst')}"}
    answered = httpx.post(f"{served.address}/graphql", json=body, headers=headers).json()["data"]
    printed = json.loads(place.run("query", "TopMovies", "--limit", "5", "--format", "json").stdout)
    assert printed == answered
    assert [film["rank"] for film in printed["topMovies"]] == [1, 2, 3, 4, 5]


def test_demo_prints_a_ready_link_for_each_role(served: Served) -> None:
    assert served.lines[0] == f"Marquee is at {served.address}"
    for role in ("viewer", "analyst", "admin"):
        headers = {"Authorization": f"Bearer {served.token(role)}"}
        answer = httpx.post(f"{served.address}/graphql", json={"query": "{ viewer { role } }"}, headers=headers)
        assert answer.json()["data"] == {"viewer": {"role": role.upper()}}


def test_a_relative_path_is_the_caller_s_own(place: Place, served: Served, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("id,country\n900001,SE\n900002,SE\n", encoding="utf-8")
    held = Place(place.folder, {"MARQUEE_WAREHOUSE": f"chdb://{place.folder}/.marquee/warehouse"})
    done = held.run("ingest", "load", "users", "users.csv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accepted"] == 2
    body = {"query": '{ user(id: "900001") { country } }'}
    headers = {"Authorization": f"Bearer {served.token('admin')}"}
    answer = httpx.post(f"{served.address}/graphql", json=body, headers=headers)
    assert answer.json()["data"] == {"user": {"country": "SE"}}


def test_standard_input_reaches_the_process_that_holds_the_warehouse(place: Place, served: Served) -> None:
    assert served.process.poll() is None
    load = ("ingest", "load", "users", "-", "--format", "csv", "--json")
    done = place.run(*load, stdin="id,country\n900011,SE\n900012,SE\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accepted"] == 2
    assert "it is empty" in place.run(*load, stdin="").stdout


@pytest.mark.usefixtures("served")
def test_a_descriptor_is_the_caller_s_own(place: Place) -> None:
    """Process substitution, a pipe, and standard input by its path: in the server they would be others."""
    (place.folder / "piped.csv").write_text("id,title\n77001,Metropolis\n")
    marquee = f"{sys.executable} -c 'from server.cli import main; main()'"
    command = f"{marquee} ingest load movies --dry-run --format csv"
    for argument in ("<(cat piped.csv)", "/dev/stdin < piped.csv", "/dev/fd/9 9< piped.csv"):
        done = subprocess.run(
            ["bash", "-c", f"{command} {argument}"],
            cwd=place.folder,
            env=place.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "1 row: 1 accepted" in done.stdout, (argument, done.stdout, done.stderr)


def test_two_loaders_of_one_file_count_it_once(place: Place, served: Served) -> None:
    # Long before the world's own sessions: what other tests ask for is as it was.
    rows = "".join(f"{number},10,1,1995-01-{number - 8000:02}T20:00:00Z,60\n" for number in range(8001, 8021))
    content = f"id,user_id,movie_id,start_time,watch_duration_minutes\n{rows}"
    (place.folder / "sessions.csv").write_text(content, encoding="utf-8")
    loaders = [place.start("ingest", "load", "viewing_sessions", "sessions.csv", "--json") for _ in range(2)]
    said = [loader.communicate(timeout=60)[0] for loader in loaders]
    done = [json.loads(one) for one in said]
    assert sorted((one["rows"], one["accepted"], one["duplicates"]) for one in done) == [(20, 0, 20), (20, 20, 0)]
    body = {"query": '{ dashboard(range: {from: "1995-01-01", to: "1995-02-01"}) { views } }'}
    headers = {"Authorization": f"Bearer {served.token('viewer')}"}
    answer = httpx.post(f"{served.address}/graphql", json=body, headers=headers)
    assert answer.json()["data"] == {"dashboard": {"views": 20}}


def test_the_socket_is_its_owner_s_only(place: Place, served: Served) -> None:
    assert served.process.poll() is None
    note = json.loads((place.folder / ".marquee" / "warehouse.lock").read_text(encoding="utf-8"))
    assert note["pid"] == served.process.pid
    assert stat.S_IMODE(Path(note["socket"]).stat().st_mode) == 0o600


def test_a_second_server_on_the_folder_is_refused(place: Place, served: Served) -> None:
    done = place.run("serve", "--port", "65001")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"is held by process {served.process.pid} (marquee demo" in done.stderr


def test_a_signal_ends_it_cleanly_and_the_folder_opens_again(tmp_path: Path, world_folder: Path) -> None:
    place = furnished(tmp_path, world_folder)
    for asked, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        with place.serving("demo", "--no-activity") as served:
            served.process.send_signal(asked)
            _, errors = served.process.communicate(timeout=30)
            assert (served.process.returncode, errors) == (code, "")
        assert not list((tmp_path / ".marquee").glob("*.sock"))
        assert place.run("query", "Dashboard").returncode == 0


def test_a_killed_server_leaves_a_folder_that_opens(tmp_path: Path, world_folder: Path) -> None:
    place = furnished(tmp_path, world_folder)
    with place.serving("demo", "--no-activity") as served:
        served.process.kill()
        served.process.wait(timeout=30)
        done = place.run("query", "Dashboard", "--format", "json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["dashboard"]["views"] == 700
