"""No bucket loses its end: one session an hour, and every bucket has as many as it has hours."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from tests.integration.warehouse.worlds import Film, Person, Session, film_row, load, person_row, session_row
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.answer import ask
from warehouse.query.local_time import Grain
from warehouse.query.question import Group, Question
from warehouse.query.ranges import between

HOUR_S = 3600
FIRST, LAST = datetime(2022, 12, 31, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def hourly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A session at the start of each hour of three years."""
    instants = range(int(FIRST.timestamp()), int(LAST.timestamp()), HOUR_S)
    sessions = [Session(n, 1, 1, at, 600_000, None, "TV", None, None) for n, at in enumerate(instants, 1)]
    with open_warehouse(f"chdb://{tmp_path_factory.mktemp('hourly') / 'warehouse'}") as warehouse:
        load(warehouse, "movies", [film_row(Film(1, "A", (), None, None))])
        load(warehouse, "users", [person_row(Person(1, "US", None, None, None))])
        load(warehouse, "viewing_sessions", [session_row(one) for one in sessions])
        yield warehouse


@pytest.mark.parametrize(
    ("zone", "grain", "start", "end", "hours"),
    [
        ("UTC", Grain.MONTH, "2025-09-01", "2025-11-01", [720, 744]),
        ("UTC", Grain.MONTH, "2025-02-01", "2025-04-01", [672, 744]),
        ("UTC", Grain.MONTH, "2025-07-01", "2025-09-01", [744, 744]),
        ("UTC", Grain.QUARTER, "2025-01-01", "2025-07-01", [2160, 2184]),
        ("UTC", Grain.YEAR, "2023-01-01", "2025-01-01", [8760, 8784]),
        ("Europe/Berlin", Grain.DAY, "2025-10-25", "2025-10-27", [24, 25]),
        ("Europe/Berlin", Grain.DAY, "2025-03-29", "2025-03-31", [24, 23]),
        ("America/New_York", Grain.DAY, "2025-11-01", "2025-11-03", [24, 25]),
        ("America/New_York", Grain.WEEK, "2025-10-20", "2025-11-03", [168, 169]),
        ("UTC", Grain.WEEK, "2025-09-03", "2025-09-16", [120, 168, 24]),
        ("UTC", Grain.DAY, "2025-09-03T06:00:00Z", "2025-09-05T05:00:00Z", [18, 24, 5]),
    ],
)
@pytest.mark.parametrize("rollups", [ROLLUPS, ()], ids=["rollups", "facts"])
def test_a_bucket_has_a_session_for_each_of_its_hours(
    hourly: Warehouse, zone: str, grain: Grain, start: str, end: str, hours: list[int], rollups: Sequence[Rollup]
) -> None:
    span = between(start, end, zone).span
    question = Question((Group("time", grain),), ("views",), span, zone)
    found = ask(hourly.reader, question, SYSTEM, rollups=rollups)
    assert [row.now["views"] for row in found.rows] == hours
    assert sum(hours) == (span.end - span.start) // HOUR_S
