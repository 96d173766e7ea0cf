"""Peaks of concurrency against a count of who watches, moment by moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from tests.integration.warehouse.insight_worlds import (
    CHANGES,
    FILTERS,
    PLACES,
    SCOPES,
    Served,
    asked,
    asker,
    opened_world,
)
from tests.integration.warehouse.modes import Modes
from tests.integration.warehouse.recount import Key, bucket_name
from tests.integration.warehouse.worlds import Session
from warehouse.access import SYSTEM
from warehouse.errors import BadInput
from warehouse.insights.concurrency import concurrency
from warehouse.query.local_time import Grain, Range

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=PLACES, ids=" ".join)
def served(request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with opened_world(request.param, modes, tmp_path_factory.getbasetemp()) as found:
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
    for odd in served.spans(chance, 6, 3):
        # The count looks at quarters from the range's start: they are the buckets' edges only if it begins on one.
        span = Range(odd.start // 900 * 900, odd.end)
        where, scope = chance.choice(FILTERS), chance.choice(SCOPES)
        found = concurrency(served.warehouse.reader, asked(served, span, where), grain, asker(scope))
        named = {
            bucket_name(int(datetime.fromisoformat(one.time).timestamp()), served.zone, grain): one.peak_viewers
            for one in found
        }
        assert named == counted(served, served.passing(where, scope), span, grain), (span, where, scope)
        assert len(named) == len(found)
        highest = max(highest, *named.values())
    assert highest > 3, "hardly anybody watched: the test proves little"


def test_a_grain_too_fine_for_the_range_is_refused(served: Served) -> None:
    span = Range(CHANGES[served.zone], CHANGES[served.zone] + 200 * 86_400)
    with pytest.raises(BadInput, match="coarser grain"):
        concurrency(served.warehouse.reader, asked(served, span), Grain.QUARTER_HOUR, SYSTEM)
    few = replace(SYSTEM, max_rows=10)
    with pytest.raises(BadInput, match="at most 10"):
        concurrency(served.warehouse.reader, asked(served, span), Grain.DAY, few)
