"""`marquee warehouse forget` as its users run it: what it asks, prints and ends with, alone and while a server runs."""

import fcntl
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.integration.server.commands import MARQUEE, Place

pytestmark = pytest.mark.slow

GENERATE = ("--movies", "8", "--users", "20", "--sessions", "300", "--ratings", "40", "--days", "40", "--seed", "3")
FORGET = ("warehouse", "forget", "--user")
NOBODY = "18000000000000000001"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder with a small warehouse."""
    place = Place(tmp_path_factory.mktemp("place"))
    made = place.run("ingest", "generate", *GENERATE, "--until", "2026-06-30T12:00:00Z")
    assert made.returncode == 0, made.stderr
    return place


@pytest.fixture
def leftover(place: Place) -> Path:
    """A snapshot for Spark."""
    folder = place.folder / ".marquee" / "staging" / "snapshot"
    (folder / "users").mkdir(parents=True)
    (folder / "users" / "1-0.parquet").write_bytes(b"a user")
    return folder


def answered(place: Place, answer: str, *arguments: str) -> tuple[int, str]:
    """A command's exit code and stdout, with a terminal on which somebody answers."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        done = subprocess.run(
            [MARQUEE, *arguments],
            cwd=place.folder,
            env=place.environment,
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert "permanently removes" in done.stderr
    return done.returncode, done.stdout


def test_it_prints_what_was_removed_of_each_table_and_leaves_rollups_that_agree(place: Place, leftover: Path) -> None:
    done = place.run(*FORGET, "3", "--yes", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (told["known"], told["again"], told["snapshots"]) == (True, False, 1)
    assert (told["removed"]["users"], told["removed"]["users_versions"]) == (1, 1)
    assert set(told) == {"tombstone", "known", "again", "removed", "months", "seconds", "snapshots"}
    assert not leftover.exists()
    assert place.run("warehouse", "verify").stdout == "6 rollups agree with the facts on 40 days.\n"
    again = place.run(*FORGET, "3", "--yes")
    assert (again.returncode, again.stdout) == (
        0,
        "Already forgotten; the tombstone remains. Nothing was left to remove.\n",
    )


def test_it_asks_and_takes_no_for_an_answer(place: Place) -> None:
    assert answered(place, "n", *FORGET, "4") == (1, "Nothing was removed.\n")
    code, told = answered(place, "y", *FORGET, "4")
    assert code == 0
    assert "users                                1 row removed\n" in told
    assert "The tombstone keeps their rows out of later loads.\n" in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("5",), "There is no terminal to ask on. Add --yes."),
        (("ada@example.com", "--yes"), "is not an id"),
        (("18446744073709551616", "--yes"), "a number below 2^64 or a UUID"),
        (("-1", "--yes"), "is not an id"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    done = place.run(*FORGET, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_while_a_job_of_another_process_runs_it_refuses_and_removes_nothing(place: Place) -> None:
    (place.folder / ".marquee" / "spark").mkdir(exist_ok=True)
    job = os.open(place.folder / ".marquee" / "spark", os.O_RDONLY)
    try:
        fcntl.flock(job, fcntl.LOCK_EX)
        done = place.run(*FORGET, "6", "--yes")
        assert (done.returncode, done.stdout) == (1, "")
        assert "A Spark job is running already. Try again when it is done." in done.stderr
    finally:
        os.close(job)
    assert json.loads(place.run(*FORGET, "6", "--yes", "--json").stdout)["known"]


def test_while_a_server_runs_it_asks_here_and_removes_there(place: Place) -> None:
    with place.serving():
        refused = place.run(*FORGET, "7")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert answered(place, "n", *FORGET, "7") == (1, "Nothing was removed.\n")
        code, told = answered(place, "y", *FORGET, "7", "--json")
        assert code == 0
        assert json.loads(told)["removed"]["users"] == 1
        unknown = place.run(*FORGET, NOBODY, "--yes")
        assert (unknown.returncode, unknown.stdout) == (
            0,
            "Nothing was stored about this user. The tombstone keeps their rows out of later loads.\n",
        )


def test_from_another_folder_it_removes_the_snapshot_of_the_server(
    place: Place, leftover: Path, tmp_path: Path
) -> None:
    elsewhere = Place(tmp_path, {"MARQUEE_WAREHOUSE": f"chdb://{place.folder}/.marquee/warehouse"})
    with place.serving():
        done = elsewhere.run(*FORGET, "9", "--yes", "--json")
    assert (done.returncode, json.loads(done.stdout)["snapshots"]) == (0, 1), done.stderr
    assert not leftover.exists()


def test_files_that_are_sent_again_bring_nobody_back(place: Place) -> None:
    assert place.run(*FORGET, "8", "--yes").returncode == 0
    made = place.run(
        "ingest", "generate", *GENERATE, "--until", "2026-06-30T12:00:00Z", "--to", "files", "--format", "csv"
    )
    assert made.returncode == 0, made.stderr
    told = [
        json.loads(place.run("ingest", "load", table, f"files/{table}.csv", "--json").stdout)
        for table in ("users", "viewing_sessions", "ratings")
    ]
    assert [one["accepted"] for one in told] == [0, 0, 0]
    assert all(one["quarantined"] > 0 for one in told)
    assert place.run("warehouse", "verify").returncode == 0
