"""`marquee ingest`: generate the demo data, load files."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Protocol

import orjson
import typer
from rich.console import Console

from ingest.demo import DemoSize, load_demo, write_demo
from ingest.progress_bar import progress_bar
from ingest.report import load_files
from ingest.writers import FileFormat
from warehouse import Warehouse
from warehouse.incoming import INCOMING

app = typer.Typer(name="ingest", help="Files and made-up data become rows.", no_args_is_help=True)

DEFAULT = DemoSize()


def _known_table(name: str) -> str:
    if name not in INCOMING:
        raise typer.BadParameter(f"there is no table {name} to load; tables: {', '.join(INCOMING)}")
    return name


class Session(Protocol):
    """What a command is run with: it may run for a caller in another process, folder and terminal."""

    @property
    def console(self) -> Console:
        """The caller's stderr."""

    def warehouse(self) -> Warehouse:
        """The warehouse, opened on first use."""

    def resolve(self, path: str) -> Path:
        """A path as the caller wrote it, seen from the caller's folder."""

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
    to: Annotated[str | None, typer.Option(help="Write files into this folder instead of loading.")] = None,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="What files to write, with --to.")
    ] = FileFormat.PARQUET,
) -> None:
    """Make up a film service and load it, or write it to files."""
    session: Session = ctx.obj
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


@app.command()
def load(
    ctx: typer.Context,
    table: Annotated[
        str, typer.Argument(callback=_known_table, help=f"Which table the files hold: {', '.join(INCOMING)}.")
    ],
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="CSV, NDJSON or Parquet; .gz and .zst too.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a sentence.")] = False,
) -> None:
    """Load files into a table, each one whole or not at all."""
    session: Session = ctx.obj
    paths = [(file, session.resolve(file)) for file in files]
    absent = [file for file, path in paths if not path.is_file()]
    if absent:
        raise typer.BadParameter(f"no such file: {', '.join(absent)}")
    with progress_bar(session.console) as progress:
        report = load_files(session.warehouse(), table, paths, progress)
    session.out(orjson.dumps(report.to_json()).decode() if as_json else report.sentence())
    for refused in report.refused:
        session.console.print(f"Refused {refused}", style="red", highlight=False, markup=False, soft_wrap=True)
    if report.refused:
        raise typer.Exit(1)


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
