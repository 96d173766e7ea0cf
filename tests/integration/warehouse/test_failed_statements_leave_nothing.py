"""What a failed, ended or abandoned statement leaves behind in its client reaches no other statement."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import clickhouse_connect
import pyarrow as pa
import pytest

from tests.integration.warehouse.modes import MODES, Modes
from warehouse.engine.address import parse
from warehouse.engine.allowance import Allowance, allowed
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits
from warehouse.errors import EngineFault, MarqueeError, StatementTimeout, Unavailable

pytestmark = pytest.mark.slow

# Rows come out before it fails, in columns that the next statement has too: only a new client helps.
SLOW = "SELECT number AS n, toString(sleepEachRow(0.002)) AS s FROM numbers(20000) SETTINGS max_block_size = 50"
BAD_ROW = (
    "SELECT number AS n, toString(throwIf(number = 150000)) AS s FROM numbers(200000) "
    "SETTINGS max_block_size = 1000, max_threads = 1"
)
LARGE = (
    "SELECT 1 AS n, 'secret' AS s UNION ALL "
    "SELECT 2 AS n, toString(length(groupArray(number))) AS s FROM numbers(100000000)"
)
NEXT = "SELECT n, s FROM empty"


@contextmanager
def engine_of(mode: str, modes: Modes, folder: Path, limits: Limits) -> Iterator[Engine]:
    """An engine of one client, with an empty table."""
    place = f"chdb://{folder}" if mode == "embedded" else modes.engine().address(folder.name)
    engine = Engine(parse(place, None), limits)
    try:
        engine.command("CREATE TABLE empty (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
        yield engine
    finally:
        engine.close()
        if mode != "embedded":
            modes.engine().drop(folder.name)


@pytest.fixture(params=MODES)
def engine(request: pytest.FixtureRequest, modes: Modes, tmp_path: Path) -> Iterator[Engine]:
    """An engine of one client and tight limits, in each mode."""
    limits = Limits(statement_seconds=0.5, load_seconds=0.5, memory_bytes=100_000_000, clients=1, wait_seconds=5)
    with engine_of(request.param, modes, tmp_path, limits) as engine:
        yield engine


def query(engine: Engine, sql: str) -> list[list[object]]:
    return [list(row) for row in engine.query(sql).rows]


def table(engine: Engine, sql: str) -> list[list[object]]:
    return [list(row.values()) for row in engine.table(sql).to_pylist()]


def stream(engine: Engine, sql: str) -> list[list[object]]:
    return [list(row.values()) for batch in engine.stream(sql) for row in batch.to_pylist()]


def cost(engine: Engine, sql: str) -> list[list[object]]:
    engine.cost(sql)
    return []


def command(engine: Engine, sql: str) -> list[list[object]]:
    engine.command(sql)
    return []


READS = (query, table, stream)
METHODS = (*READS, cost, command)
FAILURES = {"time limit": SLOW, "error in a row": BAD_ROW, "memory limit": LARGE}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)
def test_the_next_statement_has_its_own_rows_only(
    engine: Engine, method: Callable[[Engine, str], object], failure: str
) -> None:
    sql = FAILURES[failure]
    for read in READS:
        with pytest.raises(MarqueeError):
            method(engine, sql)
        assert read(engine, NEXT) == []
    engine.insert("empty", pa.table({"n": pa.array([7], pa.uint64()), "s": ["own"]}))
    assert [read(engine, NEXT) for read in READS] == [[[7, "own"]]] * 3


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)
def test_a_statement_that_is_ended_from_outside_leaves_nothing(
    modes: Modes, tmp_path: Path, method: Callable[[Engine, str], object]
) -> None:
    for mode in MODES:
        with engine_of(mode, modes, tmp_path / mode, Limits(clients=1)) as engine:
            allowance = Allowance(20, 10**9)
            # Writing statements carry no mark of their own.
            sql = SLOW if method in (query, table, cost) else f"{SLOW}, log_comment = '{allowance.mark}'"
            with ending(engine, allowance.mark):
                with pytest.raises(MarqueeError), allowed(allowance):
                    method(engine, sql)
                for read in READS:
                    assert read(engine, NEXT) == []


@contextmanager
def ending(engine: Engine, mark: str) -> Iterator[None]:
    """End what runs under a mark, again and again while the block runs."""
    done = threading.Event()

    def end() -> None:
        while not done.wait(0.05):
            engine.end(mark)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_stream_that_is_left_before_its_end_leaves_nothing(engine: Engine) -> None:
    batches = engine.stream("SELECT number AS n, toString(number) AS s FROM numbers(500000)")
    assert next(batches).num_rows > 0
    batches.close()  # type: ignore[attr-defined]
    assert [read(engine, NEXT) for read in READS] == [[]] * 3
    for batch in engine.stream("SELECT number AS n, toString(number) AS s FROM numbers(500000)"):
        assert batch.num_rows
        break
    assert [read(engine, NEXT) for read in READS] == [[]] * 3


def test_a_consumer_that_fails_between_two_batches_leaves_nothing(engine: Engine) -> None:
    def consume() -> None:
        for batch in engine.stream("SELECT number AS n, toString(number) AS s FROM numbers(500000)"):
            raise ValueError(batch.num_rows)

    with pytest.raises(ValueError, match=r"\d+"):
        consume()
    assert [read(engine, NEXT) for read in READS] == [[]] * 3


def test_an_insert_that_is_refused_leaves_nothing(engine: Engine) -> None:
    engine.command("ALTER TABLE empty ADD CONSTRAINT small CHECK n < 10")
    with pytest.raises(MarqueeError):
        engine.insert("empty", pa.table({"n": pa.array([1, 11], pa.uint64()), "s": ["a", "b"]}))
    assert [read(engine, NEXT) for read in READS] == [[]] * 3


def test_a_result_that_cannot_be_decoded_is_a_fault_and_leaves_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise IndexError("no such column")

    with monkeypatch.context() as patched:
        patched.setattr("warehouse.engine.engine._check", fail)
        with pytest.raises(IndexError):
            engine.query("SELECT number AS n, toString(number) AS s FROM numbers(500000)")
    assert [read(engine, NEXT) for read in READS] == [[]] * 3


def test_a_client_that_ran_while_its_work_was_ended_is_replaced_though_it_ended_well(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = count_clients(engine, monkeypatch)
    allowance = Allowance(5, 10**8)
    with allowed(allowance):
        engine.query("SELECT 1 AS n")
        made.clear()
        # Ended while the statement is on its way: the KILL may come when it is over.
        monkeypatch.setattr("warehouse.engine.engine._check", lambda *_: setattr(allowance, "ended", True))
        engine.query("SELECT 1 AS n")
    with allowed(Allowance(5, 10**8)):
        engine.query("SELECT 1 AS n")
    assert len(made) == 1


def count_clients(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Clients that are made from now on."""
    made: list[object] = []
    for pool in (engine.pool, engine.asker_pool):

        def counted(connect: Callable[[], object] = pool._connect) -> object:
            made.append(connect())
            return made[-1]

        monkeypatch.setattr(pool, "_connect", counted)
    return made


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Engine]:
    """An embedded engine of one client."""
    with engine_of("embedded", Modes(lambda: pytest.fail("not served")), tmp_path, Limits(clients=1)) as engine:
        yield engine


@pytest.mark.parametrize(
    "sql", ["SELECT a, b FROM other", "SELECT a, b, c FROM other", "SELECT count() AS n FROM other"]
)
def test_rows_of_another_statement_are_refused_by_their_columns(embedded: Engine, sql: str) -> None:
    """The second wall: should a client come back with rows in it, its next result is used by nobody."""
    embedded.command("CREATE TABLE other (a UInt64, b String, c String) ENGINE = Memory")
    embedded.command("INSERT INTO other VALUES (1, 'x', 'y')")
    own = query(embedded, sql)
    for read in (query, stream, cost):
        leave_rows(embedded)
        with pytest.raises(EngineFault) as refused:
            read(embedded, sql)
        if read is query:
            assert f"Asked: {re.findall('[abcn](?=,| FROM)', sql)}; got: ['n', 's']; by: {sql}" in refused.value.told
        else:
            assert "be decoded" in refused.value.told
        assert query(embedded, sql) == own
    # An Arrow file is read from its end, where the statement's own rows are.
    leave_rows(embedded)
    with suppress(EngineFault):
        assert table(embedded, sql) == own


def leave_rows(engine: Engine) -> None:
    """Put rows of a failed statement into the pool's client, as nothing in the engine does any more."""
    with engine.pool.lease() as lease, pytest.raises(Exception, match="Code: 395"):
        lease.client.query(BAD_ROW)


def test_the_driver_still_gives_a_failed_statement_s_rows_to_the_next(tmp_path: Path) -> None:
    """Once this fails, chdb empties its buffer after an error: then `Pool._replace` may go, and the rows about it in
    docs/security.md and docs/development.md. The check of columns stays."""
    client = clickhouse_connect.get_client(interface="chdb", path=str(tmp_path))
    try:
        client.command("CREATE TABLE empty (n UInt64, s String) ENGINE = Memory")
        with pytest.raises(Exception, match="Code: 395"):
            client.query(BAD_ROW)
        assert len(client.query(NEXT).result_rows) > 1000
    finally:
        client.close()


@pytest.mark.parametrize(
    "leaves",
    [
        "SET max_threads = 7",
        "SET readonly = 1",
        "USE system",
        "CREATE TEMPORARY TABLE passing (a UInt8)",
        "SELECT 1 SETTINGS readonly = 1",
    ],
)
def test_settings_the_database_and_temporary_tables_do_not_stay_in_a_client(embedded: Engine, leaves: str) -> None:
    threads = embedded.query("SELECT getSetting('max_threads') AS threads").scalar()
    embedded.command(leaves)
    assert embedded.query("SELECT getSetting('max_threads') AS threads").scalar() == threads
    assert embedded.query("SELECT currentDatabase() AS name").scalar() == "marquee"
    assert query(embedded, "SELECT name FROM system.tables WHERE is_temporary AND name = 'passing'") == []
    embedded.command("CREATE TABLE may_write (a UInt8) ENGINE = Memory")


def test_a_statement_s_own_settings_do_not_stay_in_a_client(embedded: Engine) -> None:
    asked = "SELECT getSetting('max_insert_threads') AS threads, getSetting('log_comment') AS mark"
    before = query(embedded, asked)
    embedded.command("CREATE TABLE own (a UInt8) ENGINE = Memory", max_insert_threads=5)
    assert query(embedded, asked) == before
    with pytest.raises(MarqueeError):
        embedded.command("INSERT INTO own SELECT throwIf(1)", max_insert_threads=5)
    assert query(embedded, asked) == before
    allowance = Allowance(5, 10**8)
    with allowed(allowance):
        embedded.cost("SELECT 1 AS n")
        with pytest.raises(MarqueeError):
            embedded.cost("SELECT throwIf(1) AS n")
        embedded.query("SELECT 1 AS n")
    assert query(embedded, asked) == before


def test_only_who_asked_is_told_to_ask_for_less(engine: Engine) -> None:
    with pytest.raises(Unavailable, match="send again what was not acknowledged"):
        query(engine, SLOW)
    with allowed(Allowance(0.5, 10**8)), pytest.raises(StatementTimeout, match="Ask for a shorter range"):
        query(engine, SLOW)


def test_ending_one_work_s_statements_ends_no_other_s(modes: Modes, tmp_path: Path) -> None:
    for mode in MODES:
        with engine_of(mode, modes, tmp_path / mode, Limits(clients=1)) as engine:
            end_late(engine)


def end_late(engine: Engine) -> None:
    """End one work's statements while another's run on the client that it had."""
    mine, other = Allowance(20, 10**8), Allowance(20, 10**8)
    with allowed(mine):
        engine.query("SELECT 1 AS n")
    # On the very client that `mine` had: only its mark could be mistaken.
    slow = "SELECT sum(sleepEachRow(0.01)) AS s FROM numbers(20) SETTINGS max_block_size = 1"
    with ending(engine, mine.mark):
        for _ in range(5):
            with allowed(other):
                assert query(engine, slow) == [[0]]


def test_a_burst_of_failures_leaks_neither_descriptors_nor_threads(modes: Modes, tmp_path: Path) -> None:
    with engine_of("embedded", modes, tmp_path, Limits(clients=3, wait_seconds=20)) as engine:

        def burst(times: int) -> None:
            for _ in range(times):
                with pytest.raises(MarqueeError):
                    engine.query("SELECT number AS n, throwIf(number = 9000) AS s FROM numbers(10000)")

        def bursts() -> int:
            """Three times as many at once as there are clients; the descriptors that are open afterwards."""
            running = [threading.Thread(target=burst, args=(20,)) for _ in range(9)]
            for one in running:
                one.start()
            for one in running:
                one.join()
            return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count

        descriptors, threads = bursts(), threading.active_count()
        # 180 statements failed: a leak would be as many, other warehouses of this process open and close a few.
        assert bursts() <= descriptors + 40
        assert threading.active_count() == threads
        assert query(engine, NEXT) == []
        assert engine.pool.in_use == 0
        assert engine.pool.made <= 3
