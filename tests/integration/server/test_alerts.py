"""Alerts: judged with their owners' rights, shown to those who could ask, silenced, acknowledged, and bounded."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from schema.roles import Role
from server.answering.service import Service
from server.identity.token_service import subject_key
from server.identity.tokens import ISSUER
from tests.integration.resolvers.conftest import Door, token_of
from tests.integration.server.alert_targets import http_target
from tests.integration.server.alerts import (
    ADA,
    CARL,
    DORA,
    EVE,
    MANY,
    SAVE,
    VERA,
    door,
    judged,
    no_alert_is_left,
    saved,
    service,
    shown,
    to,
)
from warehouse.alerts import history
from warehouse.alerts.history import EventKind
from warehouse.alerts.rules import Alerts
from warehouse.revocations import FOR_GOOD

__all__ = ["door", "no_alert_is_left", "service"]


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
