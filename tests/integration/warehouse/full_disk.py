"""A warehouse on a disk that becomes full at every step, and has room again: to be run on a small disk of its own.

python -m tests.integration.warehouse.full_disk FOLDER
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from random import Random
from re import search
from typing import Any

import pyarrow as pa
import pytest

from tests.integration.warehouse.killable_process import Death, Killed, Victim
from tests.integration.warehouse.story import Picture, Step, Story, faults, look, take
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable
from warehouse.query.answer import ask
from warehouse.query.local_time import Range
from warehouse.query.question import Group, Question
from warehouse.staging.snapshot import EXPORTS, refresh
from warehouse.staging.storage import Place

FACT = "viewing_sessions"
IS_FULL = r"\(MARQUEE_WAREHOUSE\) is full\. Make room on it and try again"
SPAN = Range(1_767_225_600, 1_775_001_600)
# When the disk becomes full, in loads of sessions, which are refused then.
REFUSED = [
    (f"INSERT INTO {FACT}_staging", 1),
    ("INSERT INTO loads", 2),
    ("ALTER TABLE country_analytics ATTACH", 1),
    ("ALTER TABLE genre_analytics ATTACH", 2),
    (f"ALTER TABLE {FACT} ATTACH", 3),
    ("INSERT INTO loads", 3),
]


class Disk:
    """A disk that something else fills."""

    def __init__(self, folder: Path) -> None:
        self.ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room."""
        with self.ballast.open("ab", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError as error:
                if error.errno != ENOSPC:
                    raise

    def clear(self) -> None:
        """Make room."""
        self.ballast.unlink(missing_ok=True)

    @contextmanager
    def full_at(self, statement: str, times: int = 1) -> Iterator[None]:
        """Full from just before a statement that begins so comes for the `times`-th time."""
        run, insert, left = Engine.command, Engine.insert, times

        def note(sql: str) -> None:
            nonlocal left
            left -= sql.startswith(statement)
            if left == 0:
                left = -1
                self.fill()

        def noted_command(engine: Engine, sql: str, *given: Any, **settings: Any) -> None:
            note(sql)
            run(engine, sql, *given, **settings)

        def noted_insert(engine: Engine, table: str, rows: pa.Table) -> None:
            note(f"INSERT INTO {table}")
            insert(engine, table, rows)

        Engine.command, Engine.insert = noted_command, noted_insert  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            Engine.command, Engine.insert = run, insert  # type: ignore[method-assign]
            assert left < 0, f"{statement} did not come"


def refused(warehouse: Warehouse, step: Step) -> None:
    """A step fails, and says what, where and what to do."""
    with pytest.raises(Unavailable, match=IS_FULL):
        take(warehouse, step)


def served(warehouse: Warehouse, shown: Picture) -> None:
    """On the full disk: every row is as it was, every rollup too, and questions are answered."""
    assert look(warehouse) == shown
    unfinished = [one for one in faults(warehouse) if not one.endswith("is staging")]  # the next load ends it
    assert unfinished == [], unfinished
    views = ask(warehouse.reader, Question((), ("views",), SPAN), SYSTEM).rows[0].now["views"]
    assert views == len(shown.sessions)


def loads_fail_and_go_on(warehouse: Warehouse, disk: Disk, story: Story, shown: Picture) -> Picture:
    """Each refused load leaves what was before, on the disk that is still full, and is loaded once there is room."""
    for statement, times in REFUSED:
        step = story.sessions(3)
        with disk.full_at(statement, times):
            refused(warehouse, step)
        served(warehouse, shown)
        disk.clear()
        assert take(warehouse, step) == (30, 30, 0, 0), statement
        shown = step.outcomes(shown)[-1]
        assert (faults(warehouse), look(warehouse)) == ([], shown), statement
    return shown


def what_is_done_stays_done(warehouse: Warehouse, disk: Disk, story: Story, shown: Picture) -> Picture:
    """A disk that becomes full behind the ledger's `done` takes nothing from a load."""
    step = story.sessions(1)
    with disk.full_at("TRUNCATE TABLE genre_analytics_staging", 2):
        assert take(warehouse, step) == (30, 30, 0, 0)
    shown = step.outcomes(shown)[-1]
    served(warehouse, shown)
    disk.clear()
    return shown


def corrections_and_undoings(warehouse: Warehouse, disk: Disk, story: Story, shown: Picture) -> Picture:
    """One that fails before it shows changes nothing; one that fails amid that is carried through by the next."""
    undo, films = story.undo(), story.films()
    with disk.full_at(f"INSERT INTO {FACT}_undone"):
        refused(warehouse, undo)
    served(warehouse, shown)
    disk.clear()
    with disk.full_at("INSERT INTO rollup_states"):
        refused(warehouse, films)
    disk.clear()
    take(warehouse, undo)
    shown = undo.outcomes(films.outcomes(shown)[-1])[-1]
    assert (faults(warehouse), look(warehouse)) == ([], shown)
    return shown


def a_rollup_that_can_not_be_filled_stays_stale(
    warehouse: Warehouse, disk: Disk, story: Story, shown: Picture
) -> Picture:
    """The correction itself shows, another rollup answers, and the next load fills this one."""
    films = story.films()
    with disk.full_at("ALTER TABLE genre_analytics REPLACE", 2):
        take(warehouse, films)
    shown = films.outcomes(shown)[-1]
    assert (faults(warehouse), look(warehouse)) == (["genre_analytics is stale"], shown)
    by_genre = Question((Group("genre"),), ("views",), SPAN)
    assert ask(warehouse.reader, by_genre, SYSTEM).sources == ("movie_analytics",)
    disk.clear()
    sessions = story.sessions(1)
    take(warehouse, sessions)
    shown = sessions.outcomes(shown)[-1]
    assert (faults(warehouse), look(warehouse)) == ([], shown)
    return shown


def a_snapshot_needs_room(warehouse: Warehouse, disk: Disk, folder: Path) -> None:
    """A full staging place is named, leaves no half file, and is used once there is room."""
    place = Place(str(folder / "staging"))
    disk.fill()
    with pytest.raises(Unavailable, match=r"\(MARQUEE_STAGING\) can't be used: .*\. Make room or name another"):
        refresh(warehouse.engine, warehouse.read_consistently, place, dict.fromkeys(EXPORTS, ()))
    disk.clear()
    refresh(warehouse.engine, warehouse.read_consistently, place, dict.fromkeys(EXPORTS, ()))
    assert not [one for one in (folder / "staging").rglob("*") if one.name.startswith(".")]
    place.clear()


def opening(address: str, disk: Disk, story: Story, shown: Picture) -> None:
    """Without any room the engine may not start, and that is said; a load is rolled back: its room was set aside."""
    disk.fill()
    try:
        with open_warehouse(address) as warehouse:
            served(warehouse, shown)
    except Unavailable as error:
        if not search(IS_FULL, str(error)):
            raise
    disk.clear()
    with Victim(address).opened() as victim, pytest.raises(Killed):
        victim.ask(take, story.sessions(3), death=Death("INSERT INTO loads", 3))
    disk.fill()
    with open_warehouse(address) as warehouse:
        assert [one.state for one in warehouse.repairs.recovered] == ["failed"]
        served(warehouse, shown)


def main(folder: Path) -> None:
    """Go through all of it."""
    disk, story, address, shown = Disk(folder), Story(Random(11)), f"chdb://{folder / 'warehouse'}", Picture()
    with open_warehouse(address) as warehouse:
        for step in story.opening():
            take(warehouse, step)
            shown = step.outcomes(shown)[-1]
        shown = loads_fail_and_go_on(warehouse, disk, story, shown)
        shown = what_is_done_stays_done(warehouse, disk, story, shown)
        a_snapshot_needs_room(warehouse, disk, folder)
        shown = corrections_and_undoings(warehouse, disk, story, shown)
        shown = a_rollup_that_can_not_be_filled_stays_stale(warehouse, disk, story, shown)
    opening(address, disk, story, shown)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
