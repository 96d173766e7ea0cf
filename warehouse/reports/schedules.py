"""Scheduled reports, kept as versions with the rights of those who saved them, and the moments when they are due."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta

import orjson

from warehouse.deliveries import Target, read_targets
from warehouse.query.local_time import zone
from warehouse.saved_items import Owner, Rights, Version, VersionedTable, read_rights, written_rights

MOST_REPORTS, MOST_REPORTS_OF_ONE = 200, 20
_WEEK = 7


@dataclass(frozen=True)
class Schedule:
    """When a report is made: at a full hour of each local day, or of one day a week (1 is Monday, None each day)."""

    hour: int
    time_zone: str
    weekday: int | None = None

    def last_before(self, now: datetime) -> datetime:
        """The newest moment of the schedule that is not after an instant. An hour that a clock change leaves out is the
        one after it, and one that comes twice is the first."""
        return max(moment for moment in self._around(now) if moment <= now)

    def next_after(self, now: datetime) -> datetime:
        """The first moment after an instant."""
        return min(moment for moment in self._around(now) if moment > now)

    def _around(self, now: datetime) -> Iterator[datetime]:
        """The moments of the days around an instant: at least one before it, and one after it."""
        local_zone = zone(self.time_zone)
        today = now.astimezone(local_zone).date()
        for ahead in range(-_WEEK, _WEEK + 1):
            day = today + timedelta(days=ahead)
            if self.weekday is None or day.isoweekday() == self.weekday:
                yield datetime.combine(day, time(self.hour), local_zone).astimezone(UTC)


@dataclass(frozen=True)
class Plan:
    """What is sent: a board's report in a form (`pdf`, `png`, `csv`), of a range as people write it, in the schedule's
    zone.
    """

    board_id: str
    form: str
    range: str
    schedule: Schedule
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class ScheduledReport:
    """One version of a scheduled report; its title was that of its board when it was saved."""

    report_id: str
    version: int
    title: str
    owner: Owner
    rights: Rights
    plan: Plan
    saved_at: datetime


class Reports(VersionedTable[ScheduledReport]):
    """The table of scheduled reports."""

    noun, texts, most, most_of_one = "report", ("role", "scope", "plan"), MOST_REPORTS, MOST_REPORTS_OF_ONE

    def create(self, title: str, owner: Owner, rights: Rights, plan: Plan) -> ScheduledReport:
        """A new report.

        Raises: BadInput where there are too many.
        """
        return self._create(ScheduledReport(uuid.uuid4().hex, 1, title, owner, rights, plan, datetime.now(UTC)))

    def change(
        self,
        based_on: ScheduledReport,
        title: str,
        owner: Owner,
        rights: Rights,
        plan: Plan,
        is_deleted: bool = False,
    ) -> ScheduledReport:
        """The next version of a report.

        Raises: BadInput if it has a newer version than the one that the change is based on.
        """
        report_id, number, now = based_on.report_id, based_on.version + 1, datetime.now(UTC)
        return self._change(ScheduledReport(report_id, number, title, owner, rights, plan, now), is_deleted)

    def _drop_old(self) -> None:
        super()._drop_old()
        self.engine.command("DELETE FROM report_deliveries WHERE report_id NOT IN (SELECT report_id FROM reports)")

    def _item(self, version: Version, texts: Mapping[str, str]) -> ScheduledReport:
        rights, plan = read_rights(texts), _plan(texts["plan"])
        return ScheduledReport(
            version.identity, version.number, version.title, version.owner, rights, plan, version.saved_at
        )

    def _row(self, item: ScheduledReport) -> tuple[Version, Mapping[str, str]]:
        texts = {**written_rights(item.rights), "plan": orjson.dumps(asdict(item.plan)).decode()}
        return Version(item.report_id, item.version, item.title, item.owner, item.saved_at), texts


def _plan(text: str) -> Plan:
    kept = orjson.loads(text)
    changed = {"schedule": Schedule(**kept["schedule"]), "targets": read_targets(kept["targets"])}
    return Plan(**{**kept, **changed})
