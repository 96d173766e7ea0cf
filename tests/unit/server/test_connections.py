"""Connections are bounded in all and by address, and none keeps us waiting for longer than it may."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from server.http.connections import (
    BODY_S,
    HEAD_S,
    LEAST_RATE,
    REFUSED_S,
    UNREAD_S,
    Connection,
    Connections,
    Phase,
    network_of,
)


@dataclass
class Cable:
    """A transport that says how much of it is unread, and whether it was cut."""

    unread: int = 0
    is_cut: bool = False

    def abort(self) -> None:
        self.is_cut = True

    def get_write_buffer_size(self) -> int:
        return self.unread


@pytest.fixture(autouse=True)
def _loop() -> Iterator[None]:
    """An event loop that is said to run."""
    loop = asyncio.new_event_loop()
    asyncio._set_running_loop(loop)
    yield
    asyncio._set_running_loop(None)
    loop.close()


def connected(connections: Connections, address: str, phase: Phase = Phase.HEAD) -> Connection | None:
    """A new connection; None if there was no room."""
    made = Connection(address, Cable(), phase=phase)
    return made if connections.admit(made) else None


def is_cut(connection: Connection | None) -> bool:
    """Whether a connection that was admitted has been closed since."""
    assert connection is not None
    assert isinstance(connection.wire, Cable)
    return connection.wire.is_cut


def test_the_oldest_that_waits_makes_room_for_a_new_one_of_its_address() -> None:
    connections = Connections(10, 3)
    busy = connected(connections, "192.0.2.1", Phase.ANSWER)
    oldest, next_oldest = (connected(connections, "192.0.2.1") for _ in range(2))
    other = connected(connections, "192.0.2.2")
    assert connected(connections, "192.0.2.1") is not None
    assert [is_cut(one) for one in (busy, oldest, next_oldest, other)] == [False, True, False, False]
    assert len(connections) == 4


def test_an_address_with_nothing_but_answers_under_way_gets_no_more() -> None:
    connections = Connections(10, 2)
    busy = [connected(connections, "192.0.2.1", Phase.ANSWER) for _ in range(2)]
    assert connected(connections, "192.0.2.1") is None
    assert not any(map(is_cut, busy))
    assert connected(connections, "192.0.2.2") is not None


def test_where_all_are_taken_the_address_with_most_gives_one_up() -> None:
    connections = Connections(4, 4)
    single = connected(connections, "192.0.2.9")
    many = [connected(connections, "192.0.2.1") for _ in range(3)]
    assert connected(connections, "192.0.2.2") is not None
    assert [is_cut(one) for one in (single, *many)] == [False, True, False, False]
    assert len(connections) == 4


def test_a_customer_of_ipv6_is_one_whichever_of_its_addresses_it_uses() -> None:
    connections = Connections(10, 2)
    first = connected(connections, "2001:db8:1:2::1")
    connected(connections, "2001:db8:1:2:ffff::7")
    assert connected(connections, "2001:db8:1:2:aaaa::9") is not None
    assert is_cut(first)
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")


def test_a_proxy_brings_as_many_as_there_may_be() -> None:
    connections = Connections(5, 2, ("10.0.0.0/8",))
    through = [connected(connections, "10.1.2.3") for _ in range(5)]
    assert not any(map(is_cut, through))
    assert connected(connections, "10.1.2.3") is not None
    assert is_cut(through[0])


def test_who_leaves_makes_room_once() -> None:
    connections = Connections(2, 2)
    first, second = (connected(connections, "192.0.2.1", Phase.ANSWER) for _ in range(2))
    assert first is not None
    connections.leave(first)
    connections.leave(first)
    assert connected(connections, "192.0.2.1") is not None
    assert not is_cut(second)
    assert len(connections) == 2


@pytest.mark.parametrize(
    ("phase", "patience_s"), [(Phase.HEAD, HEAD_S), (Phase.BODY, BODY_S), (Phase.REFUSED, REFUSED_S)]
)
def test_each_phase_has_its_time(phase: Phase, patience_s: float) -> None:
    connections = Connections(2, 2)
    one = connected(connections, "192.0.2.1", phase)
    connections.sweep(patience_s)
    assert not is_cut(one)
    connections.sweep(0.1)
    assert is_cut(one)


def test_a_body_has_the_time_of_its_bytes_and_none_while_we_do_not_read() -> None:
    connections, paused = Connections(2, 2), [False]
    one = Connection("192.0.2.1", Cable(), is_paused=lambda: paused[0])
    connections.admit(one)
    one.enter(Phase.BODY)
    one.body_bytes += 10 * LEAST_RATE
    connections.sweep(BODY_S + 9)
    paused[0] = True
    connections.sweep(3_600)
    paused[0] = False
    connections.sweep(0.9)
    assert not is_cut(one)
    connections.sweep(0.2)
    assert is_cut(one)


def test_an_answer_that_is_computed_has_all_time_and_one_that_is_not_read_has_not() -> None:
    connections = Connections(2, 2)
    one, cable = connected(connections, "192.0.2.1", Phase.ANSWER), Cable()
    reader = Connection("192.0.2.2", cable, phase=Phase.ANSWER)
    connections.admit(reader)
    connections.sweep(3_600)
    cable.unread = 100 * LEAST_RATE
    connections.sweep(UNREAD_S - 1)
    cable.unread -= 50 * LEAST_RATE
    connections.sweep(50)
    assert not is_cut(reader)
    connections.sweep(2)
    assert is_cut(reader)
    assert not is_cut(one)
