"""Who watches at the same moment: cases that can be counted on the fingers."""

from collections.abc import Iterator

import pytest

from tests.integration.warehouse.worlds import Session, load, session_row
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.insights.concurrency import concurrency
from warehouse.insights.sessions import Sessions
from warehouse.query.local_time import Grain, Range
from warehouse.query.question import Condition

NOON = 1_772_452_800

# What happens → spells of (user, seconds after noon, stored minutes), and the peaks of the hours 12, 13 and 14.
HOUR_E4 = 60 * 10_000
SPELLS: dict[str, tuple[list[tuple[int, int, int]], list[int]]] = {
    "nobody": ([], [0, 0, 0]),
    "two at once": ([(1, 0, 1), (2, 0, 1)], [2, 0, 0]),
    "one right after the other": ([(1, 0, 10_000), (2, 60, 10_000)], [1, 0, 0]),
    "a hundredth of a second too long": ([(1, 0, 10_002), (2, 60, 10_000)], [2, 0, 0]),
    "one person on two screens": ([(1, 0, HOUR_E4), (1, 600, HOUR_E4)], [1, 1, 0]),
    "one person on two screens, beside another": ([(1, 0, 5_000), (1, 10, 20_000), (2, 100, 1)], [2, 0, 0]),
    "gone when the hour strikes": ([(1, 0, HOUR_E4), (2, 3600, HOUR_E4)], [1, 1, 0]),
    "through the hours": ([(1, 1, 2 * HOUR_E4), (2, 3600, 10_000)], [1, 2, 1]),
    "begun before the range": ([(1, -7200, 2 * HOUR_E4 + 1), (2, -100, 20_000), (3, 5, 1)], [2, 0, 0]),
    "over before the range": ([(1, -7200, 2 * HOUR_E4), (2, -100, 100)], [0, 0, 0]),
    "begun long before the range": ([(1, -250 * 86_400, 251 * 24 * HOUR_E4)], [1, 1, 1]),
    "opened and shut": ([(1, 0, 0), (2, 30, 0)], [0, 0, 0]),
}


@pytest.fixture(scope="module")
def spells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse that holds all cases at the same noon, each of a film of its own."""
    sessions = [
        Session(1000 * film + number, user, film, NOON + second, minutes_e4, None, None, None, None)
        for film, (spells, _) in enumerate(SPELLS.values(), start=1)
        for number, (user, second, minutes_e4) in enumerate(spells)
    ]
    with open_warehouse(f"chdb://{tmp_path_factory.mktemp('spells') / 'warehouse'}") as warehouse:
        films = range(1, len(SPELLS) + 1)
        load(warehouse, "movies", [{"id": film, "title": "Dusk", "genres": []} for film in films])
        load(warehouse, "users", [{"id": user} for user in (1, 2, 3)])
        load(warehouse, "viewing_sessions", [session_row(one) for one in sessions])
        yield warehouse


@pytest.mark.parametrize("case", SPELLS)
def test_spells_are_half_open_and_people_count_once(spells: Warehouse, case: str) -> None:
    film = Condition("movie", "eq", str(list(SPELLS).index(case) + 1))
    found = concurrency(spells.reader, Sessions(Range(NOON, NOON + 3 * 3600), where=film), Grain.HOUR, SYSTEM)
    assert [one.peak_viewers for one in found] == SPELLS[case][1]
