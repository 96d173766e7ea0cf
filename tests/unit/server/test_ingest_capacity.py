"""One sender of rows gets its share of the room, whatever it announces, and others the rest."""

from contextlib import ExitStack

import pytest

from server.ingesting.capacity import MOST_INSPECTIONS, MOST_OF_ONE, MOST_REQUESTS, Capacity, NoCapacity


def test_one_sender_leaves_bytes_to_others_and_gets_them_back() -> None:
    capacity = Capacity(most_bytes=800, body_bytes=10)
    with capacity.reserve("ada") as first, capacity.reserve("ada") as second, capacity.reserve("bob") as other:
        first.take(150)
        second.take(50)
        with pytest.raises(NoCapacity, match="one sender"):
            second.take(1)
        other.take(200)
    with capacity.reserve("ada") as again:
        again.take(200)


def test_a_body_and_what_it_unpacks_to_always_fit_into_a_share() -> None:
    capacity = Capacity(most_bytes=300, body_bytes=100)
    with capacity.reserve("ada") as reservation:
        reservation.take(100)
        reservation.take(100)


def test_all_together_have_a_bound() -> None:
    capacity = Capacity(most_bytes=400, body_bytes=10)
    with ExitStack() as stack:
        for sender in range(4):
            stack.enter_context(capacity.reserve(sender)).take(100)
        fifth = stack.enter_context(capacity.reserve(5))
        with pytest.raises(NoCapacity, match="all capacity"):
            fifth.take(1)


def test_slow_posts_of_one_sender_leave_places_to_others() -> None:
    capacity = Capacity(most_bytes=400, body_bytes=10)
    with ExitStack() as stack:
        for _ in range(MOST_OF_ONE):
            stack.enter_context(capacity.reserve("ada"))
        with pytest.raises(NoCapacity):
            stack.enter_context(capacity.reserve("ada"))
        assert MOST_OF_ONE <= MOST_REQUESTS // 4
        stack.enter_context(capacity.reserve("bob"))


def test_inspections_of_one_sender_leave_places_to_others() -> None:
    capacity = Capacity(most_bytes=400, body_bytes=10, most_requests=MOST_INSPECTIONS)
    with ExitStack() as stack:
        for sender in ("ada", "bob", "cleo"):
            for _ in range(MOST_INSPECTIONS // 4):
                stack.enter_context(capacity.reserve(sender))
            with pytest.raises(NoCapacity):
                stack.enter_context(capacity.reserve(sender))
        stack.enter_context(capacity.reserve("dan"))
