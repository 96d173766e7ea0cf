"""What goes on says so when its server ends, told to or killed: a stream of events, a run of the pipeline."""

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.server.commands import Place, Served
from warehouse import open_warehouse
from warehouse.pipeline_runs import RunState, newest

pytestmark = pytest.mark.slow

# Each looks twice, 2 seconds apart.
STEPS = ", ".join(["{step: LOAD}"] * 20)
START = f"mutation {{ runPipeline(input: {{steps: [{STEPS}]}}) {{ run {{ id: sourceId }} }} }}"
NEWEST = "{ pipelineRuns(first: 1) { id: sourceId state outcome endedAt steps { state } } }"


def asked(served: Served, token: str, document: str) -> dict[str, Any]:
    """The data of an answer."""
    answer = httpx.post(
        f"{served.address}/graphql", json={"query": document}, headers={"Authorization": f"Bearer {token}"}, timeout=30
    ).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


def test_a_stream_of_events_ends_with_its_server(tmp_path: Path) -> None:
    place = Place(tmp_path)
    headers = {
        "Authorization": f"Bearer {place.run('token', 'issue', '--role', 'viewer').stdout.strip()}",
        "Accept": "text/event-stream",
    }
    follow = {"query": "subscription { freshness { loadedAt } }"}
    with (
        place.serving() as served,
        httpx.stream("POST", f"{served.address}/graphql", json=follow, headers=headers, timeout=30) as stream,
    ):
        lines = stream.iter_lines()
        assert '"freshness"' in next(line for line in lines if "data" in line)
        served.process.send_signal(signal.SIGTERM)
        said = [line for line in lines if line.startswith(("data: {", "event"))]
        # Without `complete`, so that clients come back.
        assert '"UNAVAILABLE"' in said[-1]
        assert "The server is shutting down. Ask again when it is back." in said[-1]
        assert served.process.wait(timeout=30) == 0


def test_a_run_at_work_is_interrupted_and_the_next_server_tells_so(tmp_path: Path) -> None:
    (tmp_path / "incoming").mkdir()
    place = Place(tmp_path, {"MARQUEE_DROP_FOLDER": "incoming"})
    token = place.run("token", "issue", "--role", "admin").stdout.strip()
    with place.serving() as served:
        first = asked(served, token, START)["runPipeline"]["run"]["id"]
        follow = {"query": f'subscription {{ pipelineRun(id: "{first}") {{ state }} }}'}
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        with httpx.stream("POST", f"{served.address}/graphql", json=follow, headers=headers, timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(line for line in lines if "data" in line).endswith('{"state":"RUNNING"}}}')
            served.process.send_signal(signal.SIGTERM)
            # Subscribers get the final state, and the server does not wait for the step.
            assert [line for line in lines if '"state"' in line][-1].startswith(
                'data: {"data":{"pipelineRun":{"state":"INTERRUPTED"}}'
            )
        assert served.process.wait(timeout=30) == 0
    with place.serving() as served:
        (told,) = asked(served, token, NEWEST)["pipelineRuns"]
        assert (told["id"], told["state"]) == (first, "INTERRUPTED")
        assert told["outcome"].startswith("Interrupted by the shutdown of the server in the step LOAD.")
        second = asked(served, token, START)["runPipeline"]["run"]["id"]
        assert asked(served, token, NEWEST)["pipelineRuns"][0]["state"] == "RUNNING"
        served.process.kill()
        served.process.wait(timeout=30)
    with open_warehouse(f"chdb://{tmp_path}/.marquee/warehouse") as warehouse:
        (last, _) = newest(warehouse.engine, 10)
    assert (last.id, last.state) == (second, RunState.INTERRUPTED)
    assert last.outcome.startswith("Interrupted in the step LOAD: the process that ran it ended.")
    assert Counter(one.state.value for one in last.steps) == {"INTERRUPTED": 1, "SKIPPED": 19}
