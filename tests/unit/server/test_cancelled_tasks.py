"""Tasks that are cancelled are waited for, whatever happens to the waiter."""

import asyncio

import pytest
from anyio import create_task_group

from server.http.cancelled_tasks import ended


class Work:
    """Work that takes its time to end."""

    def __init__(self) -> None:
        self.interrupted = 0
        self.may_end = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            while not self.may_end.is_set():
                try:
                    await self.may_end.wait()
                except asyncio.CancelledError:
                    self.interrupted += 1


async def _some_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_waiter_that_is_cancelled_again_and_again_still_waits() -> None:
    async def scene() -> None:
        work = Work()
        await _some_turns()
        waiter = asyncio.create_task(ended(work.task))
        for _ in range(3):
            await _some_turns()
            waiter.cancel()
        await _some_turns()
        assert not waiter.done()
        work.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        assert (work.task.cancelled(), work.interrupted) == (True, 0)

    asyncio.run(scene())


def test_a_waiter_in_a_cancelled_group_still_waits() -> None:
    async def scene() -> None:
        work = Work()
        await _some_turns()
        async with create_task_group() as group:
            group.start_soon(ended, work.task)
            await _some_turns()
            group.cancel_scope.cancel()
            asyncio.get_running_loop().call_later(0.05, work.may_end.set)
        assert (work.task.done(), work.interrupted) == (True, 0)

    asyncio.run(scene())


def test_what_a_task_raised_while_it_ended_warns_of_nothing() -> None:
    async def raises() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise OSError("gone")

    async def scene() -> None:
        done = asyncio.create_task(asyncio.sleep(0))
        broken = asyncio.create_task(raises())
        await _some_turns()
        await ended(done, broken)
        assert isinstance(broken.exception(), OSError)
        await ended()

    asyncio.run(scene())
