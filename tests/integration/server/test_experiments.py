"""Experiments through the API: who may ask, what the answer says, and that scopes hold for every number of it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.new_warehouse import lay
from tests.integration.resolvers.conftest import ADMIN, ANALYST, TOKENS, VIEWER, Door, opened_door, token_of
from tests.integration.warehouse.experiment_world import counted, load_experiment, some_world
from warehouse import open_warehouse

WORLD, ASSIGNED = some_world(18)
PEOPLE = Counter(one.variant for one in counted(ASSIGNED).values())
ASKED = """query ($id: ID!, $days: Int, $by: ExperimentSegment) {
  experiment(id: $id, metrics: [VIEWS, COMPLETION_RATE],
      guardrails: [{metric: BUFFERING_PER_VIEW, worst: 0.1}], windowDays: $days, segmentBy: $by) {
    experiment { id sourceId name start end control shares { variant share } }
    spread { variant people expected } sampleRatioPValue sampleRatioMismatch
    crossedPeople outsidePeople tooRecentPeople
    metrics { metric label unit isRatio segment guardrail variants { variant isControl people value
      difference { value relative pValue adjustedPValue verdict guardrail summary varianceShare
        interval { low high } alwaysValidInterval { low high } } } }
    segments { metric segment variants { variant people value } } } }"""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The API of a warehouse with an experiment of 24 people."""
    folder: Path = tmp_path_factory.mktemp("experiments") / "warehouse"
    settings = Settings(warehouse=lay(folder))
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        load_experiment(warehouse, WORLD, ASSIGNED)
        with opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as opened:
            yield opened


def test_experiments_are_listed_with_ids_that_are_theirs_alone(door: Door) -> None:
    found = door.ask("{ experiments { id sourceId name start end control shares { variant share } } }", ANALYST)
    assert found["experiments"][0] == {
        "id": "Experiment:7",
        "sourceId": "7",
        "name": "Experiment 7",
        "start": "2026-02-24T00:00:00Z",
        "end": "2026-03-13T00:00:00Z",
        "control": "old",
        "shares": [],
    }
    assert [one["sourceId"] for one in found["experiments"]] == ["7", "8"]


@pytest.mark.parametrize("identity", ["7", "Experiment:7"])
def test_an_experiment_is_answered_by_either_id(door: Door, identity: str) -> None:
    found = door.ask(ASKED, ANALYST, id=identity)["experiment"]
    assert {one["variant"]: one["people"] for one in found["spread"]} == PEOPLE
    assert [one["expected"] for one in found["spread"]] == pytest.approx([16 / 3] * 3)
    assert (found["crossedPeople"], found["outsidePeople"], found["tooRecentPeople"]) == (3, 5, 0)
    views, completion, buffering = found["metrics"]
    assert (views["metric"], views["label"], views["unit"], views["isRatio"]) == ("VIEWS", "Views", "COUNT", False)
    assert (completion["isRatio"], completion["guardrail"], buffering["guardrail"]) == (True, None, 0.1)
    control, new, newer = views["variants"]
    assert (control["variant"], control["isControl"], control["difference"]) == ("old", True, None)
    for one in (new, newer):
        difference = one["difference"]
        assert difference["interval"]["low"] < difference["value"] < difference["interval"]["high"]
        assert difference["alwaysValidInterval"]["low"] < difference["interval"]["low"]
        assert difference["adjustedPValue"] >= difference["pValue"]
        assert difference["summary"].startswith(f"{one['variant']}: views per person ")
    assert {one["difference"]["guardrail"] for one in buffering["variants"][1:]} <= {"HOLDS", "BROKEN", "UNCLEAR"}


def test_segments_add_up_to_the_whole(door: Door) -> None:
    found = door.ask(ASKED, ANALYST, id="7", by="COUNTRY")["experiment"]
    of_views = [one for one in found["segments"] if one["metric"] == "VIEWS"]
    people: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for one in of_views:
        for row in one["variants"]:
            people[row["variant"]] += row["people"]
            sums[row["variant"]] += row["value"] * row["people"]
    assert people == PEOPLE
    whole = {row["variant"]: row["value"] * row["people"] for row in found["metrics"][0]["variants"]}
    assert sums == pytest.approx(whole)
    assert len({one["segment"] for one in of_views}) == len(of_views) > 2


def test_a_scope_holds_for_every_number(door: Door) -> None:
    scoped = door.ask(ASKED, token_of(Role.ANALYST, {"country": ("DE",)}), id="7", by="COUNTRY")["experiment"]
    inside = Counter(one.variant for user, one in counted(ASSIGNED).items() if WORLD.people[user].country == "DE")
    assert {one["variant"]: one["people"] for one in scoped["spread"]} == inside
    assert {one["segment"] for one in scoped["segments"]} == {"DE"}
    assert scoped["crossedPeople"] <= 3
    refused = door.answer(ASKED, token_of(Role.ANALYST, {"genre": ("War",)}), id="7")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    "document",
    [
        "{ experiments { id } }",
        '{ experiment(id: "7", metrics: [VIEWS]) { id } }',
        "{ experimentPower(metric: VIEWS, change: 0.1) { id } }",
    ],
)
def test_viewers_may_not_ask(door: Door, document: str) -> None:
    refused = door.answer(document, VIEWER)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "errors" not in door.answer(document, ADMIN)


def test_an_experiment_that_is_not_there_is_null(door: Door) -> None:
    assert door.ask('{ experiment(id: "99", metrics: [VIEWS]) { id } }', ANALYST) == {"experiment": None}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("metrics: []", "1 to 20 metrics"),
        ("metrics: [VIEWS], alpha: 0", "alpha is 0.0"),
        ("metrics: [VIEWS], weeksBefore: 53", "weeksBefore is 53"),
        ("metrics: [VIEWS], windowDays: 0", "windowDays is 0"),
        ("metrics: [VIEWS], guardrails: [{metric: VIEWS, worst: 2}]", "may get worse by 2"),
    ],
)
def test_what_is_out_of_bounds_is_said(door: Door, arguments: str, said: str) -> None:
    refused = door.answer(f'{{ experiment(id: "7", {arguments}) {{ id }} }}', ANALYST)
    assert refused["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert said in refused["errors"][0]["message"]


def test_ids_that_are_none_are_refused(door: Door) -> None:
    refused = door.answer('{ experiment(id: "seven", metrics: [VIEWS]) { id } }', ANALYST)
    assert refused["errors"][0]["extensions"]["code"] == "BAD_INPUT"


def test_a_plan_needs_fewer_people_the_larger_its_change_is(door: Door) -> None:
    asked = """query ($change: Float!, $cuped: Boolean! = false) { experimentPower(metric: VIEWS, change: $change,
        range: {from: "2026-02-20", to: "2026-03-12"}, cuped: $cuped)
        { people value deviation peopleEach peopleAll detectableChange } }"""
    small, large = (door.ask(asked, ANALYST, change=change)["experimentPower"] for change in (0.05, 0.1))
    start, end = 1_771_545_600, 1_773_273_600
    views = Counter(one.user for one in WORLD.sessions if start <= one.start < end)
    assert small["people"] == len(views)
    mean = views.total() / len(views)
    deviation = (sum((count - mean) ** 2 for count in views.values()) / (len(views) - 1)) ** 0.5
    assert small["value"] == pytest.approx(mean)
    assert small["deviation"] == pytest.approx(deviation)
    # The rule of thumb: sixteen variances by the square of the difference.
    assert large["peopleEach"] == pytest.approx(15.7 * (deviation / (0.1 * mean)) ** 2, rel=0.01)
    assert small["peopleEach"] == pytest.approx(4 * large["peopleEach"], rel=0.01)
    assert small["peopleAll"] == 2 * small["peopleEach"]
    # As many people as there are show that change: then as many are needed.
    again: dict[str, Any] = door.ask(asked, ANALYST, change=small["detectableChange"])["experimentPower"]
    assert again["peopleAll"] == pytest.approx(len(views), abs=2)
    refused = door.answer(asked, ANALYST, change=0)
    assert refused["errors"][0]["extensions"]["code"] == "BAD_INPUT"


def test_the_published_operations_answer(door: Door) -> None:
    for path in ("Experiments", "Experiment?id=7&segmentBy=COUNTRY", "ExperimentPower"):
        response = door.get(f"/api/{path}", ANALYST)
        assert response.status_code == 200, response.text
        assert "errors" not in response.json()
