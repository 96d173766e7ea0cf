"""New and returning viewers where the clock goes back over midnight, so that a day comes again after the next began."""

from datetime import datetime
from pathlib import Path
from random import Random

from tests.integration.warehouse.worlds import Film, Person, Session, World, load_in_pieces
from warehouse import open_warehouse
from warehouse.access import SYSTEM
from warehouse.query.answer import ask
from warehouse.query.local_time import Grain
from warehouse.query.question import Group, Question
from warehouse.query.ranges import between

ZONE = "America/St_Johns"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_a_viewer_is_new_on_the_day_of_the_first_session_whenever_that_day_comes(tmp_path: Path) -> None:
    # On 2010-11-07 it is 00:00 for a minute, then 23:01 of the 6th once more, then 00:00 again.
    starts = {
        1: ["2010-11-06T23:30:00-02:30", "2010-11-06T23:30:00-03:30"],  # on the 6th before and after that minute
        2: [
            "2010-11-07T00:00:30-02:30",
            "2010-11-06T23:30:00-03:30",
        ],  # in that minute of the 7th, then on the 6th
        3: ["2010-11-06T23:30:00-03:30", "2010-11-07T10:00:00-03:30"],  # first on the 6th, though after that minute
    }
    sessions = [
        Session(10 * user + place, user, 1, at(text), 600_000, None, "TV", None, None)
        for user, texts in starts.items()
        for place, text in enumerate(texts)
    ]
    people = {user: Person(user, "CA", None, None, None) for user in starts}
    world = World({1: Film(1, "A", (), None, None)}, people, sessions)
    measures = ("viewers", "new_viewers", "returning_viewers")
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as warehouse:
        load_in_pieces(warehouse, world, Random(1))
        span = between("2010-11-05", "2010-11-09", ZONE).span
        found = ask(warehouse.reader, Question((Group("time", Grain.DAY),), measures, span, ZONE), SYSTEM)
    assert [(str(row.groups[0])[:10], *(row.now[one] for one in measures)) for row in found.rows] == [
        ("2010-11-06", 3, 2, 1),
        ("2010-11-07", 2, 1, 1),
    ]
