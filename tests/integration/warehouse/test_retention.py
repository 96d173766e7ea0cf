"""Months and years that are older than they may be are dropped whole, and what is left agrees with itself."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import WORLD, differences
from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.worlds import load, session_row
from warehouse import Warehouse
from warehouse.tables.partition_retention import Retention, old_partitions

MONTHS = sorted({datetime.fromtimestamp(one.start, UTC).strftime("%Y%m") for one in WORLD.sessions})
# A day in the month after the last session's.
TODAY = date(int(MONTHS[-1][:4]), int(MONTHS[-1][4:]) + 1, 28)


@pytest.fixture
def settled(forgettable_folder: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with sessions of several months."""
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)
    with embedded(tmp_path) as warehouse:
        yield warehouse


@pytest.mark.parametrize(
    ("retention", "today", "kept"),
    [
        (Retention(), date(2026, 11, 30), {}),
        (Retention(sessions_months=1), date(2026, 1, 15), {"viewing_sessions": "202512"}),
        (Retention(sessions_months=13), date(2026, 1, 31), {"viewing_sessions": "202412"}),
        (Retention(sessions_months=24), date(2026, 12, 1), {"viewing_sessions": "202412"}),
        (Retention(ratings_years=2), date(2026, 1, 1), {"ratings": "2024"}),
    ],
)
def test_whole_months_and_years_are_kept(retention: Retention, today: date, kept: dict[str, str]) -> None:
    assert retention.first_kept(today) == kept


def test_old_months_go_with_their_rollups_and_the_rest_agrees(settled: Warehouse) -> None:
    assert len(MONTHS) >= 2
    kept = [one for one in WORLD.sessions if datetime.fromtimestamp(one.start, UTC).strftime("%Y%m") >= MONTHS[-1]]
    dropped = settled.retain(Retention(sessions_months=1), TODAY)
    assert {one.partition for one in dropped if one.table == "viewing_sessions"} == set(MONTHS[:-1])
    assert settled.engine.query("SELECT count() FROM viewing_sessions").scalar() == len(kept)
    assert differences(settled) == []
    assert settled.retain(Retention(sessions_months=1), TODAY) == []


@pytest.mark.slow
def test_a_file_of_a_dropped_month_can_be_loaded_again(settled: Warehouse) -> None:
    settled.retain(Retention(sessions_months=1), TODAY)
    load(settled, "viewing_sessions", [session_row(one) for one in WORLD.sessions])
    assert settled.engine.query("SELECT count() FROM viewing_sessions").scalar() == len(WORLD.sessions)
    assert differences(settled) == []


def test_nothing_is_old_where_everything_is_kept(settled: Warehouse) -> None:
    assert old_partitions(settled.engine, Retention(), TODAY) == []
    assert settled.retain(Retention(sessions_months=1200), TODAY) == []
