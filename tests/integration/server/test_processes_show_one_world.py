"""Two API processes over one ClickHouse server: either shows what the other has loaded, and a request loads once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import orjson
import pytest

from resolvers.root import build_schema
from schema.access_policy import limits_of
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, TOKENS, Door, bearer, opened_door, token_of
from tests.integration.warehouse.modes import served_engine
from tests.integration.warehouse.story import faults, miscounted
from warehouse import open_warehouse
from warehouse.engine.limits import Limits
from warehouse.loads import ledger
from warehouse.loads.ledger import State
from warehouse.pipeline_runs import PipelineRun, PipelineStep, StepRun, at_work, record

pytestmark = pytest.mark.slow

PATIENT = Limits(lease_seconds=60, wait_seconds=120)
VIEWS = "{ dashboard { views } }"
BY_GENRE = "{ genres { genre views } }"
SENDER = token_of(Role.INGEST)
ADA, DUSK = world.PEOPLE[0], world.FILMS[0]
NOTHING = world.World((), (), (), ())


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Door, Door]]:
    """Two processes, each with all it would have of its own, over one server with the small world."""
    with ExitStack() as stack:
        engine = stack.enter_context(served_engine(tmp_path_factory.mktemp("served")))
        both = []
        for _ in range(2):
            warehouse = stack.enter_context(open_warehouse(engine.address(), PATIENT))
            service = Service(
                Settings(), warehouse, build_schema(), published(), TOKENS, answers=ResponseCache(1 << 26)
            )
            both.append(stack.enter_context(opened_door(service)))
        world.load(both[0].service.warehouse)
        yield both[0], both[1]


def session(number: int, day: int) -> world.Session:
    return world.Session(str(number), ADA, DUSK, datetime(2026, 4, day, 9, tzinfo=UTC), 600_000, None, "TV", "HD", 0)


def test_an_answer_is_kept_until_any_process_changes_the_data(doors: tuple[Door, Door]) -> None:
    ours, theirs = doors
    before = ours.ask(VIEWS, ADMIN)["dashboard"]["views"]
    kept = len(ours.service.answers)
    assert ours.ask(VIEWS, ADMIN)["dashboard"]["views"] == before
    assert len(ours.service.answers) == kept > 0
    for number in range(1, 4):
        world.load(theirs.service.warehouse, replace(NOTHING, sessions=[session(9_000 + number, number)]))
        assert ours.ask(VIEWS, ADMIN)["dashboard"]["views"] == before + number


def test_both_give_an_answer_the_same_tag(doors: tuple[Door, Door]) -> None:
    first, second = (door.get("/api/Genres", ADMIN) for door in doors)
    assert first.status_code == second.status_code == 200
    assert first.headers["ETag"] == second.headers["ETag"]
    again = doors[1].request("GET", "/api/Genres", headers={**bearer(ADMIN), "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_correction_of_another_process_is_told_at_once(doors: tuple[Door, Door]) -> None:
    ours, theirs = doors
    ours.ask(BY_GENRE, ADMIN)
    world.load(theirs.service.warehouse, replace(NOTHING, films=[replace(DUSK, genres=("Mended",))]))
    told = {one["genre"]: one["views"] for one in ours.ask(BY_GENRE, ADMIN)["genres"]}
    assert told == {one["genre"]: one["views"] for one in theirs.ask(BY_GENRE, ADMIN)["genres"]}
    assert "Mended" in told
    theirs.service.warehouse.refill.wait()
    ours.service.warehouse.refill.wait()


def post(door: Door, number: int, key: str) -> httpx.Response:
    row = {
        "id": number,
        "user_id": int(ADA.id),
        "movie_id": int(DUSK.id),
        "start_time": "2026-04-02T10:00:00Z",
        "watch_duration_minutes": 10,
    }
    headers = {**bearer(SENDER), "Content-Type": "application/x-ndjson", "Idempotency-Key": key}
    return door.request("POST", "/ingest/viewing_sessions", content=orjson.dumps(row), headers=headers)


def test_a_request_that_comes_to_both_at_once_is_loaded_once(doors: tuple[Door, Door]) -> None:
    warehouse = doors[0].service.warehouse
    before = warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar()
    for number in range(20_000, 20_003):
        with ThreadPoolExecutor(2) as threads:
            first, second = threads.map(lambda door: post(door, number, f"key {number}"), doors)  # noqa: B023 - used here
        assert first.status_code == second.status_code == 200, (first.text, second.text)
        assert first.json() == second.json()
    assert warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar() == before + 3
    assert not [one for one in ledger.recent(warehouse.engine, 100) if one.state is not State.DONE]


def test_what_is_posted_to_both_is_all_there_once(doors: tuple[Door, Door]) -> None:
    warehouse = doors[0].service.warehouse
    before = warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar()
    with ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(lambda n: post(doors[n % 2], 30_000 + n, f"own {n}"), range(6)))
    assert {one.status_code for one in sent} == {200}
    assert warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar() == before + 6
    warehouse.refill.wait()
    assert faults(warehouse) == [] == miscounted(warehouse)


def test_a_writer_that_is_waited_for_in_vain_is_named(doors: tuple[Door, Door]) -> None:
    ours, theirs = doors
    lease = ours.service.warehouse._write_lock.lease
    assert lease
    patience, lease._wait_s = lease._wait_s, 0.2
    try:
        with theirs.service.warehouse.exclusive():
            refused = post(ours, 40_000, "in vain")
            mutation = {"query": "mutation { runPipeline(input: {steps: [{step: VERIFY}]}) { run { id } } }"}
            by_mutation = ours.request("POST", "/graphql", headers=bearer(ADMIN), json=mutation)
    finally:
        lease._wait_s = patience
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert "is writing into the warehouse" in refused.json()["errors"][0]["message"]
    assert by_mutation.headers["Retry-After"] == "5"
    assert by_mutation.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert post(ours, 40_000, "in vain").status_code == 200


def test_a_run_of_the_pipeline_in_one_keeps_another_from_beginning_in_the_other(doors: tuple[Door, Door]) -> None:
    ours, theirs = doors
    now = datetime.now(UTC)
    run = PipelineRun("6d3f9a51-0000-4000-8000-000000000001", "somebody", (StepRun(PipelineStep.VERIFY),), now)
    record(theirs.service.warehouse.engine, run)
    assert [one.id for one in at_work(ours.service.warehouse.engine)] == [run.id]
    refused = ours.answer("mutation { runPipeline(input: {steps: [{step: VERIFY}]}) { run { id } } }", ADMIN)
    assert refused["errors"][0]["extensions"]["code"] == "OVERLOADED"


def test_a_minute_that_is_spent_in_one_process_is_spent_in_the_other(doors: tuple[Door, Door]) -> None:
    ours, theirs = doors
    spender, saver = (token_of(Role.VIEWER, subject=name) for name in ("a spender", "a saver"))

    def ask(door: Door, token: str, name: str) -> int:
        # Under another name, so that no kept answer serves it.
        asked = {"query": f"{{ {name}: genres {{ genre views }} }}"}
        return door.request("POST", "/graphql", json=asked, headers=bearer(token)).status_code

    assert [ask(door, token, "first") for door in doors for token in (spender, saver)] == [200] * 4
    budget, minute = ours.service.admission.budget, limits_of(Role.VIEWER).cost_per_minute
    [who] = [one for one in budget._left if isinstance(one, tuple) and one[2] == "a spender"]
    # So much that it is not refilled before the other process is asked.
    budget.spend(who, 60 * minute, minute)
    for door in doors:
        door.service.warehouse.spending.exchange()
    assert [ask(theirs, token, "second") for token in (spender, saver)] == [429, 200]
