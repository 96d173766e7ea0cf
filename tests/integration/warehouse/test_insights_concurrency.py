"""Peaks of concurrency against a count of who watches, moment by moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.insight_worlds import CHANGES, FILTERS, SCOPES, Served, asked, asker, opened_world
from tests.integration.warehouse.recount import Key, bucket_name
from tests.integration.warehouse.worlds import Session, load, session_row
from warehouse import open_warehouse
from warehouse.access import SYSTEM
from warehouse.calendar import Grain, Range
from warehouse.errors import BadInput
from warehouse.insights.concurrency import concurrency
from warehouse.insights.sessions import Sessions

NOON = 1_780_000_000 // 86_400 * 86_400 + 43_200


@pytest.fixture(scope="module", params=sorted(CHANGES))
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with opened_world(request.param, tmp_path_factory.mktemp("warehouse")) as found:
        yield found


def counted(served: Served, sessions: list[Session], span: Range, grain: Grain) -> dict[Key, int]:
    """Bucket → most people at one moment: at each quarter hour, each minute near the change, each session's start."""
    spells = [(one.start * 1000, one.start * 1000 + one.minutes_e4 * 6, one.user) for one in sessions]
    change = CHANGES[served.zone]
    moments = {*range(span.start, span.end, 900), *range(change - 7200, change + 7200, 60)}
    moments |= {one.start for one in sessions}
    peaks: dict[Key, int] = {}
    for moment in sorted(moment for moment in moments if span.start <= moment < span.end):
        there = {user for start, end, user in spells if start <= moment * 1000 < end}
        name = bucket_name(moment, served.zone, grain)
        peaks[name] = max(peaks.get(name, 0), len(there))
    return peaks


@pytest.mark.parametrize("grain", [Grain.QUARTER_HOUR, Grain.HOUR, Grain.DAY, Grain.WEEK])
def test_peaks_are_those_of_a_count_moment_by_moment(served: Served, grain: Grain) -> None:
    chance = Random(f"{served.zone} {grain}")
    highest = 0
    for span in served.spans(chance, 6, 3):
        # The count looks at quarters from the range's start: they are the buckets' edges only if it begins on one.
        span = Range(span.start // 900 * 900, span.end)
        where, scope = chance.choice(FILTERS), chance.choice(SCOPES)
        found = concurrency(served.warehouse, asked(served, span, where), grain, asker(scope))
        named = {
            bucket_name(int(datetime.fromisoformat(one.time).timestamp()), served.zone, grain): one.peak_viewers
            for one in found
        }
        assert named == counted(served, served.passing(where, scope), span, grain), (span, where, scope)
        assert len(named) == len(found)
        highest = max(highest, *named.values())
    assert highest > 3, "hardly anybody watched: the test proves little"


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
    "begun before the range": ([(1, -7200, 2 * HOUR_E4 + 1), (2, -100, 100), (3, 5, 1)], [2, 0, 0]),
    "begun long before the range": ([(1, -250 * 86_400, 251 * 24 * HOUR_E4)], [1, 1, 1]),
    "opened and shut": ([(1, 0, 0), (2, 30, 0)], [0, 0, 0]),
}


@pytest.mark.parametrize("case", SPELLS)
def test_spells_are_half_open_and_people_count_once(case: str, tmp_path: Path) -> None:
    spells, expected = SPELLS[case]
    sessions = [
        Session(number, user, 1, NOON + second, minutes_e4, None, None, None, None)
        for number, (user, second, minutes_e4) in enumerate(spells, start=1)
    ]
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as warehouse:
        load(warehouse, "movies", [{"id": 1, "title": "Dusk", "genres": []}])
        load(warehouse, "users", [{"id": user} for user in (1, 2, 3)])
        if sessions:
            load(warehouse, "viewing_sessions", [session_row(one) for one in sessions])
        found = concurrency(warehouse, Sessions(Range(NOON, NOON + 3 * 3600)), Grain.HOUR, SYSTEM)
    assert [one.peak_viewers for one in found] == expected


def test_a_grain_too_fine_for_the_range_is_refused(served: Served) -> None:
    span = Range(CHANGES[served.zone], CHANGES[served.zone] + 200 * 86_400)
    with pytest.raises(BadInput, match="coarser grain"):
        concurrency(served.warehouse, asked(served, span), Grain.QUARTER_HOUR, SYSTEM)
    few = replace(SYSTEM, max_rows=10)
    with pytest.raises(BadInput, match="at most 10"):
        concurrency(served.warehouse, asked(served, span), Grain.DAY, few)
