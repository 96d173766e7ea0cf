"""Sends what is due of alerts: one owner's deliveries one after the other, those of several beside each other.

Users name the addresses, and one that answers slowly takes ten seconds. So neither judging nor another owner waits for
it, and no owner sends more than some messages a minute.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from anyio import to_thread

from resolvers.delivery_targets import signing_secret
from server.alerting.messages import Message, signature_headers
from server.alerting.outgoing import DeliveryFailed, DeliveryRefused, MailServer, mail, post
from server.answering.budget import Budget, TooManyRequests
from server.answering.service import Service
from server.http.cancelled_tasks import ended
from warehouse.alerts.history import Event, Standing
from warehouse.alerts.rules import Alert
from warehouse.deliveries import Outcome, Target, TargetKind
from warehouse.errors import MarqueeError
from warehouse.saved_items import Owner

LOG = logging.getLogger("marquee.alerts")
# How many are under way at once.
MOST_AT_ONCE = 16
# Of one owner. More are sent in the next rounds.
MOST_A_MINUTE = 60


@dataclass
class Deliveries:
    """The deliveries of one process. `address` is that of the server's pages, for links."""

    service: Service
    address: str
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))
    _pace: Budget = field(default_factory=Budget)
    _senders: dict[Owner, asyncio.Task[None]] = field(default_factory=dict)

    def start(self, owner: Owner, standings: Sequence[tuple[Alert, Standing]]) -> None:
        """Send what is due of an owner's alerts, unless that is under way."""
        if owner not in self._senders:
            sender = self._senders[owner] = asyncio.create_task(self._send_all(owner, standings))
            sender.add_done_callback(lambda _: self._senders.pop(owner, None))

    async def concluded(self) -> None:
        """Wait until all that was started has ended."""
        if self._senders:
            await asyncio.wait([*self._senders.values()])

    async def stop(self) -> None:
        """Start no more, and wait for those under way: a claimed delivery whose outcome is not noted would never be
        sent again."""
        await ended(*self._senders.values())

    async def _send_all(self, owner: Owner, standings: Sequence[tuple[Alert, Standing]]) -> None:
        for alert, standing in standings:
            try:
                await self._send_due(alert, standing)
            except TooManyRequests:
                LOG.warning("%s sends more than %d alerts a minute: the others wait", owner.subject, MOST_A_MINUTE)
                return
            except MarqueeError as error:
                LOG.warning("The alert %s was not sent: %s", alert.alert_id, error)
            except Exception:
                # One broken alert must not silence the others.
                LOG.exception("The alert %s was not sent", alert.alert_id)

    async def _send_due(self, alert: Alert, standing: Standing) -> None:
        history = self.service.warehouse.alert_history
        for event, target in await to_thread.run_sync(history.due, alert, standing, datetime.now(UTC)):
            self._pace.charge(alert.owner, 1, MOST_A_MINUTE)
            async with self._room:
                delivery = asyncio.ensure_future(self._deliver(alert, event, target))
                try:
                    await asyncio.shield(delivery)
                except asyncio.CancelledError:
                    # The server stops, which an error of this delivery must not hide.
                    await asyncio.wait([delivery])
                    raise

    async def _deliver(self, alert: Alert, event: Event, target: Target) -> None:
        """Send one change of state to one target, unless another process does; takes about ten seconds at most."""
        history = self.service.warehouse.alert_history
        if await to_thread.run_sync(history.claim, alert, event, target):
            outcome, detail = await self._sent(alert, event, target)
            try:
                await to_thread.run_sync(history.conclude, event, target, outcome, detail)
            except MarqueeError as error:
                LOG.warning("A delivery of the alert %s is %s, which is not noted: %s", alert.alert_id, outcome, error)

    async def _sent(self, alert: Alert, event: Event, target: Target) -> tuple[Outcome, str]:
        message = Message(alert, event, f"{self.address}/alerts/{alert.alert_id}")
        try:
            await self._send(message, target)
        except DeliveryFailed as error:
            return Outcome.FAILED, str(error)
        except DeliveryRefused as error:
            return Outcome.REFUSED, str(error)
        return Outcome.SENT, ""

    async def _send(self, message: Message, target: Target) -> None:
        settings, event = self.service.settings, message.event
        if target.kind is TargetKind.EMAIL:
            server = MailServer(settings.smtp_url, settings.smtp_from)
            await mail(server, target.address, message.subject, message.text)
            return
        if target.kind is TargetKind.SLACK:
            await post(target.address, message.slack_body, {}, settings.alert_private_addresses)
            return
        secret = signing_secret(self.service.hash_key, "alert", event.alert_id)
        identity, body = f"{event.alert_id}.{event.number}", message.body
        headers = signature_headers(secret, identity, datetime.now(UTC), body)
        await post(target.address, body, headers, settings.alert_private_addresses)
