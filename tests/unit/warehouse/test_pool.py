"""The pool: a client serves again only after a clean end; failures neither starve it nor leave clients open."""

import threading
import time
from collections.abc import Callable

import pytest

from warehouse.engine.pool import Pool
from warehouse.errors import Overloaded


class Client:
    """Knows whether it was closed; `number` is the order in which it was made."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


class Factory:
    """Makes clients and remembers them; fails while `fails` is set."""

    def __init__(self) -> None:
        self.made: list[Client] = []
        self.fails = False

    def __call__(self) -> Client:
        if self.fails:
            raise OSError("no more descriptors")
        self.made.append(Client(len(self.made)))
        return self.made[-1]

    @property
    def open(self) -> list[int]:
        """The numbers of those that are open."""
        return [client.number for client in self.made if not client.closed]


@pytest.fixture
def factory() -> Factory:
    return Factory()


def fail(
    pool: Pool[Client], before: Callable[[], object] = lambda: None, error: type[BaseException] = ValueError
) -> None:
    """Hold a client, do something, and leave the block by an error."""
    with pool.lease():
        before()
        raise error("failed")


def test_a_client_is_used_again_after_a_clean_end(factory: Factory) -> None:
    pool = Pool(factory, 2, 1)
    for _ in range(3):
        with pool.lease() as lease:
            assert lease.client.number == 0
    assert factory.open == [0]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit, SystemExit])
def test_a_client_is_replaced_after_whatever_leaves_the_block(factory: Factory, error: type[BaseException]) -> None:
    pool = Pool(factory, 1, 1)
    with pytest.raises(error):
        fail(pool, error=error)
    with pool.lease() as lease:
        assert lease.client.number == 1
    assert factory.open == [1]
    assert factory.made[0].closed == 1


def test_a_spoiled_client_is_replaced_after_a_clean_end_too(factory: Factory) -> None:
    pool = Pool(factory, 1, 1)
    with pool.lease() as lease:
        lease.spoiled = True
    with pool.lease() as lease:
        assert lease.client.number == 1


def test_the_next_client_is_open_before_the_failed_one_is_closed(factory: Factory) -> None:
    class Last(Client):
        def close(self) -> None:
            assert len(factory.open) == 2, "with its last client the embedded engine would end"
            super().close()

    pool = Pool(factory, 1, 1)
    factory.made.append(Last(0))
    pool.add(factory.made[0])
    with pytest.raises(ValueError, match="failed"):
        fail(pool)
    assert factory.open == [1]


def test_one_that_cannot_be_replaced_leaves_its_place_to_the_next_try(factory: Factory) -> None:
    pool = Pool(factory, 1, 1)
    with pytest.raises(ValueError, match="failed"):
        fail(pool, before=lambda: setattr(factory, "fails", True))
    assert factory.open == []
    for _ in range(3):
        with pytest.raises(OSError, match="descriptors"), pool.lease():
            pass
    factory.fails = False
    with pool.lease() as lease:
        assert lease.client.number == 1


def test_a_burst_of_failures_neither_starves_the_pool_nor_leaves_clients_open(factory: Factory) -> None:
    pool = Pool(factory, 3, 20)

    most: list[int] = []

    def burst() -> None:
        for _ in range(50):
            with pytest.raises(ValueError, match="failed"):
                fail(pool, before=lambda: most.append(len(factory.open)))

    threads = [threading.Thread(target=burst) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pool.in_use == 0
    assert len(most) == 400
    assert max(most) <= 6, "three, and the followers of three"
    assert len(factory.open) <= 3


def test_a_waiting_caller_gets_the_place_of_one_that_failed(factory: Factory) -> None:
    pool = Pool(factory, 1, 20)
    holds, got = threading.Event(), []

    def wait() -> None:
        holds.wait()
        with pool.lease() as lease:
            got.append(lease.client.number)

    def release() -> None:
        holds.set()
        time.sleep(0.05)

    waiting = threading.Thread(target=wait)
    waiting.start()
    with pytest.raises(ValueError, match="failed"):
        fail(pool, before=release)
    waiting.join()
    assert got == [1]


def test_a_full_pool_says_that_it_is_busy(factory: Factory) -> None:
    pool = Pool(factory, 1, 0.01)
    with pool.lease(), pytest.raises(Overloaded, match="busy"), pool.lease():
        pass


def test_closing_closes_all_and_what_fails_afterwards_is_not_replaced(factory: Factory) -> None:
    pool = Pool(factory, 2, 1)
    with pytest.raises(ValueError, match="failed"):
        fail(pool, before=pool.close)
    assert factory.open == []
