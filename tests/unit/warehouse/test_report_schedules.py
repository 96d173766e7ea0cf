"""When scheduled reports are due: local hours, across weeks and changes of the clock."""

from datetime import UTC, datetime

import pytest

from warehouse.reports.schedules import Schedule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "last", "following"),
    [
        (Schedule(8, "UTC"), "2026-05-06T08:00:00Z", "2026-05-06T08:00:00Z", "2026-05-07T08:00:00Z"),
        (Schedule(8, "UTC"), "2026-05-06T07:59:59Z", "2026-05-05T08:00:00Z", "2026-05-06T08:00:00Z"),
        # A Wednesday; Mondays are the fourth and the eleventh.
        (Schedule(8, "UTC", 1), "2026-05-06T12:00:00Z", "2026-05-04T08:00:00Z", "2026-05-11T08:00:00Z"),
        (Schedule(23, "Asia/Kolkata", 7), "2026-05-10T17:29:00Z", "2026-05-03T17:30:00Z", "2026-05-10T17:30:00Z"),
        # The hour from 2 to 3 of the 29th of March is left out in Berlin: half past is an hour later, once.
        (Schedule(2, "Europe/Berlin"), "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"),
        # That of the 25th of October comes twice: it is the first.
        (Schedule(2, "Europe/Berlin"), "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"),
        (Schedule(2, "Europe/Berlin"), "2026-10-25T01:30:00Z", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"),
    ],
)
def test_moments_are_local_hours(schedule: Schedule, now: str, last: str, following: str) -> None:
    assert schedule.last_before(at(now)) == at(last)
    assert schedule.next_after(at(now)) == at(following)
