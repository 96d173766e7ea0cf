"""Scheduled reports: boards that the server makes files of at times, and sends with the rights of who saved that."""

from collections.abc import Awaitable, Callable

import strawberry

from schema.alerts import MOST_TARGETS, AlertDelivery, AlertTarget, AlertTargetInput
from schema.described_enums import described
from schema.nodes import OWN_ID, Node
from schema.scalars import DateTime, TimeZone
from warehouse.described_enum import DescribedEnum

DEFAULT_RANGE = "P28D"


class ReportForm(DescribedEnum):
    """What a report is."""

    PDF = "pdf", "The board's page, printed."
    PNG = "png", "The board's page as a picture."
    CSV = "csv", "The rows of the board's questions, in a file each."


class Weekday(DescribedEnum):
    """A day of the week, in the order of ISO 8601."""

    MONDAY = "MONDAY", "Every Monday."
    TUESDAY = "TUESDAY", "Every Tuesday."
    WEDNESDAY = "WEDNESDAY", "Every Wednesday."
    THURSDAY = "THURSDAY", "Every Thursday."
    FRIDAY = "FRIDAY", "Every Friday."
    SATURDAY = "SATURDAY", "Every Saturday."
    SUNDAY = "SUNDAY", "Every Sunday."


described("The board's page as PDF or PNG, or the rows of its questions as CSV.", name="ReportForm")(ReportForm)
described("A day of the week.", name="Weekday")(Weekday)


async def _read_deliveries(root: strawberry.Parent["Report"]) -> list[AlertDelivery]:
    return await root.read_deliveries()


@strawberry.type(description="A board that is sent at times.")
class Report(Node):
    """Grain: one scheduled report, its newest version."""

    source_id: strawberry.ID = strawberry.field(description=OWN_ID)
    version: int = strawberry.field(description="Which version it is; a change names the one that it is based on.")
    board_id: strawberry.ID = strawberry.field(description="The board's `id`; the board may be gone.")
    title: str = strawberry.field(description="The board's title when the report was saved.")
    owner: str = strawberry.field(description="The subject with whose rights the board is asked.")
    scope: list[str] = strawberry.field(description="The row scope that it is asked with: `country: DE`.")
    form: ReportForm = strawberry.field(description="What is made.")
    range: str = strawberry.field(description="The time that it is about: `P7D`, `last-month`.")
    hour: int = strawberry.field(description="The local hour at which it is sent, 0 to 23.")
    weekday: Weekday | None = strawberry.field(description="The day of the week; null: each day.")
    time_zone: TimeZone = strawberry.field(description="The time zone of the hour, and of the report's days.")
    targets: list[AlertTarget] = strawberry.field(description="Where it is sent.")
    signing_secret: str = strawberry.field(
        description="The key with which bodies for webhooks are signed, as Standard Webhooks has it: `whsec_...`."
    )
    next_at: DateTime = strawberry.field(description="When it is sent next.")
    saved_at: DateTime = strawberry.field(description="When it was saved.")
    read_deliveries: strawberry.Private[Callable[[], Awaitable[list[AlertDelivery]]]]

    deliveries: list[AlertDelivery] = strawberry.field(
        resolver=_read_deliveries, description="What was sent, newest first."
    )


@strawberry.input(description="A scheduled report as it should be: a new one, or the next version of one.")
class SaveReportInput:
    """`id` and `version` go together."""

    board_id: strawberry.ID = strawberry.field(description="A board that you see, by `id` or `sourceId`.")
    form: ReportForm = strawberry.field(default=ReportForm.PDF, description="What is made.")
    range: str = strawberry.field(
        default=DEFAULT_RANGE,
        description="The time that it is about: P1D, P7D, P28D, P90D, yesterday, this-month, last-month or this-year.",
    )
    hour: int = strawberry.field(description="The local hour at which it is sent, 0 to 23.")
    weekday: Weekday | None = strawberry.field(default=None, description="The day of the week; null: each day.")
    time_zone: TimeZone = strawberry.field(
        default=TimeZone("UTC"), description="The time zone of the hour, and of the report's days."
    )
    targets: list[AlertTargetInput] = strawberry.field(description=f"Where it is sent; 1 to {MOST_TARGETS}.")
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The report to change, by `id` or `sourceId`; null makes a new one."
    )
    version: int | None = strawberry.field(
        default=None, description="The version that the change is based on. A newer one refuses the change."
    )


@strawberry.input(description="A scheduled report to delete.")
class DeleteReportInput:
    """As `SaveReportInput`."""

    id: strawberry.ID = strawberry.field(description="The report, by `id` or `sourceId`.")
    version: int = strawberry.field(description="The version that you have seen.")
