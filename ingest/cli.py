"""`marquee ingest`: the group of commands; each is defined in a file of its own or with related ones."""

import typer

from ingest.commands.consume import consume
from ingest.commands.consumer_relay import load_batch, topic_offsets
from ingest.commands.generate import generate
from ingest.commands.inspect import inspect
from ingest.commands.load import load
from ingest.commands.rejects import rejects, retry
from ingest.commands.status import status
from ingest.commands.undo import undo
from ingest.commands.watch import watch

app = typer.Typer(no_args_is_help=True)
for command in (generate, inspect, load, watch, consume, status, rejects, retry, undo):
    app.command()(command)
for hidden in (load_batch, topic_offsets):
    app.command(hidden=True)(hidden)
