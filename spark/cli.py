"""`marquee spark ...`: names the jobs; how one is run and where its result goes is the pipeline's subject."""

from typing import Protocol

import typer

app = typer.Typer(help="Run the Spark jobs. Needs Java 17 or newer and the extra `spark`.", no_args_is_help=True)


class Pipeline(Protocol):
    """Runs a job by name: snapshot out, Spark process, result swapped in."""

    def run(self, job: str) -> None: ...


class Root(Protocol):
    """What the root of the command line hands down in `ctx.obj`."""

    def pipeline(self) -> Pipeline: ...


@app.command()
def rankings(ctx: typer.Context) -> None:
    """Rank films per week and month: over all, and by genre, country and device."""
    root: Root = ctx.obj
    root.pipeline().run("rankings")
