"""`init`, `config show`, `open`: a folder is made ready, tells its settings and no secret, and opens its dashboard."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.integration.server.commands import Place, Served


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder that `marquee init` made."""
    base = tmp_path_factory.mktemp("own")
    made = Place(base).run("init", "films")
    assert made.stdout.startswith(f"Made {base}/films/marquee.toml and {base}/films/.marquee/secret.\nNext: cd "), made
    return Place(base / "films")


@pytest.fixture(scope="module")
def served(place: Place) -> Iterator[Served]:
    """Its server."""
    with place.serving() as found:
        yield found


def test_a_folder_is_made_for_its_owner_and_never_twice(place: Place) -> None:
    made = (".marquee", ".marquee/secret", "marquee.toml")
    modes = [stat.S_IMODE((place.folder / name).stat().st_mode) for name in made]
    assert modes == [0o700, 0o600, 0o600]
    secret = (place.folder / ".marquee" / "secret").read_text()
    again = place.run("init")
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    assert (place.folder / ".marquee" / "secret").read_text() == secret


def test_settings_say_where_they_are_from_and_no_secret(place: Place) -> None:
    address = "clickhouse://u:hidden1@h:1/d?reader=r:hidden2"
    given = {"MARQUEE_TOKEN": "hidden3", "MARQUEE_WAREHOUSE": address, "MARQUEE_SMTP_URL": "smtp://a:hidden4@h:25"}
    told = Place(place.folder, given).run("config", "show", "--json").stdout
    assert "hidden" not in told
    found = {one["name"]: (one["value"], one["source"]) for one in json.loads(told)}
    assert found["port"] == ("8000", "marquee.toml")
    assert found["slow_seconds"] == ("2.0", "default")
    assert found["token"] == ("[redacted]", "environment")
    assert found["warehouse"] == ("clickhouse://u:[redacted]@h:1/d?reader=r:[redacted]", "environment")
    changed = place.run("config", "show", "--changed").stdout.splitlines()
    assert [line.split()[0] for line in changed] == ["setting", "warehouse", "host", "port"]


def test_a_link_opens_the_dashboard_once(place: Place, served: Served) -> None:
    port = str(urlsplit(served.address).port)
    link = place.run("open", "explore", "--port", port, "--role", "viewer").stdout.strip()
    page, _, code = link.partition("#link=")
    assert page == f"{served.address}/explore"
    signed = [httpx.post(f"{served.address}/sign-in", json={"link": code}) for _ in range(2)]
    assert [one.status_code for one in signed] == [200, 401]


def test_a_command_in_another_folder_has_the_secret_of_the_server_or_says_so(
    place: Place, served: Served, tmp_path: Path
) -> None:
    port = str(urlsplit(served.address).port)
    other = place.run("open", "--port", port, cwd=tmp_path)
    assert (other.returncode, f"{tmp_path}/.marquee/secret: it was started with another" in other.stderr) == (1, True)
    same = {"MARQUEE_WAREHOUSE": f"chdb://{place.folder}/.marquee/warehouse"}
    link = Place(tmp_path, same).run("open", "--port", port)
    assert (link.returncode, link.stderr) == (0, "")
    differing = Place(tmp_path, {**same, "MARQUEE_SECRET_FILE": str(tmp_path / "own")}).run(
        "token", "issue", "--role", "viewer"
    )
    assert differing.returncode == 0
    assert f"uses {place.folder}/.marquee/secret: neither accepts the tokens of the other." in differing.stderr
    # The server answers with its own hash key, wherever it was asked from.
    assert Place(tmp_path, same).run("query", "Viewer").returncode == 0
    assert not (tmp_path / ".marquee" / "hash_key").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("explor",), "There is no page 'explor'. Did you mean explore? Pages: alerts, "),
        (("--port", "1"), "http://127.0.0.1:1 does not answer: "),
        (("--role", "ingest"), "ingest"),
    ],
)
def test_what_can_not_be_opened_is_said(place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    done = place.run("open", *arguments)
    assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr
