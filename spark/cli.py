"""`marquee spark ...`: names the jobs; how one is run and where its result goes is the pipeline's subject."""

import json
from typing import Annotated, Protocol

import typer

app = typer.Typer(no_args_is_help=True)


class Outcome(Protocol):
    """What a run that went through tells."""

    @property
    def job(self) -> str: ...
    @property
    def rows_read(self) -> int: ...
    @property
    def rows_written(self) -> int: ...
    @property
    def seconds(self) -> float: ...


class Pipeline(Protocol):
    """Runs a job by name: snapshot out, Spark process, result swapped in."""

    def run(self, name: str, /) -> Outcome: ...


class Root(Protocol):
    """What the root of the command line hands down in `ctx.obj`."""

    def pipeline(self) -> Pipeline: ...
    def out(self, text: str) -> None: ...


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def spark() -> None:
    """Run the Spark jobs. Needs Java 17 or newer and the extra `spark`."""


@app.command()
def rankings(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Rank films per week and month: over all, and by genre, country and device."""
    _run(ctx.obj, "rankings", as_json)


def _run(root: Root, name: str, as_json: bool) -> None:
    done = root.pipeline().run(name)
    if as_json:
        facts = {"job": done.job, "rows_read": done.rows_read, "rows_written": done.rows_written}
        root.out(json.dumps({**facts, "seconds": done.seconds}))
    else:
        root.out(f"{done.job}: {done.rows_read:,} rows read, {done.rows_written:,} written in {done.seconds:.1f} s")
