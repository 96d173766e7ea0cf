"""Several processes on one server: one writes at a time, and nothing that any of them acknowledged is lost or doubled.

Two open warehouses stand for two processes: they share nothing but the server.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.modes import HASH_KEY, Modes
from tests.integration.warehouse.story import Picture, Step, Story, faults, look, miscounted, take
from tests.integration.warehouse.worlds import load
from warehouse import Warehouse, open_warehouse
from warehouse.engine.limits import Limits
from warehouse.errors import LeaseLost, MarqueeError, WriterBusy
from warehouse.loads import ledger
from warehouse.loads.ledger import State

pytestmark = pytest.mark.slow

# Long enough for signs of life on a busy machine; nothing here waits for it to pass.
PATIENT = Limits(lease_seconds=60, wait_seconds=120)
# A holder that does nothing counts as dead after so long.
HASTY = Limits(lease_seconds=4, wait_seconds=120)


@pytest.fixture
def address(modes: Modes, tmp_path: Path) -> Iterator[str]:
    """A database that nobody has opened yet."""
    yield modes.engine().address(tmp_path.name)
    modes.engine().drop(tmp_path.name)


@contextmanager
def opened(address: str, limits: Limits = PATIENT) -> Iterator[Warehouse]:
    with open_warehouse(address, limits, hash_key=lambda: HASH_KEY) as warehouse:
        yield warehouse


def test_loads_of_two_processes_at_once_are_all_there_once(address: str) -> None:
    with ThreadPoolExecutor(2) as both:
        # Both find an empty server: one makes the tables, the other waits.
        first, second = both.map(lambda _: open_warehouse(address, PATIENT, hash_key=lambda: HASH_KEY), range(2))
    with first, second:
        migrations = first.engine.query("SELECT count(), uniqExact(number) FROM schema_migrations").rows[0]
        assert migrations[0] == migrations[1] == len(first.repairs.migrated) + len(second.repairs.migrated)
        story = Story(Random(5))
        shown = Picture()
        for step in story.opening():
            take(first, step)
            shown = step.outcomes(shown)[-1]
        halves = [[story.sessions(2) for _ in range(3)] for _ in range(2)]
        for step in (one for half in halves for one in half):
            shown = step.outcomes(shown)[-1]
        with ThreadPoolExecutor(2) as both:
            done = list(both.map(_take_all, (first, second), halves))
        assert [(30, 30, 0, 0)] * 3 == done[0] == done[1]
        assert faults(second) == [] == miscounted(second)
        assert look(first) == shown == look(second)
        numbers = [one.load_id for one in ledger.recent(first.engine, 100)]
        assert numbers == sorted(set(numbers), reverse=True)


def _take_all(warehouse: Warehouse, steps: list[Step]) -> list[tuple[int, ...]]:
    return [take(warehouse, step) for step in steps]


def test_opening_to_read_ends_no_load_of_another_process(address: str) -> None:
    with opened(address) as loader, loader.load("movies", ["under way"]) as load_under_way:
        with opened(address, Limits(lease_seconds=60, wait_seconds=0.2)) as reader:
            (entry,) = ledger.recent(reader.engine, 10)
            assert entry.state is State.STAGING
            with pytest.raises(
                WriterBusy, match=r"Process \d+ on .* is writing into the warehouse. Try again in 5 s\."
            ):
                load(reader, "movies", [_film(2)])
        assert ledger.recent(loader.engine, 10) == [entry]
        load_under_way.write(_batch([_film(1)]))
        load_under_way.commit()
        assert [one.state for one in ledger.recent(loader.engine, 10)] == [State.DONE]


def test_a_reader_writes_nothing(address: str) -> None:
    with opened(address) as first:
        load(first, "movies", [_film(1)])
        before = _stored(first)
        with opened(address) as reader:
            assert reader.engine.query("SELECT count() FROM movies").scalar() == 1
        assert _stored(first) == before


def _stored(warehouse: Warehouse) -> list[tuple[object, ...]]:
    sql = (
        "SELECT name, uuid, metadata_modification_time, total_rows FROM system.tables "
        "WHERE database = currentDatabase() AND name != 'audit_log' ORDER BY name"
    )
    return [tuple(row) for row in warehouse.engine.query(sql).rows]


# Statements of a load at which its process is stopped: each is sent after another has taken over.
STOPPED_AT = (
    "INSERT INTO viewing_sessions_staging",
    "ALTER TABLE viewing_sessions ATTACH",
    "ALTER TABLE daily_analytics ATTACH",
    "TRUNCATE TABLE viewing_sessions_staging",
    "write loads 1",
    "write loads 2",
    "write loads 3",
)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("stopped_at", STOPPED_AT)
def test_a_writer_that_was_stopped_and_wakes_changes_nothing(address: str, stopped_at: str) -> None:
    with opened(address, HASTY) as sleeper, opened(address, HASTY) as other:
        story, shown = Story(Random(7)), Picture()
        for step in story.opening():
            take(other, step)
            shown = step.outcomes(shown)[-1]
        lost, later = story.sessions(3), story.sessions(3)
        with _Asleep(sleeper, stopped_at) as asleep, ThreadPoolExecutor(1) as thread:
            result = thread.submit(_outcome, sleeper, lost)
            assert asleep.fell_asleep.wait(60)
            # What the sleeper had acknowledged itself stays, and its load is ended by the other.
            shown = later.outcomes(shown)[-1]
            assert take(other, later) == (30, 30, 0, 0)
            asleep.wake.set()
            outcome = result.result(120)
        is_kept = stopped_at == "TRUNCATE TABLE viewing_sessions_staging" and isinstance(outcome, tuple)
        assert is_kept or isinstance(outcome, MarqueeError), outcome
        if is_kept:
            shown = lost.outcomes(shown)[-1]
        assert look(other) == shown
        # It may write again, and the same rows come in once.
        take(sleeper, lost)
        assert look(other) == lost.outcomes(shown)[-1]
        assert faults(other) == [] == miscounted(other)


def _outcome(warehouse: Warehouse, step: Step) -> object:
    try:
        return take(warehouse, step)
    except MarqueeError as error:
        return error


class _Asleep:
    """Stops a warehouse just before a statement, with its signs of life, as SIGSTOP stops a process."""

    def __init__(self, warehouse: Warehouse, statement: str) -> None:
        self.fell_asleep, self.wake = threading.Event(), threading.Event()
        self._engine, self._statement = warehouse.engine, statement
        lease = warehouse._write_lock.lease
        assert lease
        self._beside = lease._beside

    def __enter__(self) -> "_Asleep":
        command, write, beat = self._engine.command, self._engine.write, self._beside.command
        written = 0

        def stop_at(statement: str) -> None:
            if statement.startswith(self._statement) and not self.fell_asleep.is_set():
                self.fell_asleep.set()
                assert self.wake.wait(120)

        def stopping_command(sql: str, *given: object, **settings: object) -> None:
            stop_at(sql)
            command(sql, *given, **settings)  # type: ignore[arg-type]

        def stopping_write(table: str, rows: object) -> None:
            nonlocal written
            written += 1
            stop_at(f"write {table} {written}")
            write(table, rows)

        def stopping_beat(sql: str, *given: object, **settings: object) -> None:
            if self.fell_asleep.is_set():
                assert self.wake.wait(120)
            beat(sql, *given, **settings)  # type: ignore[arg-type]

        self._engine.command, self._engine.write = stopping_command, stopping_write  # type: ignore[method-assign]
        self._beside.command = stopping_beat  # type: ignore[method-assign]
        return self

    def __exit__(self, *raised: object) -> None:
        self.wake.set()
        for engine, name in ((self._engine, "command"), (self._engine, "write"), (self._beside, "command")):
            delattr(engine, name)


def test_who_takes_over_finishes_an_undo_that_was_shown_in_part(address: str) -> None:
    with opened(address, HASTY) as sleeper, opened(address, HASTY) as other:
        story, shown = Story(Random(9)), Picture()
        for step in story.opening():
            take(sleeper, step)
            shown = step.outcomes(shown)[-1]
        undo = story.undo()
        with _Asleep(sleeper, "EXCHANGE TABLES viewing_sessions AND") as asleep, ThreadPoolExecutor(1) as thread:
            result = thread.submit(_outcome, sleeper, undo)
            assert asleep.fell_asleep.wait(60)
            shown = undo.outcomes(shown)[-1]
            ratings = story.ratings()
            take(other, ratings)
            shown = ratings.outcomes(shown)[-1]
            asleep.wake.set()
            assert isinstance(result.result(120), LeaseLost)
        assert look(other) == shown
        assert faults(other) == [] == miscounted(other)


def test_a_replacement_is_finished_with_the_rows_that_its_process_had_staged(address: str) -> None:
    with opened(address, HASTY) as sleeper, opened(address, HASTY) as other:
        story, shown = Story(Random(11)), Picture()
        for step in story.opening():
            take(sleeper, step)
            shown = step.outcomes(shown)[-1]
        right = story.sessions(3)
        wrong = story.sent[0]
        (replaced,) = [one.load_id for one in ledger.recent(sleeper.engine, 10) if one.table == "viewing_sessions"]

        def replace() -> object:
            try:
                with sleeper.load("viewing_sessions", ["right"], replaces=replaced) as opened_load:
                    opened_load.write(_batch(right.rows, "viewing_sessions"))
                    return opened_load.commit()
            except MarqueeError as error:
                return error

        with _Asleep(sleeper, "EXCHANGE TABLES viewing_sessions AND") as asleep, ThreadPoolExecutor(1) as thread:
            result = thread.submit(replace)
            assert asleep.fell_asleep.wait(60)
            take(other, story.ratings())
            asleep.wake.set()
            assert isinstance(result.result(120), LeaseLost)
        ids = {row["id"] for row in right.rows}
        assert {row[0] for row in look(other).sessions} == ids
        assert not ids & {row["id"] for row in wrong.rows}
        assert faults(other) == []


def _film(number: int) -> dict[str, object]:
    return {"id": number, "title": f"Film {number}", "genres": ["Drama"]}


def _batch(rows: object, table: str = "movies") -> object:
    from tests.integration.warehouse.worlds import batch_of

    return batch_of(table, rows)  # type: ignore[arg-type]
