"""Loads do not wait for SQL of one's own, and it has no functions that take minutes in one call."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from schema.access_policy import access_of
from schema.roles import Role
from warehouse import Warehouse, open_warehouse
from warehouse.engine.allowance import Allowance
from warehouse.errors import Forbidden, MarqueeError
from warehouse.own_sql.answer import answered

ANALYST = access_of("a", Role.ANALYST, {}, b"k" * 32)
# Far more pairs than any limit of time allows.
LONG = f"SELECT sum(a.user_key) FROM users AS a {' '.join(f'CROSS JOIN users AS u{n}' for n in range(12))}"


@pytest.fixture(scope="module")
def opened_world(world_folder: Path) -> Iterator[Warehouse]:
    """The small world."""
    with open_warehouse(f"chdb://{world_folder}") as warehouse:
        yield warehouse


def test_a_load_is_shown_while_a_long_statement_runs(opened_world: Warehouse) -> None:
    ended: list[MarqueeError] = []

    def run() -> None:
        try:
            answered(opened_world, LONG, replace(ANALYST, statement_seconds=3))
        except MarqueeError as error:
            ended.append(error)

    asker = threading.Thread(target=run)
    asker.start()
    running = "SELECT count() FROM system.processes WHERE query LIKE '%own_sql_users%' AND query NOT LIKE '%processes%'"
    for _ in range(200):
        if opened_world.engine.query(running).scalar():
            break
        time.sleep(0.01)
    with opened_world.data_lock.writing():
        assert asker.is_alive(), "the lock was given when the statement had ended"
    asker.join(20)
    assert not asker.is_alive()
    assert len(ended) == 1


def test_a_statement_runs_again_if_what_it_looks_up_changed(opened_world: Warehouse) -> None:
    allowance, lock, seen = Allowance(1, 1e9), opened_world.data_lock, []

    def read(corrections: int) -> int:
        with allowance.sending():
            seen.append(lock.corrections)
        if len(seen) <= corrections:
            with lock.writing():
                pass
        return len(seen)

    assert opened_world.read_consistently.sent(allowance, lambda: read(0)) == 1
    seen.clear()
    assert opened_world.read_consistently.sent(allowance, lambda: read(1)) == 2
    seen.clear()
    assert opened_world.read_consistently.sent(allowance, lambda: read(2)) == 3
    assert seen == [seen[0], seen[0] + 1, seen[0] + 2]


@pytest.mark.parametrize(
    "call",
    [
        "hasAny(['a'], ['b'])",
        "hasAll(['a'], ['b'])",
        "has(['a'], 'b')",
        "indexOf(['a'], 'b')",
        "countEqual(['a'], 'b')",
        "extractAll('aaa', 'a*b|a')",
        "replaceRegexpAll('aaa', 'a*b|a', 'c')",
        "positionCaseInsensitive('aaa', 'ab')",
        "leftPad('', 60000, ',')",
        "rightPad('', 60000, ',')",
        "lpad('', 60000, ',')",
        "rpad('', 60000, ',')",
        "repeat('a', 60000)",
        "range(60000)",
        "levenshteinDistance('a', 'b')",
    ],
)
def test_a_function_that_takes_long_in_one_call_is_refused(opened_world: Warehouse, call: str) -> None:
    with pytest.raises(Forbidden, match="can't be used here"):
        answered(opened_world, f"SELECT {call}", ANALYST)
