"""Sends scheduled reports when they are due: each is made once a moment, and sent once to each of its targets."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from anyio import CancelScope, to_thread

from resolvers.delivery_targets import signing_secret
from schema.reports import ReportForm
from server.alerting.messages import signature_headers
from server.alerting.outgoing import DeliveryFailed, DeliveryRefused, MailServer, mail, post
from server.answering.service import Service
from server.identity.callers import Caller
from server.identity.saved_rights import principal_of
from server.reporting.board_report import Report, ReportView, board_report
from server.reporting.report_messages import ReportMessage
from warehouse.deliveries import Outcome, Target, TargetKind
from warehouse.errors import BadInput, Forbidden, MarqueeError
from warehouse.reports.ranges import parse_range
from warehouse.reports.schedules import ScheduledReport

LOG = logging.getLogger("marquee.reports")
# Moments are full hours: sooner is not noticed.
_LOOK_S = 30.0
# A report, or why there is none.
Made = Report | DeliveryRefused | DeliveryFailed


@dataclass
class ReportWatch:
    """The scheduled reports of a service. `address` is that of its pages, for links. Several processes may watch one
    warehouse: the first to claim a report makes it.
    """

    service: Service
    address: str

    async def watch(self) -> None:
        """Watch until cancelled; a report that is being sent is sent to its end."""
        woken, loop = asyncio.Event(), asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(woken.set)

        with self.service.warehouse.reports.signal.listening(wake):
            while True:
                await self.round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await woken.wait()
                woken.clear()

    async def round(self) -> None:
        """Send what is due, one report after the other: a browser takes as much memory as all the rest. What fails now
        is tried in a later round."""
        warehouse, revocations = self.service.warehouse, self.service.warehouse.revocations
        try:
            if revocations.is_stale:
                await to_thread.run_sync(revocations.read)
            for one in await to_thread.run_sync(warehouse.reports.all):
                moment, targets = await to_thread.run_sync(warehouse.report_history.due, one, datetime.now(UTC))
                if targets:
                    await self._making(one, moment, targets)
        except MarqueeError as error:
            LOG.warning("Reports were not sent: %s", error)
        except Exception:
            # The watch goes on: what is wrong now may be mended by the next round.
            LOG.exception("Reports were not sent")

    async def _making(self, scheduled: ScheduledReport, moment: datetime, targets: Sequence[Target]) -> None:
        """Make and send one report, unless another process does."""
        history = self.service.warehouse.report_history
        try:
            if not await to_thread.run_sync(history.begin, scheduled, moment):
                return
            try:
                await self._trying(scheduled, moment, targets)
            finally:
                # Also where this is cancelled: the next process need not wait until the claim is too old.
                with CancelScope(shield=True):
                    await to_thread.run_sync(history.end, scheduled, moment)
        except MarqueeError as error:
            LOG.warning("The report %s is left to a later round: %s", scheduled.report_id, error)

    async def _trying(self, scheduled: ScheduledReport, moment: datetime, targets: Sequence[Target]) -> None:
        made: Made
        try:
            made = await self._made(scheduled, moment)
        except (BadInput, Forbidden) as error:
            made = DeliveryRefused(str(error))
        except MarqueeError as error:
            made = DeliveryFailed(str(error))
        except Exception:
            # One broken report must not silence the others.
            LOG.exception("The report %s was not made", scheduled.report_id)
            made = DeliveryFailed("Something went wrong on our side; the server's log has it.")
        for target in targets:
            delivery = asyncio.ensure_future(self._deliver(scheduled, moment, target, made))
            try:
                await asyncio.shield(delivery)
            except asyncio.CancelledError:
                # A claimed delivery whose outcome is not noted would never be sent again.
                await asyncio.wait([delivery])
                raise

    async def _made(self, scheduled: ScheduledReport, moment: datetime) -> Report:
        """The report of a moment, with its owner's rights. It is about the same days whenever it is tried again."""
        principal = principal_of(scheduled.owner, scheduled.rights, scheduled.saved_at)
        if self.service.callers.is_ended(principal):
            raise BadInput(f"All tokens of {principal.subject} were revoked since it was saved. Save it again.")
        plan = scheduled.plan
        view = ReportView(parse_range(plan.range), plan.schedule.time_zone, moment)
        return await board_report(self.service, Caller(principal, "report"), plan.board_id, ReportForm(plan.form), view)

    async def _deliver(
        self,
        scheduled: ScheduledReport,
        moment: datetime,
        target: Target,
        made: Made,
    ) -> None:
        """Send one report to one target, unless another process does; takes about ten seconds at most."""
        history = self.service.warehouse.report_history
        try:
            if not await to_thread.run_sync(history.claim, scheduled, moment, target):
                return
            outcome, detail = await self._sent(scheduled, moment, target, made)
            await to_thread.run_sync(history.conclude, scheduled, moment, target, outcome, detail)
        except MarqueeError as error:
            LOG.warning("A delivery of the report %s is not noted: %s", scheduled.report_id, error)

    async def _sent(
        self,
        scheduled: ScheduledReport,
        moment: datetime,
        target: Target,
        made: Made,
    ) -> tuple[Outcome, str]:
        try:
            if not isinstance(made, Report):
                raise made
            page = f"{self.address}/boards/{scheduled.plan.board_id}"
            await self._send(ReportMessage(scheduled, made, moment, page), target)
        except DeliveryFailed as error:
            return Outcome.FAILED, str(error)
        except DeliveryRefused as error:
            return Outcome.REFUSED, str(error)
        return Outcome.SENT, ""

    async def _send(self, message: ReportMessage, target: Target) -> None:
        settings, scheduled = self.service.settings, message.scheduled
        if target.kind is TargetKind.EMAIL:
            server = MailServer(settings.smtp_url, settings.smtp_from)
            await mail(server, target.address, message.subject, message.text, message.report.files)
            return
        if target.kind is TargetKind.SLACK:
            await post(target.address, message.slack_body, {}, settings.alert_private_addresses)
            return
        secret = signing_secret(self.service.hash_key, "report", scheduled.report_id)
        identity, body = f"{scheduled.report_id}.{int(message.moment.timestamp())}", message.body
        headers = signature_headers(secret, identity, datetime.now(UTC), body)
        await post(target.address, body, headers, settings.alert_private_addresses)
