"""Alerts: judged with their owners' rights, recorded once a state, and sent once to real servers.

The service has 10 views on the first of May (6 in Germany, 4 in America), 20 on the second (4 and 16), and two on the
third, which is the newest day and so not over.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from anyio import to_thread

from resolvers.root import build_schema
from schema.roles import Role
from server.alerting import deliveries
from server.alerting.watch import AlertWatch
from server.answering.operations import published
from server.answering.service import Service
from server.identity.token_service import subject_key
from server.identity.tokens import ISSUER
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, Door, opened_door, token_of
from tests.integration.resolvers.world import FILMS, PEOPLE, Session, World
from tests.integration.server.alert_targets import http_target, mail_target
from warehouse import open_warehouse
from warehouse.alerts import history
from warehouse.alerts.history import MOST_TRIES, EventKind, Outcome, Standing
from warehouse.alerts.rules import Alerts
from warehouse.revocations import FOR_GOOD

ALERT = """id version title owner scope measure where over timeZone condition bound targets { kind address }
    signingSecret state isAcknowledged silencedUntil"""
HISTORY = """history { kind madeBy value before low high from to note movers { dimension value now before contribution }
    deliveries { address outcome detail tries } }"""
SAVE = f"""mutation ($input: SaveAlertInput!) {{ saveAlert(input: $input) {{
    alert {{ {ALERT} }} userErrors {{ message field }} }} }}"""
ADA, CARL, DORA, EVE, VERA = (
    token_of(role, scope, subject=name)
    for name, role, scope in (
        ("ada", Role.ANALYST, None),
        ("carl", Role.ANALYST, {"country": ("DE",)}),
        ("dora", Role.ADMIN, None),
        ("ada", Role.ANALYST, {"country": ("DE",)}),
        ("vera", Role.VIEWER, None),
    )
)
MANY = {"title": "Many views", "measure": "VIEWS", "condition": "ABOVE", "bound": 15}


def sessions(day: int, country_of: dict[str, int], first_id: int) -> list[Session]:
    """So many sessions a country at noon of a day of May."""
    people = {person.country: person for person in PEOPLE if person.country}
    watched = [people[country] for country, count in country_of.items() for _ in range(count)]
    start = datetime(2026, 5, day, 12, tzinfo=UTC)
    return [
        Session(str(first_id + number), person, FILMS[0], start, 300_000, 500_000, "TV", "HD", 0)
        for number, person in enumerate(watched)
    ]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that may send to this machine."""
    folder = tmp_path_factory.mktemp("alerts") / "warehouse"
    settings = Settings(warehouse=f"chdb://{folder}", alert_private_addresses=True)
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        three_days = [
            *sessions(1, {"DE": 6, "US": 4}, 1),
            *sessions(2, {"DE": 4, "US": 16}, 100),
            *sessions(3, {"US": 1, "DE": 1}, 200),
        ]
        world.load(warehouse, World(FILMS, PEOPLE, three_days, ()))
        yield Service(settings, warehouse, build_schema(), published(), TOKENS, hash_key=bytes(32))


@pytest.fixture(scope="module")
def door(service: Service) -> Iterator[Door]:
    """Its HTTP door."""
    with opened_door(service) as found:
        yield found


@pytest.fixture(autouse=True)
def no_alert_is_left(service: Service) -> Iterator[None]:
    """Each test has its own alerts."""
    yield
    for one in service.warehouse.alerts.all():
        service.warehouse.alerts.change(one, one.title, one.owner, one.rights, one.rule, is_deleted=True)


def saved(door: Door, token: str, **given: Any) -> dict[str, Any]:
    """An alert that was saved."""
    payload = door.ask(SAVE, token, input={**MANY, **given})["saveAlert"]
    assert payload["userErrors"] == []
    found: dict[str, Any] = payload["alert"]
    return found


def judged(door: Door, service: Service) -> None:
    """Judge all alerts and send what is due, as a process that has just been started."""

    async def once() -> None:
        watch = AlertWatch(service, "https://marquee.example")
        await watch.round()
        await watch.deliveries.concluded()

    door.portal.call(once)


def shown(door: Door, token: str, alert: dict[str, Any]) -> dict[str, Any]:
    """An alert as somebody sees it, with its history."""
    asked = f"query ($id: ID!) {{ alert(id: $id) {{ {ALERT} {HISTORY} }} }}"
    found: dict[str, Any] = door.ask(asked, token, id=alert["id"])["alert"]
    return found


def to(kind: str, address: str) -> dict[str, Any]:
    """The input of one target."""
    return {"targets": [{"kind": kind, "address": address}]}


def test_a_state_is_recorded_and_sent_once_whoever_watches(door: Door, service: Service) -> None:
    with http_target() as heard:
        alert = saved(door, ADA, **to("WEBHOOK", heard.address))
        for _ in range(3):
            judged(door, service)
        (event,) = shown(door, ADA, alert)["history"]
        assert (event["kind"], event["value"], event["high"], event["from"], event["to"]) == (
            "FIRING",
            20,
            15,
            "2026-05-02",
            "2026-05-03",
        )
        assert event["deliveries"] == [{"address": heard.address, "outcome": "SENT", "detail": "", "tries": 1}]
        assert len(heard.requests) == 1

        saved(door, ADA, id=alert["id"], version=1, bound=25, **to("WEBHOOK", heard.address))
        judged(door, service)
        judged(door, service)
        assert [json.loads(body)["type"] for _, body in heard.requests] == ["alert.firing", "alert.resolved"]
        assert [one["kind"] for one in shown(door, ADA, alert)["history"]] == ["OK", "FIRING"]


def test_of_many_who_record_a_state_or_claim_a_delivery_one_does(door: Door, service: Service) -> None:
    alert_id = saved(door, ADA, **to("WEBHOOK", "https://hook.example/x"))["id"]
    history = service.warehouse.alert_history
    alert = service.warehouse.alerts.find(alert_id)
    assert alert is not None
    verdict = door.portal.call(AlertWatch(service, "").judge.verdict, alert)
    assert verdict is not None
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: history.record(alert, verdict.kind, verdict.found), range(4)))
        (event,) = [one for one in made if one]
        claims = list(pool.map(lambda _: history.claim(alert, event, alert.rule.targets[0]), range(4)))
    assert sorted(claims) == [False, False, False, True]
    assert len(history.events(alert_id)) == 1
    # A process that died after its claim: nobody knows whether it arrived, and nobody repeats it.
    (left,) = history.deliveries(alert_id)
    assert left.outcome is Outcome.SENDING
    assert history.due(alert, history.standings()[alert_id], datetime.now(UTC) + timedelta(days=1)) == []


def test_a_body_is_signed_and_says_what_moved(door: Door, service: Service) -> None:
    with http_target() as heard:
        alert = saved(door, ADA, condition="RISES_BY", bound=0.5, **to("WEBHOOK", heard.address))
        judged(door, service)
        ((headers, body),) = heard.requests
    key = base64.b64decode(alert["signingSecret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    data = json.loads(body)["data"]
    assert (data["value"], data["before"], data["high"]) == (20, 10, 15)
    by_country = {one["value"]: one["contribution"] for one in data["movers"] if one["dimension"] == "country"}
    assert by_country == {"US": 12, "DE": -2}
    assert data["url"] == f"https://marquee.example/alerts/{alert['id']}"


def test_chats_and_mail_are_told_in_words(door: Door, service: Service) -> None:
    with http_target() as heard, mail_target() as (url, mails):
        mailing = replace(
            service, settings=service.settings.model_copy(update={"smtp_url": url, "smtp_from": "marquee@example.com"})
        )
        targets = [
            {"kind": "SLACK", "address": heard.address},
            {"kind": "EMAIL", "address": "ops@example.com"},
        ]
        saved(door, ADA, title="Views <& more>", targets=targets)
        judged(door, mailing)
        judged(door, mailing)
        ((_, body),) = heard.requests
        (mail,) = mails
    text = json.loads(body)["text"]
    assert text.startswith(
        "*Firing: Views &lt;&amp; more&gt;*\nViews: 20 is above 15.\nPeriod: 2026-05-02 to 2026-05-03"
    )
    assert (mail["To"], mail["From"]) == ("ops@example.com", "marquee@example.com")
    assert mail["Subject"] == "Firing: Views <& more>"
    assert "country US: 4 -> 16" in str(mail.get_payload())
    assert "country `US`: 4 -&gt; 16" in text


def test_it_is_asked_with_the_rights_of_its_owner(door: Door, service: Service) -> None:
    """Carl sees Germany only: 4 views. Nothing of America may be judged, kept or sent."""
    with http_target() as heard:
        alert = saved(door, CARL, condition="FALLS_BY", bound=0.1, **to("WEBHOOK", heard.address))
        judged(door, service)
        (event,) = shown(door, CARL, alert)["history"]
        ((_, body),) = heard.requests
    assert (event["value"], event["before"]) == (4, 6)
    assert alert["scope"] == ["country: DE"]
    assert "US" not in json.dumps(event) + body.decode()
    of_forecast = saved(door, CARL, condition="OUTSIDE_FORECAST", bound=None, where={"genre": {"eq": "Drama"}})
    judged(door, service)
    (refused,) = shown(door, CARL, of_forecast)["history"]
    assert refused["kind"] == "FAILED"
    assert "your token is limited to some rows" in refused["note"]


def test_it_fails_once_all_tokens_of_its_owner_are_revoked(door: Door, service: Service) -> None:
    mallory = token_of(Role.ANALYST, subject="mallory")
    alert = saved(door, mallory)
    service.warehouse.revocations.add(subject_key(ISSUER, "mallory"), FOR_GOOD, "dora")
    judged(door, service)
    (event,) = shown(door, DORA, alert)["history"]
    assert (event["kind"], event["value"]) == ("FAILED", None)
    assert "All tokens of mallory were revoked" in event["note"]


def test_its_figures_are_shown_to_those_who_could_ask_for_them(door: Door, service: Service) -> None:
    of_ada, of_carl = saved(door, ADA, title="of ada"), saved(door, CARL, title="of carl")
    judged(door, service)
    seen = {
        name: {one["title"] for one in door.ask("{ alerts { title } }", token)["alerts"]}
        for name, token in {"ada": ADA, "carl": CARL, "dora": DORA, "ada in DE": EVE}.items()
    }
    assert seen == {"ada": {"of ada"}, "carl": {"of carl"}, "dora": {"of ada", "of carl"}, "ada in DE": set()}
    assert door.ask("query ($id: ID!) { alert(id: $id) { title } }", EVE, id=of_ada["id"]) == {"alert": None}
    for mutation, more in (("deleteAlert", ", version: 1"), ("acknowledgeAlert", ""), ("silenceAlert", "")):
        asked = f'mutation {{ {mutation}(input: {{id: "{of_carl["id"]}"{more}}}) {{ userErrors {{ message }} }} }}'
        (error,) = door.ask(asked, ADA)[mutation]["userErrors"]
        assert error["message"] == f"There is no alert '{of_carl['id']}'."
    (error,) = door.answer("{ alerts { title } }", VERA)["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"


def test_nothing_is_sent_while_it_is_silenced(door: Door, service: Service) -> None:
    silence = "mutation ($input: SilenceAlertInput!) { silenceAlert(input: $input) { alert { silencedUntil } } }"
    with http_target() as heard:
        alert = saved(door, ADA, **to("WEBHOOK", heard.address))
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        assert door.ask(silence, ADA, input={"id": alert["id"], "until": until})["silenceAlert"]["alert"][
            "silencedUntil"
        ]
        judged(door, service)
        assert (shown(door, ADA, alert)["state"], heard.requests) == ("FIRING", [])
        door.ask(silence, ADA, input={"id": alert["id"]})
        judged(door, service)
        assert len(heard.requests) == 1
    kinds = [(one["kind"], one["madeBy"]) for one in shown(door, ADA, alert)["history"]]
    assert sorted(kinds) == [("FIRING", None), ("SILENCED", "ada"), ("SILENCED", "ada")]


def test_an_acknowledgement_is_of_the_present_state(door: Door, service: Service) -> None:
    acknowledge = "mutation ($id: ID!) { acknowledgeAlert(input: {id: $id}) { alert { isAcknowledged } } }"
    alert = saved(door, ADA)
    judged(door, service)
    assert door.ask(acknowledge, DORA, id=alert["id"])["acknowledgeAlert"]["alert"]["isAcknowledged"]
    for version, bound in ((1, 25), (2, 15)):
        saved(door, ADA, id=alert["id"], version=version, bound=bound)
        judged(door, service)
    found = shown(door, ADA, alert)
    assert (found["state"], found["isAcknowledged"]) == ("FIRING", False)
    assert [one["kind"] for one in found["history"]] == ["FIRING", "OK", "ACKNOWLEDGED", "FIRING"]


def test_what_failed_is_tried_again_and_not_for_ever(door: Door, service: Service) -> None:
    history = service.warehouse.alert_history
    with http_target() as heard:
        heard.status = 503
        alert_id = saved(door, ADA, **to("WEBHOOK", heard.address))["id"]
        judged(door, service)
        judged(door, service)
        alert = service.warehouse.alerts.find(alert_id)
        assert alert is not None
        standing: Standing = history.standings()[alert_id]
        now = datetime.now(UTC)
        assert [bool(history.due(alert, standing, now + timedelta(seconds=s))) for s in (0, 50, 61)] == [
            False,
            False,
            True,
        ]
        for _ in range(MOST_TRIES - 1):
            assert standing.state is not None
            service.warehouse.engine.insert("alert_deliveries", _step(alert_id, alert.rule.targets[0].key, "SENDING"))
            service.warehouse.engine.insert("alert_deliveries", _step(alert_id, alert.rule.targets[0].key, "FAILED"))
        assert history.due(alert, standing, now + timedelta(days=1)) == []
        (delivery,) = shown(door, ADA, {"id": alert_id})["history"][0]["deliveries"]
    assert (delivery["outcome"], delivery["tries"]) == ("FAILED", MOST_TRIES)
    assert len(heard.requests) == 1


def _step(alert_id: str, target: str, outcome: str) -> Any:
    row = {
        "alert_id": alert_id,
        "number": 1,
        "target": target,
        "outcome": outcome,
        "detail": "",
        "at": datetime.now(UTC),
    }
    return pa.Table.from_pylist([row])


def test_a_delivery_under_way_is_concluded_when_the_server_stops(door: Door, service: Service) -> None:
    async def stopped_amid_a_delivery() -> None:
        watching = asyncio.create_task(AlertWatch(service, "").watch())
        assert await to_thread.run_sync(heard.is_asked.wait, 30)
        watching.cancel()
        await asyncio.sleep(0.05)
        heard.may_answer.set()
        await asyncio.wait({watching})
        assert watching.cancelled()

    with http_target() as heard:
        heard.may_answer.clear()
        alert = saved(door, ADA, **to("WEBHOOK", heard.address))
        door.portal.call(stopped_amid_a_delivery)
        (delivery,) = shown(door, ADA, alert)["history"][0]["deliveries"]
    assert (delivery["outcome"], len(heard.requests)) == ("SENT", 1)


def test_an_alert_that_can_not_be_read_does_not_silence_the_others(
    door: Door, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """A later version of Marquee may save rules that this one does not know."""
    engine = service.warehouse.engine
    unknown, known = saved(door, ADA, title="Unknown"), saved(door, ADA, title="Known")
    later = engine.query(
        'SELECT * REPLACE (2 AS version, \'{"measure": "of_tomorrow"}\' AS rule) FROM alerts '
        "WHERE alert_id = {id:String}",
        {"id": unknown["id"]},
    )
    engine.insert("alerts", pa.Table.from_pylist(list(later.dicts())))
    judged(door, service)
    assert shown(door, ADA, known)["state"] == "FIRING"
    assert [one["title"] for one in door.ask("{ alerts { title } }", ADA)["alerts"]] == ["Known"]
    assert f"The alert {unknown['id']} can't be read by this version of Marquee" in caplog.text
    engine.command(
        "INSERT INTO alerts SELECT * REPLACE (3 AS version, true AS is_deleted) FROM alerts AS a "
        "WHERE alert_id = {id:String} AND a.version = 2",
        {"id": unknown["id"]},
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_addresses_within_the_network_are_refused(door: Door, service: Service, host: str) -> None:
    closed = replace(service, settings=service.settings.model_copy(update={"alert_private_addresses": False}))
    with http_target() as heard:
        alert = saved(door, ADA, **to("WEBHOOK", heard.address.replace("127.0.0.1", host)))
        judged(door, closed)
        (delivery,) = shown(door, ADA, alert)["history"][0]["deliveries"]
        assert (delivery["outcome"], heard.requests) == ("REFUSED", [])
        assert "not on the public internet" in delivery["detail"]


def test_a_redirect_is_not_followed(door: Door, service: Service) -> None:
    with http_target() as heard, http_target() as inner:
        heard.status, heard.location = 307, inner.address
        alert = saved(door, ADA, **to("SLACK", heard.address))
        judged(door, service)
        (delivery,) = shown(door, ADA, alert)["history"][0]["deliveries"]
    assert (delivery["outcome"], delivery["detail"], inner.requests) == ("FAILED", "The answer was 307.", [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": " "}, "A title has 1 to 120 printable characters"),
        ({"bound": None}, "ABOVE needs a bound"),
        ({"condition": "RISES_BY", "bound": 0}, "A change is a fraction"),
        ({"condition": "OUTSIDE_FORECAST"}, "The forecast has its own bounds"),
        ({"condition": "OUTSIDE_FORECAST", "bound": None}, "Forecasts are of views by genre"),
        (
            {"condition": "OUTSIDE_FORECAST", "bound": None, "over": "P7D", "where": {"genre": {"eq": "Drama"}}},
            "Forecasts are of single days in UTC",
        ),
        ({"where": {"country": {"eq": "Germany"}}}, "country"),
        (to("WEBHOOK", "ftp://example.com"), "is not a URL"),
        (to("WEBHOOK", "https://user:secret@example.com/"), "is not a URL"),
        (to("SLACK", "example.com"), "is not a URL"),
        (to("EMAIL", "a@b.example, c@d.example"), "is not a mail address"),
        (to("EMAIL", "a@b.example\r\nBcc: c@d.example"), "is not a mail address"),
        # Encoded words: two addresses, and a header.
        (to("EMAIL", "=?utf-8?q?x=40a.example=2Cy?=@b.example"), "is not a mail address"),
        (to("EMAIL", "=?utf-8?q?a=0D=0ABcc=3A_x?=@b.example"), "is not a mail address"),
        (to("EMAIL", "ä@b.example"), "is not a mail address"),
        ({"targets": [{"kind": "EMAIL", "address": f"{n}@b.example"} for n in range(6)]}, "at most 5 targets"),
        ({"id": "none", "version": 1}, "There is no alert 'none'"),
    ],
    ids=str,
)
def test_what_can_not_be_watched_is_refused(door: Door, given: dict[str, Any], said: str) -> None:
    (error,) = door.ask(SAVE, ADA, input={**MANY, **given})["saveAlert"]["userErrors"]
    assert said in error["message"]


def test_a_filter_comes_back_as_it_was_sent(door: Door) -> None:
    where = {"or": [{"country": {"in": ["DE", "AT"]}}, {"not": {"device": {"startsWith": "T"}}}]}
    assert saved(door, ADA, where=where)["where"] == where


def test_an_owner_s_slow_target_delays_nobody_else(door: Door, service: Service) -> None:
    async def two_rounds() -> bool:
        watch = AlertWatch(service, "")
        await watch.round()
        heard_of_quick = await to_thread.run_sync(quick.is_asked.wait, 30)
        # Its owner's other alerts wait, and are judged.
        await watch.round()
        slow.may_answer.set()
        await watch.deliveries.concluded()
        return heard_of_quick

    with http_target() as slow, http_target() as quick:
        slow.may_answer.clear()
        # By title, in which order they are judged.
        of_ada = [saved(door, ADA, title=f"A{number}", **to("WEBHOOK", slow.address)) for number in range(2)]
        saved(door, CARL, title="C", bound=3, **to("WEBHOOK", quick.address))
        assert door.portal.call(two_rounds)
    assert len(slow.requests) == len(quick.requests) + 1 == 2
    assert {shown(door, ADA, one)["state"] for one in of_ada} == {"FIRING"}


def test_an_owner_sends_so_many_a_minute(
    door: Door, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deliveries, "MOST_A_MINUTE", 1)
    with http_target() as heard:
        for number in range(2):
            saved(door, ADA, title=f"A{number}", **to("WEBHOOK", heard.address))
        saved(door, CARL, bound=3, **to("WEBHOOK", heard.address))
        judged(door, service)
        assert len(heard.requests) == 2
        assert "ada sends more than 1 alerts a minute" in caplog.text
        # What waits is sent, by a process that begins to count.
        judged(door, service)
        assert len(heard.requests) == 3


def test_an_owner_has_so_many_alerts_and_others_have_theirs(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Alerts, "most_of_one", 2)
    first, _ = saved(door, ADA), saved(door, ADA)
    (error,) = door.ask(SAVE, ADA, input=MANY)["saveAlert"]["userErrors"]
    assert error["message"] == "You have 2 alerts already. Delete one first."
    saved(door, CARL)
    assert saved(door, ADA, id=first["id"], version=1)["version"] == 2
    delete = f'mutation {{ deleteAlert(input: {{id: "{first["id"]}", version: 2}}) {{ deletedId }} }}'
    door.ask(delete, ADA)
    saved(door, ADA)


def test_what_people_do_again_and_again_does_not_fill_the_tables(
    door: Door, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it does not push out what targets were told."""
    monkeypatch.setattr(history, "MOST_EVENTS", 3)
    monkeypatch.setattr(history, "_MOST_ROWS", 8)
    counted = "SELECT count() FROM alert_events WHERE alert_id = {id:String}"
    kept = service.warehouse.alert_history
    with http_target() as heard:
        alert = saved(door, ADA, **to("WEBHOOK", heard.address))
        judged(door, service)
        for _ in range(12):
            kept.note(alert["id"], EventKind.ACKNOWLEDGED, "ada")
            assert int(service.warehouse.engine.query(counted, {"id": alert["id"]}).scalar()) <= 8
        assert shown(door, ADA, alert)["isAcknowledged"]
        saved(door, ADA, id=alert["id"], version=1, bound=25, **to("WEBHOOK", heard.address))
        judged(door, service)
        assert [json.loads(body)["type"] for _, body in heard.requests] == ["alert.firing", "alert.resolved"]
