"""The history of alerts: a row for each change of state, and what was sent about it.

A change is recorded and a delivery is claimed by one process at a time: both hold the right to write, and look again
first. So no state is recorded or sent twice, even with several processes or after a restart. If a process dies between
the claim and the answer, nobody knows whether the delivery arrived, and it is not repeated.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa

from warehouse.alerts.rules import Alert, Alerts
from warehouse.deliveries import Delivery, DeliveryLog, Outcome, Target, is_due, newest_steps
from warehouse.described_enum import DescribedEnum
from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError

LOG = logging.getLogger("marquee.alerts")
MOST_EVENTS = 100
# Where an alert has more, of each kind the newest are kept.
_MOST_ROWS = 10 * MOST_EVENTS


class EventKind(DescribedEnum):
    """States: OK, FIRING, and FAILED where the rule can't be asked. Actions of people: ACKNOWLEDGED; SILENCED, which
    also ends a silence."""

    OK = "OK", "The condition does not hold."
    FIRING = "FIRING", "The condition holds."
    FAILED = "FAILED", "The rule can't be asked; the event's note says why."
    ACKNOWLEDGED = "ACKNOWLEDGED", "Somebody knows of the present state."
    SILENCED = "SILENCED", "Somebody silenced the alert for a time, or ended that."


STATES = (EventKind.OK, EventKind.FIRING, EventKind.FAILED)


@dataclass(frozen=True)
class Mover:
    """A value of a dimension, and how much of the change of a measure comes from it."""

    dimension: str
    value: str
    now: float
    before: float
    contribution: float


@dataclass(frozen=True)
class Found:
    """What a check found: the value, and `low` and `high`, between which it is quiet; None is no bound. `start` and
    `end` are local dates, the end excluded. `until` is of silences."""

    value: float | None = None
    before: float | None = None
    low: float | None = None
    high: float | None = None
    start: str | None = None
    end: str | None = None
    note: str = ""
    movers: tuple[Mover, ...] = ()
    until: str | None = None


@dataclass(frozen=True)
class Event:
    """A change of state, or what somebody did about it; `number` is of the state that it is or was done about."""

    alert_id: str
    number: int
    kind: EventKind
    at: datetime
    made_by: str = ""
    found: Found = field(default_factory=Found)


@dataclass(frozen=True)
class Standing:
    """Where an alert stands: its state, since when, and what was done about it."""

    state: Event | None = None
    is_acknowledged: bool = False
    silenced_until: datetime | None = None

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing is sent at the moment."""
        return self.silenced_until is not None and now < self.silenced_until


@dataclass(frozen=True)
class AlertHistory:
    """The tables of events and deliveries; `alone` lets nobody else write during a block."""

    engine: Engine
    alerts: Alerts
    alone: Callable[[], AbstractContextManager[None]]

    def events(self, alert_id: str) -> list[Event]:
        """The newest events of an alert, newest first."""
        found = self.engine.query(
            "SELECT * FROM alert_events WHERE alert_id = {alert_id:String} ORDER BY at DESC, number DESC "
            "LIMIT {limit:UInt32}",
            {"alert_id": alert_id, "limit": MOST_EVENTS},
        )
        return [_event(row) for row in found.dicts()]

    def _states(self, alert_id: str) -> list[Event]:
        """The newest changes of state of an alert: what people did must not push them out."""
        found = self.engine.query(
            "SELECT * FROM alert_events WHERE alert_id = {alert_id:String} AND kind IN {states:Array(String)} "
            "ORDER BY at DESC, number DESC LIMIT {limit:UInt32}",
            {"alert_id": alert_id, "states": [one.value for one in STATES], "limit": MOST_EVENTS},
        )
        return [_event(row) for row in found.dicts()]

    def standing(self, alert_id: str) -> Standing:
        """Where one alert stands."""
        return self._standings("alert_id = {alert_id:String}", {"alert_id": alert_id}).get(alert_id, Standing())

    def standings(self) -> dict[str, Standing]:
        """Where each alert stands, by its id; those that were never judged are missing."""
        return self._standings("true", {})

    def _standings(self, test: str, given: Mapping[str, str]) -> dict[str, Standing]:
        found = self.engine.query(
            f"SELECT * FROM alert_events WHERE {test} ORDER BY at DESC, number DESC "
            "LIMIT 1 BY alert_id, multiIf(kind = 'ACKNOWLEDGED', 1, kind = 'SILENCED', 2, 0)",
            given,
        )
        by_alert: dict[str, dict[EventKind, Event]] = {}
        for event in map(_event, found.dicts()):
            kind = EventKind.OK if event.kind in STATES else event.kind
            by_alert.setdefault(event.alert_id, {})[kind] = event
        return {alert_id: _standing(newest) for alert_id, newest in by_alert.items()}

    def record(self, alert: Alert, kind: EventKind, found: Found) -> Event | None:
        """A new state of an alert; None if it is in that state already, or was changed or deleted meanwhile.

        Raises: WriterBusy while another process writes.
        """
        with self.alone():
            newest = self.alerts.find(alert.alert_id)
            state = self.standing(alert.alert_id).state
            if newest is None or newest.version != alert.version or (state is not None and state.kind is kind):
                return None
            now = datetime.now(UTC)
            # Clocks of several machines differ.
            at = max(now, state.at + timedelta(milliseconds=1)) if state else now
            made = Event(alert.alert_id, state.number + 1 if state else 1, kind, at, found=found)
            self.engine.write("alert_events", _rows([made]))
            self.engine.sync()
            self._tidy_up(alert.alert_id)
            return made

    def note(self, alert_id: str, kind: EventKind, made_by: str, until: datetime | None = None) -> None:
        """Note what somebody did about an alert's present state."""
        state = self.standing(alert_id).state
        found = Found(until=until.isoformat() if until else None)
        event = Event(alert_id, state.number if state else 0, kind, datetime.now(UTC), made_by, found)
        self.engine.insert("alert_events", _rows([event]))
        self.engine.sync()
        self.alerts.signal.notify()
        self._tidy_up(alert_id)

    def _tidy_up(self, alert_id: str) -> None:
        """Drop what is old; what was noted is noted, whether or not that works."""
        try:
            self._drop_old(alert_id)
        except MarqueeError as error:
            LOG.warning("Old events of the alert %s could not be dropped: %s", alert_id, error)

    def _drop_old(self, alert_id: str) -> None:
        """Drop an alert's oldest events and their deliveries: what people do again and again must not fill the disk."""
        counted = "SELECT count() FROM alert_events WHERE alert_id = {alert_id:String}"
        if int(self.engine.query(counted, {"alert_id": alert_id}).scalar()) <= _MOST_ROWS:
            return
        self.engine.command(
            "DELETE FROM alert_events WHERE alert_id = {alert_id:String} AND (kind, at, number) NOT IN "
            "(SELECT kind, at, number FROM alert_events WHERE alert_id = {alert_id:String} ORDER BY at DESC, "
            "number DESC LIMIT {most:UInt32} BY kind)",
            {"alert_id": alert_id, "most": MOST_EVENTS},
        )
        self.engine.command(
            "DELETE FROM alert_deliveries WHERE alert_id = {alert_id:String} AND number NOT IN "
            "(SELECT number FROM alert_events WHERE alert_id = {alert_id:String})",
            {"alert_id": alert_id},
        )

    @property
    def log(self) -> DeliveryLog:
        """What was sent."""
        return DeliveryLog(self.engine, "alert_deliveries", "alert_id")

    def deliveries(self, alert_id: str) -> list[Delivery]:
        """The newest step of each delivery of an alert, newest first."""
        return self.log.of(alert_id)

    def due(self, alert: Alert, standing: Standing, now: datetime) -> list[tuple[Event, Target]]:
        """What is to be sent of an alert: that it fires, and to whom that was sent also that it no longer does. Nothing
        while it is silenced, or fails."""
        state = standing.state
        if not alert.rule.targets or state is None or state.kind is EventKind.FAILED or standing.is_silent(now):
            return []
        done = self.deliveries(alert.alert_id)
        known = newest_steps(done)
        told = _told_last(self._states(alert.alert_id), done)
        wanted = alert.rule.targets
        if state.kind is EventKind.OK:
            wanted = tuple(one for one in wanted if told.get(one.key) is EventKind.FIRING)
        else:
            wanted = tuple(one for one in wanted if told.get(one.key) is not EventKind.FIRING)
        return [(state, one) for one in wanted if is_due(known.get((state.number, one.key)), now)]

    def claim(self, alert: Alert, event: Event, target: Target) -> bool:
        """Take a delivery on; False if somebody else has, or it is no longer due.

        Raises: WriterBusy while another process writes.
        """
        with self.alone():
            now = datetime.now(UTC)
            newest = self.alerts.find(alert.alert_id)
            due = self.due(newest, self.standing(alert.alert_id), now) if newest else []
            if not any(one.number == event.number and to == target for one, to in due):
                return False
            self.log.claim(alert.alert_id, event.number, target.key)
            return True

    def conclude(self, event: Event, target: Target, outcome: Outcome, detail: str) -> None:
        """Note what became of a delivery."""
        self.log.conclude(event.alert_id, event.number, target.key, outcome, detail)


def _standing(newest: Mapping[EventKind, Event]) -> Standing:
    state = newest.get(EventKind.OK)
    acknowledged, silenced = newest.get(EventKind.ACKNOWLEDGED), newest.get(EventKind.SILENCED)
    until = silenced.found.until if silenced else None
    return Standing(
        state,
        state is not None and acknowledged is not None and acknowledged.number == state.number,
        datetime.fromisoformat(until) if until else None,
    )


def _told_last(events: Sequence[Event], done: Sequence[Delivery]) -> dict[str, EventKind]:
    """The state that each target heard last, or may have."""
    kinds = {event.number: event.kind for event in events}
    heard = sorted((one for one in done if one.outcome in (Outcome.SENT, Outcome.SENDING)), key=lambda one: one.number)
    return {one.target: kinds[one.number] for one in heard if one.number in kinds}


_EVENTS = pa.schema(
    {
        "alert_id": pa.string(),
        "number": pa.uint32(),
        "kind": pa.string(),
        "at": pa.timestamp("ms", "UTC"),
        "made_by": pa.string(),
        "found": pa.string(),
    }
)


def _rows(events: Sequence[Event]) -> pa.Table:
    rows = [vars(one) | {"kind": one.kind.value, "found": orjson.dumps(asdict(one.found)).decode()} for one in events]
    return pa.Table.from_pylist(rows, schema=_EVENTS)


def _event(row: Mapping[str, Any]) -> Event:
    kept = orjson.loads(row["found"])
    found = replace(Found(**{**kept, "movers": ()}), movers=tuple(Mover(**one) for one in kept["movers"]))
    at = row["at"].replace(tzinfo=UTC)
    return Event(row["alert_id"], row["number"], EventKind(row["kind"]), at, row["made_by"], found)
