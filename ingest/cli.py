"""`marquee ingest`: every command has a file of its own, or shares one with those that have to do with the same."""

import typer

from ingest.generate_cli import generate
from ingest.load_cli import load
from ingest.quarantine_cli import rejects, retry
from ingest.status_cli import status
from ingest.undo_cli import undo
from ingest.watch_cli import watch

app = typer.Typer(no_args_is_help=True)
for command in (generate, load, watch, status, rejects, retry, undo):
    app.command()(command)
