"""The rules of the jobs' clocks are those of the pinned package, whose files the oracle reads byte by byte."""

import pytest

from spark.local_time import EARLIEST, LATEST, rules_of
from warehouse.model.country_zones import OTHERWISE, zone_of_country
from warehouse.query.local_time import Range, segments

ZONES = sorted({OTHERWISE, *zone_of_country().values()})
SPAN = Range(int(EARLIEST.timestamp()), int(LATEST.timestamp()))


@pytest.mark.sampled(4)
@pytest.mark.parametrize("zone", ZONES)
def test_the_changes_of_a_clock_are_those_that_the_warehouse_knows(zone: str) -> None:
    assert rules_of([zone]) == {zone: tuple((one.start, one.offset_s) for one in segments(zone, SPAN))}


def test_the_sahara_puts_its_clock_back_for_ramadan() -> None:
    # What a Java of early 2025 does not know of 2026 to the day, and a viewer in EH does.
    changes = dict(rules_of(["Africa/El_Aaiun"])["Africa/El_Aaiun"])
    assert changes[1_771_120_800] == 0  # 2026-02-15 02:00 UTC
    assert changes[1_774_144_800] == 3600  # 2026-03-22 02:00 UTC
