"""Identical requests that arrive at the same time are computed once; each asker still gets only what it may see."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from schema.roles import Role
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from tests.integration.resolvers.conftest import ANALYST, VIEWER, Door, bearer, opened_door, token_of

TOTALS = "{ dashboard { views viewers } }"
GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})
WAIT_S = 30


@pytest.fixture
def sharing(service: Service) -> Iterator[Door]:
    """A server that keeps answers, none yet."""
    with opened_door(replace(service, answers=ResponseCache(1 << 26))) as door:
        yield door


class Held:
    """Holds the engine's next statements until they are let go on."""

    def __init__(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.may_go_on = threading.Event()
        self._query = service.warehouse.engine.query
        monkeypatch.setattr(service.warehouse.engine, "query", self)

    def __call__(self, sql: str, *more: Any) -> Any:
        self.asked.append(sql)
        assert self.may_go_on.wait(WAIT_S)
        return self._query(sql, *more)


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not is_so():  # noqa: ASYNC110 - another thread makes it so
            await asyncio.sleep(0.01)


def together(door: Door, held: Held, tokens: list[str], document: str = TOTALS, leaves: int = 0) -> list[Any]:
    """The bodies that askers get, who all ask before the first is answered; the first `leaves` of them go away."""

    async def story() -> list[Any]:
        def send(token: str) -> "asyncio.Task[httpx.Response]":
            asked = door.client.post("/graphql", json={"query": document}, headers=bearer(token))
            return asyncio.create_task(asked)

        requests = [send(tokens[0])]
        await _until(lambda: bool(held.asked))
        requests += [send(token) for token in tokens[1:]]
        await asyncio.sleep(0.3)
        for gone in requests[:leaves]:
            gone.cancel()
        held.may_go_on.set()
        responses = await asyncio.gather(*requests[leaves:])
        return [response.json() for response in responses]

    return list(door.portal.call(story))


@pytest.mark.slow
def test_many_that_ask_the_same_are_one_computation(
    sharing: Door, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(service, monkeypatch)
    bodies = together(sharing, held, [ANALYST] * 20)
    assert len({str(body) for body in bodies}) == 1
    assert bodies[0]["data"]["dashboard"]["views"] > 0
    assert len(set(held.asked)) == len(held.asked), "a statement was run twice"
    assert len(sharing.service.in_flight) == 0


def test_who_may_see_less_computes_its_own(
    sharing: Door, service: Service, monkeypatch: pytest.MonkeyPatch, door: Door
) -> None:
    alone = [door.ask(TOTALS, token) for token in (ANALYST, GERMANY)]
    assert alone[0] != alone[1]
    bodies = together(sharing, Held(service, monkeypatch), [ANALYST, GERMANY, ANALYST, GERMANY])
    assert [body["data"] for body in bodies] == [alone[0], alone[1], alone[0], alone[1]]


def test_one_that_goes_away_takes_no_answer_from_the_others(
    sharing: Door, service: Service, monkeypatch: pytest.MonkeyPatch, door: Door
) -> None:
    alone = door.ask(TOTALS, VIEWER)
    bodies = together(sharing, Held(service, monkeypatch), [VIEWER] * 3, leaves=1)
    assert [body["data"] for body in bodies] == [alone, alone]
    assert len(sharing.service.in_flight) == 0


def test_a_mutation_is_run_for_each_that_sends_it(sharing: Door) -> None:
    """Mutations are never shared: two requests make two tokens."""

    async def story() -> list[Any]:
        document = (
            '{"query": "mutation { createEmbedToken(input: {operations: [\\"Genres\\"], ttl: \\"1h\\"}) '
            '{ embedToken { token } } }"}'
        )
        headers = {**bearer(token_of(Role.ADMIN)), "Content-Type": "application/json"}
        sent = [sharing.client.post("/graphql", content=document, headers=headers) for _ in range(2)]
        return [response.json() for response in await asyncio.gather(*sent)]

    tokens = {body["data"]["createEmbedToken"]["embedToken"]["token"] for body in sharing.portal.call(story)}
    assert len(tokens) == 2
