"""Files of answers are charged to who asks, made few at a time, and kept for who asks again."""

import asyncio
import threading
from collections import Counter
from typing import Any

import pytest
from graphql import build_schema

from schema.roles import Role
from server.answering.admission import Admission
from server.answering.budget import TooManyRequests
from server.answering.execution import Executed
from server.export import file_encoder
from server.export.answer_format import AnswerFormat
from server.export.file_encoder import CELLS_PER_COST, ENCODERS, FileEncoder
from server.export.files import AnswerFile, answer_file
from server.export.table import shape_of
from server.identity.principal import Principal
from tests.support.clock import Clock

ADA, BOB, CARL = (Principal(role=Role.VIEWER, subject=name, scope={}) for name in ("ada", "bob", "carl"))
A_MINUTE = 20_000
SCHEMA = build_schema("type Query { films: [Film!]! } type Film { title: String!, views: Int!, likes: Int! }")
SHAPE = shape_of(SCHEMA, "{ films { title views likes } }")


class Making:
    """Counts the files that are made, and how many at once in all and for one name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = self.most = 0
        self.most_of_one = 0
        self.began, self.may_end = threading.Event(), threading.Event()
        self.may_end.set()
        self._running: Counter[str] = Counter()
        self._change = threading.Lock()
        monkeypatch.setattr(file_encoder, "answer_file", self._counting)

    def _counting(self, shape: Any, data: Any, kind: AnswerFormat, name: str, raw: bool) -> AnswerFile:
        with self._change:
            self.made += 1
            self.began.set()
            self._running[name] += 1
            self.most = max(self.most, self._running.total())
            self.most_of_one = max(self.most_of_one, *self._running.values())
        try:
            self.may_end.wait(30)
            return answer_file(shape, data, kind, name, raw)
        finally:
            with self._change:
                self._running[name] -= 1


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> Making:
    return Making(monkeypatch)


def answer(rows: int, first: int = 0) -> Executed:
    """An answer with so many rows of three cells."""
    films = [{"title": f"Film {first + one}", "views": one, "likes": 2 * one} for one in range(rows)]
    return Executed({"data": {"films": films}}, ran=True)


def left(admission: Admission, principal: Principal) -> float:
    """What is left of a budget in a minute that stands still."""
    return admission.budget.check(principal.who, 0, A_MINUTE)


@pytest.mark.parametrize("kind", AnswerFormat)
def test_a_file_is_charged_by_its_cells_and_once_while_it_is_kept(making: Making, kind: AnswerFormat) -> None:
    async def ask() -> None:
        admission = Admission(clients=4, clock=Clock())
        encoder, executed = FileEncoder(admission), answer(5_000)
        first = await encoder.file(ADA, executed, SHAPE, kind, "films")
        charged = A_MINUTE - left(admission, ADA)
        assert charged >= 5_000 * 3 / CELLS_PER_COST
        # An equal answer, whoever asks.
        for principal in (ADA, BOB):
            assert await encoder.file(principal, answer(5_000), SHAPE, kind, "films") == first
        assert (left(admission, ADA), left(admission, BOB)) == (A_MINUTE - charged, A_MINUTE)
        await encoder.file(ADA, executed, SHAPE, kind, "others")
        assert left(admission, ADA) <= A_MINUTE - charged - 5_000 * 3 / CELLS_PER_COST

    asyncio.run(ask())
    assert making.made == 2


def test_what_a_file_takes_beyond_its_cells_is_charged_afterwards(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([10.0, 13.5])
    monkeypatch.setattr("server.export.file_encoder.time.thread_time", lambda: next(seconds))

    async def ask() -> float:
        admission = Admission(clients=4, clock=Clock())
        await FileEncoder(admission).file(ADA, answer(10), SHAPE, AnswerFormat.CSV, "films")
        return A_MINUTE - left(admission, ADA)

    assert asyncio.run(ask()) == 3_500
    assert making.made == 1


def test_a_budget_that_is_used_up_makes_no_file(making: Making) -> None:
    async def ask() -> None:
        admission = Admission(clients=4, clock=Clock())
        encoder = FileEncoder(admission)
        kept = await encoder.file(ADA, answer(10), SHAPE, AnswerFormat.CSV, "films")
        admission.budget.spend(ADA.who, left(admission, ADA) - 10, A_MINUTE)
        with pytest.raises(TooManyRequests):
            await encoder.file(ADA, answer(5_000), SHAPE, AnswerFormat.XLSX, "films")
        assert left(admission, ADA) == 10
        assert await encoder.file(ADA, answer(10), SHAPE, AnswerFormat.CSV, "films") == kept

    asyncio.run(ask())
    assert making.made == 1


def test_no_subject_makes_two_files_at_once_and_all_make_few(making: Making) -> None:
    async def ask() -> None:
        encoder = FileEncoder(Admission(clients=4, clock=Clock()))
        await asyncio.gather(
            *(
                encoder.file(who, answer(200, first), SHAPE, AnswerFormat.CSV, who.subject)
                for who in (ADA, BOB, CARL)
                for first in range(15)
            )
        )

    asyncio.run(ask())
    assert (making.made, making.most_of_one) == (45, 1)
    assert making.most <= ENCODERS


def test_one_file_that_many_ask_for_at_once_is_made_once(making: Making) -> None:
    async def ask() -> set[str]:
        encoder, executed = FileEncoder(Admission(clients=4, clock=Clock())), answer(200)
        asked = (encoder.file(ADA, executed, SHAPE, AnswerFormat.XLSX, "films") for _ in range(45))
        return {file.tag for file in await asyncio.gather(*asked)}

    assert len(asyncio.run(ask())) == 1
    assert making.made == 1


def test_who_leaves_holds_its_turn_until_its_file_is_made_and_pays_for_it(making: Making) -> None:
    async def ask() -> None:
        admission = Admission(clients=4, clock=Clock())
        encoder = FileEncoder(admission)
        making.may_end.clear()
        tasks = [
            asyncio.create_task(encoder.file(ADA, answer(500, first), SHAPE, AnswerFormat.CSV, "films"))
            for first in range(10)
        ]
        await asyncio.to_thread(making.began.wait, 30)
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0.1)
        assert not tasks[0].done()
        making.may_end.set()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks)
        assert A_MINUTE - left(admission, ADA) >= 1 + 500 * 3 // CELLS_PER_COST

    asyncio.run(ask())
    assert (making.made, making.most) == (1, 1)


def test_kept_files_are_bounded_in_bytes(making: Making) -> None:
    async def ask() -> None:
        admission = Admission(clients=4, clock=Clock())
        size = len(
            (await FileEncoder(admission).file(ADA, answer(100, 1_000), SHAPE, AnswerFormat.CSV, "films")).content
        )
        encoder = FileEncoder(admission, kept_bytes=3 * size + 100)
        for first in range(100):
            await encoder.file(ADA, answer(100, 1_000 + first), SHAPE, AnswerFormat.CSV, "films")
        assert encoder._kept.currsize <= 3 * size + 100
        assert len(encoder._kept) == 3
        # One that is larger than that is not kept, and drops no other.
        await encoder.file(ADA, answer(1_000), SHAPE, AnswerFormat.CSV, "films")
        assert len(encoder._kept) == 3

    asyncio.run(ask())
    assert making.made == 102
