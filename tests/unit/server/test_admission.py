"""Admission: a subject's minute is its own, its statements are bounded, and a heavy one does not keep others out."""

import asyncio
import gc
import math
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from schema.roles import Role
from server.answering.admission import Admission
from server.answering.budget import Budget, TooManyRequests
from server.answering.statement_queue import MOST_WAITING, Lane, StatementQueue
from server.identity.principal import Principal
from warehouse.errors import Overloaded, TooExpensive


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_can_be_spent_at_once_and_fills_evenly() -> None:
    clock = Clock()
    budget = Budget(clock)
    budget.charge("ada", 600, 600)
    with pytest.raises(TooManyRequests, match=r"costs 25, .* your 600 a minute\. Try again in 3 s") as refused:
        budget.charge("ada", 25, 600)
    assert refused.value.retry_after_s == 3
    clock.now += 2.4
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 25, 600)
    clock.now += 0.2
    budget.charge("ada", 25, 600)


def test_a_refusal_costs_nothing_and_another_subject_does_not_feel_it() -> None:
    budget = Budget(Clock())
    budget.charge("ada", 90, 100)
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            budget.charge("ada", 11, 100)
    budget.charge("ada", 10, 100)
    budget.charge("bob", 100, 100)


def test_what_another_process_charged_is_gone_here_too() -> None:
    clock = Clock()
    budget = Budget(clock)
    budget.charge("ada", 100, 600)
    # In the same second: nothing of it could be refilled yet.
    budget.learn("ada", 400, 600, age_s=1)
    with pytest.raises(TooManyRequests, match=r"Try again in 1 s"):
        budget.charge("ada", 101, 600)
    budget.charge("ada", 100, 600)
    # Both refill one bucket, not one each.
    clock.now += 10
    budget.learn("ada", 100, 600, age_s=10)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 1, 600)


@pytest.mark.parametrize(("age_s", "left"), [(0, 300), (10, 400), (30, 600), (90, 600)])
def test_what_was_charged_elsewhere_a_while_ago_has_been_refilled(age_s: float, left: int) -> None:
    budget = Budget(Clock())
    budget.learn("ada", 300, 600, age_s)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", left + 1, 600)
    budget.charge("ada", left, 600)


def test_what_is_charged_is_told_and_what_is_refused_or_learnt_is_not() -> None:
    told: list[tuple[object, float, int]] = []
    budget = Budget(Clock(), on_spent=lambda *spent: told.append(spent))
    budget.charge("ada", 60, 100)
    budget.spend("ada", 5, 100)
    budget.learn("ada", 30, 100, age_s=0)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 6, 100)
    assert told == [("ada", 60, 100), ("ada", 5, 100)]


def test_what_costs_nothing_is_answered_even_in_debt() -> None:
    budget = Budget(Clock())
    budget.charge("ada", 90, 100)
    budget.spend("ada", 50, 100)
    budget.charge("ada", 0, 100)
    with pytest.raises(TooManyRequests, match=r"Try again in 25 s"):
        budget.charge("ada", 1, 100)


def test_idle_time_saves_up_no_more_than_a_minute() -> None:
    clock = Clock()
    budget = Budget(clock)
    budget.charge("ada", 100, 100)
    clock.now += 86_400
    budget.charge("ada", 100, 100)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 1, 100)


def test_what_costs_nothing_is_always_admitted() -> None:
    budget = Budget(Clock())
    budget.charge("ada", 100, 100)
    budget.charge("ada", 0, 100)


def test_only_so_many_subjects_are_remembered_and_the_idlest_is_forgotten() -> None:
    budget = Budget(Clock(), most_subjects=2)
    for subject in ("ada", "bob", "ada", "cleo"):
        budget.charge(subject, 40, 100)
    assert list(budget._left) == ["ada", "cleo"]


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


def run(story: Awaitable[None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(10):
            await story

    asyncio.run(bounded())


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


async def _taught(turns: StatementQueue, clock: Clock, kind: str, seconds: float) -> None:
    """Let the queue see how long a document's statement takes."""
    async with turns.turn("teacher", 1, kind):
        clock.now += seconds


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
            clock.now += 3
        assert turns.lane_of("a") is Lane.MIDDLE

    run(story())


def test_what_a_statement_takes_is_its_share_of_the_processors() -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=8, clock=clock, processors=2)
        async with turns.turn("ada", 1, "a") as alone:
            clock.now += 1
            async with turns.turn("bob", 1, "b") as beside:
                clock.now += 1
                async with turns.turn("cleo", 1, "c"), turns.turn("dan", 1, "d") as late:
                    clock.now += 2
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


ADA, BOB = (Principal(role=Role.VIEWER, subject=name, scope={}) for name in ("ada", "bob"))
# 300 fields, of which reading takes milliseconds, and which cost more than a viewer may spend at once.
TOO_MUCH = "{" + " ".join(f"a{number}: viewing {{ rows {{ views viewers }} }}" for number in range(60)) + "}"


def test_a_document_that_is_refused_for_its_cost_is_charged_for_reading_it() -> None:
    admission, refused = Admission(clients=4, clock=Clock()), 0
    # Of the 20,000 of a minute.
    admission.budget.spend(ADA.who, 19_500, 20_000)
    while admission.budget.check(ADA.who, 0, 20_000) >= math.ceil(len(TOO_MUCH) / 100):
        document = f"{TOO_MUCH} # {refused:03}"
        admission.check_reading(ADA, document)
        with pytest.raises(TooExpensive):
            admission.cost(ADA, document, {}, None)
        refused += 1
    assert refused == 500 // math.ceil(len(TOO_MUCH) / 100)
    with pytest.raises(TooManyRequests):
        admission.check_reading(ADA, f"{TOO_MUCH} # a new one")
    admission.cost(BOB, "{ viewer { role } }", {}, None)
    # What is remembered, and what is short, can still be asked.
    admission.check_reading(ADA, f"{TOO_MUCH} # 000")
    admission.check_reading(ADA, "{ viewer { role } }")


def test_a_document_that_asks_nothing_costs_what_reading_it_takes() -> None:
    admission = Admission(clients=4, clock=Clock())
    asked = "{" + " ".join(f"a{number}: viewer {{ role subject }}" for number in range(60)) + "}"
    assert admission.cost(ADA, asked, {}, None) == 18
    assert admission.cost(ADA, "{ viewer { role } }", {}, None) == 0
    # Of one that is too long, no more is read than is allowed.
    assert admission.cost(ADA, "{ viewer { role } } #" + "x" * 1_000_000, {}, None) == 200


def test_requests_of_megabytes_are_not_remembered_as_they_are() -> None:
    admission = Admission(clients=4, clock=Clock())
    large = "x" * 1_000_000
    tracemalloc.start()
    try:
        for number in range(60):
            admission.cost(ADA, f"{{ viewer {{ role }} }} # {number} {large}", {}, None)
            admission.cost(ADA, "{ viewer { role } }", {"text": f"{number} {large}"}, None)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()


async def _spends(admission: Admission, clock: Clock, who: Principal, seconds: float) -> None:
    async with admission.charge(who, 100, "{ viewing { rows { views } } }", None)("viewing"):
        clock.now += seconds


def test_what_statements_take_beyond_the_estimate_is_charged_afterwards() -> None:
    async def story() -> None:
        clock = Clock()
        admission = Admission(clients=4, clock=clock)
        ada, bob = (Principal(role=Role.ANALYST, subject=name, scope={}) for name in ("ada", "bob"))
        for _ in range(10):  # at 100 each, of 60,000 a minute
            await _spends(admission, clock, ada, 0.05)
        # 80 seconds of a processor cost 80,000, and 60,000 are there at its end.
        await _spends(admission, clock, ada, 80)
        with pytest.raises(TooManyRequests, match=r"Try again in 20 s") as refused:
            await _spends(admission, clock, ada, 0)
        assert refused.value.retry_after_s == 20
        await _spends(admission, clock, bob, 0)
        clock.now += 20
        await _spends(admission, clock, ada, 0)

    run(story())


def test_one_client_serves_every_lane() -> None:
    async def story() -> None:
        clock = Clock()
        turns = StatementQueue(clients=1, clock=clock)
        await _taught(turns, clock, "long", 5)
        for kind in ("long", "new", "long"):
            async with asyncio.timeout(1), turns.turn("ada", 1, kind):
                pass

    run(story())
