"""Two threads that load at the same instant: the result is that of one after the other, whichever came first."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.loading.load_file import load_file
from tests.integration.ingest.files import HEADER, csv_row
from tests.integration.warehouse.story import faults, miscounted
from warehouse import Warehouse, open_warehouse
from warehouse.loads import ledger
from warehouse.loads.load import LoadSummary

ROUNDS = range(2)
# Of each round's ids, how many the one file has and both have.
OWN, SHARED = 20, 30


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with user 1 and film 1."""
    folder = tmp_path_factory.mktemp("at-once")
    with open_warehouse(f"chdb://{folder / 'warehouse'}") as opened:
        for table, content in (("users", "id\n1\n"), ("movies", "id,title\n1,Heat\n")):
            (folder / f"{table}.csv").write_text(content, encoding="utf-8")
            load_file(opened, table, folder / f"{table}.csv")
        yield opened
        assert faults(opened) + miscounted(opened) == []


def at_once(warehouse: Warehouse, *loads: tuple[str, Path]) -> list[LoadSummary]:
    """What became of files of tables that are loaded by as many threads at once, in the order of the ledger."""
    ready = threading.Barrier(len(loads))

    def load(one: tuple[str, Path]) -> LoadSummary:
        ready.wait(timeout=30)
        return load_file(warehouse, *one).summary

    with ThreadPoolExecutor(len(loads)) as threads:
        return sorted(threads.map(load, loads), key=lambda done: done.load_id)


def counts(done: LoadSummary) -> tuple[int, int, int, int]:
    assert done.rows == done.accepted + done.duplicates + done.quarantined
    return done.rows, done.accepted, done.duplicates, done.quarantined


def stored(warehouse: Warehouse, first: int, last: int) -> dict[int, float]:
    """The minutes of the sessions whose ids lie there."""
    minutes = "SELECT toUInt64(id) AS number, watch_minutes_e4 / 10000 FROM viewing_sessions"
    between = "WHERE number BETWEEN {first:UInt64} AND {last:UInt64}"
    found = warehouse.engine.query(f"{minutes} {between}", {"first": first, "last": last}).rows
    standing = {int(number): float(watched) for number, watched in found}
    assert len(found) == len(standing), "an id stands twice"
    return standing


def sessions(path: Path, ids: range, minutes: float, user: int = 1) -> Path:
    rows = (csv_row(id=number, watch_duration_minutes=minutes, user_id=user) for number in ids)
    path.write_text(f"{HEADER}\n{''.join(rows)}", encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("turn", ROUNDS)
def test_one_file_that_two_threads_load_counts_once(warehouse: Warehouse, tmp_path: Path, turn: int) -> None:
    first = 1_000 * (turn + 1)
    path = sessions(tmp_path / "a.csv", range(first, first + OWN), 90.5)
    done = at_once(warehouse, ("viewing_sessions", path), ("viewing_sessions", path))
    assert [counts(one) for one in done] == [(20, 20, 0, 0), (20, 0, 20, 0)]
    assert stored(warehouse, first, first + 999) == dict.fromkeys(range(first, first + OWN), 90.5)


@pytest.mark.parametrize("turn", ROUNDS)
def test_of_two_contents_of_an_id_the_first_stays_and_the_other_is_kept_aside(
    warehouse: Warehouse, tmp_path: Path, turn: int
) -> None:
    first = 10_000 * (turn + 1)
    shared, end = first + OWN, first + OWN + SHARED
    short = sessions(tmp_path / "short.csv", range(first, end), 10.0)
    long = sessions(tmp_path / "long.csv", range(shared, end + OWN), 100.0)
    done = at_once(warehouse, ("viewing_sessions", short), ("viewing_sessions", long))
    assert [counts(one) for one in done] == [(50, 50, 0, 0), (50, 20, 0, 30)]
    assert done[1].reasons == {"CONFLICT": 30}
    winner = ledger.find(warehouse.engine, done[0].load_id)
    assert winner is not None
    minutes = 10.0 if winner.files == (str(short),) else 100.0
    expected = dict.fromkeys(range(first, shared), 10.0) | dict.fromkeys(range(end, end + OWN), 100.0)
    assert stored(warehouse, first, first + 9_999) == expected | dict.fromkeys(range(shared, end), minutes)
    kept = "SELECT count(), uniqExact(row) FROM rejected_rows WHERE reason = 'CONFLICT' AND load_id = {load:UInt32}"
    assert list(warehouse.engine.query(kept, {"load": done[1].load_id}).rows[0]) == [30, 30]


@pytest.mark.parametrize("turn", ROUNDS)
def test_sessions_that_come_at_once_with_their_user_are_there_in_the_end(
    warehouse: Warehouse, tmp_path: Path, turn: int
) -> None:
    first, user = 100_000 * (turn + 1), 50 + turn
    path = sessions(tmp_path / "a.csv", range(first, first + OWN), 90.5, user)
    (tmp_path / "users.csv").write_text(f"id\n{user}\n", encoding="utf-8")
    at_once(warehouse, ("viewing_sessions", path), ("users", tmp_path / "users.csv"))
    assert stored(warehouse, first, first + 99_999) == dict.fromkeys(range(first, first + OWN), 90.5)
    waiting = "SELECT count() FROM rejected_rows WHERE reason LIKE 'UNKNOWN%'"
    assert warehouse.engine.query(waiting).scalar() == 0
