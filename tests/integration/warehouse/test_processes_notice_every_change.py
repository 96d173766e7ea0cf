"""A process on a server notices what another changes without a load, and a consistent read stays consistent meanwhile.

Two open warehouses stand for two processes. Nothing here waits for a lease to run out: the right to write is idle when
the other takes it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.warehouse.forgettable import WORLD, contents, differences, settle
from tests.integration.warehouse.modes import HASH_KEY, Modes
from tests.integration.warehouse.test_retention import MONTHS, TODAY
from tests.integration.warehouse.worlds import load, session_row
from warehouse import Warehouse, open_warehouse
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits
from warehouse.errors import BadInput, LeaseLost, MarqueeError, WriterBusy
from warehouse.loads import ledger
from warehouse.loads.history_retention import HistoryAges
from warehouse.model.rollups import ROLLUPS
from warehouse.tables import data_changes
from warehouse.tables.migrate import _alter_aside
from warehouse.tables.partition_retention import Retention
from warehouse.tables.scratch_tables import drop_fenced, remove_partition, remove_rows

pytestmark = pytest.mark.slow

PATIENT = Limits(lease_seconds=60, wait_seconds=120)
DATABASE = "two_of_one_world"
Pair = tuple[Warehouse, Warehouse]


@pytest.fixture(scope="module")
def pair(modes: Modes) -> Iterator[Pair]:
    """Two processes of one world."""
    address = modes.engine().address(DATABASE)
    with ExitStack() as stack:
        stack.callback(modes.engine().drop, DATABASE)
        ours, theirs = (
            stack.enter_context(open_warehouse(address, PATIENT, hash_key=lambda: HASH_KEY)) for _ in range(2)
        )
        settle(ours)
        ours.refill.wait()
        yield ours, theirs


def _changes_seen(warehouse: Warehouse, change: Callable[[], object]) -> int:
    assert warehouse.catch_up()
    before = warehouse.reader.commits
    change()
    assert warehouse.catch_up()
    return warehouse.reader.commits - before


def test_a_rebuild_of_another_process_is_noticed(pair: Pair) -> None:
    ours, theirs = pair
    assert _changes_seen(ours, lambda: theirs.rebuild(ROLLUPS[:1])) == 1
    assert _changes_seen(ours, lambda: None) == 0


@pytest.mark.parametrize(
    ("change", "at"),
    [
        (lambda engine: remove_rows(engine, "ratings", "rating_e2 > 0"), "ALTER TABLE ratings "),
        (
            lambda engine: _alter_aside(engine, "ratings", ["ALTER TABLE ratings ADD COLUMN more UInt8"]),
            "EXCHANGE TABLES ratings ",
        ),
        (lambda engine: drop_fenced(engine, "ratings"), "RENAME TABLE "),
    ],
    ids=["rows removed", "a table altered", "a table dropped"],
)
def test_who_wakes_after_another_has_taken_over_changes_no_table(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, change: Callable[[Engine], None], at: str
) -> None:
    ours, theirs = pair
    with ours.exclusive():
        pass
    command, before, lease = ours.engine.command, contents(theirs), ours._write_lock.lease
    assert lease

    def outrun(sql: str, *given: object, **settings: object) -> None:
        if sql.startswith(at):
            # As if its process had been stopped for longer than the lease, without waiting for that.
            lease._give_up()
            with theirs.exclusive():
                pass
        command(sql, *given, **settings)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(ours.engine, "command", outrun)
        with pytest.raises(LeaseLost):
            change(ours.engine)
    assert contents(theirs) == before


def test_rows_are_removed_by_partition_and_the_others_stay(pair: Pair) -> None:
    ours, _ = pair
    with ours.exclusive():
        ours.engine.command("CREATE TABLE kept AS ratings")
        ours.engine.command("INSERT INTO kept SELECT * FROM ratings")
        highest, of_it, total = ours.engine.query(
            "SELECT max(rating_e2), countIf(rating_e2 = (SELECT max(rating_e2) FROM kept)), count() FROM kept"
        ).rows[0]
        assert 0 < of_it < total
        remove_rows(ours.engine, "kept", f"rating_e2 = {highest}")
        left = ours.engine.query("SELECT count(), max(rating_e2) FROM kept").rows[0]
        assert left[0] == total - of_it
        assert left[1] < highest
        remove_rows(ours.engine, "kept", "rating_e2 > 0")
        assert ours.engine.query("SELECT count() FROM kept").scalar() == 0
        drop_fenced(ours.engine, "kept")
        assert not ours.engine.query("EXISTS TABLE kept").scalar()


def test_a_read_of_one_state_is_done_again_when_another_process_shows_a_load(pair: Pair) -> None:
    ours, theirs = pair
    counted: list[int] = []

    def read() -> int:
        counted.append(ours.engine.query("SELECT count() FROM viewing_sessions").scalar())
        if len(counted) == 1:
            load(theirs, "viewing_sessions", [{**session_row(WORLD.sessions[0]), "id": 900_001}])
        return counted[-1]

    assert ours.read_consistently(read) == counted[0] + 1
    assert len(counted) == 2
    assert differences(ours) == []


def test_a_read_that_others_never_leave_alone_holds_their_loads_at_last(pair: Pair) -> None:
    ours, theirs = pair
    lease = theirs._write_lock.lease
    assert lease
    ended: list[MarqueeError | None] = []

    def read() -> int:
        try:
            load(theirs, "viewing_sessions", [{**session_row(WORLD.sessions[0]), "id": 910_000 + len(ended)}])
            ended.append(None)
        except WriterBusy as error:
            ended.append(error)
        return len(ended)

    patience, lease._wait_s = lease._wait_s, 0.2
    try:
        assert ours.read_consistently(read) == len(ended)
    finally:
        lease._wait_s = patience
    assert ended[:-1] == [None] * 4
    assert isinstance(ended[-1], WriterBusy)


def test_history_dropped_by_another_process_is_noticed(pair: Pair) -> None:
    ours, theirs = pair
    earlier, later = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=32)
    assert _changes_seen(ours, lambda: theirs.drop_history(HistoryAges(history_days=31), later)) == 1
    # An answer that was kept under the version of before, or read across the drop, does not count any more.
    with pytest.raises(BadInput, match="History is kept from"):
        ledger.load_as_of(ours.engine, earlier)


def test_months_dropped_by_another_process_are_noticed_also_if_it_dies_over_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last test of the world: of its months one is left."""
    ours, theirs = pair
    dropped: list[str] = []

    def dying(engine: Engine, table: str, partition: str) -> None:
        if len(dropped) == 2:
            raise MarqueeError("killed")
        dropped.append(table)
        remove_partition(engine, table, partition)

    def retain() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(data_changes, "remove_partition", dying)
            with pytest.raises(MarqueeError, match="killed"):
                theirs.retain(Retention(sessions_months=1), TODAY)

    assert ours.catch_up()
    before = ours.reader.commits
    retain()
    # Dropped in part, so nothing that is read now counts.
    assert not ours.catch_up()
    with ours.exclusive():
        pass
    assert ours.catch_up()
    assert ours.reader.commits > before
    months = ours.engine.query("SELECT DISTINCT toYYYYMM(start_time) FROM viewing_sessions").rows
    assert [str(month) for (month,) in months] == [MONTHS[-1]]
    assert differences(ours) == [] == differences(theirs)
