"""The rules of alerts, kept as versions with the rights of those who saved them."""

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
import pyarrow as pa

from warehouse.boards import Owner
from warehouse.engine.change_signal import ChangeSignal
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput

MOST_ALERTS = 500


class AlertCondition(StrEnum):
    """When an alert fires. RISES_BY and FALLS_BY compare with the period before, as a fraction of it."""

    ABOVE = "ABOVE"
    BELOW = "BELOW"
    RISES_BY = "RISES_BY"
    FALLS_BY = "FALLS_BY"
    OUTSIDE_FORECAST = "OUTSIDE_FORECAST"


class TargetKind(StrEnum):
    """How a target is told: a signed JSON body, a body that Slack and those like it take, or a mail."""

    WEBHOOK = "WEBHOOK"
    SLACK = "SLACK"
    EMAIL = "EMAIL"


@dataclass(frozen=True)
class Target:
    """Where a change of state is sent."""

    kind: TargetKind
    address: str

    @property
    def key(self) -> str:
        """What tells the target apart in the deliveries of an alert."""
        return f"{self.kind.value} {self.address}"


@dataclass(frozen=True)
class Rule:
    """What is watched: a measure of viewing, by slug, over the last whole local days that `over` spans, before the
    local day of the newest data. `where` is the filter as the API takes it. `bound` is None for OUTSIDE_FORECAST.
    """

    measure: str
    over: str
    time_zone: str
    condition: AlertCondition
    bound: float | None
    where: Mapping[str, Any] | None
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Rights:
    """The role and row scope that a rule is asked with: those of the token that saved it."""

    role: str
    scope: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Alert:
    """One version of an alert."""

    alert_id: str
    version: int
    title: str
    owner: Owner
    rights: Rights
    rule: Rule
    saved_at: datetime


@dataclass
class Alerts:
    """The table of rules. Its `signal` is notified of each change that is made in this process."""

    engine: Engine
    signal: ChangeSignal = field(default_factory=ChangeSignal)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> list[Alert]:
        """The newest version of every alert that was not deleted, by title."""
        found = self.engine.query(f"SELECT * FROM ({_NEWEST}) WHERE NOT is_deleted ORDER BY lower(title), alert_id")
        return [_alert(row) for row in found.dicts()]

    def find(self, alert_id: str) -> Alert | None:
        """An alert, None if there is none."""
        return next((one for one in self.all() if one.alert_id == alert_id), None)

    def create(self, title: str, owner: Owner, rights: Rights, rule: Rule) -> Alert:
        """A new alert.

        Raises: BadInput where there are too many.
        """
        with self._lock:
            if len(self.all()) >= MOST_ALERTS:
                raise BadInput(f"There are {MOST_ALERTS:,} alerts already. Delete one first.")
            return self._save(Alert(uuid.uuid4().hex, 1, title, owner, rights, rule, datetime.now(UTC)))

    def change(
        self, based_on: Alert, title: str, owner: Owner, rights: Rights, rule: Rule, is_deleted: bool = False
    ) -> Alert:
        """The next version of an alert.

        Raises: BadInput if it has a newer version than the one that the change is based on.
        """
        with self._lock:
            newest = self.find(based_on.alert_id)
            if newest is None or newest.version != based_on.version:
                raise BadInput("The alert was changed by somebody else meanwhile. Load it again, then change it.")
            made = Alert(based_on.alert_id, based_on.version + 1, title, owner, rights, rule, datetime.now(UTC))
            return self._save(made, is_deleted)

    def _save(self, alert: Alert, is_deleted: bool = False) -> Alert:
        row = {
            "alert_id": alert.alert_id,
            "version": alert.version,
            "title": alert.title,
            "owner": alert.owner.subject,
            "issuer": alert.owner.issuer,
            "role": alert.rights.role,
            "scope": orjson.dumps(dict(alert.rights.scope)).decode(),
            "rule": orjson.dumps(alert.rule).decode(),
            "is_deleted": is_deleted,
            "saved_at": alert.saved_at,
        }
        self.engine.insert("alerts", pa.Table.from_pylist([row], schema=_SCHEMA))
        self.engine.sync()
        self.signal.notify()
        return alert


_NEWEST = "SELECT * FROM alerts ORDER BY alert_id, version DESC, saved_at DESC LIMIT 1 BY alert_id"
_SCHEMA = pa.schema(
    {
        "alert_id": pa.string(),
        "version": pa.uint32(),
        **dict.fromkeys(("title", "owner", "issuer", "role", "scope", "rule"), pa.string()),
        "is_deleted": pa.bool_(),
        "saved_at": pa.timestamp("ms", "UTC"),
    }
)


def _alert(row: Mapping[str, Any]) -> Alert:
    scope = {name: tuple(values) for name, values in orjson.loads(row["scope"]).items()}
    owner, rights = Owner(row["owner"], row["issuer"]), Rights(row["role"], scope)
    saved_at = row["saved_at"].replace(tzinfo=UTC)
    return Alert(row["alert_id"], row["version"], row["title"], owner, rights, _rule(row["rule"]), saved_at)


def _rule(text: str) -> Rule:
    kept = orjson.loads(text)
    targets = tuple(Target(TargetKind(one["kind"]), one["address"]) for one in kept.pop("targets"))
    return Rule(**{**kept, "condition": AlertCondition(kept["condition"])}, targets=targets)
