"""FifoLock are taken in the order in which they were asked for, whatever happens to who waits."""

import threading
import time

import pytest

from warehouse.engine.fifo_lock import FifoLock

WAIT_S = 10


def asked(turns: FifoLock) -> int:
    """How many hold or wait."""
    return len(turns._tickets)


def until_asked(turns: FifoLock, count: int) -> None:
    """Return once that many hold or wait."""
    end = time.monotonic() + WAIT_S
    while asked(turns) != count:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_releases_and_asks_again_goes_behind_who_waits() -> None:
    turns, order = FifoLock(), []

    def waiting() -> None:
        with turns.turn():
            order.append("waiting")

    thread = threading.Thread(target=waiting)
    with turns.turn():
        thread.start()
        until_asked(turns, 2)
        order.append("first")
    with turns.turn():
        order.append("again")
    thread.join(WAIT_S)
    assert order == ["first", "waiting", "again"]


def test_a_turn_that_ends_in_an_error_is_over() -> None:
    turns = FifoLock()
    with pytest.raises(RuntimeError, match="mine"), turns.turn():
        raise RuntimeError("mine")
    with turns.turn():
        assert asked(turns) == 1
    assert asked(turns) == 0
