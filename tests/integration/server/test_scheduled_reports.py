"""Scheduled reports: who may have what sent, with whose rights it is made, and that each moment's is sent once."""

import asyncio
import base64
import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from schema.roles import Role
from server.answering.service import Service
from server.identity.token_service import subject_key
from server.identity.tokens import ISSUER
from server.reporting.board_report import Report
from server.reporting.report_watch import ReportWatch
from tests.integration.resolvers.conftest import Door, token_of
from tests.integration.server.alert_targets import http_target, mail_target
from tests.integration.server.alerts import ADA, CARL, DORA, EVE, VERA, door, service
from warehouse.deliveries import Outcome
from warehouse.reports.history import LATEST, LONGEST_MAKING
from warehouse.reports.schedules import ScheduledReport
from warehouse.revocations import FOR_GOOD

__all__ = ["door", "service"]

REPORT = """id: sourceId version boardId title owner scope form range hour weekday timeZone nextAt signingSecret
    targets { kind address } deliveries { address outcome detail tries }"""
SAVE = f"""mutation ($input: SaveReportInput!) {{ saveReport(input: $input) {{
    report {{ {REPORT} }} userErrors {{ message field }} }} }}"""
DELETE = "mutation ($input: DeleteReportInput!) { deleteReport(input: $input) { deletedId userErrors { message } } }"
BOARD = "mutation ($input: SaveBoardInput!) { saveBoard(input: $input) { board { id: sourceId } } }"
PANEL = {"title": "Countries", "question": "measures=views&by=COUNTRY&top=20"}


@pytest.fixture(autouse=True)
def no_report_is_left(service: Service) -> Iterator[None]:
    """Each test has its own reports."""
    yield
    for one in service.warehouse.reports.all():
        service.warehouse.reports.change(one, one.title, one.owner, one.rights, one.plan, is_deleted=True)


@pytest.fixture(scope="module")
def board(door: Door) -> str:
    """The id of a board that viewers see."""
    given = {"title": "Countries", "panels": [PANEL], "sharedWith": "VIEWER"}
    return str(door.ask(BOARD, DORA, input=given)["saveBoard"]["board"]["id"])


def saved(door: Door, token: str, board: str, address: str, kind: str = "WEBHOOK", **given: Any) -> dict[str, Any]:
    """A report that was saved, of all of May as CSV."""
    targets = [{"kind": kind, "address": address}]
    asked = {"boardId": board, "form": "CSV", "range": "P28D", "hour": 8, "targets": targets, **given}
    payload = door.ask(SAVE, token, input=asked)["saveReport"]
    assert payload["userErrors"] == []
    found: dict[str, Any] = payload["report"]
    return found


def made_due(service: Service, report: dict[str, Any]) -> ScheduledReport:
    """The report as if it had been saved two days ago, for a full hour that has just been."""
    now = datetime.now(UTC)
    two_days_ago = (now - timedelta(days=2)).replace(tzinfo=None)
    row = service.warehouse.engine.query(
        "SELECT * FROM reports WHERE report_id = {id:String} ORDER BY version DESC LIMIT 1", {"id": report["id"]}
    )
    (kept,) = row.dicts()
    plan = json.loads(kept["plan"])
    plan["schedule"] |= {"hour": now.hour, "weekday": None, "time_zone": "UTC"}
    changed = {**kept, "version": kept["version"] + 1, "plan": json.dumps(plan), "saved_at": two_days_ago}
    service.warehouse.engine.insert("reports", pa.Table.from_pylist([changed]))
    found = service.warehouse.reports.find(report["id"])
    assert found is not None
    return found


def an_hour_ago(service: Service, report: dict[str, Any]) -> None:
    """Date the steps of a report back."""
    engine, given = service.warehouse.engine, {"id": report["id"]}
    steps = engine.query("SELECT * FROM report_deliveries WHERE report_id = {id:String}", given).dicts()
    engine.command("DELETE FROM report_deliveries WHERE report_id = {id:String}", given)
    earlier = [{**one, "at": one["at"] - timedelta(hours=1)} for one in steps]
    engine.insert("report_deliveries", pa.Table.from_pylist(earlier))


def sent(door: Door, service: Service) -> None:
    """Send what is due, as a process that has just been started."""
    door.portal.call(ReportWatch(service, "https://marquee.example").round)


def shown(door: Door, token: str, report: dict[str, Any]) -> dict[str, Any]:
    """A report as somebody sees it."""
    (found,) = [one for one in door.ask(f"{{ reports {{ {REPORT} }} }}", token)["reports"] if one["id"] == report["id"]]
    return dict(found)


def test_a_moment_s_report_is_sent_once_whoever_watches(door: Door, service: Service, board: str) -> None:
    with http_target() as heard:
        report = saved(door, ADA, board, heard.address)
        sent(door, service)
        # Saved after the hour of today, or before it: nothing is sent of moments before it was saved.
        assert heard.requests == []
        made_due(service, report)
        for _ in range(3):
            sent(door, service)
        assert shown(door, ADA, report)["deliveries"] == [
            {"address": heard.address, "outcome": "SENT", "detail": "", "tries": 1}
        ]
        ((headers, body),) = heard.requests
    key = base64.b64decode(report["signingSecret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert (told["type"], told["data"]["title"]) == ("report.made", "Countries")
    assert told["data"]["url"] == f"https://marquee.example/boards/{board}"
    assert (told["data"]["range"], told["data"]["from"], told["data"]["through"]) == (
        "P28D",
        "2026-04-06",
        "2026-05-03",
    )
    (file,) = told["data"]["files"]
    rows = csv.DictReader(io.StringIO(base64.b64decode(file["content"]).decode()))
    assert {row["country"]: int(row["views"]) for row in rows} == {"DE": 11, "US": 21}


def test_a_report_holds_the_rows_of_who_saved_it(door: Door, service: Service, board: str) -> None:
    with http_target() as heard:
        report = saved(door, CARL, board, heard.address)
        assert report["scope"] == ["country: DE"]
        made_due(service, report)
        sent(door, service)
        ((_, body),) = heard.requests
    (file,) = json.loads(body)["data"]["files"]
    assert base64.b64decode(file["content"]).decode().splitlines()[1:] == ["DE,11,false"]


def test_of_many_who_claim_a_delivery_one_does(door: Door, service: Service, board: str) -> None:
    history = service.warehouse.report_history
    due = made_due(service, saved(door, ADA, board, "https://hook.example/x"))
    moment, (target,) = history.due(due, datetime.now(UTC))
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda _: history.claim(due, moment, target), range(4)))
    assert sorted(claims) == [False, False, False, True]
    # A process that died after its claim: nobody knows whether it arrived, and nobody repeats it.
    assert history.due(due, datetime.now(UTC))[1] == []
    # Tomorrow's is another.
    following, targets = history.due(due, moment + timedelta(days=1, minutes=1))
    assert (following, targets) == (moment + timedelta(days=1), [target])
    assert history.due(due, moment + LATEST + timedelta(minutes=1))[1] == []


@dataclass
class SlowWatch(ReportWatch):
    """A watch that notes what it makes, and takes its time."""

    made: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def _made(self, scheduled: ScheduledReport, moment: datetime) -> Report:
        self.made.append(scheduled.report_id)
        self.begun.set()
        await asyncio.sleep(0.5)
        return await super()._made(scheduled, moment)


def test_of_many_who_watch_one_makes_a_report(door: Door, service: Service, board: str) -> None:
    watches = [SlowWatch(service, "https://marquee.example") for _ in range(3)]

    async def rounds() -> None:
        await asyncio.gather(*(one.round() for one in watches))

    with http_target() as heard:
        report = saved(door, ADA, board, heard.address)
        made_due(service, report)
        door.portal.call(rounds)
        assert len(heard.requests) == 1
    assert [one for watch in watches for one in watch.made] == [report["id"]]


def test_a_report_whose_maker_ended_is_made_by_another_one(door: Door, service: Service, board: str) -> None:
    history = service.warehouse.report_history
    with http_target() as heard:
        report = saved(door, ADA, board, heard.address)
        due = made_due(service, report)
        moment, _ = history.due(due, datetime.now(UTC))
        assert history.begin(due, moment)
        # The process that has taken it on is killed here: the others wait, and it is no delivery that anybody sees.
        sent(door, service)
        assert heard.requests == []
        assert shown(door, ADA, report)["deliveries"] == []
        assert not history.is_being_made(due, moment, datetime.now(UTC) + LONGEST_MAKING)
        an_hour_ago(service, report)
        sent(door, service)
        sent(door, service)
        assert len(heard.requests) == 1


def test_a_report_that_is_cancelled_can_be_made_at_once(door: Door, service: Service, board: str) -> None:
    async def cancelled() -> None:
        watch = SlowWatch(service, "https://marquee.example")
        round_ = asyncio.create_task(watch.round())
        await watch.begun.wait()
        round_.cancel()
        with pytest.raises(asyncio.CancelledError):
            await round_

    with http_target() as heard:
        made_due(service, saved(door, ADA, board, heard.address))
        door.portal.call(cancelled)
        assert heard.requests == []
        sent(door, service)
        assert len(heard.requests) == 1


def test_mail_brings_the_files_and_chats_lead_to_the_board(door: Door, service: Service, board: str) -> None:
    with http_target() as heard, mail_target() as (url, mails):
        settings = service.settings.model_copy(update={"smtp_url": url, "smtp_from": "marquee@example.com"})
        slack = {"kind": "SLACK", "address": heard.address}
        report = saved(door, ADA, board, "", targets=[slack, {"kind": "EMAIL", "address": "ops@example.com"}])
        made_due(service, report)
        sent(door, replace(service, settings=settings))
        ((_, body),), (mail,) = heard.requests, mails
    text = json.loads(body)["text"]
    # The newest data is of 3 May.
    assert text == f"Countries: P28D, 2026-04-06 to 2026-05-03, UTC\nhttps://marquee.example/boards/{board}"
    assert (mail["Subject"], mail["To"]) == ("Countries", "ops@example.com")
    (attached,) = mail.iter_attachments()  # type: ignore[attr-defined]
    assert attached.get_filename() == "01-countries.csv"
    assert "US,21,false" in attached.get_content()


def test_yesterday_is_the_calendar_s_in_the_zone_of_the_report(door: Door, service: Service, board: str) -> None:
    with http_target() as heard:
        report = saved(door, ADA, board, heard.address, range="yesterday")
        moment, _ = service.warehouse.report_history.due(made_due(service, report), datetime.now(UTC))
        sent(door, service)
        ((_, body),) = heard.requests
    told = json.loads(body)["data"]
    yesterday = (moment.date() - timedelta(days=1)).isoformat()
    assert (told["from"], told["through"]) == (yesterday, yesterday)
    # No data came since May, and May's is not taken for it.
    assert base64.b64decode(told["files"][0]["content"]).decode().splitlines() == ["country,views,isOthers"]


def test_what_fails_is_tried_again_and_what_can_not_be_made_is_not(door: Door, service: Service, board: str) -> None:
    with http_target() as heard:
        heard.status = 503
        report = saved(door, ADA, board, heard.address)
        due = made_due(service, report)
        sent(door, service)
        sent(door, service)
        assert len(heard.requests) == 1
        assert shown(door, ADA, report)["deliveries"][0]["detail"] == "The answer was 503."
        history = service.warehouse.report_history
        later = [len(history.due(due, datetime.now(UTC) + timedelta(seconds=s))[1]) for s in (50, 61)]
        assert later == [0, 1]
    given = {"title": "Gone", "panels": [PANEL], "sharedWith": None}
    private = str(door.ask(BOARD, ADA, input=given)["saveBoard"]["board"]["id"])
    gone = saved(door, ADA, private, "https://hook.example/x")
    (kept,) = [one for one in service.warehouse.boards.all() if one.board_id == private]
    service.warehouse.boards.change(kept, kept.title, "", (), is_deleted=True)
    made_due(service, gone)
    sent(door, service)
    (delivery,) = shown(door, ADA, gone)["deliveries"]
    assert delivery["outcome"] == Outcome.REFUSED.value
    assert "There is no board" in delivery["detail"]


def test_reports_of_those_whose_tokens_were_revoked_end(door: Door, service: Service, board: str) -> None:
    mallory = token_of(Role.ANALYST, subject="mallory of reports")
    with http_target() as heard:
        report = saved(door, mallory, board, heard.address)
        made_due(service, report)
        service.warehouse.revocations.add(subject_key(ISSUER, "mallory of reports"), FOR_GOOD, "dora")
        sent(door, service)
        assert heard.requests == []
    (delivery,) = shown(door, DORA, report)["deliveries"]
    assert "All tokens of mallory of reports were revoked" in delivery["detail"]


def test_reports_are_seen_and_changed_by_those_who_could_ask_for_them(door: Door, board: str) -> None:
    of_ada = saved(door, ADA, board, "https://hook.example/x", weekday="MONDAY", timeZone="Europe/Berlin")
    assert (of_ada["weekday"], of_ada["owner"], of_ada["title"]) == ("MONDAY", "ada", "Countries")
    ids = {
        name: [one["id"] for one in door.ask("{ reports { id: sourceId } }", token)["reports"]]
        for name, token in {"ada": ADA, "carl": CARL, "dora": DORA, "ada in DE": EVE}.items()
    }
    assert ids == {"ada": [of_ada["id"]], "carl": [], "dora": [of_ada["id"]], "ada in DE": []}
    assert door.answer("{ reports { id: sourceId } }", VERA)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    taken = {"id": of_ada["id"], "version": 1}
    assert door.ask(DELETE, CARL, input=taken)["deleteReport"]["userErrors"][0]["message"].startswith("There is no")
    changed = saved(door, ADA, board, "https://hook.example/x", hour=9, **taken)
    assert (changed["version"], changed["hour"], changed["weekday"]) == (2, 9, None)
    assert "changed by somebody else" in door.ask(DELETE, ADA, input=taken)["deleteReport"]["userErrors"][0]["message"]
    gone = door.ask(DELETE, ADA, input={**taken, "version": 2})["deleteReport"]
    assert gone == {"deletedId": f"Report:{of_ada['id']}", "userErrors": []}
    assert door.ask("{ reports { id: sourceId } }", ADA)["reports"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hour": 24}, "The hour is 24. Use 0 to 23."),
        ({"range": "P3D"}, "The range is 'P3D'. Use P1D, P7D"),
        ({"range": "2026-05-01..2026-05-02"}, "is about time that moves on"),
        ({"boardId": "nope"}, "There is no board 'nope'."),
        ({"targets": []}, "A report needs a target"),
        ({"targets": [{"kind": "EMAIL", "address": "nobody"}]}, "'nobody' is not a mail address"),
    ],
)
def test_what_can_be_no_report_is_refused(door: Door, board: str, given: dict[str, Any], said: str) -> None:
    asked = {"boardId": board, "hour": 8, "targets": [{"kind": "EMAIL", "address": "a@b.example"}], **given}
    payload = door.ask(SAVE, ADA, input=asked)["saveReport"]
    assert payload["report"] is None
    assert said in payload["userErrors"][0]["message"]
