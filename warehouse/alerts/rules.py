"""The rules of alerts, kept as versions with the rights of those who saved them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from warehouse.deliveries import Target, read_targets
from warehouse.described_enum import DescribedEnum
from warehouse.saved_items import Owner, Rights, Version, VersionedTable, read_rights, written_rights

MOST_ALERTS, MOST_ALERTS_OF_ONE = 500, 50


class AlertCondition(DescribedEnum):
    """When an alert fires. RISES_BY and FALLS_BY compare with the period before, as a fraction of it."""

    ABOVE = "ABOVE", "When the measure is above the bound."
    BELOW = "BELOW", "When the measure is below the bound."
    RISES_BY = "RISES_BY", "When the measure has risen against the period before by more than the fraction."
    FALLS_BY = "FALLS_BY", "When the measure has fallen against the period before by more than the fraction."
    OUTSIDE_FORECAST = (
        "OUTSIDE_FORECAST",
        "When the views of a genre are outside the interval that was forecast for the day.",
    )


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
class Alert:
    """One version of an alert."""

    alert_id: str
    version: int
    title: str
    owner: Owner
    rights: Rights
    rule: Rule
    saved_at: datetime


class Alerts(VersionedTable[Alert]):
    """The table of rules."""

    noun, texts, most, most_of_one = "alert", ("role", "scope", "rule"), MOST_ALERTS, MOST_ALERTS_OF_ONE

    def create(self, title: str, owner: Owner, rights: Rights, rule: Rule) -> Alert:
        """A new alert.

        Raises: BadInput where there are too many.
        """
        return self._create(Alert(uuid.uuid4().hex, 1, title, owner, rights, rule, datetime.now(UTC)))

    def change(
        self, based_on: Alert, title: str, owner: Owner, rights: Rights, rule: Rule, is_deleted: bool = False
    ) -> Alert:
        """The next version of an alert.

        Raises: BadInput if it has a newer version than the one that the change is based on.
        """
        alert_id, number, now = based_on.alert_id, based_on.version + 1, datetime.now(UTC)
        return self._change(Alert(alert_id, number, title, owner, rights, rule, now), is_deleted)

    def _drop_old(self) -> None:
        super()._drop_old()
        for table in ("alert_events", "alert_deliveries"):
            self.engine.command(f"DELETE FROM {table} WHERE alert_id NOT IN (SELECT alert_id FROM alerts)")

    def _item(self, version: Version, texts: Mapping[str, str]) -> Alert:
        rights, rule = read_rights(texts), _rule(texts["rule"])
        return Alert(version.identity, version.number, version.title, version.owner, rights, rule, version.saved_at)

    def _row(self, item: Alert) -> tuple[Version, Mapping[str, str]]:
        texts = {**written_rights(item.rights), "rule": orjson.dumps(item.rule).decode()}
        return Version(item.alert_id, item.version, item.title, item.owner, item.saved_at), texts


def _rule(text: str) -> Rule:
    kept = orjson.loads(text)
    changed = {"condition": AlertCondition(kept["condition"]), "targets": read_targets(kept["targets"])}
    return Rule(**{**kept, **changed})
