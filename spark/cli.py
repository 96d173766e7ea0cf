"""`marquee spark ...`: one command per job. The pipeline runs a job and takes its result."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer

app = typer.Typer(no_args_is_help=True)

# As they were written: the root reads them.
Months = tuple[str | None, str | None]


class Outcome(Protocol):
    """What a successful run returns."""

    @property
    def job(self) -> str: ...
    @property
    def rows_read(self) -> int: ...
    @property
    def rows_written(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def parts(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def declined(self) -> str: ...


class Root(Protocol):
    """What the root of the command line hands down in `ctx.obj`."""

    def run_job(
        self, name: str, months: Months = (None, None), options: Sequence[str] = (), files: str = ""
    ) -> Outcome:
        """Run a job by name: snapshot out, Spark process, results swapped in; progress is told on the way."""

    def resolve(self, path: str) -> Path:
        """A path as the caller wrote it."""

    def out(self, text: str) -> None:
        """A line of the product."""


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def spark() -> None:
    """Run the Spark jobs. Needs Java 17 or newer and the extra `spark`. What has not changed is not computed again."""


@app.command()
def rankings(
    ctx: typer.Context,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="MONTH", help="The first month to fill, 2026-11, or a day in it."),
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="MONTH", help="The last month to fill.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rank films per week and month: over all, and by genre, country and device. A month at a time: what an interrupted
    run has done stays, and the next one goes on."""
    _told(ctx.obj, ctx.obj.run_job("rankings", (first, last)), as_json)


def _add(name: str, help: str) -> None:
    """A command for a job that takes nothing but the data."""

    @app.command(name, help=help)
    def command(ctx: typer.Context, as_json: AsJson = False) -> None:
        _told(ctx.obj, ctx.obj.run_job(name), as_json)


for _name, _help in {
    "patterns": "How people watch: visits, binges, parts of their local day, devices.",
    "geography": "Where films are watched: reach, how different countries' tastes are, titles that travel.",
    "recommendations": "What each user may like, and which films are alike; published only if it beats popularity.",
    "churn": "How likely each active user is not to return within 30 days, and how good the predictions are.",
    "forecast": "Daily views per genre for the next 14 days, and how far such forecasts were off.",
}.items():
    _add(_name, _help)


@app.command()
def quality(
    ctx: typer.Context,
    folder: Annotated[
        str | None,
        typer.Argument(
            help="Where session files arrive: .csv, .ndjson, .jsonl or .parquet. Without it, the sessions that were "
            "loaded are counted.",
            show_default=False,
        ),
    ] = None,
    window: Annotated[str, typer.Option(help="The length of a window.")] = "15 minutes",
    lateness: Annotated[str, typer.Option(help="How late a session may arrive and still count.")] = "1 hour",
    as_json: AsJson = False,
) -> None:
    """Windows of buffering per device and country, and which of them are alerts: of the sessions that were loaded, or
    of session files as they arrive, where it continues after the files that it has read."""
    given = (("--window", window, "15 minutes"), ("--lateness", lateness, "1 hour"))
    # What the job assumes is not said: a pipeline run, which says nothing, computes the same.
    options = [word for name, value, usual in given if value != usual for word in (name, value)]
    files = str(ctx.obj.resolve(folder)) if folder is not None else ""
    _told(ctx.obj, ctx.obj.run_job("quality", options=options, files=files), as_json)


def _told(root: Root, done: Outcome, as_json: bool) -> None:
    if as_json:
        facts = {"job": done.job, "rows_read": done.rows_read, "rows_written": done.rows_written}
        more = {"parts": done.parts, "unchanged": done.unchanged, "notes": list(done.notes), "seconds": done.seconds}
        more |= {"declined": done.declined} if done.declined else {}
        root.out(json.dumps({**facts, **more}, ensure_ascii=False))
        return
    for note in done.notes:
        root.out(f"{done.job}: {note}")
    if done.declined:
        root.out(f"{done.job}: nothing new was published. {done.declined}")
        return
    if not done.parts:
        root.out(f"{done.job}: nothing has changed since it was computed ({done.seconds:.1f} s)")
        return
    rows = f"{done.rows_read:,} rows read, {done.rows_written:,} written in {done.seconds:.1f} s"
    left = f", {done.unchanged} left as they were" if done.unchanged else ""
    root.out(f"{done.job}: {rows}{f' ({done.parts} parts{left})' if done.parts + done.unchanged > 1 else ''}")
