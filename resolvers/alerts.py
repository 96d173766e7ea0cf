"""Alerts: who sees and changes which. The server asks their rules, with the rights of those who saved them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

import warehouse.alerts.rules as rules
from resolvers.context import Context, context_of
from resolvers.delivery_targets import checked_targets, shown_delivery, shown_targets, signing_secret
from resolvers.filters import filter_of
from resolvers.saved_items import asker_of, checked_text, moment_text, rights_of, sees_item
from resolvers.user_errors import done_or_refused
from schema.alerts import (
    LONGEST_TITLE,
    AcknowledgeAlertInput,
    Alert,
    AlertEvent,
    AlertId,
    AlertMover,
    DeleteAlertInput,
    SaveAlertInput,
    SilenceAlertInput,
)
from schema.enums import ViewingMeasure
from schema.node_ids import node_id, source_id
from schema.payloads import (
    AcknowledgeAlertPayload,
    DeleteAlertPayload,
    SaveAlertPayload,
    SilenceAlertPayload,
)
from schema.scalars import Date, Duration, TimeZone
from warehouse.alerts.history import Event, EventKind, Mover, Standing
from warehouse.alerts.rules import AlertCondition, Rule
from warehouse.deliveries import Delivery
from warehouse.errors import BadInput
from warehouse.query.instants import instant_of
from warehouse.saved_items import changed_meanwhile

Saved = Annotated[SaveAlertInput, strawberry.argument(description="The alert as it should be.")]
Deleted = Annotated[DeleteAlertInput, strawberry.argument(description="The alert to delete.")]
Acknowledged = Annotated[AcknowledgeAlertInput, strawberry.argument(description="The alert to acknowledge.")]
Silenced = Annotated[SilenceAlertInput, strawberry.argument(description="The alert to silence.")]

LONGEST_SILENCE = timedelta(days=31)
_FORECAST_MEASURE = "views"
# Of the ids of events: the alert, what happened, and when in milliseconds.
_PART = "."


async def alerts(info: strawberry.Info) -> list[Alert]:
    """The alerts that you may see, by title: those of your subject that were saved with no more rights than yours, and
    for admins without a row scope those of everybody.
    """
    context = context_of(info)
    found, standings = await context.once(
        lambda: (context.warehouse.alerts.all(), context.warehouse.alert_history.standings())
    )
    return [
        _shown(context, one, standings.get(one.alert_id, Standing()))
        for one in found
        if sees_item(context, one.owner, one.rights)
    ]


async def alert(info: strawberry.Info, id: AlertId) -> Alert | None:
    """An alert that you may see; null if there is none."""
    context = context_of(info)
    found = await _find(context, id)
    return await _newest(context, found) if found else None


async def events_of(info: strawberry.Info, event_ids: Sequence[str]) -> list[AlertEvent]:
    """The events of alerts that you may see, by their ids; each alert counts as a question."""
    context = context_of(info)
    wanted = {event_id.partition(_PART)[0] for event_id in event_ids}
    found = [one for one in await alerts(info) if one.source_id in wanted]
    for _ in found:
        context.admit()
    return [event for one in found for event in await one.read_history()]


async def save_alert(info: strawberry.Info, input: Saved) -> SaveAlertPayload:
    """Save an alert: a new one, or the next version of one that you see. It becomes yours: it is asked with the role
    and row scope of your token from then on, also after the token has expired, until all your tokens are revoked.
    """
    context = context_of(info)
    saved, errors = await done_or_refused(context, _save(context, input))
    return SaveAlertPayload(alert=saved, user_errors=errors)


async def delete_alert(info: strawberry.Info, input: Deleted) -> DeleteAlertPayload:
    """Delete an alert that you see."""
    context = context_of(info)
    gone, errors = await done_or_refused(context, _delete(context, input))
    return DeleteAlertPayload(
        deleted_id=strawberry.ID(node_id("Alert", gone.alert_id)) if gone else None, user_errors=errors
    )


async def acknowledge_alert(info: strawberry.Info, input: Acknowledged) -> AcknowledgeAlertPayload:
    """Note that you know of an alert's present state. Its history says so, and it no longer counts in the header."""
    context = context_of(info)
    done, errors = await done_or_refused(context, _note(context, input.id, EventKind.ACKNOWLEDGED))
    return AcknowledgeAlertPayload(alert=done, user_errors=errors)


async def silence_alert(info: strawberry.Info, input: Silenced) -> SilenceAlertPayload:
    """Send nothing about an alert until a time. It is watched meanwhile; what it is in at the end is sent then."""
    context = context_of(info)
    done, errors = await done_or_refused(context, _silence(context, input))
    return SilenceAlertPayload(alert=done, user_errors=errors)


async def _save(context: Context, asked: SaveAlertInput) -> Alert:
    kept = context.warehouse.alerts
    title, rule = checked_text(asked.title, "title", LONGEST_TITLE, "title"), _rule(asked)
    owner, rights = asker_of(context), rights_of(context)
    if asked.id is None:
        saved = await context.once(lambda: kept.create(title, owner, rights, rule))
    else:
        based_on = await _changeable(context, asked.id, asked.version)
        saved = await context.once(lambda: kept.change(based_on, title, owner, rights, rule))
    return await _newest(context, saved)


async def _delete(context: Context, asked: DeleteAlertInput) -> rules.Alert:
    kept = context.warehouse.alerts
    old = await _changeable(context, asked.id, asked.version)
    return await context.once(lambda: kept.change(old, old.title, old.owner, old.rights, old.rule, is_deleted=True))


async def _silence(context: Context, asked: SilenceAlertInput) -> Alert:
    until = instant_of(asked.until) if asked.until else None
    now = datetime.now(UTC)
    if until is not None and not now < until <= now + LONGEST_SILENCE:
        raise BadInput(f"A silence ends in the future, within {LONGEST_SILENCE.days} days.", "until")
    return await _note(context, asked.id, EventKind.SILENCED, until)


async def _note(context: Context, alert_id: str, kind: EventKind, until: datetime | None = None) -> Alert:
    found = await _seen(context, alert_id)
    history, subject = context.warehouse.alert_history, context.access.subject
    await context.once(lambda: history.note(found.alert_id, kind, subject, until))
    return await _newest(context, found)


async def _newest(context: Context, found: rules.Alert) -> Alert:
    standing = await context.once(lambda: context.warehouse.alert_history.standing(found.alert_id))
    return _shown(context, found, standing)


async def _find(context: Context, alert_id: str) -> rules.Alert | None:
    own_id = source_id("Alert", alert_id)
    found = await context.once(lambda: context.warehouse.alerts.find(own_id))
    return found if found and sees_item(context, found.owner, found.rights) else None


async def _seen(context: Context, alert_id: str) -> rules.Alert:
    found = await _find(context, alert_id)
    if found is None:
        raise BadInput(f"There is no alert {alert_id!r}.", "id")
    return found


async def _changeable(context: Context, alert_id: str, version: int | None) -> rules.Alert:
    found = await _seen(context, alert_id)
    if found.version != version:
        raise BadInput(changed_meanwhile("alert"), "version")
    return found


def _rule(asked: SaveAlertInput) -> Rule:
    """Raises: BadInput."""
    filter_of(asked.where)
    where = _written(asked.where) if asked.where not in (None, UNSET) else None
    targets = checked_targets(asked.targets)
    measure = asked.measure.value
    bound = _checked_bound(asked.condition, asked.bound)
    if asked.condition is AlertCondition.OUTSIDE_FORECAST:
        _check_forecast(measure, where, asked)
    return Rule(measure, asked.over, asked.time_zone, asked.condition, bound, where or None, targets)


def _checked_bound(condition: AlertCondition, bound: float | None) -> float | None:
    if condition is AlertCondition.OUTSIDE_FORECAST:
        if bound is not None:
            raise BadInput("The forecast has its own bounds: leave `bound` out.", "bound")
        return None
    if bound is None:
        raise BadInput(f"{condition.value} needs a bound.", "bound")
    if condition in (AlertCondition.RISES_BY, AlertCondition.FALLS_BY) and not 0 < bound <= 100:
        raise BadInput("A change is a fraction of the period before: 0.2 is by 20 %. It is above 0.", "bound")
    return bound


def _check_forecast(measure: str, where: Mapping[str, Any] | None, asked: SaveAlertInput) -> None:
    """Raises: BadInput for what no forecast is made of: they are of views, by genre and day, in UTC."""
    if measure != _FORECAST_MEASURE or forecast_genre(where) is None:
        raise BadInput(
            'Forecasts are of views by genre: use the measure VIEWS and where: {genre: {eq: "Drama"}}.', "where"
        )
    if (asked.over, asked.time_zone) != ("P1D", "UTC"):
        raise BadInput("Forecasts are of single days in UTC: use over: P1D and timeZone: UTC.", "over")


def forecast_genre(where: Mapping[str, Any] | None) -> str | None:
    """The genre, where a filter is of one and nothing else."""
    match where:
        case {"genre": {"eq": str(genre), **rest}, **others} if not rest and not others:
            return genre
        case {"genre": {"in": [str(genre)], **rest}, **others} if not rest and not others:
            return genre
        case _:
            return None


def _written(value: Any) -> Any:
    """An input object as the API takes it."""
    if isinstance(value, list):
        return [_written(one) for one in value]
    if not hasattr(value, "__strawberry_definition__"):
        return value
    given = ((one.name, getattr(value, one.name)) for one in fields(value))
    return {to_camel_case(name.rstrip("_")): _written(inner) for name, inner in given if inner not in (None, UNSET)}


async def _history(context: Context, alert_id: str) -> list[AlertEvent]:
    history = context.warehouse.alert_history
    events, done = await context.once(lambda: (history.events(alert_id), history.deliveries(alert_id)))
    return [_event(one, done) for one in events]


def _shown(context: Context, one: rules.Alert, standing: Standing) -> Alert:
    rule, state = one.rule, standing.state
    silenced = standing.silenced_until if standing.is_silent(datetime.now(UTC)) else None
    return Alert(
        id=strawberry.ID(node_id("Alert", one.alert_id)),
        source_id=strawberry.ID(one.alert_id),
        version=one.version,
        title=one.title,
        owner=one.owner.subject,
        scope=[f"{name}: {', '.join(values)}" for name, values in one.rights.scope.items()],
        measure=ViewingMeasure(rule.measure),
        where=rule.where,  # type: ignore[arg-type]
        over=Duration(rule.over),
        time_zone=TimeZone(rule.time_zone),
        condition=rule.condition,
        bound=rule.bound,
        targets=shown_targets(rule.targets),
        signing_secret=signing_secret(context.access.hash_key, "alert", one.alert_id),
        state=state.kind if state else None,
        since=moment_text(state.at) if state else None,
        is_acknowledged=standing.is_acknowledged,
        silenced_until=moment_text(silenced) if silenced else None,
        saved_at=moment_text(one.saved_at),
        read_history=lambda: _history(context, one.alert_id),
    )


def _event(one: Event, done: list[Delivery]) -> AlertEvent:
    found, own_id = one.found, _PART.join((one.alert_id, one.kind.value, str(int(one.at.timestamp() * 1000))))
    return AlertEvent(
        id=strawberry.ID(node_id("AlertEvent", own_id)),
        source_id=strawberry.ID(own_id),
        kind=one.kind,
        at=moment_text(one.at),
        made_by=one.made_by or None,
        value=found.value,
        before=found.before,
        low=found.low,
        high=found.high,
        from_=Date(found.start) if found.start else None,
        to=Date(found.end) if found.end else None,
        note=found.note,
        until=moment_text(datetime.fromisoformat(found.until)) if found.until else None,
        movers=[_mover(mover) for mover in found.movers],
        deliveries=[shown_delivery(each) for each in done if each.number == one.number and not one.made_by],
    )


def _mover(one: Mover) -> AlertMover:
    return AlertMover(**vars(one))
