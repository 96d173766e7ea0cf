"""Alerts: rules that the server watches with their owners' rights, their states, and what was sent about them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from schema.described_enums import described
from schema.enums import ViewingMeasure
from schema.inputs import ViewingFilter
from schema.nodes import OWN_ID, Node
from schema.scalars import Date, DateTime, Duration, TimeZone
from warehouse.alerts.history import EventKind
from warehouse.alerts.rules import AlertCondition
from warehouse.deliveries import Outcome, TargetKind

LONGEST_TITLE = 120
LONGEST_ADDRESS = 500
MOST_TARGETS = 5
DEFAULT_OVER = Duration("P1D")

AlertId = Annotated[strawberry.ID, strawberry.argument(description="The alert's `id` or `sourceId`.")]

described(
    "When an alert fires.",
    name="AlertCondition",
)(AlertCondition)
described("How a target is told.", name="AlertTargetKind")(TargetKind)
described(
    "A state of an alert, or what somebody did about it.",
    name="AlertEventKind",
)(EventKind)
described(
    "What became of a delivery.",
    name="AlertOutcome",
)(Outcome)


@strawberry.type(description="Where changes of state are sent.")
class AlertTarget:
    """Part of an alert."""

    kind: TargetKind = strawberry.field(description="How it is told.")
    address: str = strawberry.field(description="A URL, or a mail address.")


@strawberry.type(description="A value of a dimension, and how much of a measure's change comes from it.")
class AlertMover:
    """Part of an event."""

    dimension: str = strawberry.field(description="The dimension, as a field of a row: `country`.")
    value: str = strawberry.field(description="Its value.")
    now: float = strawberry.field(description="The measure there.")
    before: float = strawberry.field(description="The measure there in the period before.")
    contribution: float = strawberry.field(
        description="How much of the change comes from it: the difference; of ratios weighted by its share of views."
    )


@strawberry.type(description="One step of telling a target of a change of state.")
class AlertDelivery:
    """Grain: one target of one event."""

    address: str = strawberry.field(description="The target's address.")
    outcome: Outcome = strawberry.field(description="What became of it.")
    detail: str = strawberry.field(description="Why it failed or was refused; otherwise empty.")
    at: DateTime = strawberry.field(description="When that was.")
    tries: int = strawberry.field(description="How often it was tried.")


@strawberry.type(description="A change of state of an alert, or what somebody did about it.")
class AlertEvent(Node):
    """Grain: one event."""

    source_id: strawberry.ID = strawberry.field(description=OWN_ID)
    kind: EventKind = strawberry.field(description="The new state, or what was done.")
    at: DateTime = strawberry.field(description="When.")
    made_by: str | None = strawberry.field(description="Who did it; null for changes of state.")
    value: float | None = strawberry.field(description="The measure's value.")
    before: float | None = strawberry.field(description="Its value in the period before.")
    low: float | None = strawberry.field(description="The lowest value at which the alert is quiet; null for none.")
    high: float | None = strawberry.field(description="The highest value at which it is quiet; null for none.")
    from_: Date | None = strawberry.field(name="from", description="The first local day of the period.")
    to: Date | None = strawberry.field(description="The local day after the period's last one.")
    note: str = strawberry.field(description="Why the rule can't be asked; otherwise empty.")
    until: DateTime | None = strawberry.field(description="Until when it is silenced; null ends a silence.")
    movers: list[AlertMover] = strawberry.field(description="What moved the measure most, the largest part first.")
    deliveries: list[AlertDelivery] = strawberry.field(description="What was sent about it.")


async def _read_history(root: strawberry.Parent["Alert"]) -> list[AlertEvent]:
    return await root.read_history()


@strawberry.type(description="A rule that the server watches, and where it stands.")
class Alert(Node):
    """Grain: one alert, its newest version."""

    source_id: strawberry.ID = strawberry.field(description=OWN_ID)
    version: int = strawberry.field(description="Which version it is; a change names the one that it is based on.")
    title: str = strawberry.field(description="What it is called.")
    owner: str = strawberry.field(description="The subject with whose rights it is asked.")
    scope: list[str] = strawberry.field(description="The row scope that it is asked with: `country: DE`.")
    measure: ViewingMeasure = strawberry.field(description="What is watched.")
    where: JSON | None = strawberry.field(description="The rows that count, as a `ViewingFilter`; null: all.")
    over: Duration = strawberry.field(description="The whole local days before the day of the newest data.")
    time_zone: TimeZone = strawberry.field(description="The time zone of these days.")
    condition: AlertCondition = strawberry.field(description="When it fires.")
    bound: float | None = strawberry.field(description="The condition's number; null for OUTSIDE_FORECAST.")
    targets: list[AlertTarget] = strawberry.field(description="Where changes of state are sent.")
    signing_secret: str = strawberry.field(
        description="The key with which bodies for webhooks are signed, as Standard Webhooks has it: `whsec_...`."
    )
    state: EventKind | None = strawberry.field(
        description="OK, FIRING or FAILED; null before it was judged, as where there is no data yet."
    )
    since: DateTime | None = strawberry.field(description="When it came into its state.")
    is_acknowledged: bool = strawberry.field(description="Whether somebody has acknowledged its present state.")
    silenced_until: DateTime | None = strawberry.field(description="Until when nothing is sent; null: things are.")
    saved_at: DateTime = strawberry.field(description="When it was saved.")
    read_history: strawberry.Private[Callable[[], Awaitable[list[AlertEvent]]]]

    history: list[AlertEvent] = strawberry.field(resolver=_read_history, description="Its newest events, newest first.")


@strawberry.input(description="Where changes of state are sent.")
class AlertTargetInput:
    """`https://...` or, for EMAIL, one mail address."""

    kind: TargetKind = strawberry.field(description="How it is told.")
    address: str = strawberry.field(description="A URL, or a mail address.")


@strawberry.input(description="An alert as it should be: a new one, or the next version of one.")
class SaveAlertInput:
    """`id` and `version` go together."""

    title: str = strawberry.field(description=f"What it is called, at most {LONGEST_TITLE} characters.")
    measure: ViewingMeasure = strawberry.field(description="What is watched.")
    condition: AlertCondition = strawberry.field(description="When it fires.")
    bound: float | None = strawberry.field(
        default=None,
        description="The condition's number: a value of the measure, or a fraction (0.2: by 20 %) for RISES_BY and "
        "FALLS_BY; none for OUTSIDE_FORECAST.",
    )
    where: Any = strawberry.field(
        default=None, graphql_type=ViewingFilter | None, description="The rows that count; null: all that you may see."
    )
    over: Duration = strawberry.field(
        default=DEFAULT_OVER, description="How many whole local days before the day of the newest data: `P1D`, `P7D`."
    )
    time_zone: TimeZone = strawberry.field(default=TimeZone("UTC"), description="The time zone of these days.")
    targets: list[AlertTargetInput] = strawberry.field(
        default_factory=list, description=f"Where changes of state are sent; at most {MOST_TARGETS}."
    )
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The alert to change, by `id` or `sourceId`; null makes a new one."
    )
    version: int | None = strawberry.field(
        default=None, description="The version that the change is based on. A newer one refuses the change."
    )


@strawberry.input(description="An alert to delete.")
class DeleteAlertInput:
    """As `SaveAlertInput`."""

    id: strawberry.ID = strawberry.field(description="The alert, by `id` or `sourceId`.")
    version: int = strawberry.field(description="The version that you have seen.")


@strawberry.input(description="An alert whose present state somebody knows of.")
class AcknowledgeAlertInput:
    """Of `acknowledgeAlert`."""

    id: strawberry.ID = strawberry.field(description="The alert, by `id` or `sourceId`.")


@strawberry.input(description="An alert of which nothing is to be sent for a time.")
class SilenceAlertInput:
    """Of `silenceAlert`."""

    id: strawberry.ID = strawberry.field(description="The alert, by `id` or `sourceId`.")
    until: DateTime | None = strawberry.field(default=None, description="Until when; null ends the silence.")
