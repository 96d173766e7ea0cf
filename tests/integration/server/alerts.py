"""A service with three days of views, whose alerts are judged at will.

It has 10 views on the first of May (6 in Germany, 4 in America), 20 on the second (4 and 16), and two on the third,
which is the newest day and so not over.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.alerting.watch import AlertWatch
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, Door, opened_door, token_of
from tests.integration.resolvers.world import FILMS, PEOPLE, Session, World
from warehouse import open_warehouse

ALERT = """id: sourceId version title owner scope measure where over timeZone condition bound targets { kind address }
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
