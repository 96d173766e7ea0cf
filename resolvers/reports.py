"""Scheduled reports: who sees and changes which. The server makes and sends them, with the rights of who saved them."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

import warehouse.reports.schedules as schedules
from resolvers.boards import board_of
from resolvers.context import Context, context_of
from resolvers.delivery_targets import checked_targets, shown_delivery, shown_targets, signing_secret
from resolvers.saved_items import asker_of, moment_text, rights_of, sees_item
from resolvers.user_errors import done_or_refused
from schema.alerts import AlertDelivery
from schema.node_ids import node_id, source_id
from schema.payloads import DeleteReportPayload, SaveReportPayload
from schema.reports import DeleteReportInput, Report, ReportForm, SaveReportInput, Weekday
from schema.scalars import TimeZone
from warehouse.errors import BadInput
from warehouse.reports.ranges import parse_range
from warehouse.reports.schedules import Plan, Schedule
from warehouse.saved_items import changed_meanwhile

Saved = Annotated[SaveReportInput, strawberry.argument(description="The report as it should be.")]
Deleted = Annotated[DeleteReportInput, strawberry.argument(description="The report to delete.")]

_WEEKDAYS = tuple(Weekday)
_LAST_HOUR = 23


async def reports(info: strawberry.Info) -> list[Report]:
    """The scheduled reports that you may see, by title: those of your subject that were saved with no more rights than
    yours, and for admins without a row scope those of everybody.
    """
    context = context_of(info)
    found = await context.once(context.warehouse.reports.all)
    return [_shown(context, one) for one in found if sees_item(context, one.owner, one.rights)]


async def save_report(info: strawberry.Info, input: Saved) -> SaveReportPayload:
    """Have a board sent at times: a new report, or the next version of one that you see. It becomes yours: the board is
    asked with the role and row scope of your token from then on, also after the token has expired, until all your
    tokens are revoked.
    """
    context = context_of(info)
    saved, errors = await done_or_refused(context, _save(context, input))
    return SaveReportPayload(report=_shown(context, saved) if saved else None, user_errors=errors)


async def delete_report(info: strawberry.Info, input: Deleted) -> DeleteReportPayload:
    """Delete a scheduled report that you see."""
    context = context_of(info)
    gone, errors = await done_or_refused(context, _delete(context, input))
    return DeleteReportPayload(
        deleted_id=strawberry.ID(node_id("Report", gone.report_id)) if gone else None, user_errors=errors
    )


async def _save(context: Context, asked: SaveReportInput) -> schedules.ScheduledReport:
    kept, owner, rights = context.warehouse.reports, asker_of(context), rights_of(context)
    plan, board = _plan(asked), await board_of(context, asked.board_id)
    if asked.id is None:
        return await context.once(lambda: kept.create(board.title, owner, rights, plan))
    based_on = await _changeable(context, asked.id, asked.version)
    return await context.once(lambda: kept.change(based_on, board.title, owner, rights, plan))


async def _delete(context: Context, asked: DeleteReportInput) -> schedules.ScheduledReport:
    kept = context.warehouse.reports
    old = await _changeable(context, asked.id, asked.version)
    return await context.once(lambda: kept.change(old, old.title, old.owner, old.rights, old.plan, is_deleted=True))


async def _changeable(context: Context, report_id: str, version: int | None) -> schedules.ScheduledReport:
    own_id = source_id("Report", report_id)
    found = await context.once(lambda: context.warehouse.reports.find(own_id))
    if found is None or not sees_item(context, found.owner, found.rights):
        raise BadInput(f"There is no report {report_id!r}.", "id")
    if found.version != version:
        raise BadInput(changed_meanwhile("report"), "version")
    return found


def _plan(asked: SaveReportInput) -> Plan:
    """Raises: BadInput."""
    if parse_range(asked.range).days is not None:
        raise BadInput("A report that is sent again and again is about time that moves on: P7D, last-month.", "range")
    if not 0 <= asked.hour <= _LAST_HOUR:
        raise BadInput(f"The hour is {asked.hour}. Use 0 to {_LAST_HOUR}.", "hour")
    targets = checked_targets(asked.targets)
    if not targets:
        raise BadInput("A report needs a target to be sent to.", "targets")
    weekday = None if asked.weekday is None else _WEEKDAYS.index(asked.weekday) + 1
    return Plan(
        source_id("Board", asked.board_id),
        asked.form.value,
        asked.range,
        Schedule(asked.hour, asked.time_zone, weekday),
        targets,
    )


async def _deliveries(context: Context, report_id: str) -> list[AlertDelivery]:
    done = await context.once(lambda: context.warehouse.report_history.deliveries(report_id))
    return [shown_delivery(one) for one in done]


def _shown(context: Context, one: schedules.ScheduledReport) -> Report:
    plan, schedule = one.plan, one.plan.schedule
    return Report(
        id=strawberry.ID(node_id("Report", one.report_id)),
        source_id=strawberry.ID(one.report_id),
        version=one.version,
        board_id=strawberry.ID(node_id("Board", plan.board_id)),
        title=one.title,
        owner=one.owner.subject,
        scope=[f"{name}: {', '.join(values)}" for name, values in one.rights.scope.items()],
        form=ReportForm(plan.form),
        range=plan.range,
        hour=schedule.hour,
        weekday=None if schedule.weekday is None else _WEEKDAYS[schedule.weekday - 1],
        time_zone=TimeZone(schedule.time_zone),
        targets=shown_targets(plan.targets),
        signing_secret=signing_secret(context.access.hash_key, "report", one.report_id),
        next_at=moment_text(schedule.next_after(datetime.now(UTC))),
        saved_at=moment_text(one.saved_at),
        read_deliveries=lambda: _deliveries(context, one.report_id),
    )
