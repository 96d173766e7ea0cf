"""What is sent of a scheduled report: the signed JSON body with its files, the text for chats, and the mail."""

import base64
from dataclasses import dataclass
from datetime import datetime

import orjson

from server.alerting.messages import slack_text
from server.reporting.board_report import Report
from warehouse.query.local_time import instant_text
from warehouse.reports.schedules import ScheduledReport


@dataclass(frozen=True)
class ReportMessage:
    """The report of one moment; `page` is the address of its board."""

    scheduled: ScheduledReport
    report: Report
    moment: datetime
    page: str

    @property
    def subject(self) -> str:
        """One line."""
        return self.report.title

    @property
    def text(self) -> str:
        """What it is about, and where to see it."""
        plan = self.scheduled.plan
        limits = [f"{name}: {', '.join(values)}" for name, values in self.scheduled.rights.scope.items()]
        only = f"\nOnly {'; '.join(limits)}" if limits else ""
        return f"{self.report.title}: {self.report.range.text}, {plan.schedule.time_zone}{only}\n{self.page}"

    @property
    def body(self) -> bytes:
        """The body for webhooks, as Standard Webhooks has it: type, timestamp and data, with the files in base64."""
        plan = self.scheduled.plan
        data = {
            "id": self.scheduled.report_id,
            "title": self.report.title,
            "range": plan.range,
            **self.report.range.query,
            "timeZone": plan.schedule.time_zone,
            "url": self.page,
            "files": [
                {"name": one.name, "mediaType": one.media_type, "content": base64.b64encode(one.content).decode()}
                for one in self.report.files
            ],
        }
        return orjson.dumps({"type": "report.made", "timestamp": instant_text(self.moment), "data": data})

    @property
    def slack_body(self) -> bytes:
        """The body that Slack and those like it take. Their webhooks take no files, so it leads to the board."""
        return orjson.dumps({"text": slack_text(self.text), "unfurl_links": False})
