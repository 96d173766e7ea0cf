"""Playback quality against a plain count, with percentiles read off sorted lists."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from random import Random
from types import MappingProxyType

import pytest

from tests.integration.warehouse.insight_worlds import DAYS, FILTERS, PLACES, SCOPES, Served, asked, asker, opened_world
from tests.integration.warehouse.modes import Modes
from tests.integration.warehouse.recount import said
from tests.integration.warehouse.worlds import Session
from warehouse.access import SYSTEM, Strategy
from warehouse.errors import TooExpensive
from warehouse.insights.playback_quality import QualityBy, QualityRow, quality
from warehouse.query.local_time import Range


@pytest.fixture(scope="module", params=PLACES, ids=" ".join)
def served(request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with opened_world(request.param, modes, tmp_path_factory.getbasetemp()) as found:
        yield found


def value(served: Served, session: Session, by: QualityBy) -> str | None:
    """A session's value of the dimension."""
    values = {
        QualityBy.DEVICE: session.device,
        QualityBy.QUALITY: session.quality,
        QualityBy.COUNTRY: served.world.people[session.user].country,
    }
    return said(values[by])


def counted(name: str | None, sessions: list[Session]) -> QualityRow:
    """One value's row."""
    known = sorted(one.buffering for one in sessions if one.buffering is not None)
    if not known:
        return QualityRow(name, len(sessions), None, None, None, None, None)
    buffered = sum(count > 0 for count in known) / len(known)
    ranks = [known[ceil(percent * len(known) / 100) - 1] for percent in (50, 95, 99)]
    return QualityRow(name, len(sessions), sum(known) / len(known), buffered, *ranks)


@pytest.mark.parametrize("by", QualityBy)
def test_rows_are_those_of_a_plain_count(served: Served, by: QualityBy) -> None:
    chance = Random(f"quality {served.zone} {by}")
    for span in served.spans(chance, 10, DAYS // 2):
        where, scope = chance.choice(FILTERS), chance.choice(SCOPES)
        groups: dict[str | None, list[Session]] = {}
        for one in served.passing(where, scope):
            if span.start <= one.start < span.end:
                groups.setdefault(value(served, one, by), []).append(one)
        expected = [counted(name, groups[name]) for name in sorted(groups, key=lambda name: (name is None, name or ""))]
        expected.sort(key=lambda row: -row.views)
        found = quality(served.warehouse.reader, asked(served, span, where), by, asker(scope))
        assert found == expected, (span, where, scope)


WHOLE = Range(1_200_000_000, 1_900_000_000)


def test_a_masked_country_is_one_row_without_a_name(served: Served) -> None:
    masked = replace(SYSTEM, masks=MappingProxyType({"users.country": Strategy.NULL}))
    found = quality(served.warehouse.reader, asked(served, WHOLE), QualityBy.COUNTRY, masked)
    assert found == [counted(None, served.world.sessions)]


def test_more_values_than_the_cap_are_refused_rather_than_cut(served: Served) -> None:
    with pytest.raises(TooExpensive, match="more than 2 values of device"):
        quality(served.warehouse.reader, asked(served, WHOLE), QualityBy.DEVICE, replace(SYSTEM, max_rows=2))
