"""A client that goes away takes its statements with it; what a role's statements may use is held by the engine."""

import asyncio
import logging
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest

from resolvers.root import build_schema
from schema import access_policy
from schema.access_policy import LIMITS
from schema.roles import Role
from server.answering import statement_queue
from server.answering.published_operations import published
from server.answering.request import GraphQLRequest
from server.answering.service import Service
from server.identity.callers import Caller
from server.identity.principal import Principal
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ANALYST, TOKENS, VIEWER, bearer
from tests.integration.server.sockets import hosted
from warehouse import Warehouse, open_warehouse

SLOW = "{ completionFunnel { steps { viewers } } }"
QUICK = "{ topMovies(limit: 1) { rank } }"
RUNNING = "SELECT count() FROM system.processes WHERE Settings['log_comment'] != ''"
ADA = Caller(Principal("ada", Role.ANALYST))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose sessions take minutes to read: each stands there a hundred million times. Rollups are quick."""
    settings = Settings(warehouse=f"chdb://{tmp_path_factory.mktemp('slow')}/warehouse")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse, pytest.MonkeyPatch.context() as patched:
        # On a busy machine a quick question takes longer.
        patched.setattr(statement_queue, "QUICK_S", 2.0)
        patched.setattr(statement_queue, "LONG_S", 5.0)
        world.load(warehouse)
        service = Service(settings, warehouse, build_schema(), published(), TOKENS)
        # The newest session is looked up once, before it becomes slow; and how long the question took is known then.
        for document in (f"{QUICK} # first", QUICK):
            assert "errors" not in asyncio.run(service.run_document(ADA, GraphQLRequest(document))).body
        warehouse.inspector.check()  # the loads, which would be on closing, as slowly
        warehouse.engine.command("RENAME TABLE viewing_sessions TO kept_sessions")
        warehouse.engine.command(
            "CREATE VIEW viewing_sessions AS "
            "SELECT kept_sessions.* FROM kept_sessions CROSS JOIN numbers(100000000) AS copies"
        )
        yield service


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    """Where the service listens."""
    with hosted(service) as host:
        yield f"http://127.0.0.1:{host.port}"


def until(warehouse: Warehouse, running: int, within_s: float = 10.0) -> float:
    """Seconds until so many statements of requests run."""
    began = time.monotonic()
    while warehouse.engine.query(RUNNING).scalar() != running:
        assert time.monotonic() - began < within_s, f"there are not {running} statements after {within_s} s"
        time.sleep(0.02)
    return time.monotonic() - began


def idle(service: Service) -> bool:
    """Whether it comes to that no turn is held and no client is in use: the trail may still be written. What is lost
    never comes back, so waiting long hides nothing.
    """
    pool = service.warehouse.engine.asker_pool
    end = time.monotonic() + 20
    while pool.in_use or service.admission.turns._running.total():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "accept"),
    [("POST", "application/json"), ("GET", "application/json"), ("POST", "text/event-stream")],
    ids=["POST", "GET", "stream"],
)
def test_a_connection_that_closes_ends_its_statement_within_a_second(
    service: Service, address: str, method: str, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def leave() -> None:
        async with httpx.AsyncClient(trust_env=False, headers=bearer(ANALYST) | {"Accept": accept}) as client:
            body: dict[str, Any] = {"json": {"query": SLOW}} if method == "POST" else {"params": {"query": SLOW}}
            asked = asyncio.create_task(client.request(method, f"{address}/graphql", timeout=60, **body))
            await asyncio.to_thread(until, service.warehouse, 1)
            asked.cancel()
            await asyncio.wait({asked})

    asyncio.run(leave())
    until(service.warehouse, 0, within_s=1.0)
    time.sleep(0.2)
    assert idle(service)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    quick = httpx.post(f"{address}/graphql", headers=bearer(ANALYST), json={"query": QUICK}, trust_env=False)
    assert quick.json()["data"] == {"topMovies": [{"rank": 1}]}


def test_seven_statements_of_one_request_all_end(service: Service) -> None:
    async def story() -> None:
        document = f"{{ {' '.join(f'a{n}: completionFunnel {{ steps {{ viewers }} }}' for n in range(7))} }}"
        asked = asyncio.create_task(service.run_document(ADA, GraphQLRequest(document)))
        await asyncio.to_thread(until, service.warehouse, 3)
        asked.cancel()
        await asyncio.wait({asked})
        assert asked.cancelled()
        assert await asyncio.to_thread(idle, service)

    asyncio.run(story())
    assert until(service.warehouse, 0) < 1


def test_a_scope_that_is_cancelled_ends_what_runs_in_it(service: Service) -> None:
    async def story() -> None:
        with anyio.move_on_after(0.5) as scope:
            await service.run_document(ADA, GraphQLRequest(SLOW))
        assert scope.cancelled_caught
        assert await asyncio.to_thread(idle, service)

    asyncio.run(story())
    assert until(service.warehouse, 0) < 1


def test_one_heavy_subject_leaves_room_for_the_next(service: Service, address: str) -> None:
    stop, answered_slowly = threading.Event(), list[object]()

    async def heavy() -> None:
        async with httpx.AsyncClient(trust_env=False, headers=bearer(ANALYST), timeout=60) as client:
            # Each its own: of requests for the same, one is computed.
            documents = [f"{SLOW} # {number}" for number in range(12)]
            asked = [asyncio.create_task(client.post(f"{address}/graphql", json={"query": one})) for one in documents]
            for task in asked:
                task.add_done_callback(answered_slowly.append)
            await asyncio.to_thread(stop.wait)
            for task in asked:
                task.cancel()
            await asyncio.wait(asked)

    thread = threading.Thread(target=lambda: asyncio.run(heavy()))
    thread.start()
    try:
        until(service.warehouse, 3)
        answer = httpx.post(
            f"{address}/graphql", headers=bearer(VIEWER), json={"query": QUICK}, trust_env=False, timeout=60
        )
        assert answer.json()["data"] == {"topMovies": [{"rank": 1}]}
        # Twelve statements of 20 s stood before it, three of them at work.
        assert answered_slowly == []
    finally:
        stop.set()
        thread.join()
    until(service.warehouse, 0)


def limited(monkeypatch: pytest.MonkeyPatch, **limits: Any) -> None:
    """Give analysts other limits."""
    changed = {**LIMITS, Role.ANALYST: replace(LIMITS[Role.ANALYST], **limits)}
    monkeypatch.setattr(access_policy, "LIMITS", changed)


def answered(asked: Coroutine[Any, Any, Any]) -> tuple[str, str]:
    """Code and sentence of the one error of an answer."""
    (error,) = asyncio.run(asked).body["errors"]
    return error["extensions"]["code"], error["message"]


def test_a_role_s_seconds_end_its_statement_as_a_timeout(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, statement_seconds=0.3)
    began = time.monotonic()
    code, sentence = answered(service.run_document(ADA, GraphQLRequest(SLOW)))
    assert (code, sentence.startswith("The statement took longer than it may.")) == ("TIMEOUT", True)
    assert time.monotonic() - began < 5


def test_a_role_s_memory_bounds_its_statement(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, statement_memory_bytes=1_000)
    code, sentence = answered(service.run_document(ADA, GraphQLRequest(SLOW)))
    assert (code, sentence.startswith("The question needs more memory")) == ("TOO_EXPENSIVE", True)


def test_a_role_s_statements_bound_what_runs_at_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, statements=1, statement_seconds=0.5)

    async def story() -> list[int]:
        asked = asyncio.gather(*(service.run_document(ADA, GraphQLRequest(SLOW)) for _ in range(3)))
        seen = []
        while not asked.done():
            seen.append(await asyncio.to_thread(lambda: int(service.warehouse.engine.query(RUNNING).scalar())))
        await asked
        return seen

    assert max(asyncio.run(story())) == 1
