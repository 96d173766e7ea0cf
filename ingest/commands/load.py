"""`marquee ingest load`: load files into a table; all good rows of a file, or none."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from ingest.completion import complete_table
from ingest.files.file_format import FileFormat
from ingest.profiles.profile_options import (
    Constants,
    Dates,
    Decimal,
    Delimiter,
    Encoding,
    Escape,
    Header,
    Ids,
    LeaveOut,
    Nulls,
    ProfileName,
    Quote,
    Separators,
    Units,
    merged,
    typed_document,
)
from warehouse.command_session import CommandSession
from warehouse.errors import BadInput
from warehouse.model.tables import TABLES, no_table

if TYPE_CHECKING:
    from ingest.loading.load_files import Report

FILES_MEANT = "Files, folders, 'patterns*', addresses such as s3://bucket/sessions.parquet, or - for standard input."


PROFILES = "profiles"
MOST_FAULTS = 20


class OnError(StrEnum):
    """What to do with a bad row."""

    QUARANTINE = "quarantine"
    ABORT = "abort"


def known_table(name: str) -> str:
    """The argument that names a table.

    Raises: BadParameter for one that takes no loads.
    """
    if name not in TABLES:
        raise typer.BadParameter(no_table(name))
    return name


Table = Annotated[
    str,
    typer.Argument(
        callback=known_table,
        autocompletion=complete_table,
        help=f"Which table the files hold: {', '.join(TABLES)}.",
    ),
]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help=FILES_MEANT)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a sentence.")]
Renamed = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="SRC=DST", help="Read the file's column SRC as DST; may be repeated."),
]
WhatOnError = Annotated[
    OnError,
    typer.Option("--on-error", help="Quarantine bad rows and load the others, or refuse the file at the first one."),
]
MaxRejects = Annotated[int | None, typer.Option(min=0, help="Refuse a file with more bad rows than this.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen to the rows; load nothing.")]
Format = Annotated[
    FileFormat | None, typer.Option("--format", help="The format of the files, whatever their names say.")
]
HashIds = Annotated[bool, typer.Option("--hash-ids", help="Accept any text as an id, hashed to a UUID.")]
Replaces = Annotated[
    int | None, typer.Option("--replace", metavar="LOAD", min=1, help="Undo that load in the same moment.")
]
Repairs = Annotated[
    int | None, typer.Option(metavar="LOAD", min=1, help="The files correct rows that this load quarantined.")
]


def load(
    ctx: typer.Context,
    table: Table,
    files: Files,
    as_json: AsJson = False,
    renamed: Renamed = None,
    on_error: WhatOnError = OnError.QUARANTINE,
    max_rejects: MaxRejects = None,
    dry_run: DryRun = False,
    profile: ProfileName = None,
    delimiter: Delimiter = None,
    quote: Quote = None,
    escape: Escape = None,
    encoding: Encoding = None,
    header: Header = None,
    nulls: Nulls = None,
    decimal: Decimal = None,
    leave_out: LeaveOut = None,
    dates: Dates = None,
    units: Units = None,
    separators: Separators = None,
    ids: Ids = None,
    constants: Constants = None,
    file_format: Format = None,
    hash_ids: HashIds = False,
    replaces: Replaces = None,
    repairs: Repairs = None,
) -> None:
    """Load files into a table: of each file all good rows, or nothing."""
    session: CommandSession = ctx.obj
    session.claim()
    # Imported here, because readers and checks import Arrow and NumPy, which --help and relayed loads don't need.
    from ingest.loading import run_load
    from ingest.loading.options import Options, parse_renamed
    from ingest.profiles.profile import profile_of, read_profile

    if replaces and repairs:
        raise typer.BadParameter("--replace and --repairs exclude each other")
    limit = 0 if on_error is OnError.ABORT else max_rejects
    try:
        columns = parse_renamed(renamed or [])
        lists = {"nulls": nulls, "leave_out": leave_out}
        pairs = {"dates": dates, "units": units, "separators": separators, "ids": ids, "constants": constants}
        typed = typed_document(
            delimiter, quote, escape, encoding, header, decimal, lists, pairs, columns, hash_ids=hash_ids
        )
        kept = read_profile(profile, session.resolve(PROFILES)) if profile else {}
        read_by = profile_of(merged(kept, typed))
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    options = Options(read_by, frozenset(columns), limit, dry_run, file_format, replaces or 0, repairs or 0)
    report = run_load.run(session, table, files, options)
    session.out(orjson.dumps(report.to_json()).decode() if as_json else report.sentence())
    _print_faults(session, report)
    if report.refused or any(load.is_all_quarantined for load in report.loads):
        raise typer.Exit(1)


def _print_faults(session: CommandSession, report: "Report") -> None:
    """Print on stderr what was quarantined and refused, and why."""
    for load in report.loads:
        for fault in load.faults[:MOST_FAULTS]:
            more = f" ({fault.rows:,} such rows)" if fault.rows > 1 else ""
            where = f"Quarantined from {load.file}, first {fault.first.place}: {fault.first.sentence}{more}"
            session.say(where)
    for refused in report.refused:
        session.console.print(f"Refused {refused}", style="red", highlight=False, markup=False, soft_wrap=True)
