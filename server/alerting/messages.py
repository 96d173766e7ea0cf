"""What is sent about an alert: the signed JSON body, the text for chats, and the mail."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from warehouse.alerts.history import Event, EventKind
from warehouse.alerts.rules import Alert, AlertCondition
from warehouse.model.measures import MEASURES, Unit
from warehouse.query.local_time import instant_text

# The values of rows are whatever their senders sent.
LONGEST_VALUE = 80
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_WORDS = {
    AlertCondition.ABOVE: "above {high}",
    AlertCondition.BELOW: "below {low}",
    AlertCondition.RISES_BY: "more than {bound} above the period before ({before})",
    AlertCondition.FALLS_BY: "more than {bound} below the period before ({before})",
    AlertCondition.OUTSIDE_FORECAST: "outside the forecast ({low} to {high})",
}


@dataclass(frozen=True)
class Message:
    """One change of state as it is told; `page` is the address of the alert's page."""

    alert: Alert
    event: Event
    page: str

    @property
    def is_firing(self) -> bool:
        """Whether it says that the alert fires; otherwise that it no longer does."""
        return self.event.kind is EventKind.FIRING

    @property
    def subject(self) -> str:
        """One line."""
        return f"{'Firing' if self.is_firing else 'Resolved'}: {self.alert.title}"

    @property
    def text(self) -> str:
        """The full text."""
        return self._text("{}")

    def _text(self, shown: str) -> str:
        """The full text, with the values of rows in a form."""
        rule, found = self.alert.rule, self.event.found
        measure = MEASURES[rule.measure]
        value = told(found.value, measure.unit)
        days = f"{found.start} to {found.end} (excluded), {rule.time_zone}"
        when = _WORDS[rule.condition].format(
            low=told(found.low, measure.unit),
            high=told(found.high, measure.unit),
            before=told(found.before, measure.unit),
            bound=told(rule.bound, Unit.FRACTION),
        )
        is_or_not = "is" if self.is_firing else "is not"
        lines = [f"{measure.label}: {value} {is_or_not} {when}.", f"Period: {days}"]
        if self.is_firing and found.movers:
            lines.append("What moved it most:")
            lines += [
                f"  {one.dimension} {shown.format(in_one_line(one.value))}: {told(one.before, measure.unit)} -> "
                f"{told(one.now, measure.unit)}"
                for one in found.movers
            ]
        return "\n".join([*lines, self.page])

    @property
    def body(self) -> bytes:
        """The body for webhooks, as Standard Webhooks has it: type, timestamp and data."""
        rule, event = self.alert.rule, self.event
        found: dict[str, Any] = {
            "id": self.alert.alert_id,
            "number": event.number,
            "title": self.alert.title,
            "state": event.kind.value,
            "measure": rule.measure.upper(),
            "where": rule.where,
            "condition": rule.condition.value,
            "bound": rule.bound,
            "value": event.found.value,
            "before": event.found.before,
            "low": event.found.low,
            "high": event.found.high,
            "from": event.found.start,
            "to": event.found.end,
            "timeZone": rule.time_zone,
            "movers": event.found.movers,
            "url": self.page,
        }
        kind = "alert.firing" if self.is_firing else "alert.resolved"
        return orjson.dumps({"type": kind, "timestamp": instant_text(event.at), "data": found})

    @property
    def slack_body(self) -> bytes:
        """The body that Slack, Mattermost and those like them take. Values are shown as code, in which nobody is
        mentioned and nothing is a link."""
        text = slack_text(self._text("`{}`"))
        return orjson.dumps({"text": f"*{slack_text(self.subject)}*\n{text}", "unfurl_links": False})


def slack_text(text: str) -> str:
    """A text in which Slack sees no mentions and no links of its own."""
    return text.translate(_SLACK)


def in_one_line(value: str) -> str:
    """A value that begins no line and ends no code, cut where it is long."""
    plain = "".join(char if char.isprintable() and char != "`" else " " for char in value)
    return plain if len(plain) <= LONGEST_VALUE else f"{plain[: LONGEST_VALUE - 1]}…"


def signature_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that sign a body. Source: https://www.standardwebhooks.com."""
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, b".".join((message_id.encode(), seconds.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def told(value: float | None, unit: Unit) -> str:
    """A value with its unit, in English."""
    if value is None:
        return "nothing"
    match unit:
        case Unit.FRACTION:
            return f"{value * 100:,.1f} %"
        case Unit.HOURS:
            return f"{value:,.1f} h"
        case Unit.MINUTES:
            return f"{value:,.1f} min"
        case Unit.COUNT:
            return f"{value:,.0f}"
        case _:
            return f"{value:,.2f}"
