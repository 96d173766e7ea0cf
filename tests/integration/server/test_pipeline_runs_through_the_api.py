"""Runs of the pipeline as admins start, follow and cancel them: real steps over a real warehouse."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from resolvers.pipeline_runner_interface import StepRequest
from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, opened_door, token_of
from tests.integration.server.audited import Watch
from tests.integration.server.runs import (
    GENERATE,
    LOAD,
    PATIENCE_S,
    RANKINGS,
    VERIFY,
    has_ended,
    service_of,
    states,
    until,
)
from tests.integration.server.sockets import hosted
from warehouse.access import SYSTEM
from warehouse.model.rollups import ROLLUPS
from warehouse.pipeline_runs import PipelineRun, PipelineStep, RunState

pytestmark = pytest.mark.slow

START = """mutation Start($steps: [PipelineStepInput!]!) { runPipeline(input: {steps: $steps}) {
    run { id: sourceId state by } userErrors { message field } } }"""
CANCEL = """mutation Cancel($id: ID!) { cancelPipeline(input: {id: $id}) {
    run { id: sourceId state outcome } userErrors { message field } } }"""
NEWEST = """{ pipelineRuns(first: 1) {
    id: sourceId state startedAt endedAt by steps { step state progress rows } log outcome } }"""
FOLLOW = "subscription ($id: ID!) { pipelineRun(id: $id) { state outcome steps { step state detail } } }"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door to a warehouse of its own with demo data, which a run has made."""
    with service_of(tmp_path_factory.mktemp("runs")) as service, opened_door(service) as door:
        make_demo_data(door)
        yield door


def make_demo_data(door: Door) -> None:
    """A run that makes data and verifies it."""
    made = ended(door, StepRequest(PipelineStep.GENERATE, sessions=3_000), VERIFY)
    assert (made.state, made.steps[0].rows) == (RunState.DONE, 200 + 5_000 + 3_000 + 20_000)
    assert made.steps[1].detail.startswith("6 rollups agree with the facts on ")


def started(door: Door, *steps: StepRequest) -> str:
    """The id of a run that an admin started."""
    asked = [
        {"step": one.step, "sessions": one.sessions, "from": _iso(one.first), "to": _iso(one.last)} for one in steps
    ]
    run = door.ask(START, ADMIN, steps=asked)["runPipeline"]["run"]
    assert (run["state"], run["by"]) == ("RUNNING", "test-admin")
    identity: str = run["id"]
    return identity


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def ended(door: Door, *steps: StepRequest) -> PipelineRun:
    """A run that was started, once it has ended."""
    return until(door.service.runs, started(door, *steps), has_ended)


def incoming(door: Door, name: str, text: str) -> Path:
    """A file arrives."""
    path = Path(door.service.settings.drop_folder) / name
    path.write_text(text, encoding="utf-8")
    return path


def test_demo_data_is_made_only_where_there_is_none(door: Door) -> None:
    again = ended(door, GENERATE)
    assert (again.state, again.steps[0].rows) == (RunState.DONE, 0)
    assert again.steps[0].detail == "The warehouse is not empty, so no demo data was made."


def test_files_that_arrived_are_loaded_and_put_away_and_a_refused_one_fails_the_run(door: Door) -> None:
    good = incoming(door, "users-1.csv", "id,country\n900001,SE\n900002,SE\n")
    (loaded,) = ended(door, LOAD).steps
    assert (loaded.state, loaded.rows, loaded.detail) == (RunState.DONE, 2, "1 file loaded, 2 rows accepted")
    assert not good.exists()
    incoming(door, "users-2.csv", "name\nada\n")
    incoming(door, "users-3.csv", "id,country\n900003,SE\n")
    run = ended(door, LOAD, VERIFY)
    assert states(run) == ["FAILED", "SKIPPED"]
    assert run.outcome.startswith("LOAD failed: 1 of 2 files were not loaded; the first: users: users-2.csv is refused")
    assert any("users-3.csv is loaded, 1 row" in line for line in run.log)


def test_a_rollup_that_differs_fails_the_run_and_ranks_nothing(door: Door) -> None:
    warehouse = door.service.warehouse
    warehouse.engine.command("ALTER TABLE daily_analytics UPDATE views = views + 1 WHERE 1", mutations_sync=2)
    run = ended(door, VERIFY, RANKINGS)
    assert (run.state, states(run)) == (RunState.FAILED, ["FAILED", "SKIPPED"])
    assert "Fix them with: marquee warehouse rebuild" in run.outcome
    assert any("daily_analytics" in line and "views: stored" in line for line in run.log)
    warehouse.rebuild([one for one in ROLLUPS if one.name == "daily_analytics"])


def test_who_follows_a_run_hears_each_state_and_its_end(door: Door) -> None:
    with hosted(door.service) as host, host.talk() as talk:
        talk.greet(ADMIN)
        run_id = started(door, LOAD, GENERATE)
        talk.subscribe("1", FOLLOW, variables={"id": run_id})
        heard = []
        while (message := talk.hear(PATIENCE_S))["type"] == "next":
            heard.append(message["payload"]["data"]["pipelineRun"])
        assert message == {"id": "1", "type": "complete"}
        assert (heard[0]["state"], heard[0]["steps"][0]["state"]) == ("RUNNING", "RUNNING")
        assert (heard[-1]["state"], [one["state"] for one in heard[-1]["steps"]]) == ("DONE", ["DONE", "DONE"])
        assert all(one != other for one, other in pairwise(heard)), "what is told is a change"
        talk.subscribe("2", FOLLOW, variables={"id": run_id})
        assert talk.hear()["payload"]["data"]["pipelineRun"] == heard[-1]
        assert talk.hear() == {"id": "2", "type": "complete"}
        talk.subscribe("3", FOLLOW, variables={"id": "nothing"})
        (error,) = talk.hear()["payload"]
        assert (error["extensions"]["code"], error["message"][:23]) == ("BAD_INPUT", "There is no run nothing")


@pytest.mark.parametrize(
    "token",
    [VIEWER, ANALYST, token_of(Role.ADMIN, {"country": ("DE",)})],
    ids=["viewer", "analyst", "scoped admin"],
)
def test_runs_are_for_admins_who_may_see_all_rows(door: Door, token: str) -> None:
    bodies = [
        door.answer(START, token, steps=[{"step": "VERIFY"}]),
        door.answer(CANCEL, token, id="x"),
        door.answer(NEWEST, token),
    ]
    with hosted(door.service) as host, host.talk() as talk:
        talk.greet(token)
        talk.subscribe("1", FOLLOW, variables={"id": "x"})
        heard = talk.hear()
        bodies.append(heard["payload"] if heard["type"] == "next" else {"errors": heard["payload"]})
    assert [body["errors"][0]["extensions"]["code"] for body in bodies] == ["FORBIDDEN"] * 4


def test_what_can_not_be_run_is_refused_and_leaves_no_run(door: Door) -> None:
    before = door.ask(NEWEST, ADMIN)
    for steps, said in (
        ([], "A run has 1 to 20 steps"),
        ([{"step": "VERIFY", "sessions": 1}], "Step 1, VERIFY: it takes no `sessions`"),
    ):
        payload = door.ask(START, ADMIN, steps=steps)["runPipeline"]
        (told,) = payload["userErrors"]
        assert (payload["run"], said in told["message"], told["field"]) == (None, True, ["input", "steps"])
    (error,) = door.answer(START, ADMIN, steps=[{"step": "RANKINGS", "from": "soon"}])["errors"]
    assert (
        error["message"]
        == "Variable '$steps' has invalid value at [0].from: 'soon' is not a date. Use the form 2026-11-23."
    )
    payload = door.ask(CANCEL, ADMIN, id="nothing")["cancelPipeline"]
    assert payload["run"] is None
    assert payload["userErrors"] == [
        {"message": "There is no run nothing. `pipelineRuns` lists them.", "field": ["input", "id"]}
    ]
    assert door.ask(NEWEST, ADMIN) == before


def test_published_mutations_run_by_post_alone(door: Door) -> None:
    for name in ("RunPipeline", "CancelPipeline"):
        refused = door.get(f"/api/{name}", ADMIN, params={"id": "x"} if name == "CancelPipeline" else {})
        assert (refused.status_code, "Send it to /graphql by POST" in refused.text) == (400, True)


def test_the_audit_log_says_who_started_and_who_cancelled_which_run(door: Door) -> None:
    watch = Watch(door.service.warehouse)
    run_id = started(door, LOAD, VERIFY)
    door.ask(CANCEL, token_of(Role.ADMIN, subject="grace"), id=run_id)
    told = {one["operation"]: (one["subject"], one["outcome"], one["detail"]) for one in watch.records(3)}
    assert told == {
        "Start": ("test-admin", "OK", f"run {run_id}"),
        "Cancel": ("grace", "OK", f"run {run_id}"),
        "pipeline run": ("test-admin", "INTERRUPTED", f"run {run_id}"),
    }


def test_cancelling_kills_spark_and_swaps_nothing_in(door: Door) -> None:
    run_id = started(door, RANKINGS)
    until(door.service.runs, run_id, lambda run: run.steps[0].detail.startswith("starting Spark"))
    assert door.ask(CANCEL, ADMIN, id=run_id)["cancelPipeline"]["run"]["state"] == "CANCELLED"
    assert door.ask("{ rankings { rank } }", ADMIN) == {"rankings": []}
    assert list(Path(door.service.settings.workspace).glob("spill-*")) == []


def test_rankings_come_from_spark_while_others_are_answered(door: Door) -> None:
    views = door.ask("{ dashboard { views } }", VIEWER)
    # One month is enough of Spark for a test.
    this_month = datetime.fromtimestamp(door.service.warehouse.reader.newest(SYSTEM) or 0, UTC).date()
    run_id = started(door, StepRequest(PipelineStep.RANKINGS, first=this_month, last=this_month))
    waited = [0.0]
    until(door.service.runs, run_id, lambda run: run.present is PipelineStep.RANKINGS)
    while door.service.runs.find(run_id).is_at_work:
        began = time.monotonic()
        assert door.ask("{ dashboard { views } }", VIEWER) == views
        waited.append(time.monotonic() - began)
        time.sleep(0.5)
    run = door.service.runs.find(run_id)
    assert (run.state, states(run)) == (RunState.DONE, ["DONE"]), run.outcome
    assert len(waited) > 5
    assert max(waited) < 10.0
    best = door.ask(f'{{ rankings(period: MONTH, start: "{this_month:%Y-%m}-01") {{ rank }} }}', ADMIN)["rankings"]
    assert best[0]["rank"] == 1
    (told,) = door.ask(NEWEST, ADMIN)["pipelineRuns"]
    assert (told["state"], told["steps"][0]["progress"], told["steps"][0]["rows"]) == ("DONE", 1.0, run.steps[0].rows)


def test_a_run_is_a_node_for_admins_of_all_rows(door: Door) -> None:
    run = ended(door, VERIFY)
    asked = "query ($id: ID!) { node(id: $id) { id ... on PipelineRun { sourceId state } } }"
    identity = f"PipelineRun:{run.id}"
    assert door.ask(asked, ADMIN, id=identity)["node"] == {"id": identity, "sourceId": run.id, "state": "DONE"}
    assert [door.ask(asked, ADMIN, id=one)["node"] for one in (run.id, "PipelineRun:none")] == [None, None]
    for other in (ANALYST, token_of(Role.ADMIN, {"country": ("DE",)})):
        (refused,) = door.answer(asked, other, id=identity)["errors"]
        assert refused["extensions"]["code"] == "FORBIDDEN"
    cancelled = door.ask("mutation ($id: ID!) { cancelPipeline(input: {id: $id}) { run { id } } }", ADMIN, id=identity)
    assert cancelled["cancelPipeline"]["run"] == {"id": identity}
