"""An empty warehouse gives every question its empty answer."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.insights.concurrency import Peak, concurrency
from warehouse.insights.funnel import STEPS_E6, completion_funnel
from warehouse.insights.playback_quality import QualityBy, quality
from warehouse.insights.retention import Cohort, RetentionRequest, Return, retention
from warehouse.insights.sessions import Sessions
from warehouse.insights.stickiness import StickyDay, stickiness
from warehouse.query.local_time import Grain, Range

MONDAY = date(2026, 3, 2)
WEEK = Sessions(Range(1_772_409_600, 1_772_409_600 + 7 * 86_400))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with open_warehouse(f"chdb://{tmp_path_factory.mktemp('empty') / 'warehouse'}") as warehouse:
        yield warehouse


@pytest.mark.slow
def test_cohorts_are_of_nobody_and_never_over(empty: Warehouse) -> None:
    found = retention(empty.reader, RetentionRequest(WEEK, Grain.WEEK, 1), SYSTEM)
    assert found == [Cohort(MONDAY, 0, False, (Return(1, MONDAY + timedelta(weeks=1), None, None),))]


def test_every_step_of_the_funnel_is_there_with_zeros(empty: Warehouse) -> None:
    funnel = completion_funnel(empty.reader, WEEK, SYSTEM)
    assert [(step.views, step.viewers, step.share) for step in funnel.steps] == [(0, 0, None)] * len(STEPS_E6)
    assert funnel.unknown_views == 0


def test_every_bucket_has_a_peak_of_nobody(empty: Warehouse) -> None:
    peaks = concurrency(empty.reader, WEEK, Grain.DAY, SYSTEM)
    assert len(peaks) == 7
    assert peaks[0] == Peak("2026-03-02T00:00:00Z", 0)


def test_every_day_is_there_without_a_stickiness(empty: Warehouse) -> None:
    days = stickiness(empty.reader, WEEK, SYSTEM)
    assert days == [StickyDay(MONDAY + timedelta(days=shift), 0, 0, None) for shift in range(7)]


def test_no_value_has_a_quality(empty: Warehouse) -> None:
    assert quality(empty.reader, WEEK, QualityBy.DEVICE, SYSTEM) == []
