"""What was sent of scheduled reports, and what is due. A moment's report is made by one process at a time and sent to
each target once: both are claimed by one process, which looks again first. Nothing is lost where a process ends while
it makes a report, because nothing was sent: another one makes it when the claim is too old.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse.deliveries import Delivery, DeliveryLog, Outcome, Target, is_due, newest_steps
from warehouse.engine.engine import Engine
from warehouse.reports.schedules import Reports, ScheduledReport

# A report of a moment that is longer ago, as after a night without a server, is not sent any more.
LATEST = timedelta(hours=12)
MOST_DELIVERIES = 500
# How long others leave a report to the process that makes it: a page is printed within a minute.
LONGEST_MAKING = timedelta(minutes=2)
# The steps of making a report stand among its deliveries, as those to no target.
_MAKING = ""


@dataclass(frozen=True)
class ReportHistory:
    """The table of deliveries, whose numbers are moments in seconds since 1970; `alone` lets nobody else write during a
    block.
    """

    engine: Engine
    reports: Reports
    alone: Callable[[], AbstractContextManager[None]]

    @property
    def log(self) -> DeliveryLog:
        """What was sent."""
        return DeliveryLog(self.engine, "report_deliveries", "report_id")

    def deliveries(self, report_id: str) -> list[Delivery]:
        """The newest step of each delivery of a report, newest first."""
        return [one for one in self.log.of(report_id) if one.target != _MAKING]

    def due(self, report: ScheduledReport, now: datetime) -> tuple[datetime, list[Target]]:
        """The newest moment of a report, and the targets to which it is to be sent now; none for a moment before the
        report was saved.
        """
        moment = report.plan.schedule.last_before(now)
        if moment <= report.saved_at or now - moment > LATEST:
            return moment, []
        known = newest_steps(self.log.of(report.report_id))
        number = int(moment.timestamp())
        return moment, [one for one in report.plan.targets if is_due(known.get((number, one.key)), now)]

    def is_being_made(self, report: ScheduledReport, moment: datetime, now: datetime) -> bool:
        """Whether a process makes the report of a moment, as far as others can know."""
        made = newest_steps(self.log.of(report.report_id)).get((int(moment.timestamp()), _MAKING))
        return made is not None and made.outcome is Outcome.SENDING and now < made.at + LONGEST_MAKING

    def begin(self, report: ScheduledReport, moment: datetime) -> bool:
        """Take making the report of a moment on; False if somebody else has, or it is no longer due.

        Raises: WriterBusy while another process writes.
        """
        with self.alone():
            now = datetime.now(UTC)
            if not self._due_at(report, moment, now) or self.is_being_made(report, moment, now):
                return False
            self.log.claim(report.report_id, int(moment.timestamp()), _MAKING)
            return True

    def end(self, report: ScheduledReport, moment: datetime) -> None:
        """Note that the report of a moment is no longer made: what failed of it can be tried again."""
        self.log.conclude(report.report_id, int(moment.timestamp()), _MAKING, Outcome.SENT, "")

    def claim(self, report: ScheduledReport, moment: datetime, target: Target) -> bool:
        """Take a delivery on; False if somebody else has, or it is no longer due.

        Raises: WriterBusy while another process writes.
        """
        with self.alone():
            if target not in self._due_at(report, moment, datetime.now(UTC)):
                return False
            self.log.claim(report.report_id, int(moment.timestamp()), target.key)
            return True

    def _due_at(self, report: ScheduledReport, moment: datetime, now: datetime) -> list[Target]:
        """The targets to which the report of a moment is to be sent, unless there is a newer version of it."""
        newest = self.reports.find(report.report_id)
        if newest is None or newest.version != report.version:
            return []
        at, targets = self.due(newest, now)
        return targets if at == moment else []

    def conclude(
        self, report: ScheduledReport, moment: datetime, target: Target, outcome: Outcome, detail: str
    ) -> None:
        """Note what became of a delivery; the oldest are dropped where there are many."""
        self.log.conclude(report.report_id, int(moment.timestamp()), target.key, outcome, detail)
        self._drop_old(report.report_id)

    def _drop_old(self, report_id: str) -> None:
        given = {"report_id": report_id, "most": MOST_DELIVERIES}
        counted = "SELECT count() FROM report_deliveries WHERE report_id = {report_id:String}"
        if int(self.engine.query(counted, {"report_id": report_id}).scalar()) > 2 * MOST_DELIVERIES:
            self.engine.command(
                "DELETE FROM report_deliveries WHERE report_id = {report_id:String} AND at < (SELECT min(at) FROM "
                "(SELECT at FROM report_deliveries WHERE report_id = {report_id:String} ORDER BY at DESC "
                "LIMIT {most:UInt32}))",
                given,
            )
