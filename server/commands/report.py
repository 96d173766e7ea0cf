"""`marquee report`: a board as a PDF or PNG, printed by a headless browser, or its rows as CSV."""

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from schema.roles import Role
from server.commands.audit_record import operator
from server.commands.local_session import LocalSession
from warehouse.errors import BadInput

if TYPE_CHECKING:
    from server.answering.service import Service
    from server.identity.callers import Caller
    from server.reporting.board_report import Report, ReportView

_ZIP = ".zip"


class Format(StrEnum):
    """The format of a report; `schema.reports` has the same ones."""

    PDF = "pdf"
    PNG = "png"
    CSV = "csv"


def report(
    ctx: typer.Context,
    board: Annotated[str, typer.Argument(help="The board's title, or its id.")],
    output: Annotated[str, typer.Option("--output", help="The file to write; several CSV files go into a .zip.")],
    kind: Annotated[Format, typer.Option("--format", help="What to make.")] = Format.PDF,
    span: Annotated[
        str,
        typer.Option(
            "--range", help="P7D and others, yesterday, this-month, last-month, this-year, or 2026-05-01..2026-05-31."
        ),
    ] = "P28D",
    time_zone: Annotated[str, typer.Option(help="The time zone of days.")] = "UTC",
    role: Annotated[Role, typer.Option(help="The role to ask as: its masks apply.")] = Role.ANALYST,
) -> None:
    """Make a report of a board that is shared with the role. PDF and PNG need Chromium or Google Chrome on this
    machine, which MARQUEE_BROWSER can name; CSV does not."""
    session: LocalSession = ctx.obj
    service = session.service()
    # Imported late: --help and forwarded commands don't need it.
    from server.identity.callers import Caller
    from server.identity.principal import Principal
    from server.reporting.board_report import ReportView
    from warehouse.query.local_time import zone
    from warehouse.reports.ranges import parse_range

    zone(time_zone)
    view = ReportView(parse_range(span), time_zone)
    made = asyncio.run(_made(service, Caller(Principal(operator(), role)), board, kind, view))
    if len(made.files) > 1 and not output.endswith(_ZIP):
        raise BadInput(
            f"The board has {len(made.files)} questions, each a CSV file of its own: use --output NAME{_ZIP}."
        )
    try:
        session.resolve(output).write_bytes(made.archive)
    except OSError as error:
        raise BadInput(f"{output} can't be written: {error.strerror or error}. Check --output.") from error


async def _made(service: "Service", caller: "Caller", board: str, kind: Format, view: "ReportView") -> "Report":
    from schema.reports import ReportForm
    from server.reporting.board_report import board_report, find_board

    board_id = await find_board(service, caller, board)
    return await board_report(service, caller, board_id, ReportForm(kind.value), view)
