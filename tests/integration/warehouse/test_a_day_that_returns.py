"""Where the clock goes back over midnight, a day comes again after the next one has begun."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.worlds import Film, Person, Session, World, load_in_pieces
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.insights.concurrency import concurrency
from warehouse.insights.sessions import Sessions
from warehouse.insights.stickiness import stickiness
from warehouse.query.answer import ask
from warehouse.query.comparison import Shift, past_of
from warehouse.query.local_time import Grain
from warehouse.query.question import Group, Question
from warehouse.query.ranges import between

pytestmark = pytest.mark.slow

ZONE = "America/St_Johns"


# On 2010-11-07 it is 00:00 for a minute, then 23:01 of the 6th once more, then 00:00 again.
STARTS = {
    1: ["2010-11-06T23:30:00-02:30", "2010-11-06T23:30:00-03:30"],  # on the 6th before and after that minute
    2: ["2010-11-07T00:00:30-02:30", "2010-11-06T23:30:00-03:30"],  # in that minute of the 7th, then on the 6th
    3: ["2010-11-06T23:30:00-03:30", "2010-11-07T10:00:00-03:30"],  # first on the 6th, though after that minute
}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with these sessions."""
    sessions = [
        Session(10 * user + place, user, 1, at(text), 600_000, None, "TV", None, None)
        for user, texts in STARTS.items()
        for place, text in enumerate(texts)
    ]
    people = {user: Person(user, "CA", None, None, None) for user in STARTS}
    with embedded(tmp_path) as warehouse:
        load_in_pieces(warehouse, World({1: Film(1, "A", (), None, None)}, people, sessions), Random(1))
        yield warehouse


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        # The range ends when the 7th begins for the first time; the 6th counts whole.
        ("2010-11-06", "2010-11-07", [(6, 3, 3)]),
        ("2010-11-06", "2010-11-08", [(6, 3, 3), (7, 2, 3)]),
        # It begins when the 7th does, so it touches the part of the 6th that comes after.
        ("2010-11-07", "2010-11-08", [(6, 3, 3), (7, 2, 3)]),
        # It ends in that part, and has touched the 7th.
        ("2010-11-06", "2010-11-06T23:10:00-03:30", [(6, 3, 3), (7, 2, 3)]),
    ],
)
def test_a_sticky_day_counts_whole_whenever_it_comes(
    served: Warehouse, start: str, end: str, days: list[tuple[int, int, int]]
) -> None:
    found = stickiness(served.reader, Sessions(between(start, end, ZONE).span, ZONE), SYSTEM)
    assert [(one.day.day, one.daily_viewers, one.monthly_viewers) for one in found] == days


def test_a_viewer_is_new_on_the_day_of_the_first_session_whenever_that_day_comes(served: Warehouse) -> None:
    measures = ("viewers", "new_viewers", "returning_viewers")
    span = between("2010-11-05", "2010-11-09", ZONE).span
    found = ask(served.reader, Question((Group("time", Grain.DAY),), measures, span, ZONE), SYSTEM)
    assert [(str(row.groups[0])[:10], *(row.now[one] for one in measures)) for row in found.rows] == [
        ("2010-11-06", 3, 2, 1),
        ("2010-11-07", 2, 1, 1),
    ]


@pytest.mark.parametrize("fill", [False, True])
@pytest.mark.parametrize(
    ("grain", "views"),
    [
        # Of the 6th only the part that comes after the first minute of the 7th is in the range.
        (Grain.DAY, [("2010-11-06T00:00:00-02:30", 3), ("2010-11-07T00:00:00-02:30", 2)]),
        (Grain.WEEK, [("2010-11-01T00:00:00-02:30", 5)]),
    ],
)
def test_days_are_in_order_where_a_range_begins_before_one_returns(
    served: Warehouse, grain: Grain, views: list[tuple[str, int]], fill: bool
) -> None:
    span = between("2010-11-07", "2010-11-08", ZONE).span
    found = ask(served.reader, Question((Group("time", grain),), ("views",), span, ZONE, fill=fill), SYSTEM)
    assert [(row.groups[0], row.now["views"]) for row in found.rows] == views


def test_days_beside_those_of_another_range_are_in_order_too(served: Warehouse) -> None:
    window = between("2010-11-07", "2010-11-08", ZONE)
    before = past_of(ZONE, window.span, Shift(months=12))
    question = Question((Group("time", Grain.DAY),), ("views",), window.span, ZONE, before=before, fill=True)
    found = ask(served.reader, question, SYSTEM)
    assert [(str(row.groups[0])[:10], row.now["views"], row.before["views"]) for row in found.rows] == [
        ("2010-11-06", 3, 0),
        ("2010-11-07", 2, 0),
    ]


def test_peaks_of_days_are_in_order_too(served: Warehouse) -> None:
    span = between("2010-11-07", "2010-11-08", ZONE).span
    found = concurrency(served.reader, Sessions(span, ZONE), Grain.DAY, SYSTEM)
    # Each lasts an hour: all three are there at 23:30, when it is the 6th again, and until after midnight.
    assert [(one.time[:10], one.peak_viewers) for one in found] == [("2010-11-06", 3), ("2010-11-07", 3)]
