"""`marquee ingest`: generate the demo data, load files. What becomes of rows later has a file of its own."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, Protocol

import orjson
import typer
from rich.console import Console

from ingest.contract import contract_for
from ingest.demo import DemoSize, load_demo, write_demo
from ingest.inputs import Input, inputs
from ingest.live.command import parse_rate, parse_time, run_live
from ingest.options import Options, parse_renamed
from ingest.progress import Progress
from ingest.progress_bar import progress_bar
from ingest.quarantine_cli import rejects, retry
from ingest.readers.source import Format
from ingest.report import Report, load_files
from ingest.status_cli import status
from ingest.undo_cli import undo
from ingest.watch_cli import watch
from ingest.writers import FileFormat
from warehouse import Warehouse
from warehouse.errors import BadInput
from warehouse.incoming import INCOMING

app = typer.Typer(name="ingest", help="Files and made-up data become rows.", no_args_is_help=True)
for command in (watch, status, rejects, retry, undo):
    app.command()(command)

DEFAULT = DemoSize()
FILES_MEANT = "Files, folders, 'patterns*', addresses such as s3://bucket/sessions.parquet, or - for standard input."


def _known_table(name: str) -> str:
    if name not in INCOMING:
        raise typer.BadParameter(f"there is no table {name} to load; tables: {', '.join(INCOMING)}")
    return name


class OnError(StrEnum):
    """What is done about a bad row."""

    QUARANTINE = "quarantine"
    ABORT = "abort"


class LoadFormat(StrEnum):
    """What a file is."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"


class Session(Protocol):
    """What a command is run with: it may run for a caller in another process, folder and terminal."""

    @property
    def console(self) -> Console:
        """The caller's stderr."""

    @property
    def token(self) -> str:
        """The token that the caller's settings name, for commands that speak to a server; '' where they name none."""

    def warehouse(self) -> Warehouse:
        """The warehouse, opened on first use."""

    def resolve(self, path: str) -> Path:
        """A path as the caller wrote it, seen from the caller's folder."""

    def stdin(self) -> BinaryIO:
        """The caller's standard input.

        Raises: BadInput where it can't be had.
        """

    def out(self, text: str) -> None:
        """Print a line on the caller's stdout."""


@app.command()
def generate(
    ctx: typer.Context,
    movies: Annotated[int, typer.Option(help="How many films.")] = DEFAULT.movies,
    users: Annotated[int, typer.Option(help="How many users.")] = DEFAULT.users,
    sessions: Annotated[int, typer.Option(help="How many viewing sessions.")] = DEFAULT.sessions,
    ratings: Annotated[int, typer.Option(help="How many ratings.")] = DEFAULT.ratings,
    days: Annotated[int, typer.Option(help="Over how many days they spread.")] = DEFAULT.days,
    until: Annotated[
        str | None, typer.Option(help="When they end, in ISO 8601; without a zone, UTC. Now if left out.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and end give the same data.")] = 42,
    to: Annotated[
        str | None, typer.Option(help="Write files into this folder instead of loading; with --live, a server's URL.")
    ] = None,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="What files to write, with --to.")
    ] = FileFormat.PARQUET,
    live: Annotated[
        str | None, typer.Option(metavar="ROWS/s", help="Send sessions that end now to a server, so many a second.")
    ] = None,
    duration: Annotated[
        str | None, typer.Option("--for", help="How long, with --live: 60s, 5m; else to Ctrl-C.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="A token of the role ingest, with --live; or MARQUEE_TOKEN.")
    ] = None,
) -> None:
    """Make up a film service and load it, write it to files, or send its traffic to a server."""
    session: Session = ctx.obj
    if live is not None:
        _send_live(session, live, duration, to or "", token or session.token, seed)
        return
    end = _instant(until)
    try:
        size = DemoSize(movies, users, sessions, ratings, days)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    began = time.monotonic()
    with progress_bar(session.console) as progress:
        if to is None:
            loads = load_demo(session.warehouse(), size, seed, end, progress)
            made = "Loaded " + ", ".join(f"{done.accepted:,} {_spoken(done.table)}" for done in loads)
        else:
            try:
                paths = write_demo(session.resolve(to), file_format, size, seed, end, progress)
            except OSError as error:
                session.console.print(f"Can't write to {to}: {error.strerror}.", style="red", markup=False)
                raise typer.Exit(1) from error
            made = "Wrote " + ", ".join(str(Path(to) / path.name) for path in paths)
    session.out(f"{made}, in {time.monotonic() - began:.1f} s.")


def _send_live(session: Session, live: str, duration: str | None, url: str, token: str, seed: int) -> None:
    try:
        rows_per_s, for_s = parse_rate(live), parse_time(duration)
        sent = run_live(url, token, rows_per_s, for_s, seed, lambda line: session.console.print(line, highlight=False))
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    session.out(sent.sentence())
    if sent.unanswered:
        raise typer.Exit(1)


@app.command()
def load(
    ctx: typer.Context,
    table: Annotated[
        str, typer.Argument(callback=_known_table, help=f"Which table the files hold: {', '.join(INCOMING)}.")
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
        LoadFormat | None, typer.Option("--format", help="What the files are, whatever their names say.")
    ] = None,
    hash_ids: Annotated[bool, typer.Option("--hash-ids", help="Take any text as an id, hashed to a UUID.")] = False,
    replaces: Annotated[
        int | None, typer.Option("--replace", metavar="LOAD", min=1, help="Take that load back in the same moment.")
    ] = None,
) -> None:
    """Load files into a table: of each file all good rows, or nothing."""
    session: Session = ctx.obj
    limit = 0 if on_error is OnError.ABORT else max_rejects
    try:
        sign, form = _delimiter(delimiter), _format(file_format)
        options = Options(parse_renamed(renamed or []), limit, dry_run, sign, hash_ids, form, replaces or 0)
        options.wanted(contract_for(table, now_s=0))
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    with _meant(session, files, options) as found, progress_bar(session.console) as progress:
        report = _loaded(session.warehouse(), table, found, progress, options)
    session.out(orjson.dumps(report.to_json()).decode() if as_json else report.sentence())
    for load in report.loads:
        if load.first:
            where = f"Kept aside from {load.file}, first {load.first.place}: {load.first.sentence}"
            session.console.print(where, highlight=False, markup=False, soft_wrap=True)
    for refused in report.refused:
        session.console.print(f"Refused {refused}", style="red", highlight=False, markup=False, soft_wrap=True)
    if report.refused:
        raise typer.Exit(1)


def _loaded(warehouse: Warehouse, table: str, found: list[Input], progress: Progress, options: Options) -> Report:
    """That a load can't be replaced is wrong usage, before anything is read."""
    if not options.replaces:
        return load_files(warehouse, table, found, progress, options)
    if len(found) != 1:
        raise typer.BadParameter(f"--replace takes one file in the place of one load, not {len(found)}")
    try:
        return load_files(warehouse, table, found, progress, options)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error


@contextmanager
def _meant(session: Session, files: list[str], options: Options) -> Iterator[list[Input]]:
    """The files that the arguments mean; that one is not there is wrong usage."""
    with ExitStack() as kept:
        try:
            found = kept.enter_context(inputs(files, session.resolve, session.stdin, options.format))
        except BadInput as error:
            raise typer.BadParameter(str(error)) from error
        yield found


def _format(chosen: LoadFormat | None) -> Format | None:
    return chosen.value if chosen else None


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    sign = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(sign.encode()) != 1 or sign in '"\r\n':
        raise BadInput(f"--delimiter is {text!r}, expected one ASCII character, or tab")
    return sign


def _instant(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"--until is {text!r}, expected a time such as 2026-03-31T18:00:00Z") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _spoken(table: str) -> str:
    return table.replace("_", " ")
