"""`marquee ingest load`: load files into a table; all good rows of a file, or none."""

from enum import StrEnum
from typing import Annotated

import orjson
import typer

from ingest.file_format import FileFormat
from warehouse.command_session import CommandSession
from warehouse.errors import BadInput
from warehouse.model.tables import TABLES

FILES_MEANT = "Files, folders, 'patterns*', addresses such as s3://bucket/sessions.parquet, or - for standard input."


class OnError(StrEnum):
    """What to do with a bad row."""

    QUARANTINE = "quarantine"
    ABORT = "abort"


def _known_table(name: str) -> str:
    if name not in TABLES:
        raise typer.BadParameter(f"there is no table {name} to load; tables: {', '.join(TABLES)}")
    return name


def load(
    ctx: typer.Context,
    table: Annotated[
        str, typer.Argument(callback=_known_table, help=f"Which table the files hold: {', '.join(TABLES)}.")
    ],
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help=FILES_MEANT,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a sentence.")] = False,
    renamed: Annotated[
        list[str] | None, typer.Option("--map", metavar="SRC=DST", help="The file's column SRC is ours DST; repeat it.")
    ] = None,
    on_error: Annotated[
        OnError, typer.Option(help="Keep bad rows aside and load the others, or refuse the file at the first one.")
    ] = OnError.QUARANTINE,
    max_rejects: Annotated[int | None, typer.Option(min=0, help="Refuse a file with more bad rows than that.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of the rows; load nothing.")
    ] = False,
    delimiter: Annotated[str | None, typer.Option(help="What stands between the cells of CSV; tab for one.")] = None,
    file_format: Annotated[
        FileFormat | None, typer.Option("--format", help="What the files are, whatever their names say.")
    ] = None,
    hash_ids: Annotated[bool, typer.Option("--hash-ids", help="Take any text as an id, hashed to a UUID.")] = False,
    replaces: Annotated[
        int | None, typer.Option("--replace", metavar="LOAD", min=1, help="Take that load back in the same moment.")
    ] = None,
) -> None:
    """Load files into a table: of each file all good rows, or nothing."""
    session: CommandSession = ctx.obj
    session.claim()
    # Imported here, because readers and checks import Arrow and NumPy, which --help and relayed loads don't need.
    from ingest import load_command
    from ingest.dialect import Dialect
    from ingest.options import Options, parse_renamed

    limit = 0 if on_error is OnError.ABORT else max_rejects
    try:
        sign, columns = _delimiter(delimiter), parse_renamed(renamed or [])
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    options = Options(columns, limit, dry_run, Dialect(sign), hash_ids, file_format, replaces or 0)
    report = load_command.run(session, table, files, options)
    session.out(orjson.dumps(report.to_json()).decode() if as_json else report.sentence())
    for load in report.loads:
        if load.first:
            where = f"Kept aside from {load.file}, first {load.first.place}: {load.first.sentence}"
            session.console.print(where, highlight=False, markup=False, soft_wrap=True)
    for refused in report.refused:
        session.console.print(f"Refused {refused}", style="red", highlight=False, markup=False, soft_wrap=True)
    if report.refused:
        raise typer.Exit(1)


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    sign = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(sign.encode()) != 1 or sign in '"\r\n':
        raise BadInput(f"--delimiter is {text!r}, expected one ASCII character, or tab")
    return sign
