"""Watches alerts: judges their rules after loads and by time, records changes of state, and has them sent."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from anyio import to_thread

from server.alerting.deliveries import Deliveries
from server.alerting.judging import Judge
from server.answering.service import Service
from warehouse.alerts.history import EventKind, Standing
from warehouse.alerts.rules import Alert
from warehouse.errors import MarqueeError
from warehouse.saved_items import Owner

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
    def deliveries(self) -> Deliveries:
        """Sends changes of state."""
        return Deliveries(self.service, self.address)

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

        try:
            with warehouse.change_signal.listening(wake), warehouse.alerts.signal.listening(wake):
                while True:
                    began = time.monotonic()
                    await self.round()
                    await asyncio.sleep(max(_LEAST_REST_S, _REST * (time.monotonic() - began)))
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self.service.settings.alert_check_seconds):
                            await woken.wait()
                    woken.clear()
        finally:
            await self.deliveries.stop()

    async def round(self) -> None:
        """Judge every alert whose rule or data is new, and begin to send what is due. What fails now is tried in the
        next round."""
        warehouse, revocations = self.service.warehouse, self.service.warehouse.revocations
        try:
            if revocations.is_stale:
                await to_thread.run_sync(revocations.read)
            await to_thread.run_sync(warehouse.catch_up)
            standings = await to_thread.run_sync(warehouse.alert_history.standings)
            judged: dict[Owner, list[tuple[Alert, Standing]]] = {}
            for alert in await to_thread.run_sync(warehouse.alerts.all):
                standing = await self._trying(alert, standings.get(alert.alert_id, Standing()))
                judged.setdefault(alert.owner, []).append((alert, standing))
            for owner, its in judged.items():
                self.deliveries.start(owner, its)
        except MarqueeError as error:
            LOG.warning("Alerts were not judged: %s", error)
        except Exception:
            # The watch goes on: what is wrong now may be mended by the next round.
            LOG.exception("Alerts were not judged")

    async def _trying(self, alert: Alert, standing: Standing) -> Standing:
        """Where an alert stands now, or as before if it could not be judged."""
        try:
            if await self._judge_one(alert, standing):
                return await to_thread.run_sync(self.service.warehouse.alert_history.standing, alert.alert_id)
        except MarqueeError as error:
            LOG.warning("The alert %s was not judged: %s", alert.alert_id, error)
        except Exception:
            # One broken rule must not silence the others.
            LOG.exception("The alert %s was not judged", alert.alert_id)
        return standing

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
