"""Boards, alerts with their events, reports, tokens and audit records as nodes: `node` and `nodes` show what the
fields that list them show, to those who may ask these, and nobody else learns whether they are there.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from schema.roles import Role
from server.answering.response_cache import ResponseCache
from tests.integration.resolvers.conftest import Door, opened_door, token_of
from tests.integration.server.audited import WAIT_S, logged
from warehouse import ids
from warehouse.access import Access
from warehouse.alerts.history import EventKind
from warehouse.audit.log import AUDIT_LIST
from warehouse.audit.record import day_of_record
from warehouse.query.listing import RowId, rows_of_ids_sql
from warehouse.query.parameters import Parameters

ADA, BOB, CARL, DORA, EVE = (
    token_of(role, scope, subject=name)
    for name, role, scope in (
        ("ada", Role.ANALYST, None),
        ("bob", Role.VIEWER, None),
        ("carl", Role.ANALYST, {"country": ("DE",)}),
        ("dora", Role.ADMIN, None),
        ("eve", Role.ADMIN, {"country": ("DE",)}),
    )
)
NODES = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Board { title sourceId }
    ... on Alert { title sourceId history { id } } ... on AlertEvent { kind } ... on Report { boardId title }
    ... on Movie { title } ... on IssuedToken { subject of: kind }
    ... on AuditRecord { outcome operation fields } } }"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on Board { title } } }"
ALERT = {"title": "Many views", "measure": "VIEWS", "condition": "ABOVE", "bound": 5}
HIDDEN = ("FORBIDDEN", "Your role may not query ")


@pytest.fixture(scope="module")
def kept(door: Door) -> Iterator[Door]:
    """The door of a server that keeps answers."""
    with opened_door(replace(door.service, answers=ResponseCache(10_000_000))) as opened:
        yield opened


def board(door: Door, token: str, title: str, shared_with: str | None = None) -> str:
    """The id of a new board."""
    save = "mutation ($i: SaveBoardInput!) { saveBoard(input: $i) { board { id } } }"
    return str(
        door.ask(save, token, i={"title": title, "panels": [], "sharedWith": shared_with})["saveBoard"]["board"]["id"]
    )


def alert(door: Door, token: str) -> str:
    """The id of a new alert."""
    save = "mutation ($i: SaveAlertInput!) { saveAlert(input: $i) { alert { id } } }"
    return str(door.ask(save, token, i=ALERT)["saveAlert"]["alert"]["id"])


def report(door: Door, token: str, of_board: str) -> str:
    """The id of a new report."""
    save = "mutation ($i: SaveReportInput!) { saveReport(input: $i) { report { id } } }"
    targets = [{"kind": "EMAIL", "address": "a@example.com"}]
    return str(
        door.ask(save, token, i={"boardId": of_board, "hour": 7, "targets": targets})["saveReport"]["report"]["id"]
    )


def found(door: Door, token: str, *asked: str) -> list[Any]:
    """What somebody finds: a node, None, or the beginning of a refusal."""
    body = door.answer(NODES, token, ids=asked)
    shown: list[Any] = body["data"]["nodes"]
    for error in body.get("errors", []):
        field, number = error["path"]
        assert (field, shown[number]) == ("nodes", None)
        shown[number] = (error["extensions"]["code"], error["message"][: len(HIDDEN[1])])
    return shown


def test_a_board_is_a_node_for_those_who_see_it(door: Door) -> None:
    own, shared = board(door, ADA, "Node of Ada"), board(door, ADA, "Node of all", "VIEWER")
    plain = own.removeprefix("Board:")
    mine = {"__typename": "Board", "id": own, "title": "Node of Ada", "sourceId": plain}
    ours = {**mine, "id": shared, "title": "Node of all", "sourceId": shared.removeprefix("Board:")}
    assert found(door, ADA, own, shared, "Board:none") == [mine, ours, None]
    for stranger in (BOB, CARL, DORA, EVE):
        assert found(door, stranger, own, shared, "Board:none", plain) == [None, ours, None, None]


def test_arguments_take_a_board_s_id_and_the_plain_one(door: Door) -> None:
    made = board(door, ADA, "Either form")
    plain = made.removeprefix("Board:")
    asked = "query ($id: ID!) { board(id: $id) { id } }"
    assert [door.ask(asked, ADA, id=one)["board"] for one in (made, plain)] == [{"id": made}] * 2
    assert door.ask(asked, ADA, id=f"Alert:{plain}")["board"] is None
    save = "mutation ($i: SaveBoardInput!) { saveBoard(input: $i) { board { id version } } }"
    for version, form in ((1, made), (2, plain)):
        sent = {"title": "Either form", "panels": [], "id": form, "version": version}
        assert door.ask(save, ADA, i=sent)["saveBoard"]["board"] == {"id": made, "version": version + 1}
    of_both = [report(door, ADA, one) for one in (made, plain)]
    assert [one["boardId"] for one in found(door, ADA, *of_both)] == [made, made]
    delete = "mutation ($i: DeleteBoardInput!) { deleteBoard(input: $i) { deletedId } }"
    assert door.ask(delete, ADA, i={"id": plain, "version": 3})["deleteBoard"] == {"deletedId": made}
    assert found(door, ADA, made) == [None]


def test_a_stranger_is_not_answered_from_the_owner_s_answer(kept: Door) -> None:
    """Ada and Anna may see the same data, so they share answers that are of data."""
    anna, own = token_of(Role.ANALYST, subject="anna"), board(kept, ADA, "Kept from Anna")
    assert kept.ask(NODE, ADA, id=own)["node"] == {"id": own, "title": "Kept from Anna"}
    assert kept.ask(NODE, anna, id=own)["node"] is None
    kept.ask(NODE, ADA, id="Movie:1")
    answers = len(kept.service.answers)
    kept.ask(NODE, anna, id="Movie:1")
    assert len(kept.service.answers) == answers > 0


def test_alerts_and_their_events_are_nodes_for_those_who_see_them(door: Door) -> None:
    made = alert(door, ADA)
    note = "mutation ($i: AcknowledgeAlertInput!) { acknowledgeAlert(input: $i) { alert { history { id kind } } } }"
    (event,) = door.ask(note, ADA, i={"id": made})["acknowledgeAlert"]["alert"]["history"]
    assert event["id"].startswith(made.replace("Alert:", "AlertEvent:") + ".")
    for token in (ADA, DORA):
        assert found(door, token, made, event["id"], "Alert:none", "AlertEvent:none", "AlertEvent:") == [
            {
                "__typename": "Alert",
                "id": made,
                "title": "Many views",
                "sourceId": made[6:],
                "history": [{"id": event["id"]}],
            },
            {"__typename": "AlertEvent", **event},
            *[None] * 3,
        ]
    for stranger in (CARL, EVE):
        assert found(door, stranger, made, event["id"], "Alert:none") == [None] * 3
    kept = door.service.warehouse.alert_history
    assert [one.kind for one in kept.events(made.removeprefix("Alert:"))] == [EventKind.ACKNOWLEDGED]


def test_what_a_role_may_not_ask_is_refused_by_itself_whether_it_is_there_or_not(door: Door) -> None:
    theirs = (alert(door, ADA), report(door, ADA, board(door, ADA, "Reported")))
    absent = (
        "Alert:none",
        "AlertEvent:none.OK.1",
        "Report:none",
        "IssuedToken:none",
        "PipelineRun:none",
        "AuditRecord:none",
    )
    film = {"__typename": "Movie", "id": "Movie:1", "title": "Dusk"}
    assert found(door, BOB, theirs[0], "Movie:1", *theirs[1:], *absent) == [
        HIDDEN,
        film,
        HIDDEN,
        *[HIDDEN] * len(absent),
    ]
    (refused,) = door.answer(NODE, BOB, id=theirs[0])["errors"]
    assert (refused["path"], refused["extensions"]["code"]) == (["node"], "FORBIDDEN")


def test_a_report_is_a_node_for_those_who_see_it(door: Door) -> None:
    of_board = board(door, ADA, "To be sent")
    made = report(door, ADA, of_board)
    shown = {"__typename": "Report", "id": made, "boardId": of_board, "title": "To be sent"}
    assert [found(door, one, made)[0] for one in (ADA, DORA, CARL, EVE)] == [shown, shown, None, None]


def test_a_token_is_a_node_for_admins_of_all_rows_and_revoked_by_any_of_its_ids(door: Door) -> None:
    create = "mutation ($i: CreateTokenInput!) { createToken(input: $i) { token { id sourceId token } } }"
    end = "mutation ($id: ID!) { revokeToken(input: {id: $id}) { revokedToken { id sourceId } } }"
    for form in ("NewToken:{}", "IssuedToken:{}", "RevokedToken:{}", "{}"):
        made = door.ask(create, DORA, i={"role": "VIEWER", "subject": "zoe"})["createToken"]["token"]
        plain = made["sourceId"]
        assert made["id"] == f"NewToken:{plain}"
        listed = {"__typename": "IssuedToken", "id": f"IssuedToken:{plain}", "subject": "zoe", "of": "TOKEN"}
        assert found(door, DORA, listed["id"], made["id"], plain) == [listed, None, None]
        assert found(door, EVE, listed["id"])[0][0] == "FORBIDDEN"
        ended = door.ask(end, DORA, id=form.format(plain))["revokeToken"]["revokedToken"]
        assert ended == {"id": f"RevokedToken:{plain}", "sourceId": plain}
        assert door.post({"query": "{ viewer { role } }"}, made["token"]).status_code == 401


def test_an_audit_record_is_a_node_for_admins_of_all_rows(door: Door) -> None:
    door.ask("query Marked { viewer { role } }", ADA)
    until = time.monotonic() + WAIT_S
    while all(one["operation"] != "Marked" for one in logged(door.service.warehouse)):
        assert time.monotonic() < until
        time.sleep(0.05)
    listing = "{ auditLog(first: 50) { nodes { id sourceId operation fields outcome } } }"
    one = next(each for each in door.ask(listing, DORA)["auditLog"]["nodes"] if each["operation"] == "Marked")
    assert one["id"] == f"AuditRecord:{one.pop('sourceId')}"
    assert found(door, DORA, one["id"]) == [{"__typename": "AuditRecord", **one}]
    assert found(door, EVE, one["id"])[0][0] == found(door, ADA, one["id"])[0][0] == "FORBIDDEN"
    other = "00000000-0000-4000-8000-000000000001"
    latest = "ffffffff-ffff-7000-8000-000000000001"
    assert found(door, DORA, *(f"AuditRecord:{each}" for each in (other, latest, "1", ""))) == [None] * 4


def test_an_audit_record_is_sought_on_its_day(door: Door) -> None:
    parameters, key = Parameters(), ids.parse("019ad000-0000-7000-8000-000000000001")
    assert key is not None
    day = day_of_record(key)
    assert str(day) == "2025-11-29"
    sql = rows_of_ids_sql(AUDIT_LIST, ("id", "at"), [RowId(key, day)], Access("", "admin"), parameters)
    assert door.service.warehouse.engine.cost(sql, parameters.values)[0] == 0
