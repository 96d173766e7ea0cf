"""The shell's completion, by the protocol that shells speak: a Tab after some words."""

import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.server.commands import Place
from tests.integration.server.test_relay import furnished


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A place with the small world."""
    return furnished(tmp_path_factory.mktemp("completion"), world_folder)


@pytest.fixture(scope="module")
def served(place: Place) -> Iterator[None]:
    """Its server."""
    with place.serving():
        yield


def completed(place: Place, line: str) -> list[str]:
    """What bash is offered at the end of a line."""
    words = shlex.split(line)
    at = len(words) if line.endswith(" ") else len(words) - 1
    asked = {"_MARQUEE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(at)}
    done = Place(place.folder, {**place.settings, **asked}).run()
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("marquee qu", ["query"]),
        ("marquee query TopM", ["TopMovies"]),
        ("marquee query view", ["viewing"]),
        ("marquee query TopMovies --format p", ["parquet"]),
        ("marquee ingest load view", ["viewing_sessions"]),
    ],
)
def test_a_tab_offers_names(place: Place, line: str, offered: list[str]) -> None:
    assert completed(place, line) == offered


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("marquee warehouse ver", ["verify"]),
        ("marquee query Revoke", []),
        ("marquee query TopMovies --time", ["--time-zone"]),
        ("marquee query TopMovies --form", ["--format"]),
        ("marquee query TopMovies --time-zone Asia/Kolk", ["Asia/Kolkata"]),
        ("marquee query viewing --measures watchH", ["watchHours"]),
        ("marquee query viewing --measures views,view", ["views,viewers"]),
        ("marquee query viewing --measures views --by countr", ["country"]),
        ("marquee query viewing --compare-to previousY", ["previousYear"]),
        ("marquee query viewing --order-by -viewe", ["-viewers"]),
        ("marquee query DailyTrends --range P7", ["P7D"]),
        ("marquee query viewing --country D", []),
        ("marquee ingest load users --profile movielens-u", ["movielens-users"]),
        ("marquee token issue --role a", ["analyst", "admin"]),
        ("marquee sql --form", ["--format"]),
    ],
)
def test_a_tab_offers_what_can_stand_there(place: Place, line: str, offered: list[str]) -> None:
    assert completed(place, line) == offered


@pytest.mark.slow
def test_values_come_from_the_server_that_holds_the_warehouse(place: Place, served: None) -> None:
    assert served is None
    # A server that is busy is not waited for long: nothing is offered then.
    until = time.monotonic() + 30
    while not completed(place, "marquee query viewing --measures views --device T") and time.monotonic() < until:
        pass
    assert completed(place, "marquee query viewing --measures views --device T") == ["Tablet", "TV"]
    assert completed(place, "marquee query TopMovies --device TV,Tab") == ["TV,Tablet"]
