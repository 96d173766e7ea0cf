"""A load does not wait for a question that is under way, and the question does not see the load."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from resolvers.statement_runner import StatementRunner
from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.worlds import film_row, load, person_row, random_world, session_row
from warehouse import Warehouse
from warehouse.engine.allowance import Allowance, allowed
from warehouse.query.reader import Reader

pytestmark = pytest.mark.slow

# All in one month, and so in one part.
WORLD = random_world(Random(5), 1_773_532_800, days=10, sessions=40)
SESSIONS = [session_row(one) for one in WORLD.sessions]
WAIT_S = 60
# For 20 sessions a little less than the 3 s that the engine lets a block sleep.
SLOW = "NOT ignore(id, sleepEachRow(0.14))"
JOIN = "viewing_sessions AS a JOIN viewing_sessions AS b ON a.id = b.id WHERE NOT ignore(a.id, sleepEachRow(0.14))"
COUNTRY = "dictGet('users_dictionary', 'country', user_key)"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Warehouse]:
    """An embedded warehouse with films, users of the country XX, and 20 sessions."""
    with embedded(tmp_path) as warehouse:
        load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
        load(warehouse, "users", [person_row(replace(one, country="XX")) for one in WORLD.people.values()])
        load(warehouse, "viewing_sessions", SESSIONS[:20])
        yield warehouse


class Asker:
    """Asks in a thread, as a request does, and has sent its statement when it is made."""

    def __init__(self, warehouse: Warehouse, sql: str) -> None:
        self.rows: list[tuple[object, ...]] = []
        self._is_sent = threading.Event()
        self._warehouse, self._sql = warehouse, sql
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()
        assert self._is_sent.wait(WAIT_S)

    @property
    def is_waiting(self) -> bool:
        return self._thread.is_alive()

    def answer(self) -> list[tuple[object, ...]]:
        self._thread.join(WAIT_S)
        return self.rows

    def _ask(self) -> None:
        with allowed(Allowance(20, 10**9, self._sending)):
            self.rows = [tuple(row) for row in self._warehouse.engine.query(self._sql).rows]

    @contextmanager
    def _sending(self) -> Iterator[None]:
        with self._warehouse.data_lock.reading():
            yield
        self._is_sent.set()


@pytest.mark.parametrize(
    ("sql", "before", "after"),
    [
        (f"SELECT count() AS n FROM viewing_sessions WHERE {SLOW}", 20, 40),
        (f"SELECT sum(n) AS s FROM (SELECT count() AS n FROM viewing_sessions WHERE {SLOW} UNION ALL "
         "SELECT sum(views) FROM daily_analytics WHERE step = 4)", 40, 80),
        (f"SELECT countIf(id IN (SELECT id FROM viewing_sessions)) AS n FROM viewing_sessions WHERE {SLOW}", 20, 40),
        (f"SELECT (SELECT count() FROM viewing_sessions) AS n FROM viewing_sessions WHERE {SLOW} LIMIT 1", 20, 40),
        (f"SELECT count() AS n FROM {JOIN}", 20, 40),
    ],
    ids=["table", "union", "set", "scalar", "join"],
)  # fmt: skip
def test_a_load_shows_while_a_question_runs_that_does_not_see_it(
    served: Warehouse, sql: str, before: int, after: int
) -> None:
    asker = Asker(served, sql)
    load(served, "viewing_sessions", SESSIONS[20:])
    assert asker.is_waiting, "the load waited for the question"
    assert asker.answer() == [(before,)]
    assert served.engine.query(sql.replace("0.14", "0")).scalar() == after


def test_a_correction_shows_while_a_question_runs_that_is_asked_again(served: Warehouse) -> None:
    """A dictionary is looked up while a statement runs, so a part of its rows may meet the correction."""
    sql = f"SELECT {COUNTRY} AS country, count() AS n FROM viewing_sessions WHERE {SLOW} GROUP BY country"
    sent = threading.Event()
    asked: list[list[tuple[str, int]]] = []

    def ask() -> list[tuple[str, int]]:
        threading.Timer(0.5, sent.set).start()
        asked.append([(country, n) for country, n in served.engine.query(sql).rows])
        return asked[-1]

    async def run() -> list[tuple[str, int]]:
        return await StatementRunner(served).run(ask, Allowance(20, 10**9))

    answers: list[list[tuple[str, int]]] = []
    asking = threading.Thread(target=lambda: answers.append(asyncio.run(run())))
    asking.start()
    assert sent.wait(WAIT_S)
    load(served, "users", [person_row(replace(one, country="YY")) for one in WORLD.people.values()])
    assert asking.is_alive(), "the correction waited for the question"
    asking.join(WAIT_S)
    assert len(asked) == 2
    assert answers == [[("YY", 20)]]


def test_askers_that_wait_for_a_load_keep_no_client_from_it(served: Warehouse) -> None:
    """More of them than there are clients, all waiting for the moment in which a load shows."""
    clients = served.engine.limits.clients
    showing, may_show = threading.Event(), threading.Event()

    def show() -> None:
        with served.data_lock.writing():
            showing.set()
            assert may_show.wait(WAIT_S)
            assert served.engine.query("SELECT count() FROM viewing_sessions").scalar() == 20

    def ask() -> None:
        with allowed(Allowance(20, 10**9, served.data_lock.reading)):
            counted.append(served.engine.query("SELECT count() FROM viewing_sessions").scalar())

    counted: list[int] = []
    threads = [threading.Thread(target=show)]
    threads[0].start()
    assert showing.wait(WAIT_S)
    threads += [threading.Thread(target=ask) for _ in range(2 * clients)]
    for thread in threads[1:]:
        thread.start()
    may_show.set()
    for thread in threads:
        thread.join(WAIT_S)
    assert counted == [20] * (2 * clients)


def test_work_that_is_known_to_be_long_gets_one_processor(served: Warehouse) -> None:
    threads = "SELECT toUInt64(getSetting('max_threads')) AS n"
    usual = served.engine.query(threads).scalar()
    with allowed(Allowance(20, 10**9, is_long=True)):
        assert served.engine.query(threads).scalar() == 1
    assert served.engine.query(threads).scalar() == usual


def test_what_was_looked_up_before_a_correction_is_not_asked_of_the_data_after_it(
    served: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that begins while a correction shows: which rollups may serve was looked up before, and is wrong since."""
    check_whole = Reader.check_whole
    showing, may_show = threading.Event(), threading.Event()
    looked_up: list[int] = []

    def show() -> None:
        with served.data_lock.writing():
            showing.set()
            assert may_show.wait(WAIT_S)

    def ask() -> tuple[int, int]:
        """The state that a look-up is of, and the state in which the statement was sent."""
        looked_up.append(served.reader.commits)
        may_show.set()
        served.engine.query("SELECT 1 AS n")
        return looked_up[-1], served.reader.commits

    correcting = threading.Thread(target=show)

    def check_and_correct(reader: Reader, holds_loads: bool = False) -> None:
        """The correction begins when the call has found that the tables are of one moment."""
        check_whole(reader, holds_loads)
        correcting.start()
        assert showing.wait(WAIT_S)

    monkeypatch.setattr(Reader, "check_whole", check_and_correct)
    before, after = asyncio.run(StatementRunner(served).run(ask, Allowance(20, 10**9)))
    correcting.join(WAIT_S)
    assert before == after
    assert len(looked_up) == 2
