"""Operations that admins published, on the command line: of this machine's warehouse, of the server that holds it, and
of another server, whose operations only it knows.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.server.commands import Place, Served
from tests.integration.server.test_relay import furnished

pytestmark = pytest.mark.slow

DOCUMENT = (
    "# Devices of a country.\nquery OurDevices($where: ViewingFilter) { devices(where: $where) { device views } }"
)
PUBLISH = """mutation ($text: String!) { publishOperation(input: {document: $text}) {
    operation { name } userErrors { message } } }"""
COMMANDS = (
    ("query", "OurDevices"),
    ("query", "OurDevices", "--country", "DE", "--format", "csv"),
    ("query", "OurDevices", "--format", "json"),
    ("query", "OurDevices", "--help"),
    ("query", "OurDevice"),
    ("query", "OurDevices", "--limit", "3"),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A folder with the small world."""
    return furnished(tmp_path_factory.mktemp("published_there"), world_folder)


@pytest.fixture(scope="module")
def alone(place: Place) -> dict[tuple[str, ...], tuple[int, str, str]]:
    """How each command ends while nobody holds the folder; a server, which has ended, published the operation."""
    token = place.run("token", "issue", "--role", "admin", "--subject", "ada").stdout.strip()
    with place.serving() as found:
        asked = {"query": PUBLISH, "variables": {"text": DOCUMENT}}
        headers = {"Authorization": f"Bearer {token}"}
        told = httpx.post(f"{found.address}/graphql", json=asked, headers=headers, trust_env=False).json()
        assert told["data"]["publishOperation"] == {"operation": {"name": "OurDevices"}, "userErrors": []}
    ends: dict[tuple[str, ...], tuple[int, str, str]] = {}
    for arguments in COMMANDS:
        done = place.run(*arguments)
        ends[arguments] = (done.returncode, done.stdout, done.stderr)
    return ends


@pytest.fixture(scope="module")
def served(place: Place, alone: object) -> Iterator[Served]:
    """A server of the folder."""
    assert alone
    with place.serving() as found:
        yield found


def test_a_warehouse_s_own_operations_are_asked_by_name(alone: dict[tuple[str, ...], tuple[int, str, str]]) -> None:
    table, rows, answer, told, misspelt, mistaken = (alone[arguments] for arguments in COMMANDS)
    found: dict[str, Any] = json.loads(answer[1])
    assert table[0] == 0
    shown = [line.split()[0] for line in table[1].splitlines()[1:]]
    assert shown == [one["device"] or "Unknown" for one in found["devices"]]
    assert rows[1].startswith("device,views\n")
    assert told[1].startswith("marquee query OurDevices [OPTIONS]\n\nDevices of a country.\n\n")
    assert "--where  ViewingFilter" in told[1]
    assert "--country" in told[1]
    assert (misspelt[0], "Did you mean OurDevices?" in misspelt[2]) == (1, True)
    assert (mistaken[0], "OurDevices has no option --limit" in mistaken[2]) == (2, True)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_relayed_command_ends_as_it_would_alone(
    place: Place, alone: dict[tuple[str, ...], tuple[int, str, str]], served: Served, arguments: tuple[str, ...]
) -> None:
    assert served.process.poll() is None
    done = place.run(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == alone[arguments]


def test_another_server_decides_what_its_operations_are(
    place: Place, alone: dict[tuple[str, ...], tuple[int, str, str]], served: Served, tmp_path: Path
) -> None:
    token = place.run("token", "issue", "--role", "analyst", "--subject", "remote").stdout.strip()
    settings = {"XDG_CONFIG_HOME": str(tmp_path), "MARQUEE_URL": served.address, "MARQUEE_TOKEN": token}
    elsewhere = Place(tmp_path, settings)
    for arguments in (COMMANDS[0], COMMANDS[2]):
        done = elsewhere.run(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == alone[arguments]
    by_where = ("query", "OurDevices", "--where", '{"country": {"eq": "DE"}}', "--format", "csv")
    assert elsewhere.run(*by_where).stdout == alone[COMMANDS[1]][1]
    misspelt = elsewhere.run("query", "OurDevice")
    assert (misspelt.returncode, "Did you mean OurDevices?" in misspelt.stderr) == (1, True)
    mistaken = elsewhere.run("query", "OurDevices", "--limit", "3")
    assert (mistaken.returncode, "OurDevices has no variable limit" in mistaken.stderr) == (1, True)
    assert not (tmp_path / ".marquee").exists()


def test_an_embed_token_names_them(place: Place, served: Served) -> None:
    made = place.run("token", "embed", "--operation", "OurDevices", "--subject", "page")
    assert (made.returncode, made.stderr) == (0, "")
    opened = httpx.post(
        f"{served.address}/embed/OurDevices", json={"token": made.stdout.strip()}, trust_env=False
    ).json()
    headers = {"Authorization": f"Bearer {opened['session']}"}
    answer = httpx.get(f"{served.address}/api/OurDevices", headers=headers, trust_env=False).json()
    assert answer["data"]["devices"]
    refused = place.run("token", "embed", "--operation", "TheirDevices")
    assert (refused.returncode, "There is no operation TheirDevices" in refused.stderr) == (1, True)


def test_without_a_warehouse_none_is_made_to_look(tmp_path: Path) -> None:
    place = Place(tmp_path, {"XDG_CONFIG_HOME": str(tmp_path)})
    for arguments in (("query", "Nothing", "--help"), ("token", "embed", "--operation", "Nothing")):
        done = place.run(*arguments)
        assert (done.returncode, "There is no operation Nothing." in done.stderr) == (1, True)
    assert not (tmp_path / ".marquee" / "warehouse").exists()
