"""Every instant that the API tells has one form, RFC 3339 with `Z` for UTC: the walk meets each `DateTime` of the
schema.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    parse,
)

from ingest.loading.load_file import load_file
from resolvers.export_schema import sdl
from resolvers.root import build_schema as served_schema
from schema.roles import Role
from server.alerting.watch import AlertWatch
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import computed, world
from tests.integration.resolvers.conftest import ADMIN, TOKENS, Door, opened_door, token_of
from tests.integration.resolvers.fit import is_instant
from tests.integration.server.alert_targets import http_target
from tests.integration.server.sockets import hosted
from tests.integration.server.test_event_streams import streamed, told
from warehouse import open_warehouse
from warehouse.pipeline_runs import PipelineRun, PipelineStep, RunState, StepRun, record

ALERTS = """{ alerts { id since silencedUntil savedAt history { at until deliveries { at } } } }"""
ASKED = """{
    auditLog(first: 1) { nodes { at } }
    boards { savedAt }
    publishedOperations { publishedAt }
    concurrency(grain: HOUR, range: {last: "P1D"}) { time }
    viewing(timeZone: "Europe/London") { rows(by: [DAY]) { time } }
    rating { rows(by: [MONTH]) { time } }
    tokens { issuedAt expiresAt }
    jobResults { computedAt dataThrough }
    qualityAlerts { start end }
    dataQuality { doneAt checkedAt }
    pipelineRuns { startedAt endedAt steps { startedAt endedAt } }
    ratings(first: 3) { nodes { ratingDate } }
    user(id: "10") { sessions { nodes { startTime } } }
}"""
MADE = """mutation {
    saveBoard(input: {title: "Views", panels: []}) { board { savedAt } }
    publishOperation(input: {document: "query Own { genres { genre } }"}) { operation { publishedAt } }
    createToken(input: {role: VIEWER, subject: "vera"}) { token { token expiresAt } }
    createSignInLink(input: {role: VIEWER, subject: "vera"}) { signInLink { expiresAt } }
    createEmbedToken(input: {operations: ["Genres"]}) { embedToken { expiresAt } }
}"""
SAVED = """mutation ($input: SaveAlertInput!) { saveAlert(input: $input) { alert { id savedAt } } }"""
SILENCED = """mutation ($input: SilenceAlertInput!) { silenceAlert(input: $input) { alert { silencedUntil } } }"""
REPORTED = "mutation ($input: SaveReportInput!) { saveReport(input: $input) { report { savedAt nextAt } } }"
EXPERIMENTS = "{ experiments { start end } }"
REVOKED = """mutation ($input: RevokeTokenInput!) { revokeToken(input: $input) { revokedToken { until } } }"""
FRESHNESS = "subscription { freshness { dataThrough loadedAt changed { from to } } }"
API = build_schema(sdl())
MOST_TRIES = 10
ANA = token_of(Role.ANALYST, subject="ana")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over the small world, which may send to this machine."""
    folder = tmp_path_factory.mktemp("own") / "warehouse"
    settings = Settings(warehouse=f"chdb://{folder}", alert_private_addresses=True)
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse)
        computed.fill(warehouse)
    # Opening it again checks the loads that were not checked.
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        yield Service(settings, warehouse, served_schema(), published(), TOKENS, hash_key=bytes(32))


@pytest.fixture(scope="module")
def door(service: Service) -> Iterator[Door]:
    with opened_door(service) as found:
        yield found


def instants_of(document: str, data: Any) -> Iterator[tuple[str, str]]:
    """Each instant of an answer, with the name of its field in the schema."""
    (operation,) = (one for one in parse(document).definitions if isinstance(one, OperationDefinitionNode))
    root = API.get_root_type(operation.operation)
    assert root is not None
    yield from _below(root, operation.selection_set, data)


def _below(kind: GraphQLObjectType, asked: SelectionSetNode, data: Any) -> Iterator[tuple[str, str]]:
    for one in data if isinstance(data, list) else [data]:
        for node in asked.selections if one else ():
            assert isinstance(node, FieldNode)
            value, named = one[node.name.value], get_named_type(kind.fields[node.name.value].type)
            if named.name == "DateTime" and value is not None:
                yield f"{kind.name}.{node.name.value}", value
            elif node.selection_set is not None:
                assert isinstance(named, GraphQLObjectType)
                yield from _below(named, node.selection_set, value)


def answers(door: Door, service: Service, folder: Path) -> Iterator[tuple[str, Any]]:
    """Documents and their answers that have every instant once."""
    now = datetime.now(UTC)
    step = StepRun(PipelineStep.GENERATE, RunState.DONE, 1.0, "", now, now + timedelta(microseconds=1))
    run = PipelineRun(str(uuid.uuid4()), "ada", (step,), now, RunState.DONE, ended_at=now)
    record(service.warehouse.engine, run)
    made = door.ask(MADE, ADMIN)
    yield MADE, made
    token = {"token": made["createToken"]["token"]["token"]}
    yield REVOKED, door.ask(REVOKED, ADMIN, input=token)
    yield ASKED, door.ask(ASKED, ADMIN)
    with http_target() as heard:
        target = {"kind": "WEBHOOK", "address": heard.address}
        given = {"title": "Any views", "measure": "VIEWS", "condition": "ABOVE", "bound": 0, "targets": [target]}
        saved = door.ask(SAVED, ANA, input=given)
        yield SAVED, saved
        delivered = False
        # A busy machine may not judge it in the first round.
        for _ in range(MOST_TRIES):
            door.portal.call(AlertWatch(service, "https://marquee.example").round)
            shown = door.ask(ALERTS, ANA)["alerts"]
            delivered = any(event["deliveries"] for alert in shown for event in alert["history"])
            if delivered:
                break
        assert delivered
    silence = {"id": saved["saveAlert"]["alert"]["id"], "until": f"{now + timedelta(hours=3):%Y-%m-%dT%H:%M:%S+02:00}"}
    yield SILENCED, door.ask(SILENCED, ANA, input=silence)
    board = door.ask('mutation { saveBoard(input: {title: "Any", panels: []}) { board { id } } }', ANA)
    report = {
        "boardId": board["saveBoard"]["board"]["id"],
        "hour": 7,
        "targets": [{"kind": "EMAIL", "address": "a@example.com"}],
    }
    yield REPORTED, door.ask(REPORTED, ANA, input=report)
    experiments = folder / "experiments.csv"
    experiments.write_text(
        "id,name,start_time,end_time,control,shares\n1,Any,2026-01-05,2026-02-05T12:00:00Z,old,old=1|new=1\n"
    )
    load_file(service.warehouse, "experiments", experiments)
    yield EXPERIMENTS, door.ask(EXPERIMENTS, ANA)
    yield ALERTS, door.ask(ALERTS, ANA)


@pytest.mark.slow
def test_every_instant_of_the_schema_has_the_form(door: Door, service: Service, tmp_path: Path) -> None:
    found = defaultdict(set)
    for document, data in answers(door, service, tmp_path):
        for name, instant in instants_of(document, data):
            found[name].add(instant)
    with hosted(service) as host, streamed(host, FRESHNESS, ADMIN) as response:
        events = (body for name, body in told(response) if name == "next")
        # The first event is the present state, and those after it say what a load changed.
        for number in range(MOST_TRIES):
            body = next(events)
            assert isinstance(body, dict)
            for name, instant in instants_of(FRESHNESS, body["data"]):
                found[name].add(instant)
            if "Span.from" in found:
                break
            more = replace(world.SESSIONS[-1], id=f"{9_000_000 + number}")
            world.load(service.warehouse, world.World((), (), [more], ()))
    assert {name: odd for name, told in found.items() if (odd := [one for one in told if not is_instant(one)])} == {}
    assert set(found) == {
        f"{kind.name}.{name}"
        for kind in API.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if get_named_type(field.type).name == "DateTime"
    }


def test_local_starts_keep_their_offset_and_that_of_utc_is_z(door: Door) -> None:
    document = """{ viewing(timeZone: "Europe/London", range: {from: "2026-03-28", to: "2026-03-31"}) {
        rows(by: [DAY], fill: true) { time } } }"""
    rows = door.ask(document, ADMIN)["viewing"]["rows"]
    assert [row["time"] for row in rows] == [
        "2026-03-28T00:00:00Z",
        "2026-03-29T00:00:00Z",
        "2026-03-30T00:00:00+01:00",
    ]


@pytest.mark.parametrize(
    "text",
    ["2026-03-28T00:00:00+00:00", "2026-03-28 00:00:00Z", "2026-03-28T00:00:00", "2026-03-28", "2026-03-28T00:00:00z"],
)
def test_the_walk_sees_other_forms(text: str) -> None:
    assert not is_instant(text)
