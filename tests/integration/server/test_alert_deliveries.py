"""What is sent about an alert: signed, once, to allowed addresses, again where it failed, and not too often."""

import asyncio
import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from anyio import to_thread

from server.alerting import deliveries
from server.alerting.watch import AlertWatch
from server.answering.service import Service
from tests.integration.resolvers.conftest import Door
from tests.integration.server.alert_targets import http_target, mail_target
from tests.integration.server.alerts import (
    ADA,
    CARL,
    door,
    judged,
    no_alert_is_left,
    saved,
    service,
    shown,
    to,
)
from warehouse.alerts.history import Standing
from warehouse.deliveries import MOST_TRIES, Outcome

__all__ = ["door", "no_alert_is_left", "service"]


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
