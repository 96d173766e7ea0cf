"""Clocks decide when a writer is taken for dead: one that gives signs of life never is, whatever a clock shows."""

from collections.abc import Callable

import pytest

from warehouse.writing.writer_lease import Holder, _Watch

LEASE_S, HOUR_S = 12.0, 3600.0
Elapse = Callable[[float], None]


@pytest.fixture
def elapse(monkeypatch: pytest.MonkeyPatch) -> Elapse:
    """Let this process's clock go on by so many seconds."""
    now = 1_000.0

    def go_on(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("warehouse.writing.writer_lease.time.monotonic", lambda: now)
    return go_on


def holder(turn: int, age_s: float) -> Holder:
    """A holder that has given so many signs, the last of them so long ago by the server's clock."""
    return Holder(7, "busy", turn, age_s, is_wanted=False)


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S])
def test_a_holder_that_gives_signs_is_not_silent_when_the_servers_clock_jumps(elapse: Elapse, jump_s: float) -> None:
    watch = _Watch(LEASE_S)
    for turn in range(40):
        assert not watch.is_silent(holder(turn, jump_s))
        elapse(LEASE_S / 6)


def test_a_holder_without_signs_is_silent_after_the_lease_although_the_servers_clock_was_set_back(
    elapse: Elapse,
) -> None:
    watch = _Watch(LEASE_S)
    assert not watch.is_silent(holder(3, -HOUR_S))
    elapse(LEASE_S)
    assert not watch.is_silent(holder(3, -HOUR_S))
    elapse(0.1)
    assert watch.is_silent(holder(3, -HOUR_S))


def test_one_that_died_long_ago_is_watched_for_two_signs_only(elapse: Elapse) -> None:
    watch = _Watch(LEASE_S)
    assert not watch.is_silent(holder(3, HOUR_S))
    elapse(LEASE_S / 3)
    assert not watch.is_silent(holder(3, HOUR_S))
    elapse(0.1)
    assert watch.is_silent(holder(3, HOUR_S))


def test_a_new_holder_is_watched_from_its_beginning(elapse: Elapse) -> None:
    watch = _Watch(LEASE_S)
    watch.is_silent(holder(3, 0))
    elapse(2 * LEASE_S)
    assert not watch.is_silent(Holder(8, "busy", 3, HOUR_S, is_wanted=False))
