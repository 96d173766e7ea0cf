"""The same size, seed and end give the same bytes; another seed or end gives another world."""

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest

from ingest.generator import GENERATORS, DemoSize, Plan, build_world, parallel, who_watches
from tests.unit.ingest.worlds import UNTIL
from warehouse.tables.incoming_schemas import INCOMING

SMALL = DemoSize(movies=40, users=300, sessions=3_000, ratings=1_000, days=20)


def bytes_of(plan: Plan, table: str) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, INCOMING[table]) as writer:
        for batch in GENERATORS[table](build_world(plan)):
            writer.write_batch(batch)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("table", list(GENERATORS))
def test_the_same_plan_gives_the_same_bytes(table: str) -> None:
    plan = Plan.ending(UNTIL, SMALL, seed=7)
    assert bytes_of(plan, table) == bytes_of(plan, table)


@pytest.mark.parametrize("table", list(GENERATORS))
def test_another_seed_gives_another_world(table: str) -> None:
    assert bytes_of(Plan.ending(UNTIL, SMALL, seed=7), table) != bytes_of(Plan.ending(UNTIL, SMALL, seed=8), table)


def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan.ending(UNTIL, SMALL, seed=7)
    monkeypatch.setattr(who_watches, "CHUNK_ROWS", 100)
    with_two = bytes_of(plan, "viewing_sessions")
    monkeypatch.setattr(parallel, "WORKERS", 1)
    assert bytes_of(plan, "viewing_sessions") == with_two


def test_more_ratings_leave_users_and_sessions_as_they_are() -> None:
    fewer = Plan.ending(UNTIL, SMALL, seed=7)
    more = Plan.ending(UNTIL, replace(SMALL, ratings=2_000), seed=7)
    assert bytes_of(fewer, "users") == bytes_of(more, "users")
    assert bytes_of(fewer, "viewing_sessions") == bytes_of(more, "viewing_sessions")


@pytest.mark.parametrize("table", list(GENERATORS))
@pytest.mark.parametrize(
    "size",
    [
        SMALL,
        DemoSize(movies=1, users=1, sessions=1, ratings=1, days=1),
        DemoSize(movies=3, users=2, sessions=0, ratings=0, days=3),
        DemoSize(movies=2, users=3, sessions=500, ratings=50, days=400),
    ],
)
def test_every_size_is_kept_to_the_row_and_has_the_incoming_shape(table: str, size: DemoSize) -> None:
    batches = list(GENERATORS[table](build_world(Plan.ending(UNTIL, size, seed=1))))
    assert sum(batch.num_rows for batch in batches) == size.rows(table)
    assert all(batch.schema.equals(INCOMING[table]) for batch in batches)


def test_chunks_cover_every_view_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who_watches, "CHUNK_ROWS", 70)
    monkeypatch.setattr(who_watches, "CHUNK_DAYS", 3)
    schedule = who_watches.Schedule.of(build_world(Plan.ending(UNTIL, SMALL, seed=3)), "sessions", 1_000)
    chunks = list(schedule.chunks())
    assert [first for first, _ in chunks] == [0, *(end for _, end in chunks[:-1])]
    assert chunks[-1][1] == 1_000
    assert all(0 < end - first <= 70 for first, end in chunks)


@pytest.mark.parametrize("wrong", [{"movies": 0}, {"users": -1}, {"sessions": -1}, {"days": 0}, {"days": 100_000}])
def test_a_size_that_no_world_has_is_refused_by_name(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DemoSize(**wrong)


def test_an_end_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Plan.ending(UNTIL.replace(tzinfo=None), SMALL, seed=1)


def test_another_end_moves_the_window() -> None:
    later = Plan.ending(UNTIL + timedelta(days=3), SMALL, seed=7)
    assert later.start_s - Plan.ending(UNTIL, SMALL, seed=7).start_s == 3 * 86_400
