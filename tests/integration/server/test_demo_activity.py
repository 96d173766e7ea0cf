"""The demo goes on while it is served: sessions come in, Spark's jobs are started once; other data stays as it is."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.generator.demo import DemoSize, load_demo
from resolvers.root import build_schema
from server import demo_activity
from server.answering.published_operations import published
from server.answering.service import Service
from server.demo_activity import DemoActivity
from server.http.app import make_app
from server.http.cancelled_tasks import ended
from server.pipeline_runs.steps import DEMO_SEED
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, opened_door
from tests.integration.server.commands import Place
from tests.integration.server.sockets import PATIENCE_S, comes_true
from warehouse import Warehouse, open_warehouse
from warehouse.errors import Unavailable

Serve = Callable[[Callable[[Warehouse], object]], Service]
NO_JAVA = "Java 17 is missing."


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Makes the service of a warehouse that is filled first; of sessions that follow one another, and without Java."""

    def no_java() -> Path:
        raise Unavailable(NO_JAVA)

    monkeypatch.setattr(demo_activity, "SOON_S", 0.05)
    monkeypatch.setattr(demo_activity, "check_spark", no_java)
    settings = Settings(warehouse=f"chdb://{tmp_path / 'warehouse'}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:

        def made(fill: Callable[[Warehouse], object]) -> Service:
            fill(warehouse)
            return Service(settings, warehouse, build_schema(), published(), TOKENS)

        yield made


def sessions(service: Service) -> int:
    return int(service.warehouse.engine.query("SELECT count() FROM viewing_sessions").scalar())


def gone_on(service: Service, is_enough: Callable[[], bool]) -> list[str]:
    """Let the demo go on until it is enough, or it ends; what it said."""
    said: list[str] = []

    async def go_on() -> None:
        going = asyncio.create_task(DemoActivity(service, make_app(service), said.append).go_on())
        async with asyncio.timeout(PATIENCE_S):
            while not (going.done() or is_enough()):  # noqa: ASYNC110 - the engine tells nobody of its rows
                await asyncio.sleep(0.05)
        await ended(going)

    with opened_door(service) as door:
        door.portal.call(go_on)
    return said


def test_people_of_the_demo_go_on_watching(serve: Serve) -> None:
    service = serve(lambda held: load_demo(held, DemoSize(), DEMO_SEED, datetime.now(UTC) - timedelta(minutes=5)))
    before = sessions(service)
    said = gone_on(service, lambda: sessions(service) > before)
    assert said == [f"  Charts, predictions and patterns are left out. {NO_JAVA}"]
    assert sessions(service) > before == DemoSize().sessions
    assert service.runs.newest(1) == []
    # They are sessions of the films and people that there are.
    engine = service.warehouse.engine
    assert engine.query("SELECT count() FROM users").scalar() == DemoSize().users
    assert engine.query("SELECT count() FROM rejected_rows").scalar() == 0


def test_what_is_not_made_up_stays_as_it_is(serve: Serve) -> None:
    service = serve(world.load)
    before = sessions(service)
    assert gone_on(service, lambda: False) == []
    assert sessions(service) == before > 0


def test_sessions_are_few_after_the_first_look() -> None:
    pauses = list(islice(demo_activity._pauses(), 200))
    assert sum(pauses[:120]) == 600
    assert set(pauses[120:]) == {60.0}


@pytest.mark.slow
def test_what_spark_computes_is_computed_in_the_background(tmp_path: Path) -> None:
    with Place(tmp_path).serving("demo", "--no-open") as served:
        headers = {"Authorization": f"Bearer {served.token('admin')}"}

        def asked(document: str) -> Any:
            body = {"query": document}
            return httpx.post(f"{served.address}/graphql", json=body, headers=headers, timeout=30).json()["data"]

        def steps() -> dict[str, str]:
            runs = asked("{ pipelineRuns { by steps { step state } } }")["pipelineRuns"]
            return {one["step"]: one["state"] for run in runs if run["by"] == "demo" for one in run["steps"]}

        assert asked("{ rankings { rank } }") == {"rankings": []}
        assert comes_true(lambda: bool(steps()))
        assert list(steps()) == [
            *("RANKINGS", "PATTERNS", "GEOGRAPHY", "RECOMMENDATIONS", "CHURN", "FORECAST", "QUALITY")
        ]
        until = time.monotonic() + 200
        while steps()["RANKINGS"] in ("WAITING", "RUNNING"):
            assert time.monotonic() < until
            time.sleep(1)
        assert steps()["RANKINGS"] == "DONE"
        assert asked("{ rankings { rank } }")["rankings"][0] == {"rank": 1}
