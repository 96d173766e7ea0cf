"""The statement queue: a subject's statements are bounded, and a heavy one does not keep others out."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from server.answering.statement_queue import MOST_WAITING, Lane, StatementQueue
from tests.support.clock import Clock
from warehouse.errors import Overloaded


def run(story: Awaitable[None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(10):
            await story

    asyncio.run(bounded())


async def _taught(turns: StatementQueue, clock: Clock, kind: str, seconds: float) -> None:
    """Let the queue see how long a document's statement takes."""
    async with turns.turn("teacher", 1, kind):
        clock.now_s += seconds


async def _holds(
    turns: StatementQueue, subject: str, most: int, stack: AsyncExitStack, kind: str = "new"
) -> "asyncio.Task[None]":
    """A task that takes a turn and keeps it in the stack; returned once it has had the time to get one."""

    async def take() -> None:
        await stack.enter_async_context(turns.turn(subject, most, kind))

    task = asyncio.create_task(take())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def _queue_that_knows(kind: str, clients: int) -> StatementQueue:
    """A queue that saw a statement of a kind, which took no time."""
    clock = Clock()
    turns = StatementQueue(clients, clock=clock)
    await _taught(turns, clock, kind, 0)
    return turns


def test_a_subject_holds_no_more_turns_than_it_may() -> None:
    async def story() -> None:
        turns = StatementQueue(clients=8)
        async with AsyncExitStack() as first, AsyncExitStack() as others:
            assert (await _holds(turns, "ada", 2, first)).done()
            assert (await _holds(turns, "ada", 2, others)).done()
            third = await _holds(turns, "ada", 2, others)
            assert not third.done()
            await first.aclose()
            await third

    run(story())


def test_no_subject_has_all_clients() -> None:
    async def story() -> None:
        turns = await _queue_that_knows("quick", clients=4)
        async with AsyncExitStack() as stack:
            done = [(await _holds(turns, "ada", 8, stack, "quick")).done() for _ in range(3)]
            fourth = await _holds(turns, "ada", 8, stack, "quick")
            assert (done, fourth.done()) == ([True] * 3, False)
            assert (await _holds(turns, "bob", 8, stack, "quick")).done()
            fourth.cancel()

    run(story())


def test_one_client_is_shared_by_all() -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            assert (await _holds(StatementQueue(clients=1), "ada", 8, stack)).done()

    run(story())


def test_subjects_with_fewest_running_go_before_those_who_wait_longer() -> None:
    async def story() -> None:
        turns = await _queue_that_knows("quick", clients=2)
        async with AsyncExitStack() as ada, AsyncExitStack() as bob, AsyncExitStack() as rest:
            await _holds(turns, "ada", 8, ada, "quick")
            await _holds(turns, "bob", 8, bob, "quick")
            order: list[str] = []

            def note(subject: str) -> Callable[[object], None]:
                return lambda _: order.append(subject)

            for subject in ("ada", "ada", "cleo"):
                task = await _holds(turns, subject, 8, rest, "quick")
                task.add_done_callback(note(subject))
            await bob.aclose()
            await asyncio.sleep(0.01)
            assert order == ["cleo"]
            await ada.aclose()
            await asyncio.sleep(0.01)
            assert order == ["cleo", "ada"]
            await rest.aclose()
            await asyncio.sleep(0.01)

    run(story())


def test_waiting_ends_in_a_sentence_and_leaves_no_trace() -> None:
    async def story() -> None:
        turns = StatementQueue(clients=1, wait_s=0.01)
        async with turns.turn("ada", 1, "q"):
            with pytest.raises(Overloaded, match="busy"):
                async with turns.turn("bob", 1, "q"):
                    pass
        async with turns.turn("bob", 1, "q"):
            pass

    run(story())


def test_a_waiter_that_is_cancelled_leaves_its_place() -> None:
    async def story() -> None:
        turns = StatementQueue(clients=1)
        async with AsyncExitStack() as ada, AsyncExitStack() as rest:
            await _holds(turns, "ada", 1, ada)
            waiting = await _holds(turns, "bob", 1, rest)
            waiting.cancel()
            await asyncio.wait({waiting})
            await ada.aclose()
            assert (await _holds(turns, "cleo", 1, rest)).done()

    run(story())


def test_a_turn_that_comes_as_its_waiter_leaves_is_given_on() -> None:
    async def story() -> None:
        turns = StatementQueue(clients=1)
        async with AsyncExitStack() as ada, AsyncExitStack() as rest:
            await _holds(turns, "ada", 1, ada)
            waiting = await _holds(turns, "bob", 1, rest)
            # Both before the waiter runs again.
            await ada.aclose()
            waiting.cancel()
            await asyncio.wait({waiting})
            assert (await _holds(turns, "cleo", 1, rest)).done()

    run(story())


def test_only_so_many_wait_for_one_subject() -> None:
    async def story() -> None:
        turns = StatementQueue(clients=1)
        async with AsyncExitStack() as stack:
            tasks = [await _holds(turns, "ada", 1, stack) for _ in range(MOST_WAITING + 1)]
            with pytest.raises(Overloaded, match="Too many of your statements"):
                async with turns.turn("ada", 1, "q"):
                    pass
            for task in tasks:
                task.cancel()

    run(story())


@pytest.mark.parametrize(("kind", "most"), [("long", 2), ("middling", 3), ("new", 3), ("quick", 4)])
def test_a_client_is_left_for_what_is_known_to_be_quick(kind: str, most: int) -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=4, clock=clock)
        await _taught(turns, clock, "long", 5)
        await _taught(turns, clock, "middling", 0.4)
        await _taught(turns, clock, "quick", 0.05)
        async with AsyncExitStack() as stack:
            takers = [await _holds(turns, f"subject {n}", 8, stack, kind) for n in range(6)]
            assert sum(taker.done() for taker in takers) == most
            # Whatever runs, a quick one runs beside it, unless quick ones hold all.
            assert (await _holds(turns, "ada", 8, stack, "quick")).done() is (kind != "quick")
            for taker in takers:
                taker.cancel()

    run(story())


def test_long_and_other_slower_ones_together_leave_a_client() -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=4, clock=clock)
        await _taught(turns, clock, "long", 5)
        async with AsyncExitStack() as stack:
            kinds = ("new", "long", "other", "long")
            takers = [await _holds(turns, f"subject {n}", 8, stack, kind) for n, kind in enumerate(kinds)]
            assert [taker.done() for taker in takers] == [True, True, True, False]
            takers[-1].cancel()

    run(story())


def test_a_document_changes_its_lane_with_what_it_takes() -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=4, clock=clock)
        assert turns.lane_of("a") is Lane.MIDDLE
        await _taught(turns, clock, "a", 0.7)
        assert turns.lane_of("a") is Lane.LONG
        await _taught(turns, clock, "a", 0.05)
        assert turns.lane_of("a") is Lane.QUICK
        async with turns.turn("ada", 1, "a") as turn:
            assert turn.lane is Lane.QUICK
            clock.now_s += 3
        assert turns.lane_of("a") is Lane.MIDDLE

    run(story())


def test_what_a_statement_takes_is_its_share_of_the_processors() -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=8, clock=clock, processors=2)
        async with turns.turn("ada", 1, "a") as alone:
            clock.now_s += 1
            async with turns.turn("bob", 1, "b") as beside:
                clock.now_s += 1
                async with turns.turn("cleo", 1, "c"), turns.turn("dan", 1, "d") as late:
                    clock.now_s += 2
        assert (alone.took_s, beside.took_s, late.took_s) == (3, 2, 1)

    run(story())


def test_a_quick_statement_does_not_become_a_slower_one_because_others_slow_it_down() -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=4, clock=clock, processors=2)
        for seconds in (0.05, 0.2, 0.3, 0.05, 0.25):
            await _taught(turns, clock, "quick", seconds)
            assert turns.lane_of("quick") is Lane.QUICK

    run(story())


def test_one_client_serves_every_lane() -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=1, clock=clock)
        await _taught(turns, clock, "long", 5)
        for kind in ("long", "new", "long"):
            async with turns.turn("ada", 1, kind):
                pass

    run(story())
