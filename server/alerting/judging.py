"""Asks an alert's rule, with its owner's rights and by the same path as every request; and finds what moved it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resolvers.alerts import forecast_genre
from server.answering.errors import LASTING
from server.answering.questions_in_parameters import camel
from server.answering.request import GraphQLRequest
from server.answering.service import Service
from server.identity.callers import Caller
from server.identity.saved_rights import principal_of
from warehouse.alerts.history import EventKind, Found, Mover
from warehouse.alerts.rules import Alert, AlertCondition, Rule
from warehouse.model.measures import MEASURES
from warehouse.query.local_time import local_day, shift_back

MOST_MOVERS = 6
_MOVING = ("country", "device", "genre", "quality", "subscription", "age_band", "movie")
_TOP = 50


@dataclass(frozen=True)
class Verdict:
    """The state that a rule is in, and why."""

    kind: EventKind
    found: Found


@dataclass(frozen=True)
class Judge:
    """Asks rules. `newest` is looked up with the owner's access, so that the days are those of the rows they see."""

    service: Service

    async def verdict(self, alert: Alert) -> Verdict | None:
        """The state of an alert; None where nothing can be said now: without data or a forecast of the day, for a
        ratio over no rows, and while the service is busy.
        """
        caller = Caller(principal_of(alert.owner, alert.rights, alert.saved_at), "alert")
        if self.is_ended(alert):
            return _failed(f"All tokens of {alert.owner.subject} were revoked since it was saved. Save it again.")
        days = await self._days(alert.rule, caller)
        if days is None:
            return None
        body = await self._ask(caller, _document(alert.rule), _variables(alert.rule, days))
        told = _refusal(body)
        if told is not None:
            return _failed(told) if told else None
        return judged(alert.rule, body["data"], days)

    def is_ended(self, alert: Alert) -> bool:
        """Whether all tokens of its owner were revoked since it was saved."""
        return self.service.callers.is_ended(principal_of(alert.owner, alert.rights, alert.saved_at))

    async def movers(self, alert: Alert, found: Found) -> tuple[Mover, ...]:
        """The values of dimensions from which most of the change against the period before comes, the largest part
        first; none if they can't be asked."""
        assert found.start is not None
        assert found.end is not None
        caller = Caller(principal_of(alert.owner, alert.rights, alert.saved_at), "alert")
        variables = _variables(alert.rule, (found.start, found.end))
        variables.pop("genre", None)
        body = await self._ask(caller, _moving_document(alert.rule), variables)
        return movers_of(alert.rule, body["data"]["viewing"]) if _refusal(body) is None else ()

    async def _days(self, rule: Rule, caller: Caller) -> tuple[str, str] | None:
        """The first day of the rule's period, and the day after its last."""
        newest = await self.service.newest(caller)
        if newest is None:
            return None
        end = local_day(rule.time_zone, newest)
        return shift_back(end, rule.over).isoformat(), end.isoformat()

    async def _ask(self, caller: Caller, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        request = GraphQLRequest(document, variables=variables, only_queries=True)
        return dict((await self.service.run_document(caller, request)).body)


def _document(rule: Rule) -> str:
    measure = camel(rule.measure)
    is_forecast = rule.condition is AlertCondition.OUTSIDE_FORECAST
    asked, forecast = (", $genre: String", " forecast(genre: $genre) { day low high }") if is_forecast else ("", "")
    return (
        f"query AlertCheck($range: TimeRange, $timeZone: TimeZone!, $where: ViewingFilter{asked}) {{\n"
        "  viewing(range: $range, timeZone: $timeZone, where: $where, compareTo: PREVIOUS_PERIOD) "
        f"{{ rows {{ {measure} previous {{ {measure} }} }} }}\n {forecast}}}\n"
    )


def _moving_document(rule: Rule) -> str:
    measure = camel(rule.measure)
    figures = measure if measure == "views" else f"{measure} views"
    rows = "\n".join(
        f"    {camel(one)}: rows(by: [{one.upper()}], top: {{n: {_TOP}, by: VIEWS}}) "
        f"{{ {'movie { title }' if one == 'movie' else camel(one)} isOthers {figures} previous {{ {figures} }} }}"
        for one in _MOVING
    )
    return (
        "query AlertMovers($range: TimeRange, $timeZone: TimeZone!, $where: ViewingFilter) {\n"
        "  viewing(range: $range, timeZone: $timeZone, where: $where, compareTo: PREVIOUS_PERIOD) {\n"
        f"{rows}\n  }}\n}}\n"
    )


def _variables(rule: Rule, days: tuple[str, str]) -> dict[str, Any]:
    start, end = days
    found: dict[str, Any] = {"range": {"from": start, "to": end}, "timeZone": rule.time_zone, "where": rule.where}
    if rule.condition is AlertCondition.OUTSIDE_FORECAST:
        found["genre"] = forecast_genre(rule.where)
    return found


def _refusal(body: Mapping[str, Any]) -> str | None:
    """Why nothing was answered: a sentence if that lasts, empty if it may end by waiting; None for an answer."""
    errors: list[Any] = body.get("errors", [])
    if not errors:
        return None
    code = errors[0].get("extensions", {}).get("code", "")
    return str(errors[0]["message"]) if code in LASTING else ""


def _failed(note: str) -> Verdict:
    return Verdict(EventKind.FAILED, Found(note=note))


def judged(rule: Rule, data: Mapping[str, Any], days: tuple[str, str]) -> Verdict | None:
    """What an answer says of a rule over days, the end excluded; None where it says nothing."""
    name = camel(rule.measure)
    rows = data["viewing"]["rows"]
    row: Mapping[str, Any] = rows[0] if rows else {name: MEASURES[rule.measure].empty, "previous": None}
    value, before = row[name], (row["previous"] or {}).get(name)
    quiet = _quiet(rule, before, data, days)
    if value is None or quiet is None:
        return None
    low, high = quiet
    is_quiet = (low is None or value >= low) and (high is None or value <= high)
    start, end = days
    kind = EventKind.OK if is_quiet else EventKind.FIRING
    return Verdict(kind, Found(value=value, before=before, low=low, high=high, start=start, end=end))


def _quiet(
    rule: Rule, before: float | None, data: Mapping[str, Any], days: tuple[str, str]
) -> tuple[float | None, float | None] | None:
    """The lowest and the highest value at which the rule is quiet, None for no bound; None if they are not known."""
    bound = rule.bound or 0.0
    match rule.condition:
        case AlertCondition.ABOVE:
            return None, bound
        case AlertCondition.BELOW:
            return bound, None
        case AlertCondition.RISES_BY:
            return (None, before * (1 + bound)) if before else None
        case AlertCondition.FALLS_BY:
            return (before * (1 - bound), None) if before else None
        case AlertCondition.OUTSIDE_FORECAST:
            day = next((one for one in data["forecast"] if one["day"] == days[0]), None)
            return (day["low"], day["high"]) if day else None


def movers_of(rule: Rule, rows_of: Mapping[str, Any]) -> tuple[Mover, ...]:
    """The values of dimensions, as field → rows, from which most of a change comes, the largest part first."""
    measure = MEASURES[rule.measure]
    # Over no rows a sum is 0, and a ratio is nothing.
    is_ratio = measure.empty is None
    found = [
        _mover(camel(measure.slug), dimension, row, rows if is_ratio else None)
        for dimension, rows in rows_of.items()
        if len(rows) > 1
        for row in rows
        if not row["isOthers"]
    ]
    moved = [one for one in found if one.contribution]
    return tuple(sorted(moved, key=lambda one: -abs(one.contribution))[:MOST_MOVERS])


def _mover(name: str, dimension: str, row: Mapping[str, Any], weighed: list[Mapping[str, Any]] | None) -> Mover:
    """A value's part; of a ratio it is weighted by the value's share of views in `weighed`, now and before."""
    label = row[dimension]["title"] if dimension == "movie" and row[dimension] else row[dimension]
    past = row["previous"] or {}
    now, before = row[name] or 0.0, past.get(name) or 0.0
    if weighed is None:
        return Mover(dimension, str(label or "Unknown"), now, before, now - before)
    share = row["views"] / max(sum(one["views"] for one in weighed), 1)
    pasts = [(one["previous"] or {}).get("views") or 0 for one in weighed]
    share_before = (past.get("views") or 0) / max(sum(pasts), 1)
    return Mover(dimension, str(label or "Unknown"), now, before, now * share - before * share_before)
