"""`marquee sql`: one SELECT over masked tables, in every format; what it may say is tested where it is decided."""

import json
from pathlib import Path

import pytest

from tests.integration.server.commands import Place
from tests.integration.server.test_relay import furnished


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A place with the small world."""
    return furnished(tmp_path_factory.mktemp("sql"), world_folder)


@pytest.mark.slow
def test_an_answer_comes_in_each_format(place: Place) -> None:
    statement = "SELECT toDate('2026-03-01') AS day, 12345 AS n, 0.5 AS share, NULL AS nothing, ['a'] AS list"
    assert place.run("sql", statement, "--format", "csv").stdout == (
        'day,n,share,nothing,list\n2026-03-01,12345,0.5,,"[""a""]"\n'
    )
    assert json.loads(place.run("sql", statement, "--format", "json").stdout) == [
        {"day": "2026-03-01", "n": 12345, "share": 0.5, "nothing": None, "list": '["a"]'}
    ]
    table = place.run("sql", "SELECT arrayJoin([1000, 20]) AS n, toString(n) AS text")
    assert table.stdout.splitlines() == ["    n  text", "1,000  1000", "   20  20"]
    assert place.run("sql", "-", "--format", "csv", stdin="SELECT 1 AS n").stdout == "n\n1\n"
    assert place.run("sql", statement, "--format", "parquet", "--output", "a.parquet").returncode == 0
    assert (place.folder / "a.parquet").read_bytes().startswith(b"PAR1")


def test_it_asks_as_an_analyst_unless_told_otherwise_and_is_recorded(place: Place) -> None:
    emails = "SELECT email FROM users WHERE email != '' LIMIT 1"
    masked = place.run("sql", emails, "--format", "csv").stdout.splitlines()[1]
    assert masked[1:5] == "***@"
    clear = place.run("sql", emails, "--format", "csv", "--role", "admin").stdout.splitlines()[1]
    assert "***" not in clear
    assert "@" in clear
    log = "{ auditLog(first: 2) { nodes { operation role fields unmasked rows outcome } } }"
    nodes = json.loads(place.run("query", log, "--role", "admin", "--format", "json").stdout)["auditLog"]["nodes"]
    assert nodes[0] | {"unmasked": None} == {
        "operation": "sql",
        "role": "ADMIN",
        "fields": ["users"],
        "unmasked": None,
        "rows": 1,
        "outcome": "OK",
    }
    assert "users.email" in nodes[0]["unmasked"]
    assert nodes[1]["role"] == "ANALYST"


@pytest.mark.parametrize(
    ("code", "arguments", "sentence"),
    [
        (2, (), "Give one SELECT, or - to read it from standard input, or --tables."),
        (2, ("SELECT 1", "--tables"), "Give one SELECT"),
        (2, ("SELECT 1", "--format", "arrow"), "arrow can't be printed."),
        (1, ("SELECT 7, 7",), "Two columns are called 7. Name them with AS."),
        (1, ("DROP TABLE users",), "Only one SELECT is run here, and nothing that changes data."),
        (1, ("SELECT * FROM system.one",), "There is no table system.one here. Tables: users, movies, "),
        (1, ("SELECT 1", "--role", "ingest"), "The role ingest can't query."),
    ],
)
def test_what_can_not_be_is_said(place: Place, code: int, arguments: tuple[str, ...], sentence: str) -> None:
    done = place.run("sql", *arguments)
    assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr


def test_its_tables_are_listed(place: Place) -> None:
    lines = place.run("sql", "--tables").stdout.splitlines()
    assert lines[0] == "users: user_key, id, username, email, country, subscription, age, age_band, gender"
    told = [line.partition(":")[0] for line in lines]
    assert told == ["users", "movies", "viewing_sessions", "ratings", "experiments", "assignments"]
