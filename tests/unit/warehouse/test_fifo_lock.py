"""A FifoLock is granted in the order of the requests, whatever happens to who waits."""

import threading
import time

import pytest

from warehouse.engine.fifo_lock import FifoLock

WAIT_S = 10


def asked(lock: FifoLock) -> int:
    """How many hold or wait."""
    return len(lock._tickets)


def until_asked(lock: FifoLock, count: int) -> None:
    """Return once that many hold or wait."""
    end = time.monotonic() + WAIT_S
    while asked(lock) != count:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_releases_and_asks_again_goes_behind_who_waits() -> None:
    lock, order = FifoLock(), []

    def waiting() -> None:
        with lock.hold():
            order.append("waiting")

    thread = threading.Thread(target=waiting)
    with lock.hold():
        thread.start()
        until_asked(lock, 2)
        order.append("first")
    with lock.hold():
        order.append("again")
    thread.join(WAIT_S)
    assert order == ["first", "waiting", "again"]


def test_a_block_that_ends_in_an_error_releases_the_lock() -> None:
    lock = FifoLock()
    with pytest.raises(RuntimeError, match="mine"), lock.hold():
        raise RuntimeError("mine")
    with lock.hold():
        assert asked(lock) == 1
    assert asked(lock) == 0
