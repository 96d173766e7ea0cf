"""Watches alerts: judges their rules after loads and by time, records changes of state, and sends them."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from anyio import to_thread

from resolvers.alerts import signing_secret
from server.alerting.judging import Judge
from server.alerting.messages import Message, signature_headers
from server.alerting.outgoing import DeliveryFailed, DeliveryRefused, MailServer, mail, post
from server.answering.service import Service
from warehouse.alerts.history import Event, EventKind, Outcome, Standing
from warehouse.alerts.rules import Alert, Target, TargetKind
from warehouse.errors import MarqueeError

LOG = logging.getLogger("marquee.alerts")
# After a round, this many times as long as it took nothing is judged: loads may end many times a second.
_REST = 4
_LEAST_REST_S = 1.0


@dataclass
class AlertWatch:
    """The alerts of a service. `address` is that of its pages, for links. Several processes may watch one warehouse:
    each judges, and the first to record a change of state or to claim a delivery does it.
    """

    service: Service
    address: str
    # The state of rule, data and owner in which each was judged last.
    _judged: dict[str, tuple[int, int, bool]] = field(default_factory=dict)

    @cached_property
    def judge(self) -> Judge:
        """Asks their rules."""
        return Judge(self.service)

    async def watch(self) -> None:
        """Watch until cancelled."""
        woken, loop = asyncio.Event(), asyncio.get_running_loop()
        warehouse = self.service.warehouse

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(woken.set)

        with warehouse.change_signal.listening(wake), warehouse.alerts.signal.listening(wake):
            while True:
                began = time.monotonic()
                await self.round()
                await asyncio.sleep(max(_LEAST_REST_S, _REST * (time.monotonic() - began)))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.service.settings.alert_check_seconds):
                        await woken.wait()
                woken.clear()

    async def round(self) -> None:
        """Judge every alert whose rule or data is new, and send what is due. What fails now is tried in the next
        round."""
        warehouse, revocations = self.service.warehouse, self.service.warehouse.revocations
        try:
            if revocations.is_stale:
                await to_thread.run_sync(revocations.read)
            await to_thread.run_sync(warehouse.catch_up)
            standings = await to_thread.run_sync(warehouse.alert_history.standings)
            for alert in await to_thread.run_sync(warehouse.alerts.all):
                await self._trying(alert, standings.get(alert.alert_id, Standing()))
        except MarqueeError as error:
            LOG.warning("Alerts were not judged: %s", error)
        except Exception:
            # The watch goes on: what is wrong now may be mended by the next round.
            LOG.exception("Alerts were not judged")

    async def _trying(self, alert: Alert, standing: Standing) -> None:
        try:
            if await self._judge_one(alert, standing):
                standing = await to_thread.run_sync(self.service.warehouse.alert_history.standing, alert.alert_id)
            await self._send_due(alert, standing)
        except MarqueeError as error:
            LOG.warning("The alert %s was not judged: %s", alert.alert_id, error)
        except Exception:
            # One broken rule must not silence the others.
            LOG.exception("The alert %s was not judged", alert.alert_id)

    async def _judge_one(self, alert: Alert, standing: Standing) -> bool:
        """Judge an alert, if its rule or the data is new; returns whether its state changed."""
        state = (alert.version, self.service.warehouse.reader.commits, self.judge.is_ended(alert))
        verdict = None if self._judged.get(alert.alert_id) == state else await self.judge.verdict(alert)
        if verdict is None:
            return False
        is_changed = standing.state is None or standing.state.kind is not verdict.kind
        if is_changed:
            found = verdict.found
            if verdict.kind is EventKind.FIRING:
                found = replace(found, movers=await self.judge.movers(alert, found))
            await to_thread.run_sync(self.service.warehouse.alert_history.record, alert, verdict.kind, found)
        self._judged[alert.alert_id] = state
        return is_changed

    async def _send_due(self, alert: Alert, standing: Standing) -> None:
        history = self.service.warehouse.alert_history
        for event, target in await to_thread.run_sync(history.due, alert, standing, datetime.now(UTC)):
            delivery = asyncio.ensure_future(self._deliver(alert, event, target))
            try:
                await asyncio.shield(delivery)
            except asyncio.CancelledError:
                # The server stops: a claimed delivery whose outcome is not noted would never be sent again.
                await delivery
                raise

    async def _deliver(self, alert: Alert, event: Event, target: Target) -> None:
        """Send one change of state to one target, unless another process does; takes about ten seconds at most."""
        history = self.service.warehouse.alert_history
        if await to_thread.run_sync(history.claim, alert, event, target):
            outcome, detail = await self._sent(alert, event, target)
            await to_thread.run_sync(history.conclude, event, target, outcome, detail)

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
        secret = signing_secret(self.service.hash_key, event.alert_id)
        identity, body = f"{event.alert_id}.{event.number}", message.body
        headers = signature_headers(secret, identity, datetime.now(UTC), body)
        await post(target.address, body, headers, settings.alert_private_addresses)
