"""`marquee ingest`: the group of commands; each is defined in a file of its own or with related ones."""

import typer

from ingest.generate_cli import generate
from ingest.inspect_cli import inspect
from ingest.load_cli import load
from ingest.rejects_cli import rejects, retry
from ingest.status_cli import status
from ingest.undo_cli import undo
from ingest.watch_cli import watch

app = typer.Typer(no_args_is_help=True)
for command in (generate, inspect, load, watch, status, rejects, retry, undo):
    app.command()(command)
