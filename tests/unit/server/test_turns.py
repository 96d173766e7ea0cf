"""Turns at long work: one of a sender at a time, few at once, and never in the threads that serve requests."""

import asyncio
import threading
from collections import Counter

from anyio import to_thread

from server.ingesting.turns import Turns

WAIT_S = 20


def test_one_sender_s_bodies_leave_a_turn_to_others() -> None:
    at_once, most = Counter[str](), Counter[str]()
    change, begun, go_on = threading.Lock(), threading.Event(), threading.Event()

    def work(sender: str) -> str:
        with change:
            at_once[sender] += 1
            most[sender] = max(most[sender], at_once[sender])
        if sender == "many":
            begun.set()
            assert go_on.wait(WAIT_S)
        with change:
            at_once[sender] -= 1
        return sender

    async def all_of_them() -> list[str]:
        turns = Turns(2)
        many = [asyncio.create_task(turns.run("many", lambda: work("many"))) for _ in range(60)]
        async with asyncio.timeout(WAIT_S):
            assert await to_thread.run_sync(begun.wait, WAIT_S)
            # Others have their turn, and so has what needs a thread for a moment.
            assert await turns.run("other", lambda: work("other")) == "other"
            assert await to_thread.run_sync(threading.active_count) < 40
        go_on.set()
        return await asyncio.gather(*many)

    assert asyncio.run(all_of_them()) == ["many"] * 60
    assert most == {"many": 1, "other": 1}


def test_work_that_fails_gives_its_turn_back() -> None:
    async def twice() -> list[str]:
        turns = Turns(1)
        found = await asyncio.gather(
            turns.run("one", lambda: str(1 // 0)), turns.run("one", lambda: "done"), return_exceptions=True
        )
        return [type(one).__name__ if isinstance(one, Exception) else str(one) for one in found]

    assert asyncio.run(twice()) == ["ZeroDivisionError", "done"]
