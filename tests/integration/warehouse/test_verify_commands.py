"""`marquee warehouse verify`, `rebuild` and `status` as their users run them: what they print, and their exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.server.commands import Place
from warehouse import open_warehouse

pytestmark = pytest.mark.slow

GENERATE = ("--movies", "8", "--users", "20", "--sessions", "300", "--ratings", "10", "--days", "40", "--seed", "3")
ALTERED_DAY = "2026-06-10"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder with a small warehouse."""
    place = Place(tmp_path_factory.mktemp("place"))
    made = place.run("ingest", "generate", *GENERATE, "--until", "2026-06-30T12:00:00Z")
    assert made.returncode == 0, made.stderr
    return place


@pytest.fixture
def altered(place: Place) -> Iterator[Place]:
    """The same, one minute too many on one day; mended in the end."""
    alter(place.folder / ".marquee" / "warehouse")
    yield place
    assert place.run("warehouse", "rebuild", "daily_analytics").returncode == 0


def alter(folder: Path) -> None:
    """Add a minute to one day's total, behind everybody's back."""
    change = "UPDATE watch_e4 = watch_e4 + 10000"
    with open_warehouse(f"chdb://{folder}") as warehouse:
        where = f"step = 4 AND toDate(bucket) = '{ALTERED_DAY}'"
        warehouse.engine.command(f"ALTER TABLE daily_analytics {change} WHERE {where}", mutations_sync=2)


def test_verify_ends_with_0_and_one_line_when_all_agree(place: Place) -> None:
    done = place.run("warehouse", "verify")
    assert (done.returncode, done.stdout) == (0, "6 rollups agree with the facts on 40 days.\n")
    sampled = place.run("warehouse", "verify", "--sample", "0.1", "--seed", "4")
    assert (sampled.returncode, sampled.stdout) == (0, "6 rollups agree with the facts on 4 days.\n")


def test_days_without_anything_are_said_to_have_nothing(place: Place) -> None:
    done = place.run("warehouse", "verify", "--from", "2030-01-01")
    assert (done.returncode, done.stdout) == (0, "There are no sessions and no stored rows on these days.\n")


def test_verify_ends_with_1_and_a_line_a_difference(altered: Place) -> None:
    done = altered.run("warehouse", "verify")
    told, summary = done.stdout.splitlines()
    assert done.returncode == 1
    assert told.startswith(f"daily_analytics DAY {ALTERED_DAY}T00:00:00Z watch_e4: stored ")
    assert summary == "Differences: 1. marquee warehouse rebuild fixes them."
    spared = altered.run("warehouse", "verify", "--to", ALTERED_DAY)
    assert spared.returncode == 0


def test_verify_prints_one_json_object(altered: Place) -> None:
    done = altered.run("warehouse", "verify", "--json", "--from", ALTERED_DAY, "--to", "2026-06-11")
    told = json.loads(done.stdout)
    (difference,) = told["differences"]
    assert done.returncode == 1
    assert told["days"] == 1
    assert difference["stored"] - difference["recounted"] == 10_000
    told = tuple(difference[name] for name in ("rollup", "step", "key", "measure"))
    assert told == ("daily_analytics", "DAY", {}, "watch_e4")


def test_rebuild_takes_rollups_and_days(altered: Place) -> None:
    elsewhere = altered.run("warehouse", "rebuild", "daily_analytics", "--to", "2026-06-01")
    assert elsewhere.stdout == "Rebuilt daily_analytics; months swapped in: 1.\n"
    assert altered.run("warehouse", "verify").returncode == 1
    mended = altered.run("warehouse", "rebuild", "genre_analytics", "daily_analytics", "--from", ALTERED_DAY)
    assert mended.stdout == "Rebuilt genre_analytics, daily_analytics; months swapped in: 2.\n"
    assert altered.run("warehouse", "verify").returncode == 0


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("verify", "--from", "2026-06-02", "--to", "2026-06-01"), "not after --from"),
        (("verify", "--from", "2026-02-30"), "2026-02-30"),
        (("verify", "--sample", "0"), "share of the days"),
        (("verify", "--sample", "half"), "a valid number"),
        (("rebuild", "yearly_analytics"), "rollups: daily_analytics, "),
        (("rebuild", "--from", "2026-06-02", "--to", "2026-06-01"), "not after --from"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_allowed(
    place: Place, command: tuple[str, ...], sentence: str
) -> None:
    done = place.run("warehouse", *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_status_tells_how_far_the_facts_reach_and_that_nothing_is_wrong(place: Place) -> None:
    told = json.loads(place.run("warehouse", "status", "--json").stdout)
    assert [mark["table"] for mark in told["watermarks"]] == ["viewing_sessions", "ratings"]
    assert all(mark["newest"].startswith("2026-06-") for mark in told["watermarks"])
    assert (told["stale"], told["wrong_months"]) == ([], [])
    assert {"viewing_sessions", "daily_analytics", "movie_analytics"} <= {one["table"] for one in told["tables"]}
    spoken = place.run("warehouse", "status").stdout
    assert "newest in viewing_sessions    2026-06-30T" in spoken
    assert "Every month of every rollup has the facts' sessions." in spoken
